"""Names of people and places, found by what stands beside them."""

import re
from collections.abc import Iterator, Sequence

from store.domain.redaction_fold import BARRIER
from store.domain.redaction_numbers import Kind
from store.domain.redaction_scan import Found, Word, words_of
from store.domain.redaction_words import (
    EPONYM_NOUNS,
    EPONYMS,
    FORENAMES,
    HOUSES,
    PARTICLES,
    ROLES,
    STOP,
    SURNAMES,
    TITLES,
    TOWNS,
)

_MOST_NAMES = 5
_TITLES = frozenset(title.lower() for title in TITLES)
_LABEL = re.compile(
    r"\b(?:"
    r"(?:reported|verified|authori[sz]ed|dictated|typed|transcribed|checked|signed|approved|reviewed|"
    r"read|validated|co-?signed|performed|scanned|vetted|requested|referred|seen|supervised|amended|"
    r"addended|witnessed|countersigned|prepared|interpreted|entered|ordered|protocolled|"
    r"double[- ]read|second[- ]read|acknowledged|created|written|issued|released)"
    r"(?:\s+(?:on|and\s+\w+|electronically|remotely))?\s+by"
    r"|(?:discussed|d/w|liaised|reviewed|conferred|agreed|spoke|spoken)\s+(?:with|to)"
    r"|(?:informed|phoned|telephoned|bleeped|paged|rang|notified|told|contacted|emailed|e-mailed|"
    r"alerted|messaged|called|texted)(?:\s+to)?"
    r"|(?:communicated|conveyed|relayed|telephoned|phoned|passed|handed over|given|sent|read back|"
    r"reported verbally|escalated)\s+(?:directly\s+|verbally\s+|by phone\s+)?to"
    r"|(?:opinion|review|report|reporter|request|case|secretary|care|under|addendum)\s+(?:of|from|by|under)"
    r"|(?:consultant|reporter|radiologist|radiographer|referrer|requester|referring clinician|gp|"
    r"patient(?:'s)?(?:\s+name)?|name|surname|forename|signed|author|operator|cc|copy to|copies to|"
    r"attn|attention|fao|dear|regards|sincerely|thanks|many thanks|faithfully|supervisor|trainee|"
    r"second reader|first reader|next of kin|nok|contact|cofion|enw|annwyl|practitioner|secretary|"
    r"lead|clinician|dictator|transcriptionist|typist|radiographers?|reported|verified|authori[sz]ed|dictated|typed|"
    r"transcribed|approved|validated|performed|reader)\s*[:,=]"
    r"|daughter|son|wife|husband|partner|mother|father|sister|brother|niece|nephew|carer|neighbour"
    r"|dear|d/w|fao|c/o|annwyl|signed|(?:regards|sincerely|wishes|thanks|faithfully|cofion|gywir)"
    r"(?=\s*\n)"
    r")(?![\w])",
    re.IGNORECASE,
)
_GREETING = re.compile(
    "regards|sincerely|wishes|thanks|faithfully|cofion|gywir|dear|annwyl", re.IGNORECASE
)
_LETTERS_AFTER = re.compile(
    r"(?:FRCR|MRCP|FRCP|FRCS|MRCS|FRCA|FRANZCR|FFRRCSI|MBBS|MBChB|MBBCh|DCR|BSc|MSc|PhD|MD|HCPC|RGN|"
    r"RMN|EDiR)\b"
)
_ROLE_AFTER = re.compile(
    r"\s*[,(/-]?\s*(?:locum\s+|specialist\s+|lead\s+|reporting\s+|advanced\s+|duty\s+)?"
    r"(?:consultant|radiologist|radiographer|registrar|SpR|ST\d|CT\d|FY\d|F\d|SHO|ANP|physiotherapist|"
    r"sonographer|oncologist|surgeon|secretary|GP|CNS|sister|matron|rheumatologist)\b",
    re.IGNORECASE,
)


def names_in(text: str) -> Iterator[Found]:
    """Names of people, and of towns among them, in the folded *text*."""
    yield from _titled(text)
    yield from _labelled(text)
    yield from _before_letters(text)
    yield from _listed(text)


_TITLE = re.compile(
    rf"(?<![A-Za-z'])(?:{'|'.join(TITLES)})(?:\b\.?)(?=[\s./{BARRIER}]|[A-Z])", re.IGNORECASE
)


def _titled(text: str) -> Iterator[Found]:
    """A title and the names after it; in small letters the first word after it as well."""
    for found in _TITLE.finditer(text):
        low = found.group().lower().rstrip(".")
        sure = low in {"dr", "drs", "mr", "mrs", "prof", "professor", "doctor", "miss"}
        end = _names(text, found.end(), small=1 if sure else 0)
        if end is not None:
            yield found.start(), end, Kind.NAME


def _names(text: str, start: int, small: int) -> int | None:
    """Where the names that begin at *start* end; None where there are none.

    Up to *small* of them may be written in small letters.
    """
    end, taken = None, 0
    for word in words_of(text, start):
        if word.hidden:
            small = 0
        if word.hidden or (word.text in {",", "&", "/", ".", "-", "(", "'"} and taken == 0):
            continue
        if word.text in {"&", "/", "-", "'"} or word.low in PARTICLES | _TITLES:
            continue
        if not _name_like(word, taken, small) or taken == _MOST_NAMES:
            break
        end, taken = word.start + len(word.text.rstrip(".")), taken + 1
        if word.text.endswith(".") and not word.initial:
            break
    return end


def _name_like(word: Word, taken: int, small: int) -> bool:
    if not word.text[0].isalpha() or any(letter.isdigit() for letter in word.text):
        return False
    if word.initial:
        return True
    if word.low in STOP or word.low in ROLES or word.low in HOUSES:
        return False
    if taken and word.low in EPONYMS:
        return False
    return word.capital or taken < small


def _labelled(text: str) -> Iterator[Found]:
    """Names after words such as "reported by"; roles between the two stay."""
    for found in _LABEL.finditer(text):
        greeting = _GREETING.search(found.group()) is not None
        sure = greeting or found.group().lower().endswith((" by", ":", "=", "d/w"))
        small = 2 if sure else int(found.group().lower().endswith((" with", " to")))
        yield from _listed_after(text, found.end(), small, lines=greeting)


def _listed_after(text: str, start: int, small: int, *, lines: bool) -> Iterator[Found]:
    """One name after another, divided by commas, "and" or roles, up to the end of the clause."""
    at = start
    for _ in range(4):
        begin = _first_name(text, at, lines=lines)
        end = _names(text, begin, small) if begin is not None else None
        if begin is None or end is None:
            return
        yield begin, end, Kind.NAME
        at = end
        joint = re.match(r"\s*(?:,|/|&|;|\band\b|\+)\s*", text[at:])
        if joint is None:
            return
        at, small = at + joint.end(), 0


def _first_name(text: str, start: int, *, lines: bool) -> int | None:
    for word in words_of(text, start):
        if word.text == "\n" and not lines:
            return None
        if word.hidden or word.text in {":", ",", "-", "=", "(", "\n", "#"} or word.low in ROLES:
            continue
        if word.low in _TITLES:
            continue
        return word.start if word.text[0].isalpha() else None
    return None


def _before_letters(text: str) -> Iterator[Found]:
    """Names before degrees, and whole names before a role."""
    words = list(words_of(text))
    for number, word in enumerate(words):
        if _LETTERS_AFTER.match(word.text):
            first = _back(words, number, 1)
        elif _ROLE_AFTER.match(text, word.end) and word.capital:
            first = _back(words, number + 1, 2)
        else:
            continue
        if first is not None:
            last = words[number - 1] if _LETTERS_AFTER.match(word.text) else word
            yield first, last.end, Kind.NAME


def _back(words: Sequence[Word], end: int, fewest: int) -> int | None:
    """Where the capitals before word number *end* begin; None for fewer than *fewest*."""
    first, taken = None, 0
    for word in reversed(words[max(0, end - 4) : end]):
        if word.text in {",", "("} and not taken:
            continue
        known = word.low in EPONYMS or (word.text.isupper() and not word.initial and fewest > 1)
        if not word.capital or known or not _name_like(word, 0, 0):
            break
        first, taken = word.start, taken + 1
    return first if taken >= fewest else None


_NOUN = re.compile(rf"[\s'-]*(?:s\s+)?(?:{'|'.join(EPONYM_NOUNS)})\b", re.IGNORECASE)


def _listed(text: str) -> Iterator[Found]:
    """Usual forenames with what follows, usual surnames, and towns, where they are capitals."""
    for word in words_of(text):
        if not word.capital or not word.text[0].isalpha() or _NOUN.match(text, word.end):
            continue
        parts = re.split(r"[-'.]", word.low)
        if parts[0] in FORENAMES and word.low not in EPONYMS:
            end = _names(text, word.start, 0)
            yield word.start, end or word.end, Kind.NAME
        elif (word.low in SURNAMES or set(parts) & SURNAMES) and not set(parts) & EPONYMS:
            yield _initials_before(text, word.start), word.end, Kind.NAME
        elif word.low in TOWNS:
            yield word.start, _town_ends(text, word), Kind.PLACE


def _town_ends(text: str, town: Word) -> int:
    """Past a second capital word, as in Merthyr Tydfil."""
    end = town.start + len(town.text.rstrip("."))
    second = re.compile(r" [A-Z][a-z]{2,}\b").match(text, end)
    if second is None or second.group().strip().lower() in STOP | EPONYMS | HOUSES:
        return end
    return second.end()


def _initials_before(text: str, start: int) -> int:
    before = re.search(r"(?:(?<![A-Za-z])[A-Z]\.?\s{0,2}){1,3}\Z", text[:start])
    return before.start() if before else start
