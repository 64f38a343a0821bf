"""What a radiology report seems to say of a vertebral fracture: a suggestion with its reasons.

A person decides. Where the rules are in doubt they suggest what would make a person look.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from store.domain.genant import Grade
from store.domain.prose.advice import advice
from store.domain.prose.bones import commented, negative
from store.domain.prose.context import Said, said_of
from store.domain.prose.levels import levels_in, named_plainly, written
from store.domain.prose.mentions import Mention, Site, mentions
from store.domain.prose.sections import Part, Section, sections
from store.domain.prose.sentences import Sentence, sentences
from store.domain.prose.severity import severity_in
from store.domain.prose.terms import OWN, Terms
from store.domain.report import Recommendation, ReportStatus
from store.domain.spine import Level, craniocaudal, steps_between


class Weight(IntEnum):
    """What one sentence says; of a report the heaviest decides."""

    NOTHING = 0
    BONES = 1
    NEGATIVE = 2
    DESCRIBED = 3
    POSSIBLE = 4
    KNOWN = 5
    THERE = 6


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A fracture that a person confirmed on the scan."""

    level: Level
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A sentence that bears on the suggestion: characters *start* to *end* of the report.

    Attributes:
        decides: Whether the suggested status rests on it.
        why: What the rule takes it to say.
    """

    start: int
    end: int
    weight: Weight
    decides: bool
    why: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the rules take a report to say.

    Attributes:
        why: Why this status, in words.
        levels: Levels at which the report has a fracture or describes one.
        severity: The gravest that it calls one; None where it does not say.
        history_only: Whether a fracture is spoken of in the request alone.
        uncertain: Whether the report is of two minds, so that a person looks twice.
    """

    status: ReportStatus
    why: str
    marks: tuple[Mark, ...]
    levels: tuple[Level, ...]
    severity: Grade | None
    recommendation: Recommendation
    history_only: bool
    uncertain: bool
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A sentence of the report as the rules read it."""

    sentence: Sentence
    weight: Weight
    levels: tuple[Level, ...]
    severity: Grade | None
    why: str


_UNREPORTED = re.compile(
    r"\s*(?:-*\s*end\s+of\s+report\s*-*|(?:formal\s+|full\s+)?reports?\s+(?:to\s+follow|awaited|pending"
    r"|not\s+(?:yet\s+)?available|unavailable)|await(?:ed|ing)(?:\s+(?:formal\s+)?report)?|tbc|pending"
    r"|not\s+(?:yet\s+)?reported|no\s+report|this\s+(?:exam\w*|study|scan)\s+(?:has\s+not|is\s+not)"
    r"\s+(?:yet\s+)?(?:been\s+)?(?:formally\s+)?reported(?:\s+by\s+radiology)?|[-.\s]*)\s*\.?\s*",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:no|nil|without)\s+(?:\w+\s+)?(?:new|other|further|additional|acute|recent)\b"
)
"""Denies one more fracture, not the one that is reported."""
_WEIGHED = {
    Said.DENIED: Weight.NEGATIVE,
    Said.POSSIBLE: Weight.POSSIBLE,
    Said.KNOWN: Weight.KNOWN,
    Said.THERE: Weight.THERE,
}
_SAYS = {
    Weight.THERE: "reports a vertebral fracture",
    Weight.KNOWN: "speaks of a fracture known from before",
    Weight.POSSIBLE: "calls a vertebral fracture possible",
    Weight.DESCRIBED: "describes a vertebra without the word fracture",
    Weight.NEGATIVE: "denies a fracture",
    Weight.BONES: "speaks of bones, not of a vertebral fracture",
}
_STATUS = {
    Weight.POSSIBLE: ReportStatus.REPORTED_UNCERTAIN,
    Weight.KNOWN: ReportStatus.KNOWN_PRIOR,
    Weight.DESCRIBED: ReportStatus.AMBIGUOUS_TERM,
    Weight.NEGATIVE: ReportStatus.NEGATIVE_STATEMENT,
    Weight.BONES: ReportStatus.BONES_COMMENTED_NO_VF,
    Weight.NOTHING: ReportStatus.NOT_MENTIONED,
}
MOST = 12
"""Mentions in one sentence that are weighed; no report that was written has more."""
_SPEAKS = (Weight.THERE, Weight.KNOWN, Weight.POSSIBLE, Weight.DESCRIBED)


def suggest(text: str | None, findings: Iterable[Confirmed] = (), terms: Terms = OWN) -> Suggestion:
    """What *text* seems to say; *findings* are the fractures that were confirmed on the scan."""
    if text is None or _UNREPORTED.fullmatch(text):
        why = "There is no report text yet."
        none = Recommendation.NONE
        return Suggestion(
            ReportStatus.NO_REPORT,
            why,
            (),
            (),
            None,
            none,
            False,
            False,
            sections(text or "", terms),
        )
    parts = sections(text, terms)
    every = [one for part in parts for one in sentences(text, part)]
    read = [_read(one, terms) for one in every if one.part is not Part.HISTORY]
    asked = any(_read(one, terms).weight in _SPEAKS for one in every if one.part is Part.HISTORY)
    heaviest = max((one.weight for one in read), default=Weight.NOTHING)
    spoken = [one for one in read if one.weight in _SPEAKS and one.weight >= Weight.POSSIBLE]
    told = spoken or [one for one in read if one.weight is Weight.DESCRIBED]
    levels = craniocaudal({level for one in told for level in one.levels})
    severity = max((one.severity for one in told if one.severity), default=None)
    status, why = _status(heaviest, levels, severity, tuple(findings))
    denies = any(
        one.weight is Weight.NEGATIVE and not _MORE.search(one.sentence.plain) for one in read
    )
    return Suggestion(
        status=status,
        why=why,
        marks=tuple(_marks(read, heaviest)),
        levels=levels,
        severity=severity,
        recommendation=advice((one.sentence.plain for one in read), terms),
        history_only=asked and heaviest not in _SPEAKS,
        uncertain=(denies and heaviest in _SPEAKS)
        or heaviest is Weight.POSSIBLE
        or not all(one.whole for one in every),
        sections=parts,
    )


def _read(sentence: Sentence, terms: Terms) -> _Read:
    plain = named_plainly(sentence.plain)
    spoken = islice(mentions(plain, terms), MOST)
    weight = max(
        (_weight(one, plain, sentence.heading, terms) for one in spoken), default=Weight.NOTHING
    )
    why = _SAYS.get(weight, "")
    if weight < Weight.NEGATIVE and (denial := negative(plain, sentence.heading)):
        weight, why = Weight.NEGATIVE, denial
    levels = levels_in(plain)
    if weight is Weight.NOTHING and commented(plain, level=bool(levels)):
        weight, why = Weight.BONES, _SAYS[Weight.BONES]
    severity = severity_in(plain) if weight in _SPEAKS else None
    return _Read(sentence, weight, levels if weight in _SPEAKS else (), severity, why)


def _weight(mention: Mention, plain: str, heading: str, terms: Terms) -> Weight:
    """What one mention comes to."""
    said = said_of(mention, plain, terms)
    site = _site(mention, heading)
    if site is Site.ELSE or said is Said.ASKED:
        return Weight.NOTHING
    if site is Site.BONE:
        return Weight.BONES
    if site is Site.UNSAID:
        denies = said is Said.DENIED and mention.fracture
        return Weight.NEGATIVE if denies else Weight.BONES if mention.fracture else Weight.NOTHING
    weight = _WEIGHED[said]
    if mention.fracture or weight is Weight.NEGATIVE:
        return weight
    return Weight.DESCRIBED


_SPINE = re.compile(r"\bspine\b|\bvertebra")


def _site(mention: Mention, heading: str) -> Site:
    """Of which bone; below the heading "Spine" it goes without saying."""
    if mention.site is Site.UNSAID and _SPINE.search(heading):
        return Site.VERTEBRA
    return mention.site


def _status(
    heaviest: Weight,
    levels: tuple[Level, ...],
    severity: Grade | None,
    findings: tuple[Confirmed, ...],
) -> tuple[ReportStatus, str]:
    elsewhere = heaviest in _SPEAKS and _elsewhere(levels, findings)
    if elsewhere:
        held = written(craniocaudal({one.level for one in findings}))
        why = f"The report speaks of {written(levels)}; {held}, confirmed, is not in it."
        return ReportStatus.BONES_COMMENTED_NO_VF, why
    if heaviest is Weight.THERE:
        return _reported(levels, severity, findings)
    says = _SAYS.get(heaviest, "says nothing of bones")
    return _STATUS[heaviest], f"The report {says}."


def _elsewhere(levels: tuple[Level, ...], findings: tuple[Confirmed, ...]) -> bool:
    """Whether every level the report names lies apart from every confirmed one.

    One vertebra further is taken as the same: counts differ by one often enough.
    """
    return bool(levels and findings) and all(
        abs(steps_between(said, one.level)) > 1 for said in levels for one in findings
    )


def _reported(
    levels: tuple[Level, ...], severity: Grade | None, findings: tuple[Confirmed, ...]
) -> tuple[ReportStatus, str]:
    missing = craniocaudal({one.level for one in findings} - set(levels))
    lacks = [
        words
        for lacking, words in (
            (not levels, "no level"),
            (bool(levels and missing), f"not {written(missing)}, confirmed"),
            (severity is None, "no severity"),
        )
        if lacking
    ]
    if lacks:
        return ReportStatus.REPORTED_PARTIAL, f"A fracture is reported, but {', '.join(lacks)}."
    grave = severity.name.lower() if severity else ""
    return ReportStatus.REPORTED_FULL, f"The report says {grave}, {written(levels)}."


def _marks(read: Sequence[_Read], heaviest: Weight) -> Iterable[Mark]:
    """The sentences to be shown: those that decide, and those that say otherwise of a vertebra."""
    for one in read:
        decides = one.weight is heaviest
        if one.weight and (decides or one.weight >= Weight.NEGATIVE):
            yield Mark(one.sentence.start, one.sentence.end, one.weight, decides, one.why)
