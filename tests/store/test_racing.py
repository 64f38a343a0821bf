"""Many at once, with real threads: nothing is lost, nothing happens twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import Session, col
from store_builders import (
    COORDINATOR,
    LEAD,
    NOW,
    RADIOLOGIST,
    a_case,
    a_flag,
    a_header,
    a_patient,
    a_result,
    an_act,
    arrive,
    close,
    do,
    events,
    projection,
    ready,
    recomputed,
    say,
    show,
    step,
)

from store import audit, referrals
from store.domain.finding import Deed, State
from store.domain.genant import Grade
from store.domain.referral import Policy
from store.domain.refusal import Conflict
from store.domain.spine import REVIEWABLE, Level
from store.tables import PatientRow, ReferralRow, ReviewCase, ScanRow, TrailRow
from store.unit import Unit


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """What each of *deeds* gave or raised, all let go at the same moment."""
    start = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        start.wait()
        try:
            return deed()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            return error

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def count(engine: Engine, table: type) -> int:
    with Session(engine) as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.mark.parametrize("round_", range(5))
def test_of_two_who_decide_the_same_version_at_once_exactly_one_is_kept(
    engine: Engine, round_: int
) -> None:
    case = a_case(engine)
    finding = show(engine, case).findings[0].id
    accept = an_act(case, 0, Deed.CONFIRM, finding)
    reject = an_act(case, 0, Deed.REJECT, finding, code="LIMBUS")
    answers = at_once(lambda: do(engine, accept, LEAD), lambda: do(engine, reject, RADIOLOGIST))
    assert {type(answer) for answer in answers} == {Conflict, int}
    kept = events(engine, case)
    assert len(kept) == show(engine, case).version == 1
    winner = LEAD if kept[0].deed == "confirm" else RADIOLOGIST
    assert winner.name in str(next(a for a in answers if isinstance(a, Conflict)))
    assert projection(engine, case) == recomputed(engine, case)


@pytest.mark.parametrize("round_", range(3))
def test_of_two_who_close_a_case_at_once_one_does_and_the_other_sees_both_versions(
    engine: Engine, round_: int
) -> None:
    case = a_case(engine)
    version = step(engine, case, Deed.CONFIRM)
    finding = show(engine, case).findings[0].id
    shut = an_act(case, version, Deed.CLOSE)
    other = an_act(case, version, Deed.REJECT, finding, code="LIMBUS")
    again = an_act(case, version, Deed.CLOSE)
    answers = at_once(
        lambda: do(engine, shut, LEAD),
        lambda: do(engine, again, RADIOLOGIST),
        lambda: do(engine, other, RADIOLOGIST),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Conflict", "int"]
    kept = events(engine, case)
    assert [event.version for event in kept] == [1, 2]
    winner = next(p for p in (LEAD, RADIOLOGIST) if p.handle == kept[1].actor)
    refused = [str(answer) for answer in answers if isinstance(answer, Conflict)]
    assert all(winner.name in words and "was not recorded" in words for words in refused)
    assert projection(engine, case) == recomputed(engine, case)


def test_a_case_that_two_second_readers_take_up_at_once_is_read_by_one(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.UNSURE)
    version = close(engine, case)
    flag = show(engine, case, RADIOLOGIST).findings[0].id
    others = [replace(RADIOLOGIST, handle=f"r.{number}") for number in range(4)]
    answers = at_once(
        *[lambda who=who: do(engine, an_act(case, version, Deed.UNSURE, flag), who)
          for who in others]
    )  # fmt: skip
    assert answers.count(version + 1) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 3
    assert len({event.actor for event in events(engine, case) if event.reading == 2}) == 1


def test_the_same_act_sent_many_times_at_once_is_one_deed(engine: Engine) -> None:
    case = a_case(engine)
    act = an_act(case, 0, Deed.CONFIRM, show(engine, case).findings[0].id)
    assert at_once(*[lambda: do(engine, act)] * 8) == [1] * 8
    assert len(events(engine, case)) == 1


def test_twenty_writers_at_once_lose_nothing_and_meet_no_lock(engine: Engine) -> None:
    found = [a_case(engine, a_flag(Level.L1), a_flag(Level.T12)) for _ in range(20)]

    def work(case: str) -> Callable[[], int]:
        def deed() -> int:
            step(engine, case, Deed.UNSURE, 0)
            step(engine, case, Deed.REJECT, 1, code="LIMBUS")
            step(engine, case, Deed.CONFIRM, 0, grade=Grade.MILD)
            return step(engine, case, Deed.UNDO, None)

        return deed

    assert at_once(*[work(case) for case in found]) == [4] * 20
    for case in found:
        assert len(events(engine, case)) == 4
        assert projection(engine, case) == recomputed(engine, case)
        assert [f.state for f in show(engine, case).findings] == [State.UNSURE, State.REJECTED]
    with Session(engine) as session:
        decided = session.execute(
            select(func.count()).where(col(TrailRow.action) == "case.decided")
        ).scalar_one()
    assert decided == 80
    assert audit.verify(engine).faults == ()


def test_everyone_adding_to_one_case_at_once_leaves_one_conflict_each_but_the_first(
    engine: Engine,
) -> None:
    case = a_case(engine)
    levels = [level for level in REVIEWABLE if level is not Level.L1][:12]
    acts = [an_act(case, 0, Deed.ADD, None, level=level, grade=Grade.MILD) for level in levels]
    answers = at_once(*[lambda act=act: do(engine, act) for act in acts])
    assert answers.count(1) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 11
    assert show(engine, case).version == 1


def test_two_exports_at_once_refer_nobody_twice(engine: Engine) -> None:
    for _ in range(6):
        ready(engine)

    def export() -> str:
        with Unit(engine, COORDINATOR, NOW) as unit:
            return referrals.export(unit, str(uuid4()), Policy())

    answers = at_once(*[export] * 4)
    assert all(isinstance(answer, str) for answer in answers), answers
    assert len(set(answers)) == 4
    with Session(engine) as session:
        numbers = session.execute(
            select(col(ReferralRow.number)).order_by(col(ReferralRow.number))
        ).scalars()
        assert list(numbers) == [1, 2, 3, 4, 5, 6]
        assert len(set(session.execute(select(col(ReferralRow.batch_id))).scalars())) == 1


def test_one_export_pressed_many_times_at_once_is_one_batch(engine: Engine) -> None:
    ready(engine)
    act = str(uuid4())

    def export() -> str:
        with Unit(engine, COORDINATOR, NOW) as unit:
            return referrals.export(unit, act, Policy())

    answers = at_once(*[export] * 6)
    assert len(set(answers)) == 1
    assert count(engine, ReferralRow) == 1


def test_many_copies_of_a_study_from_four_senders_at_once_make_one_case(engine: Engine) -> None:
    patient = a_patient()
    header = a_header(patient=patient)
    result = a_result(header, a_flag())
    answers = at_once(*[lambda: arrive(engine, header)] * 4, *[lambda: say(engine, result)] * 4)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert [count(engine, table) for table in (PatientRow, ScanRow, ReviewCase)] == [1, 1, 1]


def test_the_trail_verifies_while_others_write(engine: Engine) -> None:
    found = [a_case(engine) for _ in range(6)]

    def write(case: str) -> Callable[[], int]:
        def deed() -> int:
            for _ in range(5):
                step(engine, case, Deed.UNSURE)
                step(engine, case, Deed.UNDO, None)
            return 0

        return deed

    def verify() -> tuple[str, ...]:
        faults: list[str] = []
        for _ in range(12):
            faults += audit.verify(engine).faults
        return tuple(faults)

    answers = at_once(verify, verify, *[write(case) for case in found])
    assert answers == [(), (), *[0] * 6]
