"""Numbers, dates, times, ages and addresses that may lead to a person, by their shapes."""

import re
from collections.abc import Iterator
from enum import StrEnum

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    "oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|ionawr|chwefror|mawrth|ebrill|mai|mehefin|"
    "gorffennaf|awst|medi|hydref|tachwedd|rhagfyr"
)
_SURE = (
    "january|february|april|august|september|october|november|december|ionawr|chwefror|mawrth|"
    "ebrill|mehefin|gorffennaf|hydref|tachwedd|rhagfyr"
)
"""Months that are no other word."""
_ONES = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
_DAYS = (
    rf"(?:twenty|thirty)[- ](?:{_ONES})|{_ONES}|tenth|eleventh|twelfth|thirteenth|fourteenth|"
    r"fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth"
)
_WEEKDAY = r"(?:(?:mon|tues?|wednes|wed|thurs?|fri|satur|sat|sun)(?:day)?,? +(?:the +)?)?"
_YEAR = r"(?:(?:19|20)\d\d|'?\d\d(?!\d|[.:]\d|\s*(?:mm|cm|%|hu|:)))"
_D, _M = r"(?:3[01]|[12]\d|0?[1-9])", r"(?:1[0-2]|0?[1-9])"
_ORD = r"(?:\s?(?:st|nd|rd|th|ain|fed|eg|af|ydd))?"
_START, _END = r"(?<![a-z\d])", r"(?![a-z\d])"
_BEFORE = (
    r"(?:in|since|from|of|dated?|year|during|until|before|after|early|late|mid|to|by|last|next|"
    r"spring|summer|autumn|winter|circa|ers|yn)"
)
_AREAS = (
    "AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|"
    "E|EC|EH|EN|EX|FK|FY|G|GL|GU|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|L|LA|LD|LE|LL|"
    "LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|"
    "SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE"
)
"""Postcode areas. Source: Royal Mail, Programmer's Guide to PAF."""
_ROADS = (
    "street|st|road|rd|avenue|ave|lane|close|drive|crescent|terrace|gardens|way|court|place|grove|"
    "park|heol|stryd|ffordd|clos|walk|row|square|mews|view|villas"
)
_NINETY = (
    r"(?:ninety|hundred)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|nineties|"
    r"centenarian|nonagenarian|supercentenarian"
)
_OLD = r"(?:9\d|1[0-2]\d)"
_AGED = r"(?:years?|yrs?|y(?:\.|/)?\s?o(?:ld)?|yo[fm]?|y)"


class Kind(StrEnum):
    """What a span would have told; its value stands in its place."""

    NAME = "name"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    AGE = "age over 89"
    PLACE = "place"
    CONTACT = "contact"
    OTHER = "redacted"


def _pattern(text: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile(text, flags)


_CONTACTS = (
    r"[\w.+%-]+\s?@\s?[\w-]+(?:\.[\w-]+)+|[\w.+%-]+@[\w-]+",
    r"(?:(?:https?|ftp|file)://|www\.)[^\s\x00]*[^\s\x00.,;)]"
    r"|(?<![\w.])(?:[a-z\d-]+\.)+(?:nhs\.uk|nhs\.net|co\.uk|org\.uk|gov\.uk|ac\.uk|"
    r"wales|cymru|com|net|org)(?:/[^\s\x00]*)?",
    r"(?<!\d)(?:\+|00)44[\s().-]*(?:\d[\s().-]*){8,10}\d"
    r"|(?<![\d.])\(?0[\s().-]*(?:\d[\s().-]{0,2}){8,10}\d(?!\d)",
    r"\b(?:bleep(?:ed)?|blp|pager|paged|ext(?:n|ension)?|tel(?:ephone)?|dect|phone|mob(?:ile)?|fax|"
    r"voicemail|whatsapp|switchboard|ff[oô]n)\b[\s.:#-]*(?:(?:no|number|on|at|is)\b[\s.:]*)?"
    r"(?:x\s?)?\d[\d\s-]{1,14}\d(?!\d)",
    r"(?<![a-z\d])x\d{4,6}(?!\d)",
)
_NUMBERS = (
    rf"{_START}\d+(?:\.\d+){{4,}}{_END}",
    r"(?<![\d.])\d{3}[\s.-]{1,2}\d{3}[\s.-]{1,2}\d{4}(?!\d)",
    r"\bgmc\b[\s:.#-]*(?:(?:no|number|ref|reg|registration)\b[\s.:#-]*){0,2}\d[\d\s]{5,8}\d?",
    r"\b(?:nhs|chi|h&c|hospital|hosp|unit|mrn|crn|pas|accession|acc|study|exam|request|patient|pt|"
    r"x-?ray|case|order|episode|rhif|reference|ref|identifier|id|dr|nmc|hcpc|device|serial|ris|pacs)"
    r"[\s.]*(?:(?:no|number|num|ref|id|code|uid|gig)\b)?[\s.]*[:#=]?\s*"
    r"(?=[\w/-]*\d[\w/-]*\d[\w/-]*\d)[a-z\d][\w/-]{2,40}",
    r"(?<![\w.])(?=[a-z/_-]*\d)(?:[a-z]{1,4}[-/_ ]?\d{5,12}[a-z]?|[a-z]{2,5}[-/_]\d{3,}[-/_\d]*)"
    r"(?![\w])",
    r"(?<![\d.])\d[\d-]{4,}\d[a-z]?(?![\d])|(?:\d+\.)*\d{9,}",
    r"(?<![\d.a-z])\d{5}(?!\d|\s*(?:mm|hu|ml|units|images|slices))",
    r"(?<![\d.])\d{2,5}(?:[ ]\d{2,5}){2,4}(?!\d|\s*(?:mm|cm|hu|ml)|\.\d)",
)
_DATES = (
    rf"{_START}{_WEEKDAY}(?:{_D}{_ORD}|{_DAYS})[\s.-]*(?:o'?f\s+|o\s+)?(?:{_MONTHS})\b"
    rf"(?:[\s,.'/-]*{_YEAR})?",
    rf"{_START}(?:{_D})(?:{_MONTHS})\d{{2,4}}{_END}",
    rf"{_START}{_WEEKDAY}(?:{_MONTHS})\b\.?,?[\s-]+(?:the\s+)?(?:{_D}{_ORD}|{_DAYS})"
    rf"(?![\d.]|\s*(?:mm|cm|%|hu))"
    rf"(?:[\s,.'-]+{_YEAR})?",
    rf"{_START}(?:{_MONTHS})\b\.?[\s,'-]*(?:of\s+)?(?:(?:19|20)\d\d|'\d\d){_END}",
    rf"{_START}(?:{_SURE}){_END}",
    rf"(?:(?<=\bin\s)|(?<=\bsince\s)|(?<=\bfrom\s))(?:{_MONTHS}){_END}",
    rf"(?<![\d.])(?:{_D}\s?([/.-])\s?{_M}|{_M}\s?([/.-])\s?{_D})\s?(?:\1|\2)\s?"
    r"(?:(?:19|20)?\d\d)(?![\d]|\.\d)",
    rf"(?<![\d.])(?:{_D}\s?[/.-]\s?{_M}|{_M}\s?[/.-]\s?{_D})\s?[/.-]\s?(?:19|20)\d\d(?!\d)",
    rf"(?<!\d)(?:19|20)\d\d\s?[-/.]\s?{_M}\s?[-/.]\s?{_D}(?:T[\d:.]+Z?)?(?!\d)",
    rf"(?<!\d)(?:19|20)\d\d[-/](?:{_MONTHS})[-/]{_D}(?!\d)",
    rf"(?<!\d){_D}\s{_M}\s(?:19|20)\d\d(?!\d)",
    rf"(?:(?<=\bon\s)|(?<=\bdated\s)){_D}[/.-]{_M}(?![\d/])",
    rf"(?:(?<=\bof\s)|(?<=\bsince\s)|(?<=\bfrom\s)){_D}/{_M}(?![\d/])",
    rf"(?<![\d/.]){_M}/(?:19|20)\d\d(?!\d)",
    rf"\b{_BEFORE}[\s-]+(?:19|20)\d\d(?!\d|\s*(?:mm|hu|ml|units|images|slices))",
    r"(?<![\d.])(?:19|20)\d\d[-/](?:(?:19|20)?\d\d)(?!\d)",
    r"\b(?:d\.?o\.?b\.?|born|date of birth)\b[\s.:-]*(?:(?:on|in|is)\s+)?\d[\d\s/.-]{1,9}\d",
)
_TIMES = (
    r"(?<![\d:.])(?:[01]?\d|2[0-3])[:;][0-5]\d(?:[:.][0-5]\d)?(?:\.\d+)?"
    r"(?:\s?(?:[ap]\.?m\.?|hrs?|hours?|h|z|gmt|bst)(?![a-z]))?(?!:?\d)",
    r"(?<![\d:.])(?:[01]?\d|2[0-3])\.[0-5]\d\s?(?:[ap]\.?m|hrs|hours)(?![a-z])",
    r"(?<![\d:.])(?:[01]\d|2[0-3])[0-5]\d\s?(?:hrs|hours|h)(?![a-z])",
    r"(?<=\bat\s)(?:[01]\d|2[0-3])[0-5]\d(?![\d.]|\s*(?:mm|hu|ml))",
    r"(?<=\bat\s)(?:[01]?\d|2[0-3])\.[0-5]\d(?![\d]|\s*(?:mm|cm|hu|%))",
    r"(?<![\d:.])(?:1[0-2]|0?[1-9])\s?[ap]\.?m(?![a-z])",
)
_AGES = (
    rf"(?<![\d.]){_OLD}\s?-?\s?{_AGED}(?:[\s-]*(?:old|of age))?(?![a-z])",
    rf"\bage[ds]?\b[\s:]*{_OLD}(?!\d|\.\d|\s*(?:mm|%))",
    rf"(?<![\d.-]){_OLD}\s?(?:M|F)(?![a-z\d])",
    rf"\b(?:{_NINETY})(?:[\s-]*(?:years?)?[\s-]*(?:old|of age))?",
    r"\b(?:9\d|100)th birthday",
)
_ADDRESSES = (
    rf"{_START}(?:{_AREAS})\d[A-Z\d]?\s{{0,2}}\d(?!st\b|nd\b|rd\b|th\b)[ABD-HJLNP-UW-Z]{{2}}{_END}",
    rf"{_START}(?:flat|apartment|unit)?\s*\d{{1,4}}[a-z]?,?\s+(?:[a-z'-]+\s+){{1,3}}(?:{_ROADS})\b"
    r"(?!\s+(?:of|to)\b)",
    rf"{_START}(?:\d{{1,4}}[a-z]?,?\s+)?(?:heol|stryd|ffordd|clos|lon)\s+(?:y\s+|yr\s+)?"
    r"[A-Z'][\w'-]+(?:\s+[A-Z][\w'-]+)?",
)
_RULES = (
    *((Kind.CONTACT, _pattern(one)) for one in _CONTACTS[:2]),
    *((Kind.AGE, _pattern(one)) for one in _AGES),
    *((Kind.DATE, _pattern(one)) for one in _DATES),
    *((Kind.CONTACT, _pattern(one)) for one in _CONTACTS[2:]),
    *((Kind.PLACE, _pattern(one)) for one in _ADDRESSES),
    *((Kind.NUMBER, _pattern(one)) for one in _NUMBERS),
    *((Kind.TIME, _pattern(one)) for one in _TIMES),
)
_LED = re.compile(rf"\b{_BEFORE}[\s-]+(?=(?:19|20)\d\d)", re.IGNORECASE)


def by_shape(text: str) -> Iterator[tuple[int, int, Kind]]:
    """What in the folded *text* has the shape of a number, date, time, age or address."""
    for kind, rule in _RULES:
        for found in rule.finditer(text):
            start = found.start()
            led = _LED.match(text, start) if kind is Kind.DATE else None
            yield (led.end() if led else start), found.end(), kind
