from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.morphometry import Basis, Heights, assess
from store.domain.numbering import (
    Confidence,
    CountFrom,
    Numbering,
    Renumbering,
    Variant,
    after,
    check_named,
    differing,
    labels,
    moved,
    order,
)
from store.domain.refusal import NotAllowed
from store.domain.spine import ORDER, REVIEWABLE, Level

T11, T12, T13, L1, L2, L4, L5, L6, S1 = (
    Level(name) for name in ("T11", "T12", "T13", "L1", "L2", "L4", "L5", "L6", "S1")
)
SHIFTS = st.integers(-3, 3)
VARIANTS = st.sampled_from([None, *Variant])
SEEN = st.frozensets(st.sampled_from(ORDER))
COUNTS = st.sampled_from([None, *CountFrom])
NUMBERINGS = st.builds(Numbering, SHIFTS, COUNTS, st.none(), VARIANTS)


@given(SEEN)
def test_nobody_having_said_anything_every_label_stands(seen: frozenset[Level]) -> None:
    assert differing(labels(0, None, seen)) == {}
    assert seen <= labels(0, None, seen).keys()


@given(SHIFTS, VARIANTS, SEEN)
def test_the_order_of_the_spine_is_kept_and_no_name_is_given_twice(
    shift: int, variant: Variant | None, seen: frozenset[Level]
) -> None:
    named = labels(shift, variant, seen)
    machine, shown = list(named), list(named.values())
    assert machine == [level for level in ORDER if level in named]
    assert shown == [level for level in ORDER if level in shown]
    assert len(set(shown)) == len(shown)
    assert set(shown) <= set(order(variant, seen))


@given(SHIFTS, VARIANTS, SEEN)
def test_a_shift_there_and_back_is_no_shift_where_nothing_falls_off(
    shift: int, variant: Variant | None, seen: frozenset[Level]
) -> None:
    there, still = labels(shift, variant, seen), labels(0, variant, seen)
    chain = order(variant, seen)
    for level in there.keys() & still.keys():
        assert chain.index(there[level]) - shift == chain.index(still[level])


@pytest.mark.parametrize(
    ("shift", "variant", "names"),
    [
        (0, Variant.NONE, {T11: T11, T12: T12, L1: L1, L5: L5, S1: S1}),
        (1, None, {T11: T12, T12: L1, L1: L2, L4: L5, L5: S1}),
        (-1, None, {T12: T11, L1: T12, L5: L4, S1: L5}),
        (0, Variant.RIBS_13, {T12: T12, L1: T13, L2: L1, S1: L5}),
        (1, Variant.RIBS_13, {T12: T13, L1: L1, L5: L5, S1: S1}),
        (0, Variant.RIBS_11, {T11: T11, T12: L1, L1: L2, L5: S1}),
        (-1, Variant.RIBS_11, {T12: T11, L1: L1, L5: L5}),
        (0, Variant.LUMBAR_6, {T12: T12, L5: L5, S1: L6}),
        (-1, Variant.LUMBAR_6, {L1: T12, L2: L1}),
        (1, Variant.LUMBAR_6, {L5: L6, S1: S1}),
        (0, Variant.LUMBAR_4, {L4: L4, L5: S1}),
        (0, Variant.LSTV, {L5: L5, S1: S1}),
    ],
)
def test_labels_by_variant_and_shift(
    shift: int, variant: Variant | None, names: dict[Level, Level]
) -> None:
    found = labels(shift, variant)
    assert {level: found.get(level) for level in names} == names


def test_a_variant_has_the_vertebrae_it_is_named_for() -> None:
    assert T13 in order(Variant.RIBS_13)
    assert T12 not in order(Variant.RIBS_11)
    assert L6 in order(Variant.LUMBAR_6)
    assert L5 not in order(Variant.LUMBAR_4)
    for plain in (Variant.NONE, Variant.LSTV):
        assert {T13, L6}.isdisjoint(order(plain))
        assert len(order(plain)) == 7 + 12 + 5 + 1


def test_a_t13_of_the_machine_is_kept_until_somebody_says_there_is_none() -> None:
    seen = frozenset({T12, T13, L1})
    assert labels(0, None, seen)[T13] is T13
    assert labels(0, Variant.RIBS_13, seen)[T13] is T13
    said = labels(0, Variant.NONE, seen)
    assert (said[T12], said[T13], said[L1]) == (T12, L1, L2)


@given(NUMBERINGS, NUMBERINGS, SEEN, st.sampled_from(ORDER))
def test_a_moved_finding_stays_on_its_vertebra(
    old: Numbering, new: Numbering, seen: frozenset[Level], machine: Level
) -> None:
    was = labels(old.shift, old.variant, seen).get(machine)
    if was is None:
        return
    wanted = labels(new.shift, new.variant, seen).get(machine)
    if wanted in REVIEWABLE:
        assert moved(was, old, new, seen) is wanted
    else:
        with pytest.raises(NotAllowed, match=f"The finding at {was} would become"):
            moved(was, old, new, seen)


def test_a_finding_that_would_fall_off_is_refused_with_what_to_do() -> None:
    with pytest.raises(NotAllowed, match=r"L5 would become S1; .*Relabel or reject it first"):
        moved(L5, Numbering(), Numbering(1))
    with pytest.raises(NotAllowed, match="T1 would become C7"):
        moved(Level.T1, Numbering(), Numbering(-1))


def test_what_was_rejected_may_come_to_lie_beside_the_levels_of_findings() -> None:
    assert moved(L5, Numbering(), Numbering(1), standing=False) is S1
    assert moved(Level.T1, Numbering(), Numbering(-1), standing=False) is Level.C7


def test_a_name_that_only_the_new_numbering_has_stays() -> None:
    assert moved(T13, Numbering(), Numbering(variant=Variant.RIBS_13)) is T13
    with pytest.raises(NotAllowed, match="nothing that has a name"):
        moved(T13, Numbering(), Numbering(1))


def test_what_is_not_said_stands() -> None:
    counted = Numbering(1, CountFrom.C2, Confidence.CERTAIN, Variant.RIBS_13)
    assert after(counted, Renumbering(-1)) == replace(counted, shift=0)
    assert after(counted, Renumbering(confidence=Confidence.DOUBT)) == replace(
        counted, confidence=Confidence.DOUBT
    )


@given(NUMBERINGS.filter(lambda one: one.count_from not in (None, CountFrom.AI_ONLY)))
def test_up_and_down_again_is_how_it_was(standing: Numbering) -> None:
    assert after(after(standing, Renumbering(1)), Renumbering(-1)) == standing


def test_a_numbering_that_says_nothing_new_is_refused() -> None:
    with pytest.raises(NotAllowed, match="numbered already"):
        after(Numbering(), Renumbering())
    with pytest.raises(NotAllowed, match="one at a time, got 2"):
        after(Numbering(), Renumbering(2))


@pytest.mark.parametrize("count", [None, CountFrom.AI_ONLY])
def test_a_count_by_nobody_is_not_certain(count: CountFrom | None) -> None:
    with pytest.raises(NotAllowed, match="not certain"):
        after(Numbering(), Renumbering(0, count, Confidence.CERTAIN))
    after(Numbering(), Renumbering(0, CountFrom.C2, Confidence.CERTAIN))


@pytest.mark.parametrize("count", [None, *CountFrom])
def test_a_level_is_approximate_where_the_ai_alone_counted(count: CountFrom | None) -> None:
    assert Numbering(count_from=count).approximate is (count in (None, CountFrom.AI_ONLY))
    assert Numbering(count_from=count, confidence=Confidence.DOUBT).approximate


def test_the_provenance_in_words() -> None:
    assert Numbering().words == "Counted by the AI alone"
    said = Numbering(-1, CountFrom.SACRUM, Confidence.CERTAIN, Variant.LUMBAR_6)
    assert said.words == (
        "Counted from the sacrum, certain; 6 lumbar vertebrae; labels moved up by 1"
    )


def test_a_level_that_this_spine_has_not_is_refused() -> None:
    with pytest.raises(NotAllowed, match="11 rib pairs, so it has no T12"):
        check_named(T12, Variant.RIBS_11)
    for level in REVIEWABLE:
        check_named(level, None)
    check_named(T13, Variant.RIBS_13)


def test_every_choice_has_words_and_a_hint() -> None:
    for values in (CountFrom, Confidence, Variant):
        assert len({one.words for one in values}) == len(values)
        assert all(one.hint for one in values)


def test_neighbours_are_counted_by_the_vertebrae_a_spine_has() -> None:
    whole, hurt = Heights(24.0, 24.0, 25.0), Heights(14.0, 20.0, 25.0)
    spine = {Level.T10: hurt, L2: whole}
    assert assess(spine)[Level.T10].basis is Basis.NO_REFERENCE
    without_t12 = assess(spine, order(Variant.RIBS_11))
    assert without_t12[Level.T10].basis is Basis.ONE_NEIGHBOUR
