import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.spine import GRADEABLE, ORDER, REVIEWABLE, Level, craniocaudal, steps_between


def test_the_spine_runs_from_the_neck_to_the_sacrum() -> None:
    assert (ORDER[0], ORDER[6], ORDER[7], ORDER[-1]) == (Level.C1, Level.C7, Level.T1, Level.S1)
    assert len(ORDER) == 7 + 13 + 6 + 1


def test_findings_lie_at_t1_to_t13_and_l1_to_l6() -> None:
    assert [level.value for level in REVIEWABLE] == [
        *(f"T{number}" for number in range(1, 14)),
        *(f"L{number}" for number in range(1, 7)),
    ]


def test_grades_are_for_t4_to_l4() -> None:
    assert (GRADEABLE[0], GRADEABLE[-1], len(GRADEABLE)) == (Level.T4, Level.L4, 14)


@given(st.sets(st.sampled_from(ORDER)))
def test_levels_are_sorted_from_head_to_foot(levels: set[Level]) -> None:
    assert craniocaudal(levels) == tuple(level for level in ORDER if level in levels)


@pytest.mark.parametrize(
    ("upper", "lower", "present", "steps"),
    [
        (Level.T12, Level.L1, (), 1),
        (Level.T12, Level.L1, (Level.T13,), 2),
        (Level.T12, Level.T13, (), 1),
        (Level.T13, Level.L1, (), 1),
        (Level.L5, Level.S1, (), 1),
        (Level.L5, Level.S1, (Level.L6,), 2),
        (Level.T4, Level.L4, (), 12),
        (Level.L4, Level.T4, (), -12),
        (Level.C7, Level.T1, (), 1),
    ],
)
def test_variants_count_only_where_they_are(
    upper: Level, lower: Level, present: tuple[Level, ...], steps: int
) -> None:
    assert steps_between(upper, lower, frozenset(present)) == steps


@given(st.sampled_from(ORDER), st.sampled_from(ORDER), st.sets(st.sampled_from(ORDER)))
def test_the_way_back_is_as_long(a: Level, b: Level, present: set[Level]) -> None:
    there = steps_between(a, b, frozenset(present))
    assert steps_between(b, a, frozenset(present)) == -there
