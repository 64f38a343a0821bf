from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.exclusion import Exclusion
from store.domain.genant import Grade
from store.domain.triage import (
    Did,
    Ready,
    Standing,
    Step,
    clock_words,
    fits,
    in_order,
    standing,
    urgency,
    week_of,
)

DAY = date(2026, 10, 3)
AT = datetime(2026, 10, 3, 9, 0, tzinfo=UTC)
CANCER, DEAD = Exclusion.CANCER_CT, Exclusion.DECEASED


def did(number: int, step: Step, code: Exclusion | None = None, **more: object) -> Did:
    values: dict[str, object] = {"answered": (), "undoes": None, **more}
    kept = {"note": "", "day": None, "source": "", "by": "Fran", "handle": "f", "role": "FLS_COORD"}
    return Did(number, "c_1", step, code, at=AT, **kept, **values)  # type: ignore[arg-type]


def test_to_refer_lifts_what_people_set_and_answers_what_was_shown() -> None:
    acts = [did(1, Step.EXCLUDE, CANCER), did(2, Step.REFER, answered=("KNOWN_FLS:a",))]
    found = standing(acts)
    assert (found.excluded, found.answered, found.last) == (
        {},
        frozenset({"KNOWN_FLS:a"}),
        acts[1],
    )


def test_an_act_that_was_undone_leaves_what_was_before() -> None:
    acts = [did(1, Step.EXCLUDE, CANCER), did(2, Step.REFER), did(3, Step.UNDO, undoes=2)]
    assert standing(acts).excluded == {CANCER: acts[0]}


STEPS = st.sampled_from([Step.EXCLUDE, Step.REFER, Step.FIRST, Step.IN_TURN])


@given(st.lists(st.tuples(STEPS, st.sampled_from([CANCER, DEAD])), max_size=8))
def test_undoing_everything_from_the_last_leaves_nothing(
    steps: list[tuple[Step, Exclusion]],
) -> None:
    acts = [did(n, step, code) for n, (step, code) in enumerate(steps, 1)]
    seen = [standing(acts[:n]) for n in range(len(acts) + 1)]
    for left in range(len(steps), 0, -1):
        last = standing(acts).last
        assert last is not None
        acts.append(did(len(acts) + 1, Step.UNDO, undoes=last.number))
        assert standing(acts) == seen[left - 1]
    assert standing(acts) == Standing()


READY = st.builds(
    Ready,
    id=st.uuids().map(str),
    worst=st.sampled_from([Grade.MILD, Grade.MODERATE, Grade.SEVERE]),
    index=st.dates(DAY, DAY + timedelta(days=120)),
    first=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@given(st.lists(READY, max_size=20, unique_by=lambda one: one.id))
def test_nobody_is_passed_by_a_scan_more_than_28_days_later(ready: list[Ready]) -> None:
    """But by those whom somebody put first: so nobody waits for ever."""
    by_id = {one.id: one for one in ready}
    order = [by_id[each] for each in in_order(ready)]
    assert sorted(by_id) == sorted(one.id for one in order)
    for at, one in enumerate(order):
        for before in order[:at]:
            assert before.first or before.index - one.index <= timedelta(days=28)
        assert not one.first or all(before.first for before in order[:at])


@given(st.lists(READY, max_size=10, unique_by=lambda one: one.id), st.randoms())
def test_the_order_is_the_same_however_they_come(ready: list[Ready], chance: object) -> None:
    shuffled = list(ready)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert in_order(shuffled) == in_order(ready)


def test_of_one_day_the_graver_goes_first() -> None:
    mild, severe = Ready("a", Grade.MILD, DAY), Ready("b", Grade.SEVERE, DAY)
    assert in_order([mild, severe]) == ["b", "a"]


@given(st.integers(1, 5), st.lists(st.integers(0, 9), min_size=1, max_size=12))
def test_with_room_for_some_each_week_everybody_goes(per_week: int, arrivals: list[int]) -> None:
    """Week by week new ones come, graver than all before; the first mild one goes at last."""
    waiting = [Ready("first", Grade.MILD, DAY)]
    for week in range(200):
        day = DAY + timedelta(days=7 * week)
        coming = arrivals[week] if week < len(arrivals) else min(2, per_week)
        waiting += [Ready(f"{week}-{n}", Grade.SEVERE, day) for n in range(coming)]
        order = in_order(waiting)
        gone = set(order[: fits(order, per_week, 0)])
        waiting = [one for one in waiting if one.id not in gone]
        if "first" in gone:
            return
    pytest.fail("the first one waits for ever")


@pytest.mark.parametrize(
    ("per_week", "gone", "go"), [(0, 9, 5), (3, 0, 3), (3, 2, 1), (3, 4, 0), (9, 0, 5)]
)
def test_what_went_this_week_counts(per_week: int, gone: int, go: int) -> None:
    assert fits("abcde", per_week, gone) == go


def test_a_week_begins_on_monday() -> None:
    assert week_of(DAY) == date(2026, 9, 28) == week_of(date(2026, 9, 28))


@pytest.mark.parametrize(
    ("left", "words", "colour"),
    [
        (90, "90 days left", "calm"),
        (15, "15 days left", "calm"),
        (14, "14 days left", "soon"),
        (1, "1 day left", "soon"),
        (0, "last day", "soon"),
        (-1, "1 day over", "over"),
        (-12, "12 days over", "over"),
    ],
)
def test_the_clock_says_how_the_90_days_stand(left: int, words: str, colour: str) -> None:
    due = DAY + timedelta(days=left)
    assert (clock_words(due, DAY), urgency(due, DAY)) == (words, colour)
