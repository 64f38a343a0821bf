"""Who works on a case: taken, renewed, left, taken over, run out, whatever the clock does."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col
from store_builders import (
    COORDINATOR,
    LEAD,
    NOW,
    RADIOLOGIST,
    a_case,
    a_flag,
    an_act,
    close,
    do,
    events,
    show,
    step,
)
from test_racing import at_once

from store import claims, worklist
from store._claimed import Held
from store.domain.claim import LEASE
from store.domain.finding import Deed
from store.domain.people import Person
from store.domain.refusal import Conflict, NotAllowed
from store.domain.spine import Level
from store.tables import ClaimRow, ReviewCase, TakeoverRow, TrailRow
from store.unit import Reader, Unit
from store.worklist import Filters

LATER = NOW + LEASE


def change(
    engine: Engine, deed: Callable[..., None], person: Person, *args: object, at: datetime = NOW
) -> None:
    with Unit(engine, person, at) as unit:
        deed(unit, *args)


def take(engine: Engine, case: str, person: Person = LEAD, at: datetime = NOW) -> None:
    change(engine, claims.take, person, case, at=at)


def seen(engine: Engine, case: str, person: Person = LEAD, at: datetime = NOW) -> Held | None:
    with Reader(engine, person, at) as reader:
        return claims.standing(reader, case)


def after(engine: Engine, case: str, person: Person, at: datetime = NOW) -> str | None:
    with Reader(engine, person, at) as reader:
        return next(iter(worklist.following(reader, case, Filters(), 1)), None)


def told(engine: Engine) -> list[tuple[str, str]]:
    """What the trail says of claims, the oldest first: action and outcome."""
    with Session(engine) as session:
        rows = session.execute(select(TrailRow).order_by(col(TrailRow.seq))).scalars()
        return [(row.action, row.outcome) for row in rows if row.action.startswith("claim.")]


def test_a_taken_case_is_seen_by_everyone_and_by_whom(engine: Engine) -> None:
    case = a_case(engine)
    assert seen(engine, case) is None
    take(engine, case)
    assert seen(engine, case) == Held(LEAD.name, mine=True, seconds_left=1200)
    in_time = NOW + timedelta(seconds=90)
    assert seen(engine, case, COORDINATOR, in_time) == Held(LEAD.name, False, 1110)
    with Reader(engine, RADIOLOGIST, NOW) as reader:
        assert claims.standing(reader, "c_none") is None
    assert told(engine) == [("claim.taken", "ok")]


def test_what_another_person_took_cannot_be_taken_and_is_not_decided_on(engine: Engine) -> None:
    case = a_case(engine)
    take(engine, case)
    with pytest.raises(Conflict, match=r"Ada Lead works on this case.* until 22/11/2026 14:23"):
        take(engine, case, RADIOLOGIST, NOW + timedelta(minutes=5))
    finding = show(engine, case).findings[0].id
    act = an_act(case, 0, Deed.CONFIRM, finding)
    with pytest.raises(Conflict, match=r"Ada Lead works on this case.*was not recorded"):
        do(engine, act, RADIOLOGIST, NOW + timedelta(minutes=5))
    assert events(engine, case) == []
    assert do(engine, act, LEAD, NOW + timedelta(minutes=5)) == 1


def test_without_a_claim_a_decision_needs_none_and_makes_none(engine: Engine) -> None:
    case = a_case(engine)
    assert step(engine, case, Deed.CONFIRM) == 1
    assert seen(engine, case) is None


def test_each_decision_renews_the_claim(engine: Engine) -> None:
    case = a_case(engine, a_flag(Level.L1), a_flag(Level.T12))
    take(engine, case)
    step(engine, case, Deed.CONFIRM, 0, now=NOW + timedelta(minutes=15))
    later = NOW + timedelta(minutes=30)
    assert seen(engine, case, RADIOLOGIST, later) == Held(LEAD.name, False, 300)


def test_a_claim_that_ran_out_is_free_and_comes_back_with_a_decision(engine: Engine) -> None:
    case = a_case(engine)
    take(engine, case)
    assert seen(engine, case, LEAD, LATER) is None
    step(engine, case, Deed.UNSURE, now=LATER + timedelta(minutes=1))
    assert seen(engine, case, RADIOLOGIST, LATER + timedelta(minutes=2)) is not None


def test_a_crashed_browsers_claim_is_taken_by_the_next(engine: Engine) -> None:
    case = a_case(engine)
    take(engine, case)
    take(engine, case, RADIOLOGIST, LATER)
    assert seen(engine, case, LEAD, LATER) == Held(RADIOLOGIST.name, False, 1200)
    with pytest.raises(Conflict, match="Rae Reader works on this case"):
        step(engine, case, Deed.CONFIRM, now=LATER)


@pytest.mark.parametrize("back", [timedelta(minutes=2), timedelta(hours=1), timedelta(days=3650)])
def test_a_clock_set_back_leaves_no_case_locked(engine: Engine, back: timedelta) -> None:
    case = a_case(engine)
    take(engine, case)
    then = NOW - back
    assert seen(engine, case, RADIOLOGIST, then) is None
    assert after(engine, a_case(engine), RADIOLOGIST, then) == case
    take(engine, case, RADIOLOGIST, then)
    assert seen(engine, case, RADIOLOGIST, then) == Held(RADIOLOGIST.name, True, 1200)


def test_a_claim_renewed_in_a_clock_that_ran_ahead_is_shortened_by_the_next_renewal(
    engine: Engine,
) -> None:
    case = a_case(engine)
    take(engine, case, at=NOW + timedelta(days=1))
    take(engine, case)
    assert seen(engine, case, RADIOLOGIST, LATER) is None


def test_taking_again_renews_and_leaving_frees(engine: Engine) -> None:
    case = a_case(engine)
    take(engine, case)
    take(engine, case, at=NOW + timedelta(minutes=10))
    assert seen(engine, case, RADIOLOGIST, LATER) is not None
    change(engine, claims.release, LEAD, case)
    assert seen(engine, case) is None
    take(engine, case, RADIOLOGIST)
    wanted = ["claim.taken", "claim.renewed", "claim.released", "claim.taken"]
    assert told(engine) == [(action, "ok") for action in wanted]


def test_nobody_lets_go_of_anothers_claim(engine: Engine) -> None:
    case = a_case(engine)
    take(engine, case)
    change(engine, claims.release, RADIOLOGIST, case)
    assert seen(engine, case) == Held(LEAD.name, True, 1200)
    assert told(engine)[-1] == ("claim.released", "none")


def test_a_claim_is_taken_over_with_a_reason_that_its_holder_is_shown(engine: Engine) -> None:
    case = a_case(engine)
    take(engine, case)
    change(engine, claims.break_with_reason, RADIOLOGIST, case, "  gone home ")
    assert seen(engine, case, RADIOLOGIST) == Held(RADIOLOGIST.name, True, 1200)
    with pytest.raises(Conflict, match=r"^Rae Reader took this case over from you \(“gone home”\)"):
        step(engine, case, Deed.CONFIRM, now=NOW)
    with Session(engine) as session:
        (kept,) = session.execute(select(TakeoverRow)).scalars()
        assert (kept.whose, kept.handle, kept.words) == (LEAD.handle, "r.reader", "gone home")
        line = session.execute(
            select(TrailRow).where(col(TrailRow.action) == "claim.broken")
        ).scalar_one()
    assert LEAD.handle in line.detail
    assert "gone home" not in line.detail


@pytest.mark.parametrize("words", ["", "   \n"])
def test_taking_over_needs_words(engine: Engine, words: str) -> None:
    case = a_case(engine)
    take(engine, case)
    with pytest.raises(NotAllowed, match="needs a reason"):
        change(engine, claims.break_with_reason, RADIOLOGIST, case, words)
    assert seen(engine, case) == Held(LEAD.name, True, 1200)


def test_what_nobody_else_holds_is_not_taken_over(engine: Engine) -> None:
    case = a_case(engine)
    for hold in (lambda: None, lambda: take(engine, case)):
        hold()
        with pytest.raises(NotAllowed, match="Nobody else works on this case"):
            change(engine, claims.break_with_reason, LEAD, case, "because")
    with pytest.raises(NotAllowed, match="Nobody else works"):
        change(engine, claims.break_with_reason, RADIOLOGIST, case, "because", at=LATER)


def test_while_a_case_is_read_again_its_reader_is_not_named(engine: Engine) -> None:
    case = a_case(engine)
    with Unit(engine, LEAD, NOW) as unit:
        unit.session.get_one(ReviewCase, case).state = "second read"
    take(engine, case, RADIOLOGIST)
    assert seen(engine, case, LEAD) == Held("Another reader", False, 1200)
    assert seen(engine, case, RADIOLOGIST) == Held(RADIOLOGIST.name, True, 1200)
    with pytest.raises(Conflict, match=r"^Another reader works on this case"):
        take(engine, case, LEAD)


def test_who_may_only_look_keeps_nobody_off(engine: Engine) -> None:
    """The first reader of a case that is read again, and anybody on a closed one."""
    case, closed = a_case(engine), a_case(engine)
    step(engine, case, Deed.UNSURE)
    close(engine, case)
    with pytest.raises(NotAllowed, match="Another person reads"):
        take(engine, case, LEAD)
    take(engine, case, RADIOLOGIST)
    with pytest.raises(NotAllowed, match="Another person reads"):
        change(engine, claims.break_with_reason, LEAD, case, "mine")
    step(engine, closed, Deed.CONFIRM)
    close(engine, closed)
    with pytest.raises(NotAllowed, match="closed"):
        take(engine, closed, RADIOLOGIST)


def test_the_next_case_is_one_that_nobody_else_works_on(engine: Engine) -> None:
    first, *others = (a_case(engine) for _ in range(4))
    queue = []
    here: str | None = first
    for _ in others:
        here = after(engine, here or "", LEAD)
        queue.append(here)
    assert sorted(filter(None, queue)) == sorted(others)
    take(engine, queue[0] or "", RADIOLOGIST)
    assert after(engine, first, LEAD) == queue[1]
    assert after(engine, first, RADIOLOGIST) == queue[0]
    assert after(engine, first, LEAD, LATER) == queue[0]


@pytest.mark.parametrize("round_", range(5))
def test_of_two_who_take_one_case_at_once_one_wins_and_the_other_is_told_who(
    engine: Engine, round_: int
) -> None:
    """Their moments are the wrong way round as well, as they are when one waits longer."""
    case = a_case(engine)
    answers = at_once(
        lambda: take(engine, case, LEAD, NOW + timedelta(seconds=round_ * 5)),
        lambda: take(engine, case, RADIOLOGIST),
    )
    (conflict,) = (answer for answer in answers if answer is not None)
    assert isinstance(conflict, Conflict), conflict
    with Session(engine) as session:
        (row,) = session.execute(select(ClaimRow)).scalars()
    assert row.name in str(conflict)
    assert told(engine) == [("claim.taken", "ok")]


def test_whoever_waited_longer_for_their_turn_does_not_win_as_well(engine: Engine) -> None:
    """The claim that won is dated after the moment of the one that came next."""
    case = a_case(engine)
    take(engine, case, LEAD, NOW + timedelta(seconds=9))
    with pytest.raises(Conflict, match="Ada Lead works on this case"):
        take(engine, case, RADIOLOGIST)


def test_a_claim_of_a_case_that_is_not_here_is_refused(engine: Engine) -> None:
    for deed, more in ((claims.take, ()), (claims.release, ()), (claims.break_with_reason, ("x",))):
        with pytest.raises(NotAllowed, match="not here"):
            change(engine, deed, LEAD, "c_none", *more)
