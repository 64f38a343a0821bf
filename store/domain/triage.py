"""Triage by a person: acts on one patient, what of them stands, lanes, and who goes this week."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from store.domain.exclusion import Exclusion
from store.domain.genant import Grade

T = TypeVar("T")


class Lane(StrEnum):
    """Where a patient stands in the triage room."""

    DECIDE = "To decide"
    WEEK = "Ready this week"
    LATER = "Ready later"
    HELD = "Held"
    NOT = "Not referred"
    REFERRED = "Referred"


class Step(StrEnum):
    """What a coordinator does to one patient."""

    EXCLUDE = "exclude"
    REFER = "refer"
    FIRST = "first"
    IN_TURN = "in_turn"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Did:
    """One act of triage as the record keeps it.

    Attributes:
        code: Of an exclusion.
        answered: Of a referral: ids of the hints that do not apply.
        undoes: Number of the act that is taken back.
    """

    number: int
    case: str
    step: Step
    code: Exclusion | None
    answered: tuple[str, ...]
    note: str
    day: date | None
    source: str
    undoes: int | None
    by: str
    handle: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What people's acts amount to now.

    Attributes:
        excluded: Exclusions that stand, each with the act that set it.
        answered: Hints that a person said do not apply.
        first: The act that put the patient first; None where they go in turn.
        last: The newest act that stands; None where there is none.
    """

    excluded: Mapping[Exclusion, Did] = field(default_factory=dict)
    answered: frozenset[str] = frozenset()
    first: Did | None = None
    last: Did | None = None


def standing(acts: Iterable[Did]) -> Standing:
    """What *acts*, the oldest first, amount to: an act that was undone counts for nothing.

    To refer lifts every exclusion a person set, as well as answering the hints it was shown.
    """
    done = list(acts)
    undone = {act.undoes for act in done if act.step is Step.UNDO}
    left = [act for act in done if act.step is not Step.UNDO and act.number not in undone]
    excluded: dict[Exclusion, Did] = {}
    answered: set[str] = set()
    first: Did | None = None
    for act in left:
        if act.step is Step.EXCLUDE and act.code:
            excluded[act.code] = act
        elif act.step is Step.REFER:
            excluded = {}
            answered |= set(act.answered)
        elif act.step in {Step.FIRST, Step.IN_TURN}:
            first = act if act.step is Step.FIRST else None
    return Standing(excluded, frozenset(answered), first, left[-1] if left else None)


FORWARD = {
    Grade.SEVERE: timedelta(days=28),
    Grade.MODERATE: timedelta(days=14),
}
"""By how much a grave fracture is brought forward in the order; our default."""
ORDER_WORDS = (
    "Order: whose 90 days end first; a severe fracture counts 28 days, a moderate one 14 days "
    "earlier. So nobody is passed by anybody whose scan was made more than 28 days later, but by "
    "those whom somebody put first."
)


@dataclass(frozen=True, slots=True)
class Ready:
    """One patient who is ready, as the order looks at them.

    Attributes:
        first: When somebody put them first; None where they go in turn.
    """

    id: str
    worst: Grade
    index: date
    first: datetime | None = None

    @property
    def place(self) -> tuple[int, str, str]:
        """Sorts them: put first, in that order; then by day, brought forward by grade."""
        if self.first is not None:
            return 0, self.first.isoformat(), self.id
        return 1, (self.index - FORWARD.get(self.worst, timedelta(0))).isoformat(), self.id


def in_order(ready: Iterable[Ready]) -> list[str]:
    """The ids of *ready* as they are to go."""
    return [one.id for one in sorted(ready, key=lambda one: one.place)]


def fits(ordered: Sequence[T], per_week: int, gone: int) -> int:
    """How many of *ordered* go this week, where *gone* went already; 0 *per_week* is no limit."""
    return len(ordered) if per_week == 0 else min(len(ordered), max(0, per_week - gone))


def week_of(day: date) -> date:
    """The Monday of the week of *day*."""
    return day - timedelta(days=day.weekday())


def clock_words(due: date, today: date) -> str:
    """How the 90 days stand, such as ``12 days left``."""
    left = (due - today).days
    if left < 0:
        return f"{-left} day{'' if left == -1 else 's'} over"
    if left == 0:
        return "last day"
    return f"{left} day{'' if left == 1 else 's'} left"


def urgency(due: date, today: date) -> str:
    """How the clock is coloured: ``over``, ``soon`` (two weeks) or ``calm``."""
    left = (due - today).days
    return "over" if left < 0 else "soon" if left <= SOON_DAYS else "calm"


SOON_DAYS = 14
"""Days before the 90th on which the clock turns; our default."""
