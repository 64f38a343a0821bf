from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col
from store_builders import (
    ADMIN,
    COORDINATOR,
    NOW,
    a_case,
    a_flag,
    a_header,
    a_patient,
    a_picture,
    a_report,
    a_result,
    arrive,
    report,
    say,
    scan_of,
    second_series,
    show,
)

from store import floods, held, opt_outs
from store.domain.arrival import Fate, SeriesHeader
from store.domain.identity import Patient
from store.tables import PatientEventRow, PatientRow, ReceiptRow, ReviewCase, ScanRow, StudyRow
from store.unit import Reader, Unit

ONE, OTHER = date(1950, 2, 1), date(1950, 1, 2)


def waiting(engine: Engine) -> tuple[held.Held, ...]:
    with Reader(engine, COORDINATOR) as reader:
        return held.open_ones(reader)


def release(engine: Engine, which: int) -> None:
    (one,) = waiting(engine)
    with Unit(engine, COORDINATOR, NOW) as unit:
        held.release(unit, one.id, "Rang the ward.", one.choices[which].key)


def patient_of(engine: Engine, header: SeriesHeader) -> PatientRow:
    scan = scan_of(engine, header)
    assert scan
    with Session(engine) as session:
        return session.get_one(PatientRow, scan.patient_id)


def count(engine: Engine, table: type) -> int:
    with Session(engine) as session:
        return len(session.scalars(select(table)).all())


def contradicted(first: SeriesHeader, **changes: object) -> SeriesHeader:
    return a_header(patient=replace(first.patient, **changes))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"born": OTHER}, "another date of birth"),
        ({"surname": "QUITE", "forename": "Otherwise"}, "quite another name"),
        ({"nhs_number": a_patient().nhs_number}, "another NHS number"),
    ],
)
def test_what_contradicts_the_record_waits_for_a_person_with_both_sides(
    engine: Engine, changes: dict[str, object], why: str
) -> None:
    first = a_header()
    arrive(engine, first)
    second = contradicted(first, **changes)
    for header in (second, second_series(second)):
        outcome = arrive(engine, header)
        assert outcome.fate is Fate.HELD
        assert why in outcome.reason
        assert first.patient.surname not in outcome.reason
    # Two series of one study are one decision, with both persons to look at.
    (one,) = waiting(engine)
    assert [name for name, _ in one.shown] == ["The images say", "Known here (1)"]
    assert [each.key.split(":")[0] for each in one.choices] == ["old", "new", "other"]


def test_one_who_married_is_the_same(engine: Engine) -> None:
    first = a_header()
    arrive(engine, first)
    assert arrive(engine, contradicted(first, surname="MARRIED")).fate is Fate.ACCEPTED


@pytest.mark.parametrize(("which", "born"), [(0, ONE), (1, OTHER)])
def test_the_same_person_keeps_or_takes_the_date_of_birth_for_good(
    engine: Engine, which: int, born: date
) -> None:
    first = a_header()
    arrive(engine, first)
    second = contradicted(first, born=OTHER)
    arrive(engine, second)
    say(engine, a_result(second, a_flag()))
    release(engine, which)
    patient = patient_of(engine, second)
    assert (patient.id, patient.born) == (patient_of(engine, first).id, born)
    # Nobody is asked again: not for this study, nor for another that says either.
    for header in (second_series(second), contradicted(first), contradicted(first, born=OTHER)):
        assert arrive(engine, header).fate is Fate.ACCEPTED
    # What had waited for the scan is there.
    assert count(engine, ReviewCase) == 1
    with Session(engine) as session:
        (event,) = session.scalars(select(PatientEventRow)).all()
        assert (event.before["born"], event.after["born"]) == ("1950-02-01", "1950-01-02")


def test_a_different_person_has_a_record_of_their_own(engine: Engine) -> None:
    first = a_header()
    arrive(engine, first)
    second = contradicted(first, born=OTHER)
    arrive(engine, second)
    release(engine, -1)
    own = patient_of(engine, second)
    assert own.id != patient_of(engine, first).id
    assert (own.born, own.hospital_number, own.nhs_number) == (OTHER, None, None)
    assert arrive(engine, second_series(second)).fate is Fate.ACCEPTED


def test_a_number_that_comes_later_is_added_as_an_event_and_obeys_the_register(
    engine: Engine,
) -> None:
    whole = a_patient()
    first = a_header(patient=replace(whole, nhs_number=None, born=None))
    case = a_case(engine, header=first)
    assert whole.nhs_number
    with Unit(engine, COORDINATOR, NOW) as unit:
        opt_outs.add(unit, whole.nhs_number.digits, NOW.date(), "")
    assert arrive(engine, a_header(patient=whole)).fate is Fate.ACCEPTED
    patient = patient_of(engine, first)
    assert (patient.nhs_number, patient.born) == (whole.nhs_number.digits, ONE)
    with Session(engine) as session:
        (event,) = session.scalars(select(PatientEventRow)).all()
        assert event.before == {"nhs_number": None, "nhs_status": "02", "born": None}
        assert session.get_one(ReviewCase, case).opted_out


def copy_of(header: SeriesHeader, **changes: object) -> SeriesHeader:
    """Another study of the same patient and day."""
    own = a_header()
    kept = {"patient": header.patient, "accession": header.accession, "frame_uid": own.frame_uid}
    return replace(own, **{**kept, **changes})


def test_copies_of_an_examination_under_other_uids_are_one_item_with_all_series(
    engine: Engine,
) -> None:
    header = a_header()
    case = a_case(engine, header=header)
    by_number = copy_of(header)
    by_frame = copy_of(header, accession="OTHER", frame_uid=header.frame_uid)
    without = copy_of(header, accession="")
    for other in (by_number, by_frame, without):
        assert arrive(engine, other).fate is Fate.ACCEPTED
    assert (count(engine, ScanRow), count(engine, StudyRow)) == (1, 4)
    assert len(show(engine, case).pictures) == 4
    # A result or a report that names the other UID or number finds the one item.
    assert say(engine, a_result(by_number, a_flag(None))).case == case
    report(engine, a_report(None, "other number", accession="OTHER"))
    assert show(engine, case).report.text == "other number"


def test_a_second_examination_of_the_day_is_an_item_of_its_own(engine: Engine) -> None:
    header = a_header()
    a_case(engine, header=header)
    genuine = copy_of(header, accession="SECOND")
    a_case(engine, header=genuine)
    assert (count(engine, ScanRow), count(engine, ReviewCase)) == (2, 2)
    # Which of the two a third without a number repeats cannot be told: it is not lost either.
    assert arrive(engine, copy_of(header, accession="")).fate is Fate.ACCEPTED
    assert count(engine, ScanRow) == 3


def test_another_patients_examination_is_never_folded(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    stranger: Patient = a_patient()
    arrive(engine, copy_of(header, patient=stranger))
    assert count(engine, ScanRow) == 2


def alarms(engine: Engine) -> floods.Floods:
    with Reader(engine, ADMIN, NOW) as reader:
        return floods.floods(reader)


def test_a_flood_of_copies_is_one_case_with_a_receipt_each_and_an_alarm(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header)
    assert alarms(engine).words == ()
    for _ in range(149):
        assert arrive(engine, header, a_picture()).fate is Fate.DUPLICATE
    with Session(engine) as session:
        receipts = session.scalars(select(ReceiptRow).where(col(ReceiptRow.kind) == "series"))
        assert len(receipts.all()) == 150
    assert (count(engine, ScanRow), count(engine, ReviewCase)) == (1, 1)
    assert len(show(engine, case).pictures) == 1
    assert (alarms(engine).studies, alarms(engine).copies) == (1, 150)
    assert "150 times" in alarms(engine).words[0]


def test_more_scans_of_a_day_than_a_patient_has_raise_the_alarm(engine: Engine) -> None:
    header = a_header()
    for number in range(4):
        arrive(engine, copy_of(header, accession=f"NEW{number}"))
    assert (alarms(engine).patients, alarms(engine).items) == (1, 4)
