from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.finding import State
from store.domain.genant import Grade
from store.domain.reading import (
    DRAWS,
    Kind,
    ReadPolicy,
    Said,
    Why,
    after_first,
    barred,
    differences,
)
from store.domain.rejection import REASONS
from store.domain.spine import Level

CONFIRMED = Said(Level.L1, State.CONFIRMED, Grade.MODERATE)
SAID = st.builds(
    Said,
    st.sampled_from([None, Level.T8, Level.L1, Level.L2]),
    st.sampled_from([State.CONFIRMED, State.REJECTED, State.UNSURE, State.WITHDRAWN]),
    st.sampled_from(Grade),
    st.sampled_from(sorted(REASONS)),
    st.booleans(),
)
READINGS = st.lists(SAID, max_size=5, unique_by=lambda said: said.level)
NONE_TWICE = ReadPolicy(share=0.0, doubtful=False)


@given(READINGS)
def test_a_reading_agrees_with_itself_unless_it_is_unsure(found: list[Said]) -> None:
    unsure = {said.level for said in found if said.state is State.UNSURE}
    assert set(differences(found, found)) == unsure


@given(READINGS, READINGS)
def test_it_does_not_matter_which_reading_was_first(one: list[Said], other: list[Said]) -> None:
    assert differences(one, other) == differences(other, one)


@given(READINGS, READINGS)
def test_readings_that_ended_differently_differ_on_all_that_was_found(
    one: list[Said], other: list[Said]
) -> None:
    found = {said.level for said in (*one, *other) if said.state is not State.WITHDRAWN}
    assert set(differences(one, other, alike=False)) == found


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        ([CONFIRMED], False),
        ([Said(Level.L1, State.CONFIRMED, Grade.MILD)], True),
        ([Said(Level.L1, State.REJECTED, code="LIMBUS")], True),
        ([Said(Level.L1, State.REJECTED, code="CEMENT")], True),
        ([Said(Level.L1, State.UNSURE)], True),
        ([], True),
        ([Said(Level.L1, State.REJECTED, code="LIMBUS"), CONFIRMED], False),
    ],
)
def test_a_fracture_is_agreed_on_only_with_its_grade(other: list[Said], differs: bool) -> None:
    assert bool(differences([CONFIRMED], other)) is differs


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [("LIMBUS", "SCHMORL", False), ("CEMENT", "MALIGNANT", False), ("LIMBUS", "CEMENT", True)],
)
def test_two_rejections_agree_within_one_class(one: str, other: str, differs: bool) -> None:
    first, second = (Said(Level.L1, State.REJECTED, code=code) for code in (one, other))
    assert bool(differences([first], [second])) is differs


def test_a_mimic_that_one_reader_left_out_is_no_difference() -> None:
    assert differences([Said(Level.L1, State.REJECTED, code="LIMBUS")], []) == ()
    assert differences([Said(Level.L1, State.REJECTED, code="CEMENT")], []) == (Level.L1,)


@given(st.integers(0, DRAWS - 1), st.floats(0.0, 1.0))
def test_the_share_decides_by_the_draw_alone(draw: int, share: float) -> None:
    why = after_first([CONFIRMED], ReadPolicy(share, doubtful=False), draw=draw)
    assert (Why.SHARE in why) is (draw < share * DRAWS)


@pytest.mark.parametrize(
    ("said", "policy", "expected"),
    [
        ([CONFIRMED], NONE_TWICE, ()),
        ([Said(Level.L1, State.UNSURE)], NONE_TWICE, (Why.UNSURE,)),
        ([Said(Level.L1, State.CONFIRMED, Grade.MILD)], NONE_TWICE, ()),
        ([Said(Level.L1, State.CONFIRMED, Grade.MILD)], ReadPolicy(0.0), (Why.MILD,)),
        ([Said(Level.T6, State.REJECTED, code="LIMBUS", near=True)], ReadPolicy(0.0), (Why.NEAR,)),
        ([Said(Level.T10, State.REJECTED, code="LIMBUS", near=True)], ReadPolicy(0.0), ()),
        ([CONFIRMED], ReadPolicy(1.0), (Why.SHARE,)),
    ],
)
def test_a_second_person_reads_for_these_reasons(
    said: Sequence[Said], policy: ReadPolicy, expected: tuple[Why, ...]
) -> None:
    assert after_first(said, policy, draw=0) == expected


def test_an_urgent_case_is_not_held_up_by_a_lot_but_by_doubt() -> None:
    urgent = {"draw": 0, "alerted": True}
    mild = [Said(Level.L1, State.CONFIRMED, Grade.MILD)]
    assert after_first(mild, ReadPolicy(1.0), **urgent) == ()  # type: ignore[arg-type]  # named
    unsure = [*mild, Said(Level.L2, State.UNSURE)]
    assert after_first(unsure, ReadPolicy(1.0), **urgent) == (Why.UNSURE,)  # type: ignore[arg-type]  # named


@pytest.mark.parametrize("kind", [Kind.SECOND, Kind.ADJUDICATION])
def test_whoever_read_before_is_barred_and_so_is_whoever_comes_late(kind: Kind) -> None:
    assert "before" in barred(kind, "a", "", {"a"})
    assert "Another person is reading" in barred(kind, "b", "c", {"a"})
    assert barred(kind, "b", "", {"a"}) == barred(kind, "b", "b", {"a"}) == ""
    assert barred(Kind.FIRST, "a", "b", {"a"}) == ""
