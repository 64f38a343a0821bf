from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from store_builders import (
    COORDINATOR,
    LEAD,
    NOW,
    a_case,
    a_header,
    a_patient,
    a_report,
    close,
    judge,
    ready,
    report,
    step,
    triaged,
)

from store import known, referrals, triage
from store.domain.exclusion import Exclusion
from store.domain.finding import Deed
from store.domain.genant import Grade
from store.domain.people import INTAKE, Person, Role
from store.domain.referral import Hold, Policy
from store.domain.refusal import Conflict, NotAllowed
from store.domain.triage import Lane, Step
from store.tables import IssuedRow, PatientRow, ReviewCase, ScanRow
from store.unit import Reader, Unit

TODAY = NOW.date()
OTHER = Person("g.coord", "Gil Coordinator", Role.FLS_COORD)


def room(engine: Engine, policy: Policy | None = None) -> triage.Room:
    with Reader(engine, COORDINATOR, NOW) as reader:
        return triage.room(reader, policy or Policy(), TODAY)


def lane(engine: Engine, case: str, policy: Policy | None = None) -> Lane:
    found = room(engine, policy)
    patient = patient_of(engine, case)
    return next(lane for lane, all_ in found.of.items() if patient in {one.id for one in all_})


def patient_of(engine: Engine, case: str) -> str:
    with Session(engine) as session:
        return session.get_one(ScanRow, session.get_one(ReviewCase, case).scan_id).patient_id


def shown(engine: Engine, case: str, policy: Policy | None = None) -> triage.Episode:
    with Reader(engine, COORDINATOR, NOW) as reader:
        found = triage.one(reader, patient_of(engine, case), policy or Policy())
    assert found is not None
    return found


def refer(engine: Engine, case: str, policy: Policy | None = None) -> int:
    hints = tuple(hint.id for hint in shown(engine, case, policy).hints)
    return triaged(engine, case, Step.REFER, policy=policy, answered=hints)


def export(engine: Engine, policy: Policy | None = None) -> referrals.Batch:
    with Unit(engine, COORDINATOR, NOW) as unit:
        batch = referrals.export(unit, str(uuid4()), policy or Policy())
    with Reader(engine, COORDINATOR) as reader:
        return referrals.batch(reader, batch)


def graded(engine: Engine, day: date, grade: Grade) -> str:
    case = a_case(engine, header=a_header(scanned=day))
    step(engine, case, Deed.CONFIRM, grade=grade)
    judge(engine, case)
    close(engine, case)
    return case


def test_a_hint_waits_for_a_person_and_is_answered_once(lone: Engine) -> None:
    case = ready(lone, a_header(indication="Breast cancer, staging", specialty="370"))
    assert lane(lone, case) is Lane.DECIDE
    assert {hint.code for hint in shown(lone, case).hints} == {Exclusion.CANCER_CT}
    assert export(lone).referrals == ()
    refer(lone, case)
    assert (lane(lone, case), shown(lone, case).hints) == (Lane.WEEK, ())
    assert len(export(lone).referrals) == 1
    assert lane(lone, case) is Lane.REFERRED


def test_a_site_may_refer_without_waiting_for_answers(lone: Engine) -> None:
    case = ready(lone, a_header(indication="Breast cancer"))
    assert lane(lone, case, Policy(ask=False)) is Lane.WEEK
    assert lane(lone, case, Policy(refer_cancer=True)) is Lane.WEEK


def test_reports_and_lists_hint_too(lone: Engine) -> None:
    header = a_header(patient=a_patient(gp_practice="W99999"))
    case = ready(lone, header)
    report(lone, a_report(header, "On Prolia since 2020. Degenerative change."))
    number = header.patient.nhs_number
    with Unit(lone, INTAKE, NOW) as unit:
        assert not known.add(unit, number.spaced, date(2025, 2, 1), "FLS list")
        assert known.add(unit, number.digits, None, "")
    judge(lone, case)
    found = shown(lone, case, Policy(area=frozenset({"W12345"})))
    assert [hint.code for hint in found.hints] == [
        Exclusion.KNOWN_FLS,
        Exclusion.OUT_OF_AREA,
        Exclusion.ON_TREATMENT,
    ]
    assert "since 01/02/2025 (FLS list)" in found.hints[0].text


def test_facts_of_policy_need_no_decision(lone: Engine) -> None:
    young = ready(lone, a_header(patient=a_patient(born=date(1990, 1, 1)), indication="cancer"))
    mild = graded(lone, date(2026, 10, 1), Grade.MILD)
    assert lane(lone, young) is Lane.NOT
    assert [code for code, _ in shown(lone, young).facts] == [Exclusion.UNDER_50]
    assert lane(lone, mild, Policy(lowest_grade=Grade.MODERATE)) is Lane.NOT
    with pytest.raises(NotAllowed, match="Nothing that a coordinator decides"):
        triaged(lone, mild, Step.REFER, policy=Policy(fewest_mild=2))
    assert room(lone).mix == {Exclusion.UNDER_50: 1}


def test_who_lacks_something_is_held_and_says_what(lone: Engine) -> None:
    case = ready(lone, a_header(patient=a_patient(nhs_number=None)))
    assert lane(lone, case) is Lane.HELD
    assert shown(lone, case).waits == ("no valid NHS number; trace the patient",)


def test_the_last_act_is_undone_and_only_the_last(lone: Engine) -> None:
    case = ready(lone)
    first = triaged(lone, case, Step.EXCLUDE, code=Exclusion.DEPENDENCY)
    second = triaged(lone, case, Step.EXCLUDE, code=Exclusion.END_OF_LIFE)
    with pytest.raises(Conflict, match="not the last thing"):
        triaged(lone, case, Step.UNDO, undoes=first)
    triaged(lone, case, Step.UNDO, undoes=second)
    assert shown(lone, case).exclusions == (Exclusion.DEPENDENCY,)
    triaged(lone, case, Step.UNDO, undoes=first)
    assert lane(lone, case) is Lane.WEEK


def test_an_act_on_a_patient_another_acted_on_is_a_conflict_and_saves_nothing(lone: Engine) -> None:
    case = ready(lone)
    version = shown(lone, case).version
    triaged(lone, case, Step.EXCLUDE, OTHER, code=Exclusion.DEPENDENCY)
    with pytest.raises(Conflict, match="Gil Coordinator acted on this patient at 22/11/2026"):
        triaged(lone, case, Step.EXCLUDE, code=Exclusion.LOCAL, version=version)
    assert shown(lone, case).exclusions == (Exclusion.DEPENDENCY,)


def test_an_act_on_a_case_that_was_read_on_is_a_conflict(lone: Engine) -> None:
    case = ready(lone)
    version = shown(lone, case).version
    judge(lone, case)
    with pytest.raises(Conflict, match="What is known of this patient changed"):
        triaged(lone, case, Step.EXCLUDE, code=Exclusion.LOCAL, version=version)


def test_the_same_act_again_is_done_once(lone: Engine) -> None:
    case = ready(lone)
    same: dict[str, Any] = {"act": str(uuid4()), "code": Exclusion.LOCAL}
    numbers = {triaged(lone, case, Step.EXCLUDE, **same) for _ in range(2)}
    assert len(numbers) == len(shown(lone, case).acts) == 1


def test_evidence_is_kept_with_who_and_when(lone: Engine) -> None:
    case = ready(lone)
    with pytest.raises(NotAllowed, match="needs the day"):
        triaged(lone, case, Step.EXCLUDE, code=Exclusion.DECEASED)
    said = {"day": TODAY, "source": "PDS", "note": "told by the GP"}
    triaged(lone, case, Step.EXCLUDE, code=Exclusion.DECEASED, **said)
    act = shown(lone, case).standing.excluded[Exclusion.DECEASED]
    assert (act.day, act.source, act.note) == (TODAY, "PDS", "told by the GP")
    assert (act.by, act.role, act.at) == (COORDINATOR.name, COORDINATOR.role.value, NOW)


def test_after_a_referral_only_what_takes_it_back_is_set(lone: Engine) -> None:
    case = ready(lone)
    export(lone)
    with pytest.raises(NotAllowed, match="takes a referral back"):
        triaged(lone, case, Step.EXCLUDE, code=Exclusion.DEPENDENCY)
    triaged(lone, case, Step.EXCLUDE, code=Exclusion.PATIENT_OBJECTED)
    assert lane(lone, case) is Lane.REFERRED


def test_the_week_takes_its_number_in_a_fair_order(lone: Engine) -> None:
    mild = graded(lone, date(2026, 10, 1), Grade.MILD)
    severe = graded(lone, date(2026, 10, 20), Grade.SEVERE)
    late = graded(lone, date(2026, 10, 30), Grade.MILD)
    two = Policy(per_week=2)
    lanes = [lane(lone, case, two) for case in (severe, mild, late)]
    assert lanes == [Lane.WEEK, Lane.WEEK, Lane.LATER]
    with pytest.raises(NotAllowed, match="why this patient goes first"):
        triaged(lone, late, Step.FIRST)
    triaged(lone, late, Step.FIRST, note="moves abroad")
    with Reader(lone, LEAD, NOW) as reader:
        week = triage.this_week(reader, two, TODAY)
    assert week == (patient_of(lone, late), patient_of(lone, severe))
    batch = export(lone, two)
    assert len(batch.referrals) == 2
    assert batch.not_referred == ((mild[:10], "ready, in turn another week"),)
    assert export(lone, two).referrals == (), "this week's number is used up"
    assert lane(lone, mild, two) is Lane.LATER


def test_the_code_in_a_report_has_referred_already(lone: Engine) -> None:
    case = ready(lone)
    by = {"actor": "f", "actor_name": "Fran", "role": "FLS_COORD"}
    with Session(lone) as session:
        session.add(IssuedRow(act="i_1", case_id=case, code="VFF1", at=NOW, **by))
        session.commit()
    words = ("already referred by the report's code 22/11/2026",)
    assert shown(lone, case).verdict == Hold(words)
    assert lane(lone, case) is Lane.REFERRED
    with Session(lone) as session:
        session.add(IssuedRow(act="i_2", case_id=case, undoes="i_1", at=NOW, **by))
        session.commit()
    assert lane(lone, case) is Lane.WEEK, "it was issued in error"


def test_acts_follow_the_scan_to_whoever_the_patient_is(lone: Engine) -> None:
    case = ready(lone)
    triaged(lone, case, Step.EXCLUDE, code=Exclusion.LOCAL)
    with Session(lone) as session:
        other = PatientRow(id="p_other", nhs_status="02", site="RX1", surname="X", forename="Y")
        session.add(other)
        session.flush()
        scan = session.get_one(ScanRow, session.get_one(ReviewCase, case).scan_id)
        scan.patient_id = other.id
        session.commit()
    assert shown(lone, case).exclusions == (Exclusion.LOCAL,)


def test_what_a_coordinator_looks_back_on_tells_nothing_of_an_open_reading(lone: Engine) -> None:
    patient = a_patient()
    case = ready(lone, a_header(patient=patient, scanned=date(2026, 10, 1)))
    a_case(lone, header=a_header(patient=patient, scanned=date(2026, 10, 2)))
    export(lone)
    with Reader(lone, COORDINATOR) as reader:
        (back,) = triage.before(reader, [patient_of(lone, case)]).values()
    assert [scan.stands for scan in back.scans] == ["being read", "1 fracture confirmed"]
    assert [open_ for _, _, open_ in back.referrals] == [True]
