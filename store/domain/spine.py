"""The levels of the spine, from the neck down."""

from enum import StrEnum


class Level(StrEnum):
    """A vertebra by name. T13 and L6 are variants of normal anatomy and must be storable."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    C4 = "C4"
    C5 = "C5"
    C6 = "C6"
    C7 = "C7"
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"
    T4 = "T4"
    T5 = "T5"
    T6 = "T6"
    T7 = "T7"
    T8 = "T8"
    T9 = "T9"
    T10 = "T10"
    T11 = "T11"
    T12 = "T12"
    T13 = "T13"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L4 = "L4"
    L5 = "L5"
    L6 = "L6"
    S1 = "S1"


ORDER: tuple[Level, ...] = tuple(Level)
_POSITION = {level: place for place, level in enumerate(ORDER)}

REVIEWABLE: tuple[Level, ...] = tuple(level for level in ORDER if level.value[0] in "TL")
"""Levels a finding may carry: T1-T13 and L1-L6."""

GRADEABLE: tuple[Level, ...] = ORDER[_POSITION[Level.T4] : _POSITION[Level.L4] + 1]
"""Levels that Genant grading covers, T4-L4, with T13 where a spine has one.

Source: RadElement RDES150.
"""


def craniocaudal(levels: "set[Level] | frozenset[Level]") -> tuple[Level, ...]:
    """*levels* from head to foot."""
    return tuple(sorted(levels, key=_POSITION.__getitem__))


def usual_order(present: frozenset[Level] = frozenset()) -> tuple[Level, ...]:
    """Every vertebra from head to foot; the variants T13 and L6 only where *present* names them.

    So T12 and L1 are neighbours in most spines.
    """
    return tuple(level for level in ORDER if level not in (Level.T13, Level.L6) or level in present)


def steps_between(upper: Level, lower: Level, present: frozenset[Level] = frozenset()) -> int:
    """How many vertebrae lie from *upper* down to *lower*, negative when *lower* is above.

    The variants T13 and L6 count only where *present*, or either of the two, names them.
    """
    count = usual_order(present | {upper, lower})
    return count.index(lower) - count.index(upper)
