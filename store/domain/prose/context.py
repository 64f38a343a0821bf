"""Whether what a sentence mentions is there: denied, possible, asked, or known from before.

The scope of a denial runs to the end of its clause, lists and all, and a denial may also follow
("is not seen"). Where it is in doubt whether something is denied, it is: a fracture that a report
has is looked for again by a person, one that it has not must never be suggested as reported.
"""

import re
from enum import IntEnum
from functools import lru_cache

from store.domain.prose.mentions import Mention
from store.domain.prose.terms import Terms, either


class Said(IntEnum):
    """How a mention is meant."""

    ASKED = 0
    DENIED = 1
    POSSIBLE = 2
    KNOWN = 3
    THERE = 4


_NOT = (
    r"\bno\b",
    r"\bnot\b",
    r"\bnil\b",
    r"\bnor\b",
    r"\bneither\b",
    r"\bnone\b",
    r"\bnever\b",
    r"\bwithout\b",
    r"\bw/o\b",
    r"\babsen(?:t|ce)\b",
    r"\bnegative\s+for\b",
    r"\bfree\s+(?:of|from)\b",
    r"\brather\s+than\b",
    r"\binstead\s+of\b",
    r"\b(?:cannot|can't|can\s+not|could\s+not|unable\s+to|fails?\s+to|failed\s+to)\s+"
    r"(?:\w+\s+){0,2}?(?:see|identify|detect|find|show|demonstrate|visuali[sz]e|appreciate)\b",
    r"\bden(?:y|ies|ied)\b",
    r"\bunlikely\b",
    r"\b(?:exclud(?:es|ed|ing)|rul(?:es|ed|ing)\s+out)\b",
    r"\black\s+of\b",
    r"\bisn't\b|\baren't\b|\bwasn't\b|\bdoesn't\b|\bhasn't\b",
)
_NO_DENIAL = re.compile(
    r"\bnot\s+only\b|\bno\s+(?:significant\s+|interval\s+|appreciable\s+)?(?:change|increase"
    r"|progression)\b(?:\s+(?:in|of|to|from|since|with|compared))?|\bnot\s+(?:previously|hitherto)\b"
    r"|\bno\s+(?:doubt|longer)\b|\bnot\s+(?:significantly\s+)?changed\b"
    r"|\b(?:cannot|can\s+not|can't|could\s+not|not)\s+(?:\w+\s+){0,2}?(?:be\s+)?(?:entirely\s+"
    r"|completely\s+|fully\s+)?(?:exclude[d]?|rule[d]?\s+out)\b"
)
_TURNS = re.compile(
    r"\bbut\b|\bhowever\b|\balthough\b|\bthough\b|\bapart\s+from\b|\bother\s+than\b|\bexcept(?:ing)?\b"
    r"|\baside\s+from\b|\bwith\s+the\s+exception\s+of\b|\bas\s+a\s+cause\s+of\b|\bthere\s+(?:is|are)\b"
    r"|\bbecause\s+of\b|\bsecondary\s+to\b|\bdue\s+to\b|\bbeyond\b|;"
)
_TO_INVOLVE = (
    r"(?!\s+(?:to\s+(?:involve|extend|cause|reach)|on\s+(?:the\s+|any\s+)?(?:previous|prior|earlier"
    r"|old|last)|previously|before|in\s+\d{4}))"
)
_DENIED_AFTER = (
    r"\b(?:is|are|was|were|has|have|can|could|be|been|being)\s+(?:also\s+)?(?:not|no\s+longer)"
    r"(?:\s+been|\s+be)?\s+(?:\w+ly\s+)?(?:seen|identified|demonstrated|shown|present|visuali[sz]ed"
    r"|evident|detected|found|visible|appreciated|apparent|noted|suspected|confirmed|there|recogni[sz]ed"
    rf"|made\s+out|observed|established|depicted){_TO_INVOLVE}",
    r"\b(?:cannot|can't|could\s+not)\s+be\s+(?:seen|identified|demonstrated|shown|found|detected"
    r"|visuali[sz]ed|made\s+out|confirmed|appreciated)\b",
    rf"^\s*(?:\w+\s+){{0,4}}?(?:not|none|nil)\s+(?:seen|identified|demonstrated|shown|detected"
    rf"|visuali[sz]ed|present|evident|found|visible|noted){_TO_INVOLVE}",
    r"(?::|-|\?)\s*(?:no|nil|none|negative|absent|nad|not\s+seen|nothing)\b",
    r"\b(?:is|are|was|were)\s+absent\b",
    r"^\s*absent\b",
    r"\b(?:has|have|is|are|was|were)\s+(?:been\s+)?(?:excluded|ruled\s+out)\b",
    r"\b(?:is|are|seems?|appears?|considered|thought)\s+(?:\w+\s+)?unlikely\b",
    r"^\s*unlikely\b",
    r"\bnone\b",
    r"\b(?:isn't|aren't|wasn't|weren't)\s+(?:seen|identified|demonstrated|present|evident|visible)\b",
)
_POSSIBLE = (
    r"\?",
    r"\bpossibl[ey]\b",
    r"\bprobabl[ey]\b",
    r"\blikely\b",
    r"\bquer(?:y|ies)\b",
    r"\bsuspect(?:ed|s)?\b",
    r"\bsuspicio(?:us|n)\b",
    r"\bmay\b",
    r"\bmight\b",
    r"\bcould\b",
    r"\bquestionable\b",
    r"\bequivocal\b",
    r"\bconcern(?:ing)?\s+(?:for|of)\b",
    r"\braises?\b",
    r"\bsuggest(?:ive|ing)\b",
    r"\bpresum(?:ed|ably)\b",
    r"\bapparent\b",
    r"\bdifferential\b",
    r"\b(?:cannot|can\s+not|can't|not|unable\s+to)\s+(?:\w+\s+){0,2}?(?:exclude|rule\s+out)\b",
)
_POSSIBLE_AFTER = re.compile(
    r"\b(?:cannot|can\s+not|can't|not|difficult\s+to)\s+(?:\w+\s+){0,2}?(?:be\s+)?(?:entirely\s+"
    r"|completely\s+|fully\s+)?(?:exclude[d]?|rule[d]?\s+out)\b|\bis\s+(?:possible|suspected"
    r"|questionable|likely|probable|equivocal)\b|^\s*\?|\bpossible\s*$|\?\s*$"
)
_AGE = re.compile(
    r"\b(?:possibly|probably|likely|presumably|suggest\w+|may\s+be|suspected)\s+(?:be\s+)?(?:acute|old"
    r"|chronic|recent|subacute|long\s?standing|new|osteoporotic|benign|insufficiency|degenerative"
    r"|related|due)\b(?!\s+(?:\w+\s+){0,3}?(?:fractur|wedg|collaps|compress))"
)
_ASKED = re.compile(
    r"\bif\b|\bwhether\b|\bto\s+(?:exclude|rule\s+out|look\s+for|assess\s+for)\b|\bis\s+there\b"
    r"|\bquestion\b|\brisk\s+of\b|\bfamily\s+history\b|\b(?:mother|father|sister|brother|parental)\b"
    r"|\bfor\s+(?:suspected|possible)\b|\bprevent\w*\b|\?\s*exclude\b"
)
_KNOWN = re.compile(
    r"\b(?:known|stable|unchanged|(?<!not )(?:previously|already)\s+(?:reported|documented"
    r"|described|noted|identified|seen|demonstrated|known|recorded))\b(?:(?!\b(?:with|and|who|nodule\w*|mass"
    r"|lesion\w*|cyst\w*)\b)[^,;])*$|\bno\s+(?:significant\s+|interval\s+)?change\s+(?:in|to|of)\b"
    r"(?:(?!\b(?:with|and|nodule\w*|mass|lesion\w*)\b)[^,;])*$"
)
_KNOWN_AFTER = re.compile(
    r"\b(?:unchanged|stable|as\s+before|again\s+(?:seen|noted|demonstrated|shown)|(?:seen|noted)\s+again"
    r"|(?<!not )previously\s+(?:reported|documented|described|noted|identified|seen|known)"
    r"|as\s+(?:previously\s+)?described|reported\s+(?:in|on)\b|no\s+(?:significant\s+)?change"
    r"|not\s+(?:significantly\s+)?changed|known\s+(?:from|since)|present\s+on\s+the\s+previous)\b"
)


@lru_cache(maxsize=8)
def _of(terms: Terms) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    return (
        re.compile(either(*_NOT, own=terms.negation_before)),
        re.compile(either(*_DENIED_AFTER, own=terms.negation_after)),
        re.compile(either(*_POSSIBLE, own=terms.uncertain)),
    )


def said_of(mention: Mention, plain: str, terms: Terms) -> Said:
    """How *mention* is meant in the sentence *plain*."""
    before = _scope(plain[: mention.start])
    after = _until_turn(plain[mention.end :])
    if denied(before, after, terms):
        return Said.DENIED
    if _ASKED.search(before):
        return Said.ASKED
    if _possible(before, after, terms):
        return Said.POSSIBLE
    known = _KNOWN.search(before) or _KNOWN_AFTER.search(after)
    return Said.KNOWN if known else Said.THERE


def denied(before: str, after: str, terms: Terms) -> bool:
    """Whether words of the clause *before* or *after* deny what stands between."""
    not_before, not_after, _ = _of(terms)
    return bool(
        not_before.search(_NO_DENIAL.sub(" ", before))
        or not_after.search(_NO_DENIAL.sub(" ", after))
    )


def _possible(before: str, after: str, terms: Terms) -> bool:
    _, _, possible = _of(terms)
    return bool(possible.search(_AGE.sub(" ", before)) or _POSSIBLE_AFTER.search(after))


def _scope(before: str) -> str:
    """Of what stands before a mention, the part that its clause begins with."""
    return _TURNS.split(before)[-1]


def _until_turn(after: str) -> str:
    """What follows in the clause: to where it turns, or a comma begins another denial."""
    return re.split(r",\s*(?:no|without|with\s+no|nil)\b", _TURNS.split(after)[0])[0]
