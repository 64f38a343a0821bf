"""The parts of a report told apart: what was asked, what was found, what was concluded.

What stands in the request is never a finding: a report that repeats "?fracture" has found none.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from store.domain.prose.terms import Terms, either


class Part(StrEnum):
    """What a part of a report is."""

    HISTORY = "history"
    BODY = "body"
    CONCLUSION = "conclusion"

    @property
    def words(self) -> str:
        """The part as people say it."""
        return _WORDS[self]


_WORDS = {
    Part.HISTORY: "History and request",
    Part.BODY: "Findings",
    Part.CONCLUSION: "Conclusion",
}


@dataclass(frozen=True, slots=True)
class Section:
    """One part, as characters *start* to *end* of the report, its heading among them.

    Attributes:
        heading: As it is written; empty for what stands before any.
        inner: Where the text after the heading begins.
    """

    part: Part
    heading: str
    start: int
    inner: int
    end: int


_HISTORY = (
    r"(?:relevant\s+)?clinical(?:\s+(?:details?|history|information|indications?|questions?|data"
    r"|summary|notes?|background|context|problem))?",
    r"(?:past\s+)?(?:medical\s+)?history(?:\s+and\s+indications?)?",
    r"indications?(?:\s+for\s+(?:the\s+)?(?:exam|examination|study|scan))?",
    r"reasons?\s+for\s+(?:the\s+)?(?:exam|examination|study|scan|request|referral)",
    r"request(?:\s+(?:details?|text|information))?",
    r"referral(?:\s+(?:details?|reason|information))?",
    r"question",
    r"presenting\s+complaint",
    r"background",
    r"pmhx?",
    r"hx",
    r"gp",
)
_BODY = (
    r"findings?",
    r"reports?(?:\s+text)?",
    r"technique",
    r"procedure",
    r"examination",
    r"results?",
)
_CONCLUSION = (
    r"conclusions?(?:\s*(?:/|and|&)\s*(?:recommendations?|advice))?",
    r"impressions?",
    r"opinion",
    r"summary",
    r"interpretation",
    r"recommendations?",
    r"advice",
    r"addendum",
)
_ANY = r"[a-z][a-z/&, \t-]{1,38}[a-z]"
"""Any other heading: a few words before a colon, or a line of capitals."""

_SAYS_SOMETHING = re.compile(r"fractur|collaps|wedg|compress|\bno\b|\bnot\b", re.IGNORECASE)
"""A finding before a colon is no heading."""
_ENDS_LINE = re.compile(r"[.?!:;]\s*$")


@lru_cache(maxsize=8)
def _headings(terms: Terms) -> tuple[tuple[Part, re.Pattern[str]], ...]:
    said = (
        (Part.HISTORY, either(*_HISTORY, own=terms.history_headings)),
        (Part.CONCLUSION, either(*_CONCLUSION, own=terms.conclusion_headings)),
        (Part.BODY, either(*_BODY, own=terms.body_headings)),
    )
    return tuple((part, re.compile(pattern, re.IGNORECASE)) for part, pattern in said)


_AT = re.compile(
    r"(?:^|(?<=[.?!])[ \t]+)[ \t]*(?:[-*•·]|\d{1,2}[.)])?[ \t]*"
    rf"(?P<name>{_ANY})[ \t]*(?P<mark>:|[-–][ \t]|$)",
    re.IGNORECASE | re.MULTILINE,
)


def sections(text: str, terms: Terms) -> tuple[Section, ...]:
    """The parts of *text* in order; together they are the whole of it."""
    heads = [head for match in _AT.finditer(text) if (head := _head(text, match, terms))]
    if not heads or heads[0].start:
        heads.insert(0, Section(Part.BODY, "", 0, 0, 0))
    found: list[Section] = []
    for place, head in enumerate(heads):
        following = heads[place + 1] if place + 1 < len(heads) else None
        end = following.start if following else len(text)
        found += _bounded(text, head, end, following)
    return tuple(one for one in found if one.end > one.start)


def _head(text: str, match: re.Match[str], terms: Terms) -> Section | None:
    """The heading at *match*; none where a line merely looks like one."""
    name = " ".join(match["name"].split())
    start, inner = match.start("name"), match.end()
    for part, pattern in _headings(terms):
        if pattern.fullmatch(name):
            return Section(part, name, start, inner, inner)
    if _SAYS_SOMETHING.search(name):
        return None
    capitals = name.isupper() and match["mark"] == "" and len(name) > 3
    if (match["mark"] == ":" and len(name.split()) <= 4) or (capitals and len(name.split()) <= 4):
        return Section(Part.BODY, name, start, inner, inner)
    return None


def _bounded(text: str, head: Section, end: int, following: Section | None) -> list[Section]:
    """*head* up to *end*; a request ends sooner where the report goes on without a heading."""
    if head.part is not Part.HISTORY or _announces(following):
        return [Section(head.part, head.heading, head.start, head.inner, end)]
    stop = _request_ends(text, head.inner, end)
    rest = [Section(Part.BODY, "", stop, stop, end)] if text[stop:end].strip() else []
    stop = stop if rest else end
    return [Section(head.part, head.heading, head.start, head.inner, stop), *rest]


def _announces(following: Section | None) -> bool:
    """Whether *following* begins the report itself, so that all before it is the request."""
    if following is None or following.part is not Part.BODY:
        return False
    return re.fullmatch(either(*_BODY), following.heading, re.IGNORECASE) is not None


def _request_ends(text: str, start: int, end: int) -> int:
    """Where a request ends that no heading ends: with its paragraph, or its last sentence's line.

    A line that was merely broken goes on: the next begins small, or in a report all of capitals
    no sentence had ended.
    """
    at = start
    for line in text[start:end].splitlines(keepends=True):
        at += len(line)
        said = text[start:at]
        if not said.strip():
            continue
        after = text[at:end]
        blank = not after.split("\n", 1)[0].strip()
        new = after.lstrip()[:1]
        shouted = said.isupper() and after[:80].isupper()
        ended = bool(_ENDS_LINE.search(said.rstrip("\r\n")))
        if blank or ended or (not shouted and not new.islower()):
            return at
    return end
