"""Urgent alerts over the real record: raised, withdrawn, told, and never in anybody's way."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col
from store_builders import (
    AUDITOR,
    COORDINATOR,
    LEAD,
    NOW,
    RADIOLOGIST,
    a_case,
    a_flag,
    an_act,
    close,
    do,
    judge,
    projection,
    recomputed,
    show,
    step,
)

from store import alerts, referrals
from store.domain.alert import Kind
from store.domain.describe import Acuity, Unstable
from store.domain.finding import CaseState, Deed, State
from store.domain.people import Person
from store.domain.referral import Hold, Policy, Refer
from store.domain.refusal import NotAllowed
from store.domain.spine import Level
from store.tables import AlertRow, ReviewCase, TrailRow
from store.unit import Reader, Unit

LATER = NOW + timedelta(hours=2)
URGENT = {"acuity": Acuity.ACUTE, "unstable": (Unstable.RETROPULSION,)}


def listed(engine: Engine, person: Person = LEAD) -> tuple[alerts.Line, ...]:
    with Reader(engine, person, LATER) as reader:
        return alerts.alerts(reader)


def count(engine: Engine, person: Person = LEAD) -> int:
    with Reader(engine, person, LATER) as reader:
        return alerts.open_count(reader)


def tell(engine: Engine, alert: str, words: str = "Dr X by phone", person: Person = LEAD) -> None:
    with Unit(engine, person, LATER) as unit:
        alerts.tell(unit, alert, words)


def open_on(engine: Engine, case: str) -> int:
    with Session(engine) as session:
        return session.get_one(ReviewCase, case).open_alerts


def rows(engine: Engine) -> list[AlertRow]:
    with Session(engine) as session:
        return list(session.execute(select(AlertRow).order_by(col(AlertRow.raised_at))).scalars())


def reject(engine: Engine, case: str, code: str, person: Person = LEAD, place: int = 0) -> None:
    step(engine, case, Deed.REJECT, place, person, code=code)


@pytest.mark.parametrize("code", ["MALIGNANT", "INFECTION"])
def test_a_malignant_or_infected_fracture_raises_an_alert(engine: Engine, code: str) -> None:
    case = a_case(engine)
    reject(engine, case, code)
    (line,) = listed(engine)
    assert (line.alert.case, line.alert.level, line.alert.kind) == (case, Level.L1, Kind(code))
    assert (line.alert.by, line.alert.told, line.patient[:4]) == (LEAD.name, "", "DEMO")
    assert count(engine) == open_on(engine, case) == 1
    assert [one.kind for one in show(engine, case).alerts] == [Kind(code)]


def test_an_ordinary_rejection_raises_none(engine: Engine) -> None:
    case = a_case(engine)
    reject(engine, case, "DEGEN")
    assert listed(engine) == ()
    assert count(engine) == open_on(engine, case) == 0


def test_acute_and_unstable_raises_an_alert_and_less_than_that_withdraws_it(
    engine: Engine,
) -> None:
    case = a_case(engine)
    step(engine, case, Deed.DESCRIBE, acuity=Acuity.ACUTE)
    assert count(engine) == 0
    step(engine, case, Deed.DESCRIBE, unstable=(Unstable.CANAL,))
    assert [line.alert.kind for line in listed(engine)] == [Kind.UNSTABLE]
    step(engine, case, Deed.CONFIRM)
    assert count(engine) == 1
    step(engine, case, Deed.DESCRIBE, unstable=())
    assert count(engine) == open_on(engine, case) == 0
    assert [row.withdrawn_at is not None for row in rows(engine)] == [True]


def test_a_finding_decided_otherwise_withdraws_its_alert_and_undo_brings_it_back(
    engine: Engine,
) -> None:
    case = a_case(engine)
    reject(engine, case, "MALIGNANT")
    step(engine, case, Deed.CONFIRM)
    assert count(engine) == 0
    step(engine, case, Deed.UNDO, None)
    assert count(engine) == open_on(engine, case) == 1
    step(engine, case, Deed.UNDO, None)
    assert count(engine) == open_on(engine, case) == 0
    assert projection(engine, case) == recomputed(engine, case)


def test_who_was_told_closes_an_alert_from_the_screen_and_from_the_case(engine: Engine) -> None:
    one, other = a_case(engine), a_case(engine)
    for case in (one, other):
        reject(engine, case, "INFECTION")
    tell(engine, show(engine, one).alerts[0].id, "  Dr X by phone ")
    step(engine, other, Deed.TOLD, None, alert=show(engine, other).alerts[0].id, told="Dr Y")
    assert count(engine) == open_on(engine, one) == open_on(engine, other) == 0
    assert {line.alert.told for line in listed(engine)} == {"Dr X by phone", "Dr Y"}
    assert {line.alert.told_by for line in listed(engine)} == {LEAD.name}
    assert projection(engine, other) == recomputed(engine, other)


def test_the_telling_can_be_taken_back(engine: Engine) -> None:
    case = a_case(engine)
    reject(engine, case, "MALIGNANT")
    alert = show(engine, case).alerts[0].id
    step(engine, case, Deed.TOLD, None, alert=alert, told="Dr X")
    step(engine, case, Deed.UNDO, None)
    assert (count(engine), show(engine, case).alerts[0].told) == (1, "")


def test_a_telling_is_noted_once_and_by_name(engine: Engine) -> None:
    case = a_case(engine)
    reject(engine, case, "MALIGNANT")
    alert = show(engine, case).alerts[0].id
    with pytest.raises(NotAllowed, match="who was told, and how"):
        tell(engine, alert, "  ")
    with pytest.raises(NotAllowed, match="not here"):
        tell(engine, "a_none")
    tell(engine, alert)
    with pytest.raises(NotAllowed, match="noted already: Dr X by phone"):
        tell(engine, alert, "Dr Z")
    other = a_case(engine)
    with pytest.raises(NotAllowed, match="noted already"):
        step(engine, other, Deed.TOLD, None, alert=alert, told="Dr Z")
    reject(engine, other, "INFECTION")
    with pytest.raises(NotAllowed, match="of another case"):
        step(engine, case, Deed.TOLD, None, alert=show(engine, other).alerts[0].id, told="Dr Z")


def test_an_alert_that_was_withdrawn_is_not_told(engine: Engine) -> None:
    case = a_case(engine)
    reject(engine, case, "MALIGNANT")
    alert = show(engine, case).alerts[0].id
    step(engine, case, Deed.UNSURE)
    with pytest.raises(NotAllowed, match="was withdrawn"):
        tell(engine, alert)


def test_what_was_told_and_then_withdrawn_stays_to_be_seen(engine: Engine) -> None:
    case = a_case(engine)
    reject(engine, case, "MALIGNANT")
    tell(engine, show(engine, case).alerts[0].id)
    step(engine, case, Deed.CONFIRM)
    (line,) = listed(engine)
    assert line.alert.told == "Dr X by phone"
    assert line.alert.withdrawn_at is not None
    reject(engine, case, "MALIGNANT")
    assert count(engine) == 1, "whoever was told of the one knows nothing of the other"


def test_the_oldest_open_alert_comes_first_and_the_told_ones_last(engine: Engine) -> None:
    cases = [a_case(engine) for _ in range(3)]
    for hours, case in zip((1, 3, 2), cases, strict=True):
        step(engine, case, Deed.REJECT, code="MALIGNANT", now=NOW - timedelta(hours=hours))
    tell(engine, show(engine, cases[1]).alerts[0].id)
    assert [line.alert.case for line in listed(engine)] == [cases[2], cases[0], cases[1]]


def test_a_case_with_an_open_alert_is_closed_and_stays_open_here(engine: Engine) -> None:
    case = a_case(engine)
    reject(engine, case, "MALIGNANT")
    close(engine, case)
    assert show(engine, case).state is CaseState.CLOSED
    assert count(engine) == open_on(engine, case) == 1
    step(engine, case, Deed.TOLD, None, alert=show(engine, case).alerts[0].id, told="Dr X")
    assert show(engine, case).state is CaseState.CLOSED
    assert count(engine) == 0


def test_no_patient_and_nobody_told_is_named_in_the_trail(engine: Engine) -> None:
    case = a_case(engine)
    reject(engine, case, "MALIGNANT")
    tell(engine, show(engine, case).alerts[0].id, "Mrs DEMO's consultant Dr Xanthippe")
    with Session(engine) as session:
        lines = session.execute(select(TrailRow)).scalars().all()
    told = [line for line in lines if line.action.startswith("alert.")]
    assert [line.action for line in told] == ["alert.raised", "alert.told"]
    assert not any("Xanthippe" in line.detail or "DEMO" in line.detail for line in lines)


def test_a_second_reader_learns_nothing_of_the_alert_and_who_does_not_read_does(
    engine: Engine,
) -> None:
    case = a_case(engine, a_flag(), a_flag(Level.T12))
    reject(engine, case, "MALIGNANT")
    step(engine, case, Deed.UNSURE, 1)
    close(engine, case)
    assert show(engine, case).state is CaseState.SECOND_READ
    alert = listed(engine)[0].alert
    assert (alert.by, count(engine), len(show(engine, case).alerts)) == (LEAD.name, 1, 1)
    assert listed(engine, RADIOLOGIST) == ()
    assert count(engine, RADIOLOGIST) == 0
    assert show(engine, case, RADIOLOGIST).alerts == ()
    with pytest.raises(NotAllowed, match="not here"):
        tell(engine, alert.id, person=RADIOLOGIST)
    (line,) = listed(engine, COORDINATOR)
    assert line.alert.by == LEAD.name
    tell(engine, alert.id, person=COORDINATOR)
    assert count(engine, COORDINATOR) == 0


def test_what_both_readers_found_is_one_alert_once_both_are_in(engine: Engine) -> None:
    case = a_case(engine)
    reject(engine, case, "MALIGNANT")
    step(engine, case, Deed.OPINION, None, text="metastasis or not?")
    reject(engine, case, "MALIGNANT", RADIOLOGIST)
    assert [line.alert.by for line in listed(engine, RADIOLOGIST)] == [RADIOLOGIST.name]
    mine = listed(engine, RADIOLOGIST)[0].alert.id
    step(engine, case, Deed.TOLD, None, RADIOLOGIST, alert=mine, told="Dr X by phone")
    close(engine, case, RADIOLOGIST)
    assert show(engine, case).state is CaseState.CLOSED
    assert count(engine) == open_on(engine, case) == 0
    assert [one.told for one in show(engine, case).alerts] == ["Dr X by phone"]
    assert projection(engine, case) == recomputed(engine, case)


def test_what_the_readers_agreed_is_no_fracture_is_urgent_no_more(engine: Engine) -> None:
    case = a_case(engine)
    reject(engine, case, "MALIGNANT")
    step(engine, case, Deed.OPINION, None, text="metastasis or not?")
    reject(engine, case, "DEGEN", RADIOLOGIST)
    close(engine, case, RADIOLOGIST)
    third = Person("t.third", "Tia Third", RADIOLOGIST.role)
    assert show(engine, case, third).state is CaseState.ADJUDICATION
    assert count(engine, third) == 1
    assert listed(engine, third)[0].alert.by == "", "no reader is named before the case is closed"
    reject(engine, case, "DEGEN", third)
    assert count(engine) == 1, "nothing is withdrawn before the case is closed"
    close(engine, case, third, text="an osteophyte")
    assert count(engine) == open_on(engine, case) == 0


def test_a_role_without_cases_sees_no_alert(engine: Engine) -> None:
    for ask in (alerts.alerts, alerts.open_count):
        with Reader(engine, AUDITOR) as reader, pytest.raises(NotAllowed, match="may not"):
            ask(reader)


def verdict(engine: Engine) -> Refer | Hold:
    with Reader(engine, COORDINATOR, LATER) as reader:
        (line,) = referrals.lines(reader, Policy())
    return line.verdict


def test_an_unstable_fracture_goes_to_the_fls_only_after_somebody_was_told(
    engine: Engine,
) -> None:
    case = a_case(engine)
    step(engine, case, Deed.CONFIRM)
    step(engine, case, Deed.DESCRIBE, **URGENT)
    judge(engine, case)
    close(engine, case)
    assert verdict(engine) == Hold(("urgent alert: nobody was told yet (see Alerts)",))
    tell(engine, listed(engine)[0].alert.id)
    assert verdict(engine) == Refer()
    with Unit(engine, COORDINATOR, LATER + timedelta(hours=1)) as unit:
        batch = referrals.export(unit, str(uuid4()), Policy())
    with Reader(engine, COORDINATOR) as reader:
        facts = referrals.batch(reader, batch).referrals[0].facts
    assert facts.alerts == (
        "Acute fracture with signs of instability, L1: told Dr X by phone, 22/11/2026 16:03",
    )
    assert facts.fractures[0].unstable == (Unstable.RETROPULSION,)


def test_a_malignant_fracture_holds_the_patient_even_after_somebody_was_told(
    engine: Engine,
) -> None:
    case = a_case(engine, a_flag(), a_flag(Level.T12))
    step(engine, case, Deed.CONFIRM)
    reject(engine, case, "MALIGNANT", place=1)
    judge(engine, case)
    close(engine, case)
    tell(engine, listed(engine)[0].alert.id)
    assert verdict(engine) == Hold(("malignant or infected fracture, urgent route",))


def test_an_alert_is_told_of_a_patient_who_was_referred(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.CONFIRM)
    judge(engine, case)
    close(engine, case)
    with Unit(engine, COORDINATOR, LATER) as unit:
        referrals.export(unit, str(uuid4()), Policy())
    shown = show(engine, case)
    act = an_act(case, shown.version, Deed.TOLD, alert="a_none", told="Dr X")
    with pytest.raises(NotAllowed, match="This alert is not here"):
        do(engine, act)
    assert show(engine, case).findings[0].state is State.CONFIRMED
