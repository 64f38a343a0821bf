from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from store_builders import (
    COORDINATOR,
    NOW,
    RADIOLOGIST,
    a_case,
    a_header,
    a_patient,
    a_report,
    arrive,
    judge,
    report,
    second_series,
    show,
)

from store import reports
from store.domain.arrival import Fate, RadiologyReport
from store.domain.refusal import NotAllowed
from store.domain.report import ReportStatus
from store.unit import Reader, Unit

DAY = date(2026, 10, 3)
NINE = datetime(2026, 10, 3, 9, tzinfo=UTC)


def spoken(engine: Engine, case: str) -> list[str]:
    """The texts of a case's report, the one that stands first."""
    return [one.text for one in show(engine, case).report.issues]


def waiting(engine: Engine) -> reports.AllWaiting:
    with Reader(engine, COORDINATOR) as reader:
        return reports.waiting(reader)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_what_was_reported_last_stands_whatever_arrived_last(
    engine: Engine, order: tuple[int, ...]
) -> None:
    header = a_header()
    case = a_case(engine, header=header)
    three = [
        # Preliminary, though typed latest: a final one stands before it.
        a_report(header, "first look", status="P", reported_at=NINE + timedelta(hours=9)),
        a_report(header, "final", status="F", reported_at=NINE),
        a_report(header, "corrected", status="C", reported_at=NINE + timedelta(hours=1)),
    ]
    for place in order:
        report(engine, three[place])
    assert spoken(engine, case) == ["corrected", "final", "first look"]


def test_of_a_day_without_a_time_the_correction_stands(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header)
    report(engine, a_report(header, "corrected", status="C", reported=DAY))
    report(engine, a_report(header, "final", status="F", reported=DAY), NOW + timedelta(hours=1))
    assert spoken(engine, case) == ["corrected", "final"]


def test_only_a_report_that_stands_opens_the_judgement_again(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header)
    report(engine, a_report(header, "final", status="F", reported_at=NINE))
    judge(engine, case, ReportStatus.NOT_MENTIONED)
    report(engine, a_report(header, "first look", status="P", reported_at=NINE))
    assert show(engine, case).report.status is ReportStatus.NOT_MENTIONED
    report(engine, a_report(header, "L1", status="A", reported_at=NINE + timedelta(hours=1)))
    shown = show(engine, case).report
    assert (shown.status, shown.changed, shown.text) == (None, True, "L1")


def of_patient(header: object, text: str, **changes: object) -> RadiologyReport:
    patient = header.patient  # type: ignore[attr-defined]
    return a_report(None, text, nhs_number=patient.nhs_number.digits, scanned=DAY, **changes)


def test_a_report_without_the_scans_number_finds_the_only_scan_of_the_day(engine: Engine) -> None:
    header = a_header(accession="")
    case = a_case(engine, header=header)
    assert report(engine, of_patient(header, "by day", accession="RIS1")).fate is Fate.ACCEPTED
    assert spoken(engine, case) == ["by day"]


def test_a_report_with_another_accession_number_is_of_another_examination(engine: Engine) -> None:
    header = a_header()
    a_case(engine, header=header)
    assert report(engine, of_patient(header, "x-ray", accession="OTHER")).fate is Fate.HELD
    assert waiting(engine).count == 1


def test_a_report_that_came_first_joins_by_patient_and_day(engine: Engine) -> None:
    header = a_header()
    assert report(engine, of_patient(header, "first")).fate is Fate.HELD
    assert spoken(engine, a_case(engine, header=header)) == ["first"]
    assert waiting(engine).count == 0


def test_of_two_scans_with_one_accession_number_the_patients_is_meant(engine: Engine) -> None:
    one, other = a_header(accession="A1", site="RX1"), a_header(accession="A1", site="RX2")
    for header in (one, other):
        arrive(engine, header)
    case = a_case(engine, header=second_series(other))
    said = of_patient(other, "by whom", accession="A1")
    assert report(engine, said).fate is Fate.ACCEPTED
    assert spoken(engine, case) == ["by whom"]
    at_site = a_report(None, "by where", accession="A1", site="RX2", status="C")
    assert report(engine, at_site).fate is Fate.ACCEPTED
    assert report(engine, a_report(None, "either", accession="A1")).fate is Fate.HELD


def test_a_report_of_another_patient_is_not_joined_by_number_alone(engine: Engine) -> None:
    header, stranger = a_header(), a_header(patient=a_patient())
    case = a_case(engine, header=header)
    said = of_patient(stranger, "a stranger's", accession=header.accession)
    outcome = report(engine, said)
    assert outcome.fate is Fate.HELD
    assert "another patient" in outcome.reason
    assert spoken(engine, case) == []


def test_a_person_attaches_and_takes_off_and_says_why(engine: Engine) -> None:
    case = a_case(engine)
    report(engine, a_report(None, "lost", accession="LOST"))
    (one,) = waiting(engine).oldest
    assert "waits" in one.why
    with Unit(engine, COORDINATOR) as unit, pytest.raises(NotAllowed, match="few words"):
        reports.attach(unit, one.id, case, " ")
    with Unit(engine, RADIOLOGIST) as unit, pytest.raises(NotAllowed, match="may not"):
        reports.attach(unit, one.id, case, "so")
    with Unit(engine, COORDINATOR) as unit:
        reports.attach(unit, one.id, case, "Read on the phone.")
    assert spoken(engine, case) == ["lost"]
    with Reader(engine, COORDINATOR) as reader:
        ((held, words),) = reports.of_case(reader, case)
    assert (held, words[:2]) == (one.id, "F,")
    with Unit(engine, COORDINATOR) as unit:
        reports.detach(unit, one.id, "Wrong scan.")
    assert spoken(engine, case) == []
    # A scan with its number does not draw it back.
    assert spoken(engine, a_case(engine, header=a_header(accession="LOST"))) == []
    (again,) = waiting(engine).oldest
    assert "Wrong scan." in again.why
