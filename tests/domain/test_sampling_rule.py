from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from store.domain.genant import Grade
from store.domain.realm import Discrepancy, EventType
from store.domain.sampling import Eligible, Why, rule_words, sample

KINDS = st.sampled_from([Discrepancy.DETECTION, Discrepancy.COMMUNICATION])


@st.composite
def eligible(draw: st.DrawFn, number: int) -> Eligible:
    spot = draw(st.booleans())
    return Eligible(
        case=f"c_{number}",
        event=EventType.GOOD_SPOT if spot else EventType.DISCREPANCY,
        discrepancy=None if spot else draw(KINDS),
        worst=draw(st.sampled_from(Grade)),
        new_levels=draw(st.integers(0, 3)),
        retropulsion=draw(st.booleans()),
        malignant=draw(st.booleans()),
        nominated=draw(st.sampled_from([None, None, None, *EventType])),
    )


@st.composite
def periods(draw: st.DrawFn) -> list[Eligible]:
    return [draw(eligible(number)) for number in range(draw(st.integers(0, 15)))]


SEEDS = st.text(max_size=8)
WANTED = st.integers(0, 7)


@given(periods(), SEEDS, WANTED)
def test_every_case_that_must_come_comes_with_all_its_reasons(
    found: list[Eligible], seed: str, wanted: int
) -> None:
    chosen = {one.case: one for one in sample(found, seed, wanted).chosen}
    for one in found:
        if one.musts:
            assert chosen[one.case].whys == one.musts
            assert chosen[one.case].event is (one.nominated or one.event)


@given(periods(), SEEDS, WANTED, st.randoms())
def test_the_order_in_which_cases_are_found_changes_nothing(
    found: list[Eligible], seed: str, wanted: int, chance: object
) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert sample(found, seed, wanted) == sample(shuffled, seed, wanted)


@given(periods(), SEEDS, WANTED)
def test_the_numbers_add_up_and_nothing_is_chosen_twice(
    found: list[Eligible], seed: str, wanted: int
) -> None:
    drawn = sample(found, seed, wanted)
    n, cases = drawn.numbers, [one.case for one in drawn.chosen]
    assert len(set(cases)) == len(cases)
    assert n.eligible == n.by_rule + n.drawn + n.left
    assert (n.lot, n.drawn) == (n.eligible - n.by_rule, min(wanted, n.lot))
    assert n.left == sum(many for _, many in n.left_by_kind)
    assert set(cases) <= {one.case for one in found}
    discrepant = {one.case for one in found if one.event is EventType.DISCREPANCY}
    assert len(discrepant & set(cases)) == n.by_rule + n.drawn


@given(periods(), SEEDS, WANTED)
def test_there_is_a_good_spot_wherever_one_can_be_had(
    found: list[Eligible], seed: str, wanted: int
) -> None:
    drawn = sample(found, seed, wanted)
    spots = [one for one in drawn.chosen if one.event is EventType.GOOD_SPOT]
    there = [one for one in found if (one.nominated or one.event) is EventType.GOOD_SPOT]
    assert bool(spots) is bool(there)
    assert (drawn.numbers.spots, drawn.numbers.spots_eligible) == (len(spots), len(there))


@given(periods(), SEEDS, WANTED)
def test_one_more_to_be_drawn_takes_nobody_off(
    found: list[Eligible], seed: str, wanted: int
) -> None:
    fewer = {one.case for one in sample(found, seed, wanted).chosen}
    assert fewer <= {one.case for one in sample(found, seed, wanted + 1).chosen}


def test_the_lot_falls_on_each_alike() -> None:
    plain = [
        Eligible(f"c_{n}", EventType.DISCREPANCY, Discrepancy.DETECTION, Grade.MILD)
        for n in range(20)
    ]
    meetings = range(2000)
    hits = Counter(
        one.case for number in meetings for one in sample(plain, f"M-2026-{number}", 5).chosen
    )
    # 500 of 2,000 are expected of each; six standard deviations are 116.
    assert set(hits) == {one.case for one in plain}
    assert all(384 < hits[one.case] < 616 for one in plain)


def test_only_a_discrepancy_is_brought_by_its_gravity() -> None:
    grave = Eligible("c", EventType.GOOD_SPOT, worst=Grade.SEVERE, retropulsion=True)
    assert grave.musts == ()
    assert replace(grave, event=EventType.DISCREPANCY).musts == (Why.SEVERE, Why.RETROPULSION)


def test_the_rule_is_printed_with_its_numbers() -> None:
    cases = [
        Eligible(f"c_{n}", EventType.DISCREPANCY, Discrepancy.DETECTION, Grade(1 + n % 3))
        for n in range(12)
    ]
    words = rule_words(sample(cases, "M-2026-04", 5).numbers)
    assert "Of 12 discrepancies of the period 4 came by rule, 5 of the other 8 by lot" in words
    assert "(seed M-2026-04); 3 are left out and counted as one theme (3 detection)" in words
