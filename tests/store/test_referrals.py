import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
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
    arrive,
    close,
    judge,
    nhs_numbers,
    ready,
    second_series,
    show,
    step,
    triaged,
)

from store import referrals
from store._facts import from_json, to_json
from store.domain.finding import Deed
from store.domain.genant import FractureType, Grade
from store.domain.identity import NhsNumberStatus, Patient
from store.domain.referral import Exclusion, Facts, Fracture, Hold, Policy, Refer
from store.domain.refusal import NotAllowed
from store.domain.report import Recommendation, ReportStatus
from store.domain.spine import Level
from store.domain.triage import Step
from store.tables import ReferralRow
from store.unit import Reader, Unit


def lines(engine: Engine, policy: Policy | None = None) -> dict[str, referrals.Line]:
    with Reader(engine, COORDINATOR) as reader:
        return {line.case: line for line in referrals.lines(reader, policy or Policy())}


def held(engine: Engine, case: str, policy: Policy | None = None) -> tuple[str, ...]:
    verdict = lines(engine, policy)[case].verdict
    return verdict.reasons if isinstance(verdict, Hold) else ()


def export(
    engine: Engine, act: str = "", policy: Policy | None = None, now: datetime = NOW
) -> referrals.Batch:
    with Unit(engine, COORDINATOR, now) as unit:
        batch = referrals.export(unit, act or str(uuid4()), policy or Policy())
    with Reader(engine, COORDINATOR) as reader:
        return referrals.batch(reader, batch)


def exclude(engine: Engine, case: str, code: Exclusion) -> None:
    triaged(engine, case, Step.EXCLUDE, code=code, note="by telephone")


def test_a_confirmed_and_judged_patient_is_ready(engine: Engine) -> None:
    header = a_header()
    case = ready(engine, header)
    line = lines(engine)[case]
    assert line.verdict == Refer()
    assert (line.levels, line.worst) == ((Level.L1,), Grade.MODERATE)
    number = header.patient.nhs_number
    assert number is not None
    assert line.nhs_number == number.spaced
    assert (line.born, line.scanned, line.site) == (date(1950, 2, 1), header.scanned, "RX1")


def test_a_scan_without_a_confirmed_fracture_is_no_candidate(engine: Engine) -> None:
    waiting, rejected, malignant = (a_case(engine) for _ in range(3))
    step(engine, rejected, Deed.REJECT, code="LIMBUS")
    step(engine, malignant, Deed.REJECT, code="MALIGNANT")
    close(engine, rejected)
    close(engine, malignant)
    assert not {waiting, rejected, malignant} & set(lines(engine))


def test_everything_that_is_missing_is_named(engine: Engine) -> None:
    patient = a_patient(nhs_number=None, born=None, surname="")
    case = a_case(
        engine, a_flag(Level.L1), a_flag(Level.T12), header=a_header(patient=patient, scanned=None)
    )
    step(engine, case, Deed.CONFIRM)
    step(engine, case, Deed.REJECT, 1, code="LIMBUS")
    assert case not in lines(engine), "nothing of an open reading is seen here"
    close(engine, case)
    assert held(engine, case) == (
        "report status not set",
        "date of birth missing",
        "scan date missing",
        "name missing",
        "no valid NHS number; trace the patient",
    )
    judge(engine, case, ReportStatus.NO_REPORT)
    assert "no radiology report yet" in held(engine, case)


def test_the_young_the_dead_and_the_mildly_affected_are_held_by_policy(engine: Engine) -> None:
    young = ready(engine, a_header(patient=a_patient(born=date(1990, 1, 1))))
    dead = ready(engine, a_header(patient=a_patient(died=date(2026, 10, 9))))
    assert held(engine, young) == ("aged 36 at the scan, below 50",)
    assert held(engine, young, Policy(lowest_age=18)) == ()
    assert held(engine, dead) == ("has died",)
    mild = a_case(engine)
    step(engine, mild, Deed.CONFIRM, grade=Grade.MILD)
    judge(engine, mild)
    close(engine, mild)
    assert held(engine, mild) == ()
    assert held(engine, mild, Policy(fewest_mild=2)) == ("mild fractures only",)


def test_ready_patients_come_first_and_then_the_oldest_scan(engine: Engine) -> None:
    newer = ready(engine, a_header(scanned=date(2026, 10, 5)))
    older = ready(engine, a_header(scanned=date(2026, 10, 4)))
    stuck = ready(engine, a_header(scanned=date(2026, 10, 1), patient=a_patient(nhs_number=None)))
    assert list(lines(engine)) == [older, newer, stuck]


def test_a_second_export_is_empty(engine: Engine) -> None:
    cases = {ready(engine) for _ in range(3)}
    first, second = export(engine), export(engine, now=NOW + timedelta(hours=1))
    assert [r.number for r in first.referrals] == ["RX1-000001", "RX1-000002", "RX1-000003"]
    assert second.referrals == ()
    assert {reason for _, reason in second.not_referred} == {"already referred 22/11/2026"}
    assert all(lines(engine)[case].referred_on == NOW.date() for case in cases)
    with Reader(engine, COORDINATOR) as reader:
        assert [b.id for b in referrals.batches(reader)] == [second.id, first.id]


def test_the_same_act_again_gives_the_same_batch(engine: Engine) -> None:
    ready(engine)
    act = str(uuid4())
    first = export(engine, act)
    ready(engine)
    assert export(engine, act) == first
    assert len(export(engine).referrals) == 1


def test_numbers_go_on_where_the_batch_before_ended(engine: Engine) -> None:
    ready(engine)
    export(engine)
    ready(engine, a_header(site="St Elsewhere's"))
    assert [r.number for r in export(engine).referrals] == ["STELSEWH-000002"]


def test_a_patient_has_one_open_referral_over_all_scans(engine: Engine) -> None:
    patient = a_patient()
    ready(engine, a_header(patient=patient, scanned=date(2026, 10, 1)))
    second = ready(engine, a_header(patient=patient, scanned=date(2026, 10, 2)))
    batch = export(engine)
    assert len(batch.referrals) == 1
    assert batch.not_referred == ()
    facts = batch.referrals[0].facts
    assert (facts.scanned, facts.index_date) == (date(2026, 10, 2), date(2026, 10, 1))
    assert held(engine, second) == ("already referred 22/11/2026",)
    with Session(engine) as session:
        assert session.execute(select(col(ReferralRow.case_id))).scalars().all() == [second]


def test_an_exclusion_holds_a_patient_and_may_be_lifted(engine: Engine) -> None:
    case = ready(engine)
    exclude(engine, case, Exclusion.PATIENT_OBJECTED)
    assert held(engine, case) == ("patient objected",)
    assert lines(engine)[case].exclusions == (Exclusion.PATIENT_OBJECTED,)
    assert export(engine).referrals == ()
    triaged(engine, case, Step.REFER)
    assert held(engine, case) == ()
    exclude(engine, case, Exclusion.PATIENT_OBJECTED)
    exclude(engine, case, Exclusion.END_OF_LIFE)
    assert held(engine, case) == ("patient objected", "end of life")


def test_a_patient_who_objected_is_held_on_every_scan(engine: Engine) -> None:
    patient = a_patient()
    first = ready(engine, a_header(patient=patient, scanned=date(2026, 10, 1)))
    exclude(engine, first, Exclusion.PATIENT_OBJECTED)
    second = ready(engine, a_header(patient=patient, scanned=date(2026, 10, 2)))
    assert held(engine, second) == ("patient objected",)


def test_a_malignant_reading_beside_a_fracture_holds_the_patient(engine: Engine) -> None:
    case = a_case(engine, a_flag(Level.L1), a_flag(Level.T12))
    step(engine, case, Deed.CONFIRM)
    step(engine, case, Deed.REJECT, 1, code="MALIGNANT")
    judge(engine, case)
    close(engine, case)
    assert held(engine, case) == (
        "urgent alert: nobody was told yet (see Alerts)",
        "malignant or infected fracture, urgent route",
    )
    with pytest.raises(NotAllowed, match="Nothing that a coordinator decides"):
        triaged(engine, case, Step.REFER)
    step(engine, case, Deed.REOPEN, None, text="the neighbour was meant")
    step(engine, case, Deed.UNSURE, 1)
    step(engine, case, Deed.REJECT, 1, code="LIMBUS")
    close(engine, case)
    assert held(engine, case) == ()


def test_what_is_handed_over_is_what_the_record_says(engine: Engine) -> None:
    header = a_header(indication="cough", requester="Dr Q", specialty="Respiratory")
    case = a_case(engine, a_flag(Level.L1), a_flag(Level.T12), header=header)
    step(engine, case, Deed.CONFIRM, now=NOW, shape=FractureType.WEDGE)
    step(engine, case, Deed.ADD, None, level=Level.T5, grade=Grade.MILD, now=NOW)
    step(engine, case, Deed.REJECT, 1, code="LIMBUS", person=RADIOLOGIST)
    judge(engine, case, ReportStatus.AMBIGUOUS_TERM, recommendation=Recommendation.DXA)
    close(engine, case)
    facts = export(engine).referrals[0].facts
    assert facts.patient == show(engine, case).patient == header.patient
    assert [(f.level, f.grade, f.shape) for f in facts.fractures] == [
        (Level.T5, Grade.MILD, None),
        (Level.L1, Grade.MODERATE, FractureType.WEDGE),
    ]
    assert facts.fractures[1].loss == show(engine, case).spine.machine[Level.L1].loss
    assert facts.fractures[0].loss is None
    assert (facts.scanned, facts.site, facts.exam) == (header.scanned, "RX1", "CT chest")
    assert (facts.indication, facts.requester, facts.specialty) == ("cough", "Dr Q", "Respiratory")
    assert facts.found_by == ("AI + confirmed", "reader added")
    assert facts.product == "Product 1.2"
    assert (facts.report_status, facts.recommendation) == (
        ReportStatus.AMBIGUOUS_TERM,
        Recommendation.DXA,
    )


def test_the_one_who_confirmed_is_named_not_whoever_decided_last(engine: Engine) -> None:
    case = a_case(engine, a_flag(Level.L1), a_flag(Level.T12))
    step(engine, case, Deed.CONFIRM, now=NOW)
    step(engine, case, Deed.REJECT, 1, code="LIMBUS", person=RADIOLOGIST)
    judge(engine, case)
    close(engine, case)
    facts = export(engine).referrals[0].facts
    assert facts.confirmed_by == f"{LEAD.name}, {LEAD.role.words}"
    assert facts.confirmed_at == NOW


def test_an_earlier_scan_of_the_patient_is_named(engine: Engine) -> None:
    new = a_header(scanned=date(2026, 10, 1))
    for scanned in (date(2024, 5, 1), date(2025, 6, 2)):
        arrive(engine, a_header(patient=new.patient, scanned=scanned))
    arrive(engine, a_header(scanned=date(2026, 9, 1)))
    ready(engine, new)
    assert export(engine).referrals[0].facts.earlier_scan == date(2025, 6, 2)


def test_what_was_handed_over_stays_as_it_was(engine: Engine) -> None:
    header = a_header()
    ready(engine, header)
    batch = export(engine)
    arrive(engine, second_series(header))
    with Reader(engine, COORDINATOR) as reader:
        assert referrals.batch(reader, batch.id) == batch


def test_the_file_of_a_batch_has_one_digest_for_ever(engine: Engine) -> None:
    batch = export(engine)
    with Unit(engine, COORDINATOR, NOW) as unit:
        referrals.rendered(unit, batch.id, "ab" * 32)
        referrals.rendered(unit, batch.id, "ab" * 32)
    with (
        pytest.raises(NotAllowed, match="another file before"),
        Unit(engine, COORDINATOR, NOW) as unit,
    ):
        referrals.rendered(unit, batch.id, "cd" * 32)
    with Reader(engine, COORDINATOR) as reader:
        assert referrals.batch(reader, batch.id).sha256 == "ab" * 32


def test_a_batch_that_is_not_here_is_refused(engine: Engine) -> None:
    with Reader(engine, COORDINATOR) as reader, pytest.raises(NotAllowed, match="not here"):
        referrals.batch(reader, "none")


NUMBERS = [number for number, _ in zip(nhs_numbers(), range(20), strict=False)]
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
PATIENTS = st.builds(
    Patient,
    nhs_number=st.none() | st.sampled_from(NUMBERS),
    nhs_status=st.sampled_from(NhsNumberStatus),
    hospital_number=WORDS,
    surname=WORDS,
    forename=WORDS,
    title=WORDS,
    born=st.none() | DAYS,
    sex=st.sampled_from(["", "M", "F", "O", "1", "Z"]),
    postcode=WORDS,
    phone=WORDS,
    gp_practice=WORDS,
    died=st.none() | DAYS,
)
FRACTURES = st.builds(
    Fracture,
    level=st.sampled_from(Level),
    grade=st.sampled_from(Grade),
    shape=st.none() | st.sampled_from(FractureType),
    loss=st.none() | st.floats(0.0, 1.0),
)
FACTS = st.builds(
    Facts,
    patient=PATIENTS,
    scanned=DAYS,
    site=WORDS,
    exam=WORDS,
    accession=WORDS,
    indication=WORDS,
    specialty=WORDS,
    requester=WORDS,
    fractures=st.lists(FRACTURES, max_size=4).map(tuple),
    report_status=st.sampled_from(ReportStatus),
    recommendation=st.sampled_from(Recommendation),
    found_by=st.lists(WORDS, max_size=2).map(tuple),
    product=WORDS,
    confirmed_by=WORDS,
    confirmed_at=st.datetimes(timezones=st.just(UTC)),
    checked=st.lists(WORDS, max_size=3).map(tuple),
    earlier_scan=st.none() | DAYS,
    indexed=st.none() | DAYS,
)


@given(facts=FACTS)
def test_facts_come_back_from_json_as_they_went_in(facts: Facts) -> None:
    kept: dict[str, Any] = json.loads(json.dumps(to_json(facts)))
    assert from_json(kept) == facts
