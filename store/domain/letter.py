"""Texts and letters made from templates: what may stand in one, and what it becomes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from store.domain.describe import Novelty, compared_words
from store.domain.genant import FractureType, Grade
from store.domain.refusal import Unusable
from store.domain.spine import Level, steps_between
from store.domain.worded import Worded


class Letter(Worded):
    """A text that a site may issue."""

    ADDENDUM = "addendum", "Addendum to the report"
    GP = "gp_letter", "Letter to the GP"
    PATIENT = "patient_letter", "Letter to the patient"


PLACEHOLDERS: dict[str, str] = {
    "severity": "gravest confirmed grade in a word: moderate",
    "grade": "the same as a Genant grade: 2",
    "type": "wedge, biconcave or crush, where all are alike; else nothing",
    "fracture": "fracture or fractures",
    "levels": "levels from head to foot, “approximately” where nobody counted: T12 and L1",
    "count": "how many vertebrae, in words: two",
    "bones": "how many bones, in words: one of the bones, two of the bones",
    "lost": "what became of them, in plain words: has lost some of its height",
    "where": "where in the back, in plain words: the middle of your back",
    "new_or_old": "new since, or present on, an earlier scan; a sentence, or nothing",
    "exam": "the examination",
    "scan_date": "the day of the scan",
    "site": "the site of the scan",
    "patient": "name of the patient",
    "born": "date of birth",
    "nhs_number": "NHS number",
    "short_code": "the site's short code, where it may still be used; else nothing",
    "service": "name of the fracture liaison service",
    "contact": "how the service is reached",
}
"""What a template may name between braces, and what it becomes."""

_NAMED = re.compile(r"\{([^{}]*)\}")
_LOST = {True: "has lost some of its height", False: "have lost some of their height"}
_COUNTS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


class UnusableTemplate(Unusable):
    """A template names what nobody can fill in."""


@dataclass(frozen=True, slots=True)
class Told:
    """One confirmed fracture, as far as letters tell of it."""

    level: Level
    grade: Grade
    shape: FractureType | None = None
    novelty: Novelty | None = None
    against: date | None = None


def check(template: str) -> None:
    """Raise `UnusableTemplate` unless every placeholder of *template* is known."""
    for number, line in enumerate(template.splitlines(), start=1):
        for name in _NAMED.findall(line):
            if name not in PLACEHOLDERS:
                known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
                msg = f"line {number} names {{{name}}}, which nothing fills. Known are {known}."
                raise UnusableTemplate(msg)
        bare = _NAMED.sub("", line)
        if "{" in bare or "}" in bare:
            msg = f"line {number} has a brace that stands alone. Write a name between two braces."
            raise UnusableTemplate(msg)


def filled(template: str, values: Mapping[str, str]) -> str:
    """*template* with its placeholders filled; what becomes nothing leaves no gap."""
    said = _NAMED.sub(lambda match: values[match[1]].strip(), template)
    lines = [
        re.sub(r" +(?=[.,;:]|$)", "", re.sub(r" {2,}", " ", line)) for line in said.splitlines()
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def said_of(fractures: Sequence[Told], *, approximate: bool) -> dict[str, str]:
    """What *fractures*, at least one and from head to foot, fill in."""
    worst = max(one.grade for one in fractures)
    shapes = {one.shape for one in fractures}
    only = shapes.pop() if len(shapes) == 1 else None
    many = len(fractures)
    number = _COUNTS[many] if many < len(_COUNTS) else str(many)
    levels = _listed([one.level.value for one in fractures])
    return {
        "severity": worst.name.lower(),
        "grade": str(int(worst)),
        "type": only.value if only else "",
        "fracture": "fracture" if many == 1 else "fractures",
        "levels": f"approximately {levels}" if approximate else levels,
        "count": number,
        "bones": f"{number} of the bones",
        "lost": _LOST[many == 1],
        "where": _where(fractures),
        "new_or_old": _age(fractures),
    }


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _where(fractures: Sequence[Told]) -> str:
    """In plain words; the tenth rib is where people say that the lower back begins."""
    low = [steps_between(Level.T10, one.level) >= 0 for one in fractures]
    if all(low):
        return "the lower part of your back"
    return "your back" if any(low) else "the upper or middle part of your back"


def _age(fractures: Sequence[Told]) -> str:
    """Said only where it is the same of all."""
    said = {(one.novelty, one.against) for one in fractures}
    if len(said) != 1:
        return ""
    novelty, against = said.pop()
    if novelty is None:
        return ""
    words = compared_words(novelty, against)
    return f"{words[:1].upper()}{words[1:]}."
