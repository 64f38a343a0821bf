from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from sqlalchemy import Engine
from sqlmodel import Session, select
from store_builders import (
    AUDITOR,
    COORDINATOR,
    NOW,
    a_case,
    a_header,
    a_patient,
    a_result,
    arrive,
    close,
    judge,
    say,
    step,
)

from store import rates, referrals
from store.domain.arrival import Ending
from store.domain.finding import Deed
from store.domain.rates import Rate, Step
from store.domain.referral import Policy
from store.domain.report import ReportStatus
from store.tables import TrailRow
from store.unit import Reader, Unit


def funnel(
    engine: Engine, start: date | None = None, end: date | None = None, site: str = ""
) -> dict[Step, tuple[int, int]]:
    with Reader(engine, AUDITOR) as reader:
        found = rates.funnel(reader, start, end, site)
    assert [row.step for row in found] == list(Step)
    return {row.step: (row.rate.numerator, row.rate.denominator) for row in found}


def small_world(engine: Engine) -> None:
    """Ten scans that were counted by hand, and three series that never became one."""
    october = date(2026, 10, 3)

    def scan(day: date = october, site: str = "RX1") -> str:
        return a_case(engine, header=a_header(scanned=day, site=site))

    for ending in (Ending.NEGATIVE, Ending.FAILED):
        header = a_header(scanned=october)
        arrive(engine, header)
        arrive(engine, header)
        say(engine, a_result(header, ending=ending))
    arrive(engine, a_header(scanned=october))
    scan()
    unsure = scan()
    step(engine, unsure, Deed.UNSURE)
    rejected = scan(site="RX2")
    step(engine, rejected, Deed.REJECT, code="LIMBUS")
    close(engine, rejected)
    malignant = scan()
    step(engine, malignant, Deed.REJECT, code="MALIGNANT")
    close(engine, malignant)
    for status in (ReportStatus.NOT_MENTIONED, ReportStatus.REPORTED_FULL, ReportStatus.NO_REPORT):
        confirmed = scan(october + timedelta(days=28))
        step(engine, confirmed, Deed.CONFIRM)
        judge(engine, confirmed, status)
        close(engine, confirmed)
    with Unit(engine, COORDINATOR, NOW) as unit:
        referrals.export(unit, str(uuid4()), Policy())
    nobody = a_patient(nhs_number=None, hospital_number="")
    for _ in range(2):
        arrive(engine, a_header(patient=nobody))
    again = a_header(patient=nobody)
    arrive(engine, again)
    arrive(engine, again)


def test_the_funnel_counts_each_scan_once(engine: Engine) -> None:
    small_world(engine)
    assert funnel(engine) == {
        Step.RECEIVED: (10, 13),
        Step.ANALYSED: (8, 10),
        Step.FLAGGED: (7, 8),
        Step.REVIEWED: (5, 7),
        Step.CONFIRMED: (3, 5),
        Step.UNREPORTED: (1, 2),
        Step.REFERRED: (2, 3),
    }


def test_the_funnel_narrows_to_a_period_and_a_site(engine: Engine) -> None:
    small_world(engine)
    late = funnel(engine, start=date(2026, 10, 31), end=date(2026, 10, 31))
    assert late == {
        Step.RECEIVED: (3, 3),
        Step.ANALYSED: (3, 3),
        Step.FLAGGED: (3, 3),
        Step.REVIEWED: (3, 3),
        Step.CONFIRMED: (3, 3),
        Step.UNREPORTED: (1, 2),
        Step.REFERRED: (2, 3),
    }
    assert funnel(engine, end=date(2026, 10, 30))[Step.RECEIVED] == (7, 7)
    assert funnel(engine, start=date(2026, 11, 1))[Step.RECEIVED] == (0, 0)
    assert funnel(engine, site="RX2")[Step.REVIEWED] == (1, 1)
    with Reader(engine, AUDITOR) as reader:
        assert rates.sites(reader) == ("RX1", "RX2")


def test_a_series_that_was_held_and_then_accepted_is_counted_as_received(engine: Engine) -> None:
    header = a_header(patient=a_patient(nhs_number=None, hospital_number=""))
    arrive(engine, header)
    assert funnel(engine)[Step.RECEIVED] == (0, 1)
    arrive(engine, replace(header, patient=a_patient()))
    assert funnel(engine)[Step.RECEIVED] == (1, 1)


def test_an_empty_record_has_rates_without_a_value(engine: Engine) -> None:
    assert set(funnel(engine).values()) == {(0, 0)}
    assert Rate(0, 0).value is None


def test_taking_the_rates_away_is_told(engine: Engine) -> None:
    with Unit(engine, AUDITOR, NOW) as unit:
        rates.downloaded(unit, "ab" * 32)
    with Session(engine) as session:
        assert session.exec(select(TrailRow)).one().action == "rates.downloaded"
