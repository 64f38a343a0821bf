from datetime import date, timedelta
from uuid import uuid4

from sqlalchemy import Engine, event
from sqlmodel import Session
from store_builders import (
    COORDINATOR,
    NOW,
    a_case,
    a_flag,
    a_header,
    a_patient,
    close,
    judge,
    ready,
    step,
    triaged,
)

from store import referrals
from store._episodes import Episode, episodes, facts_of_episode
from store.domain.episode import Due
from store.domain.finding import Deed
from store.domain.genant import Grade
from store.domain.identity import Patient
from store.domain.referral import Exclusion, Hold, Policy, Refer
from store.domain.spine import Level
from store.domain.triage import Step
from store.unit import Unit

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def episode(engine: Engine) -> Episode:
    with Session(engine) as session:
        (one,) = episodes(session, Policy())
    return one


def a_scan(
    engine: Engine, patient: Patient, day: date, level: Level, grade: Grade, *, judged: bool = True
) -> str:
    case = a_case(engine, a_flag(level), header=a_header(patient=patient, scanned=day))
    step(engine, case, Deed.CONFIRM, grade=grade)
    if judged:
        judge(engine, case)
    close(engine, case)
    return case


def export(engine: Engine) -> None:
    with Unit(engine, COORDINATOR, NOW) as unit:
        referrals.export(unit, str(uuid4()), Policy())


def test_scans_of_a_patient_are_one_episode(lone: Engine) -> None:
    patient = a_patient()
    first = a_scan(lone, patient, MAY, Level.L1, Grade.MODERATE)
    second = a_scan(lone, patient, JUNE, Level.T8, Grade.SEVERE)
    one = episode(lone)
    assert [part.case for part in one.parts] == [first, second]
    assert one.lead is not None
    assert one.lead.case == second, "the newest scan speaks for the patient"
    assert one.fractures == {Level.T8: Grade.SEVERE, Level.L1: Grade.MODERATE}
    assert (one.index_date, one.worst, one.due) == (MAY, Grade.SEVERE, Due.NEW)
    with Session(lone) as session:
        facts = facts_of_episode(session, one)
    assert [(f.level, f.grade) for f in facts.fractures] == list(one.fractures.items())
    assert (facts.scanned, facts.index_date, facts.earlier_scan) == (JUNE, MAY, MAY)


def test_a_scan_whose_report_is_not_judged_holds_up_none_that_is(lone: Engine) -> None:
    patient = a_patient()
    first = a_scan(lone, patient, MAY, Level.L1, Grade.MODERATE)
    a_scan(lone, patient, JUNE, Level.T8, Grade.MILD, judged=False)
    one = episode(lone)
    assert one.lead is not None
    assert (one.lead.case, one.verdict) == (first, Refer())


def test_a_new_scan_amends_a_referral_only_where_it_shows_more(lone: Engine) -> None:
    patient = a_patient()
    a_scan(lone, patient, MAY, Level.L1, Grade.MODERATE)
    export(lone)
    a_scan(lone, patient, JUNE, Level.L1, Grade.MODERATE)
    same = episode(lone)
    assert (same.due, same.verdict) == (Due.NOTHING, Hold(("already referred 22/11/2026",)))
    a_scan(lone, patient, JULY, Level.L1, Grade.SEVERE)
    graver = episode(lone)
    assert (graver.due, graver.changed) == (Due.AMENDED, "L1 was moderate, now severe")


def test_an_overturned_fracture_is_taken_back_once_its_scan_is_read_again(lone: Engine) -> None:
    patient = a_patient()
    first = a_scan(lone, patient, MAY, Level.L1, Grade.MODERATE)
    a_scan(lone, patient, JUNE, Level.T8, Grade.MILD)
    export(lone)
    step(lone, first, Deed.REOPEN, None, text="the report says otherwise")
    assert episode(lone).due is Due.NOTHING, "it is being read again"
    step(lone, first, Deed.REJECT, code="LIMBUS")
    close(lone, first)
    one = episode(lone)
    assert (one.due, one.changed) == (Due.AMENDED, "L1 not confirmed any more")


def test_a_patient_who_dies_after_a_referral_has_it_withdrawn(lone: Engine) -> None:
    case = ready(lone)
    export(lone)
    triaged(lone, case, Step.EXCLUDE, code=Exclusion.DECEASED, day=NOW.date(), source="PDS")
    assert episode(lone).due is Due.WITHDRAWN


def test_a_malignant_reading_on_any_scan_holds_the_patient(lone: Engine) -> None:
    patient = a_patient()
    a_scan(lone, patient, MAY, Level.L1, Grade.MODERATE)
    other = a_case(lone, header=a_header(patient=patient, scanned=JUNE))
    step(lone, other, Deed.REJECT, code="MALIGNANT")
    assert episode(lone).verdict == Refer(), "nothing of an open reading is seen here"
    close(lone, other)
    assert episode(lone).exclusions == (Exclusion.MALIGNANT_FRACTURE,)


def test_the_questions_asked_do_not_grow_with_the_patients(lone: Engine) -> None:
    asked: list[str] = []
    event.listen(lone, "before_cursor_execute", lambda *a: asked.append(a[2]))
    counts = []
    for _ in range(2):
        ready(lone, a_header(scanned=MAY + timedelta(days=len(counts))))
        asked.clear()
        with Session(lone) as session:
            episodes(session, Policy())
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 16
