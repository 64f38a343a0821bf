from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.describe import Novelty
from store.domain.genant import Grade
from store.domain.incident import Seen, compare
from store.domain.morphometry import Heights

HEIGHTS = st.builds(Heights, *[st.floats(2.0, 60.0)] * 3)
SEEN = st.builds(
    Seen,
    st.none() | st.sampled_from(list(Grade)),
    st.none() | HEIGHTS | st.just(Heights(21, 21, 22)),
)
INCIDENT = {Novelty.NEW, Novelty.WORSE}


def seen(grade: int | None = None, *heights: float) -> Seen:
    return Seen(None if grade is None else Grade(grade), Heights(*heights) if heights else None)


@pytest.mark.parametrize(
    ("earlier", "now", "novelty", "words"),
    [
        (
            seen(2, 21.0, 20.0, 24.0),
            seen(3, 16.1, 19.0, 24.0),
            Novelty.WORSE,
            "grade 2 → 3; anterior 21.0 → 16.1 mm, −23 %",
        ),
        (seen(0), seen(1), Novelty.NEW, "grade 0 → 1"),
        (seen(1), seen(2), Novelty.WORSE, "grade 1 → 2"),
        (seen(2), seen(2), Novelty.UNCHANGED, "grade 2 → 2"),
        (seen(3), seen(2), Novelty.UNCHANGED, "grade 3 → 2"),
        # Grade kept, height gone: the posterior wall came down.
        (
            seen(1, 20.0, 20.0, 25.0),
            seen(1, 19.0, 19.5, 20.0),
            Novelty.WORSE,
            "grade 1 → 1; posterior 25.0 → 20.0 mm, −20 %",
        ),
        # 20 % of a low vertebra is less than 4 mm, 4 mm of a high one less than 20 %.
        (
            seen(0, 15.0, 15.0, 15.0),
            seen(0, 11.5, 15.0, 15.0),
            Novelty.UNCHANGED,
            "grade 0 → 0; anterior 15.0 → 11.5 mm, −23 %",
        ),
        (
            seen(None, 30.0, 30.0, 30.0),
            seen(2, 25.5, 30.0, 30.0),
            Novelty.UNCHANGED,
            "anterior 30.0 → 25.5 mm, −15 %",
        ),
        # On both boundaries at once it counts.
        (
            seen(None, 20.0, 21.0, 21.0),
            seen(None, 16.0, 21.0, 21.0),
            Novelty.NEW,
            "anterior 20.0 → 16.0 mm, −20 %",
        ),
        (
            seen(None, 21.0, 21.0, 21.0),
            seen(None, 21.0, 16.8, 21.0),
            Novelty.NEW,
            "middle 21.0 → 16.8 mm, −20 %",
        ),
    ],
)
def test_the_rule_with_its_figures(earlier: Seen, now: Seen, novelty: Novelty, words: str) -> None:
    found = compare(earlier, now)
    assert found is not None
    assert (found.novelty, found.words) == (novelty, words)


@pytest.mark.parametrize(
    ("earlier", "now"),
    [
        (seen(), seen(2, 20, 20, 20)),
        (seen(2), seen(None, 20, 20, 20)),
        # The grade rose and the heights rose with it; one wall fell and the other rose.
        (seen(1, 16, 20, 20), seen(2, 21, 20, 20)),
        (seen(0, 20, 20, 10), seen(0, 10, 20, 20)),
    ],
)
def test_nothing_is_proposed_where_nothing_or_opposites_are_to_be_compared(
    earlier: Seen, now: Seen
) -> None:
    assert compare(earlier, now) is None


@given(SEEN)
def test_no_vertebra_is_new_or_worse_against_itself(one: Seen) -> None:
    found = compare(one, one)
    assert found is None or found.novelty is Novelty.UNCHANGED


@given(SEEN, SEEN)
def test_what_is_new_or_worse_one_way_is_neither_the_other_way(one: Seen, other: Seen) -> None:
    ways = [compare(one, other), compare(other, one)]
    assert sum(found is not None and found.novelty in INCIDENT for found in ways) <= 1
    assert (ways[0] is None) == (ways[1] is None)


@given(SEEN, SEEN)
def test_only_what_was_whole_is_new_and_only_what_was_fractured_is_worse(
    earlier: Seen, now: Seen
) -> None:
    found = compare(earlier, now)
    if found is not None and found.novelty in INCIDENT:
        assert (found.novelty is Novelty.WORSE) == bool(earlier.grade)


@given(SEEN, SEEN)
def test_where_one_scan_is_not_fit_for_heights_the_grades_decide_alone(
    earlier: Seen, now: Seen
) -> None:
    bare = [replace(earlier, heights=None), replace(now, heights=None)]
    assert compare(bare[0], now) == compare(earlier, bare[1]) == compare(*bare)


@given(SEEN, SEEN)
def test_a_fall_that_counts_is_at_least_a_fifth_and_four_millimetres(
    earlier: Seen, now: Seen
) -> None:
    found = compare(replace(earlier, grade=None), replace(now, grade=None))
    if found is not None and found.novelty is Novelty.NEW:
        assert earlier.heights is not None
        assert now.heights is not None
        pairs = zip(earlier.heights.three, now.heights.three, strict=True)
        assert any(b - a > 3.999 and (b - a) / b > 0.1999 for b, a in pairs)
