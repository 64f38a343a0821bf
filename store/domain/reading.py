"""Readings: who may read a case, when a second person must, and where two of them differ."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from store.domain.finding import State
from store.domain.genant import Grade
from store.domain.rejection import REASONS, Class
from store.domain.spine import Level, craniocaudal

LAST_SESSION = timedelta(hours=12)
"""A step older than this is not taken back but decided anew; our default."""
DRAWS = 10_000
"""A case draws one of so many numbers when it is made; a share of them is read twice."""
DOUBTFUL_LEVELS = frozenset(Level(f"T{number}") for number in range(4, 10))
"""Where physiological wedging is mistaken for a mild fracture most often."""


class Kind(StrEnum):
    """What a reading is for."""

    FIRST = "first"
    SECOND = "second"
    ADJUDICATION = "adjudication"
    REPEAT = "repeat"

    @property
    def words(self) -> str:
        """The kind as people say it."""
        return _WORDS[self]


_WORDS = {
    Kind.FIRST: "First reading",
    Kind.SECOND: "Second reading, blind to the first",
    Kind.ADJUDICATION: "Adjudication: two readings differ",
    Kind.REPEAT: "Repeat of a first reading, hidden from its reader",
}
NUMBERS = {Kind.FIRST: 1, Kind.SECOND: 2, Kind.ADJUDICATION: 3, Kind.REPEAT: 10}
REPEAT = NUMBERS[Kind.REPEAT]
"""No reading of the case itself: nothing of it is ever in force."""


class CaseKind(StrEnum):
    """How a case came into the room. It never leaves the store while the case is open."""

    FLAG = "flag"
    NEGATIVE = "negative"
    UNAIDED = "unaided"


class Outcome(StrEnum):
    """How a reading ended."""

    OPEN = ""
    READ = "read"
    UNREADABLE = "unreadable"
    WITHDRAWN = "withdrawn"


class Why(StrEnum):
    """Why a second person reads a case."""

    SHARE = "drawn by lot"
    UNSURE = "a finding is unsure"
    MILD = "a mild fracture"
    NEAR = "T4 to T9, near a threshold"
    REQUESTED = "the reader asked for it"
    UNAIDED = "read without the AI's answer"


@dataclass(frozen=True, slots=True)
class ReadPolicy:
    """How much is read twice; defaults a site may change.

    Attributes:
        share: Of all cases, a fraction from 0.0 to 1.0. Source of the default: DOMAIN 7.4.
        doubtful: Whether mild fractures and T4 to T9 near a threshold are.
        unaided_share: Of all scans that the AI answered, read without its answer, a fraction.
        repeat_share: Of closed first readings, put before the same reader again, a fraction.
    """

    share: float = 0.10
    doubtful: bool = True
    unaided_share: float = 0.0
    repeat_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Said:
    """What one reading says of one vertebra.

    Attributes:
        near: Whether its measured loss lies near a boundary between grades.
    """

    level: Level | None
    state: State
    grade: Grade | None = None
    code: str = ""
    near: bool = False

    @property
    def gist(self) -> tuple[str, int]:
        """What must be the same for two readings to agree; empty where nothing was found."""
        if self.state is State.CONFIRMED:
            return "fracture", int(self.grade or 0)
        if self.state is State.REJECTED:
            other = REASONS[self.code].kind is Class.NOT_FRAGILITY
            return ("other fracture", 0) if other else ("", 0)
        return self.state.value, 0

    @property
    def settled(self) -> bool:
        """Whether the reader made up their mind."""
        return self.state in {State.CONFIRMED, State.REJECTED}


def after_first(
    said: Iterable[Said],
    policy: ReadPolicy,
    *,
    draw: int,
    asked: bool = False,
    alerted: bool = False,
    unaided: bool = False,
) -> tuple[Why, ...]:
    """Why a second person must read a case after the first closed it; empty where none must.

    An urgent alert is not held up by a blinded reading: only doubt of the first reader sends
    such a case on, or flags of the AI that nobody has looked at yet.
    """
    found = tuple(said)
    unsure = any(one.state is State.UNSURE for one in found)
    urgent = ((unsure, Why.UNSURE), (asked, Why.REQUESTED), (unaided, Why.UNAIDED))
    doubted = [one for one in found if policy.doubtful]
    rest = (
        (draw < policy.share * DRAWS, Why.SHARE),
        (any(one.gist == ("fracture", int(Grade.MILD)) for one in doubted), Why.MILD),
        (any(one.near and one.level in DOUBTFUL_LEVELS for one in doubted), Why.NEAR),
    )
    return tuple(why for applies, why in (*urgent, *(() if alerted else rest)) if applies)


def differences(
    first: Iterable[Said], second: Iterable[Said], *, alike: bool = True
) -> tuple[Level | None, ...]:
    """The levels on which two readings differ, from head to foot, then the one without a name.

    *alike* is whether both readings ended alike; where one of them found the scan unreadable,
    they differ on everything that was found. A finding nobody made up their mind on differs.
    """
    one, other = _by_level(first), _by_level(second)
    apart = {
        level
        for level in one.keys() | other.keys()
        if not alike or not _agree(one.get(level), other.get(level))
    }
    named = craniocaudal({level for level in apart if level is not None})
    return (*named, None) if None in apart else named


def _by_level(found: Iterable[Said]) -> dict[Level | None, Said]:
    """Of several findings at one level, the one that counts."""
    by_level: dict[Level | None, Said] = {}
    for said in found:
        held = by_level.get(said.level)
        if said.state is not State.WITHDRAWN and (held is None or not held.gist[0]):
            by_level[said.level] = said
    return by_level


def _agree(one: Said | None, other: Said | None) -> bool:
    both = [said for said in (one, other) if said is not None]
    gists = {said.gist if said is not None else ("", 0) for said in (one, other)}
    return all(said.settled for said in both) and len(gists) == 1


def barred(
    kind: Kind, handle: str, reader: str, before: Collection[str], *, looked: bool = False
) -> str:
    """Why *handle* may not make a reading of *kind*; empty where they may.

    Args:
        reader: Whose reading it is by now; empty where it is nobody's.
        before: Everyone who took part in the readings before it.
        looked: Whether *handle* had the case open while the first reading was made.
    """
    if kind is Kind.FIRST:
        return ""
    if handle in before:
        return "You read this case before. Another person must read it now."
    if looked and kind is Kind.SECOND:
        return "You looked at this case while it was read. Another person must read it now."
    if reader and reader != handle:
        return "Another person is reading this case."
    return ""
