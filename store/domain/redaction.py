"""What to redact in a free text before anybody outside its case reads it: suggestions.

A person checks every text before it is released; this finds what a person would tire of finding.
It takes a word too many rather than one too few.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from store.domain.redaction_fold import BARRIER, Folded, folded, joined
from store.domain.redaction_given import by_name
from store.domain.redaction_names import names_in
from store.domain.redaction_numbers import Kind, by_shape
from store.domain.redaction_places import places_in

__all__ = ["Kind", "Known", "Span", "redacted", "suggested"]

_TOKEN = re.compile("|".join(re.escape(f"[{kind}]") for kind in Kind))
_FEWEST_ANYWHERE = 5
"""A number of so many characters is looked for inside longer ones too."""
_GAP = re.compile(rf"[^\w\n{BARRIER}]{{0,2}}\Z")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters *start* to *end* of a text, and what they would have told."""

    start: int
    end: int
    kind: Kind

    @property
    def token(self) -> str:
        """What is written in their place."""
        return f"[{self.kind}]"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the people whom a text may name; any of it may be missing.

    Attributes:
        names: Of the patient: surname, forenames, each as recorded.
        numbers: NHS, hospital, accession numbers, UIDs.
        dates: Of birth, of the scan.
        staff: Names of colleagues who reported or asked.
        places: The site's own list of hospitals, wards and towns.
    """

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()
    staff: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


_NOBODY = Known()


def suggested(text: str, known: Known = _NOBODY) -> tuple[Span, ...]:
    """Spans of *text* to redact, in order, never overlapping; the same text gives the same.

    A redacted text gives none: what stands in a span's place is never read again.
    """
    plain = Folded(text)
    hidden = [found.span() for found in _TOKEN.finditer(text)]
    plain.without(hidden)
    spans: list[Span] = []
    given = _rules(known)
    while found := _merged(plain, _all(plain.text, given, known.places)):
        spans = _together(text, [*spans, *found])
        plain.without([*hidden, *((one.start, one.end) for one in spans)])
    return tuple(spans)


def redacted(text: str, spans: Iterable[Span]) -> str:
    """*text* with each of *spans* replaced by its kind in brackets.

    Raises:
        ValueError: they overlap, or reach past the text.
    """
    parts, at = [], 0
    for span in sorted(spans):
        if not at <= span.start < span.end <= len(text):
            msg = "Two spans overlap, or one reaches past the text. Mark them again."
            raise ValueError(msg)
        parts += [text[at : span.start], span.token]
        at = span.end
    return "".join([*parts, text[at:]])


def _all(
    text: str, given: Sequence[tuple[Kind, re.Pattern[str]]], places: Sequence[str]
) -> Iterator[tuple[int, int, Kind]]:
    """Everything that any rule finds, surest rules first; BARRIER is never inside."""
    for kind, rule in given:
        for found in rule.finditer(text):
            yield found.start(), found.end(), kind
    yield from by_shape(text)
    yield from names_in(text)
    yield from places_in(text, places)


def _rules(known: Known) -> list[tuple[Kind, re.Pattern[str]]]:
    names = [rule for people in (known.names, known.staff) if (rule := by_name(people))]
    return [
        *((Kind.NAME, rule) for rule in names),
        *((Kind.NUMBER, _number(number)) for number in known.numbers),
        *((Kind.DATE, _day(day)) for day in known.dates),
    ]


def _number(number: str) -> re.Pattern[str]:
    """*number* in any spacing, with or without its leading noughts."""
    plain = "".join(re.findall(r"[a-z\d]", folded(number).lower()))
    short = plain.lstrip("0")
    wanted = short if len(short) >= _FEWEST_ANYWHERE else plain
    if not wanted:
        return re.compile(r"(?!)")
    pattern = joined(wanted, rf"[^a-z\d{BARRIER}]{{0,3}}")
    if len(wanted) < _FEWEST_ANYWHERE:
        return re.compile(rf"(?<![a-z\d]){pattern}(?![a-z\d])", re.IGNORECASE)
    return re.compile(rf"(?:0[^a-z\d{BARRIER}]{{0,3}})*{pattern}", re.IGNORECASE)


def _day(day: date) -> re.Pattern[str]:
    """*day* as digits in any order and spacing, and its year alone."""
    orders = ("%d%m%Y", "%Y%m%d", "%m%d%Y", "%d%m%y", "%y%m%d")
    gap = rf"[^a-z\d{BARRIER}]{{0,2}}"
    ways = "|".join(joined(day.strftime(order), gap) for order in orders)
    return re.compile(rf"(?<!\d)(?:{ways}|{day.year})(?!\d)", re.IGNORECASE)


def _merged(plain: Folded, found: Iterable[tuple[int, int, Kind]]) -> list[Span]:
    """What was *found*, cut at barriers, as spans of the raw text; the first rule names a place."""
    taken: list[Span] = []
    for start, end, kind in found:
        for part in _seen(plain.text, start, end):
            first, last = plain.span(*part)
            over = [one for one in taken if one.start < last and first < one.end]
            if over:
                taken = [one for one in taken if one not in over]
                kind = over[0].kind
                first = min(first, *(one.start for one in over))
                last = max(last, *(one.end for one in over))
            taken.append(Span(first, last, kind))
    return sorted(taken)


def _seen(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of *start* to *end* between barriers, without blanks at their ends."""
    for part in re.finditer(rf"[^{BARRIER}]+", text[start:end]):
        words = part.group().strip()
        if re.search(r"\w", words):
            first = start + part.start() + part.group().index(words)
            yield first, first + len(words)


def _together(text: str, spans: Sequence[Span]) -> list[Span]:
    """*spans* in order; neighbours of one kind with no word between them become one."""
    joint: list[Span] = []
    for span in sorted(spans):
        last = joint[-1] if joint else None
        if last and last.kind is span.kind and _GAP.match(text[last.end : span.start]):
            joint[-1] = Span(last.start, span.end, span.kind)
        else:
            joint.append(span)
    return joint
