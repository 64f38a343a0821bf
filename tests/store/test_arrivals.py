from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import Session, col
from store_builders import (
    ADMIN,
    INTACT,
    LEAD,
    NOW,
    WEDGED,
    a_case,
    a_flag,
    a_header,
    a_patient,
    a_picture,
    a_report,
    a_result,
    arrive,
    close,
    report,
    say,
    scan_of,
    second_series,
    show,
    step,
)

from app.vendor_json import vendor
from store import arrivals
from store.domain.arrival import Ending, Fate
from store.domain.finding import CaseState, Deed, State
from store.domain.genant import Grade
from store.domain.people import INTAKE
from store.domain.spine import Level
from store.tables import FindingRow, PatientRow, ResultRow, ReviewCase, ScanRow, SeriesRow
from store.unit import Reader, Unit


def rows(engine: Engine, table: type) -> int:
    with Session(engine) as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def counted(engine: Engine, kind: str) -> dict[Fate, int]:
    with Reader(engine, ADMIN) as reader:
        found: dict[Fate, int] = {}
        for intake in arrivals.receipts(reader):
            if intake.kind == kind:
                found[intake.fate] = found.get(intake.fate, 0) + intake.count
        return found


def test_the_same_series_again_is_a_duplicate_and_copies_are_counted(engine: Engine) -> None:
    header = a_header()
    assert arrive(engine, header).fate is Fate.ACCEPTED
    for _ in range(3):
        assert arrive(engine, header, a_picture({}, stack=None, mask_digest="")).fate is (
            Fate.DUPLICATE
        )
    assert rows(engine, ScanRow) == rows(engine, SeriesRow) == rows(engine, PatientRow) == 1
    assert counted(engine, "series") == {Fate.ACCEPTED: 1, Fate.DUPLICATE: 3}


def test_receipts_say_when_the_last_one_came(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    for hours in (2, 1):
        arrive(engine, header, now=NOW + timedelta(hours=hours))
    with Reader(engine, ADMIN) as reader:
        last = {i.fate: (i.count, i.last) for i in arrivals.receipts(reader)}
    assert last == {Fate.ACCEPTED: (1, NOW), Fate.DUPLICATE: (2, NOW + timedelta(hours=2))}


def test_the_same_series_uid_with_other_pixels_is_held_and_the_first_one_kept(
    engine: Engine,
) -> None:
    header = a_header()
    arrive(engine, header)
    outcome = arrive(engine, replace(header, digest="ab" * 32))
    assert outcome.fate is Fate.HELD
    assert "other pixels" in outcome.reason
    with Reader(engine, INTAKE) as reader:
        kept = arrivals.known(reader, header.series_uid)
    assert kept is not None
    assert kept.digest == header.digest
    assert rows(engine, SeriesRow) == 1


def test_a_series_nobody_has_sent_is_not_known(engine: Engine) -> None:
    with Reader(engine, INTAKE) as reader:
        assert arrivals.known(reader, "1.2.3") is None


def test_a_hospital_number_with_another_birth_date_is_held(engine: Engine) -> None:
    first = a_patient(hospital_number="SAME")
    arrive(engine, a_header(patient=first))
    other = a_patient(hospital_number="SAME", nhs_number=None, born=date(1961, 5, 5))
    outcome = arrive(engine, a_header(patient=other))
    assert outcome.fate is Fate.HELD
    assert "another date of birth" in outcome.reason
    assert rows(engine, PatientRow) == rows(engine, ScanRow) == 1


def test_a_hospital_number_with_another_nhs_number_is_held(engine: Engine) -> None:
    arrive(engine, a_header(patient=a_patient(hospital_number="SAME")))
    outcome = arrive(engine, a_header(patient=a_patient(hospital_number="SAME")))
    assert outcome.fate is Fate.HELD
    assert "another NHS number" in outcome.reason


def test_numbers_of_two_patients_on_one_series_are_held(engine: Engine) -> None:
    one, two = a_patient(), a_patient()
    arrive(engine, a_header(patient=one))
    arrive(engine, a_header(patient=two))
    mixed = replace(one, nhs_number=two.nhs_number)
    outcome = arrive(engine, a_header(patient=mixed))
    assert outcome.fate is Fate.HELD
    assert "two patients" in outcome.reason


def test_the_same_hospital_number_at_another_site_is_another_patient(engine: Engine) -> None:
    one = a_patient(nhs_number=None, hospital_number="00123")
    two = replace(one, forename="Bea", born=date(1961, 5, 5))
    arrive(engine, a_header(patient=one, site="RX1"))
    assert arrive(engine, a_header(patient=two, site="RX2")).fate is Fate.ACCEPTED
    assert rows(engine, PatientRow) == 2


def test_a_series_without_any_patient_identifier_is_held(engine: Engine) -> None:
    nobody = a_patient(nhs_number=None, hospital_number="")
    outcome = arrive(engine, a_header(patient=nobody))
    assert outcome.fate is Fate.HELD
    assert "No patient identifier" in outcome.reason
    assert rows(engine, PatientRow) == rows(engine, ScanRow) == 0


def test_two_series_without_identifiers_are_never_taken_for_one_patient(engine: Engine) -> None:
    for _ in range(2):
        nobody = a_patient(nhs_number=None, hospital_number="")
        assert arrive(engine, a_header(patient=nobody)).fate is Fate.HELD
    assert rows(engine, SeriesRow) == 2


def test_a_held_series_is_accepted_when_sent_again_with_its_number(engine: Engine) -> None:
    header = a_header(patient=a_patient(nhs_number=None, hospital_number=""))
    say(engine, a_result(header, a_flag()))
    assert arrive(engine, header).fate is Fate.HELD
    assert arrive(engine, header).fate is Fate.DUPLICATE
    corrected = replace(header, patient=a_patient())
    outcome = arrive(engine, corrected, a_picture({}, stack=None, unmeasured={}, mask_digest=""))
    assert outcome.fate is Fate.ACCEPTED
    assert outcome.case is not None
    shown = show(engine, outcome.case)
    assert shown.patient.hospital_number == corrected.patient.hospital_number
    assert shown.scan.stack is not None, "the picture made at the first sending is kept"
    assert shown.spine.machine[Level.L1].grade is Grade.MODERATE
    assert rows(engine, SeriesRow) == 1


def test_a_study_that_is_here_under_another_patient_is_held(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    outcome = arrive(engine, second_series(header, patient=a_patient()))
    assert outcome.fate is Fate.HELD
    assert "another patient" in outcome.reason
    assert rows(engine, ScanRow) == 1


def test_a_second_series_of_a_study_joins_its_scan(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    assert arrive(engine, second_series(header)).fate is Fate.ACCEPTED
    assert (rows(engine, ScanRow), rows(engine, SeriesRow)) == (1, 2)


def test_a_mask_that_comes_later_gives_a_known_series_its_heights(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header, picture=a_picture({}, unmeasured={}, mask_digest=""))
    assert show(engine, case).spine.machine == {}
    outcome = arrive(engine, header, a_picture(WEDGED))
    assert outcome.fate is Fate.ACCEPTED
    assert show(engine, case).spine.machine[Level.L1].grade is Grade.MODERATE
    assert arrive(engine, header, a_picture(INTACT)).fate is Fate.DUPLICATE
    assert show(engine, case).spine.machine[Level.L1].grade is Grade.MODERATE


def test_a_result_before_its_scan_waits_and_joins(engine: Engine) -> None:
    header = a_header()
    early = say(engine, a_result(header, a_flag(Level.T12)))
    assert early.fate is Fate.HELD
    assert "waits" in early.reason
    assert rows(engine, ReviewCase) == 0
    outcome = arrive(engine, header)
    assert outcome.case is not None
    assert [f.ai_level for f in show(engine, outcome.case).findings] == [Level.T12]


def test_a_result_is_joined_by_accession_number(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    outcome = say(engine, a_result(None, a_flag(), accession=header.accession))
    assert outcome.fate is Fate.ACCEPTED
    assert outcome.case is not None


def test_a_result_with_an_accession_number_waits_for_its_scan(engine: Engine) -> None:
    header = a_header()
    assert say(engine, a_result(None, a_flag(), accession=header.accession)).fate is Fate.HELD
    assert arrive(engine, header).case is not None


def test_a_result_that_names_no_scan_is_held_and_never_joins(engine: Engine) -> None:
    outcome = say(engine, a_result(None, a_flag()))
    assert outcome.fate is Fate.HELD
    assert "names no scan" in outcome.reason
    assert arrive(engine, a_header(accession="")).case is None


def test_an_accession_number_of_two_scans_is_ambiguous_and_held(engine: Engine) -> None:
    one, two = a_header(accession="SAME"), a_header(accession="SAME", site="RX2")
    arrive(engine, one)
    arrive(engine, two)
    outcome = say(engine, a_result(None, a_flag(), accession="SAME"))
    assert outcome.fate is Fate.HELD
    assert "2 scans carry this accession number" in outcome.reason
    assert rows(engine, ReviewCase) == 0


def test_an_ambiguous_result_never_joins_whichever_scan_is_sent_next(engine: Engine) -> None:
    one, two = a_header(accession="SAME"), a_header(accession="SAME", site="RX2")
    arrive(engine, one)
    arrive(engine, two)
    say(engine, a_result(None, a_flag(), accession="SAME"))
    report(engine, a_report(None, "Whose?", accession="SAME"))
    assert arrive(engine, second_series(one)).case is None
    assert arrive(engine, a_header(accession="SAME", site="RX3")).case is None
    assert rows(engine, ReviewCase) == 0


@pytest.mark.parametrize("order", ["failure first", "failure last"])
def test_a_failure_of_the_ai_never_becomes_a_negative(engine: Engine, order: str) -> None:
    header = a_header()
    arrive(engine, header)
    failed = a_result(header, ending=Ending.FAILED, reason="no spine found")
    say(engine, failed)
    scan = scan_of(engine, header)
    assert scan is not None
    assert (scan.ending, scan.ai_reason) == (Ending.FAILED, "no spine found")
    assert rows(engine, ReviewCase) == 0
    if order == "failure first":
        say(engine, a_result(header, ending=Ending.NEGATIVE))
        wanted = Ending.NEGATIVE
    else:
        say(engine, a_result(header, a_flag()))
        say(engine, replace(failed, digest="cd" * 32))
        wanted = Ending.POSITIVE
    scan = scan_of(engine, header)
    assert scan is not None
    assert scan.ending == wanted


def test_an_exam_level_flag_makes_one_finding_without_a_level(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    case = say(engine, a_result(header)).case
    assert case is not None
    shown = show(engine, case)
    assert [(f.level, f.state) for f in shown.findings] == [(None, State.FLAGGED)]
    assert shown.state is CaseState.WAITING


def test_two_results_share_a_case_and_a_level_both_name_is_one_finding(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    first = say(engine, a_result(header, a_flag(Level.L1), a_flag(Level.T12)))
    other = a_result(header, a_flag(Level.L1), a_flag(Level.T8, loss=0.45), product="Other")
    second = say(engine, other, NOW + timedelta(hours=1))
    assert first.case == second.case is not None
    shown = show(engine, first.case or "")
    assert [f.ai_level for f in shown.findings] == [Level.L1, Level.T12, Level.T8]
    assert shown.products == (
        "Product 1.2, flags loss > 20 %",
        "Other 1.2, flags loss > 20 %",
    )
    assert [(one.product, one.level) for one in shown.answers] == [
        ("Product 1.2", Level.L1),
        ("Product 1.2", Level.T12),
        ("Other 1.2", Level.L1),
        ("Other 1.2", Level.T8),
    ]
    also = [(vendor(found, shown) or {})["also"] for found in shown.findings]
    assert also == [["Other 1.2, loss 32 % (20–44 %)"], [], []]
    with Session(engine) as session:
        assert session.execute(select(col(ReviewCase.worst_grade))).scalar_one() == Grade.SEVERE


def test_a_second_delivery_of_a_result_is_a_duplicate(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    result = a_result(header, a_flag())
    assert say(engine, result).fate is Fate.ACCEPTED
    assert say(engine, result).fate is Fate.DUPLICATE
    assert rows(engine, ResultRow) == rows(engine, FindingRow) == 1


def test_a_new_flag_reopens_a_closed_case_and_raises_its_version(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header)
    step(engine, case, Deed.CONFIRM)
    version = close(engine, case)
    assert show(engine, case).state is CaseState.CLOSED
    say(engine, a_result(header, a_flag(Level.T9), product="Other"))
    shown = show(engine, case)
    assert shown.state is CaseState.WAITING
    assert shown.version == version + 1


def test_a_report_joins_by_study_or_accession_and_its_second_delivery_is_a_duplicate(
    engine: Engine,
) -> None:
    header = a_header()
    early = a_report(header, "No fracture.")
    assert report(engine, early).fate is Fate.HELD
    case = a_case(engine, header=header)
    assert show(engine, case).report.text == "No fracture."
    assert report(engine, early).fate is Fate.DUPLICATE
    by_accession = a_report(None, "Wedge of L1.", accession=header.accession)
    assert report(engine, by_accession, NOW + timedelta(hours=1)).fate is Fate.ACCEPTED
    assert show(engine, case, LEAD).report.text == "Wedge of L1."


def test_a_corrected_report_is_the_one_that_is_shown(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header)
    report(engine, a_report(header, "Preliminary.", status="P"))
    report(engine, a_report(header, "Final.", status="F"), NOW + timedelta(hours=1))
    report(engine, a_report(header, "Corrected.", status="C"), NOW + timedelta(hours=2))
    assert show(engine, case).report.text == "Corrected."


def test_a_refused_file_leaves_a_receipt_and_nothing_else(engine: Engine) -> None:
    with Unit(engine, INTAKE, NOW) as unit:
        outcome = arrivals.refuse(unit, "series", "ef" * 32, Fate.REFUSED, "Slices are missing.")
    assert outcome.fate is Fate.REFUSED
    assert counted(engine, "series") == {Fate.REFUSED: 1}
    assert rows(engine, SeriesRow) == 0


def test_a_flag_without_a_grade_takes_the_one_its_loss_amounts_to(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    say(engine, a_result(header, a_flag(loss=0.41), a_flag(Level.T12, loss=None, grade=Grade.MILD)))
    with Session(engine) as session:
        row = session.execute(select(ReviewCase)).scalar_one()
    assert (row.worst_grade, row.rank) == (Grade.SEVERE, 0)
