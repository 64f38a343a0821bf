from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.genant import Grade
from store.domain.referral import (
    BY_READER,
    Candidate,
    Exclusion,
    Hold,
    Policy,
    Refer,
    Wait,
    decide,
    due,
)
from store.domain.rejection import REASONS
from store.domain.report import ReportStatus

READY = Candidate(
    grades=(Grade.MODERATE,),
    closed=True,
    born=date(1950, 2, 1),
    scanned=date(2026, 4, 14),
    died=None,
    named=True,
    nhs_number=True,
    report_status=ReportStatus.NOT_MENTIONED,
)


def test_a_patient_who_lacks_nothing_is_referred() -> None:
    assert decide(READY, Policy()) == Refer()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"closed": False}, Wait.NOT_CLOSED),
        ({"report_status": None}, Wait.REPORT_UNJUDGED),
        ({"report_status": ReportStatus.NO_REPORT}, Wait.NO_REPORT),
        ({"born": None}, Wait.NO_BIRTH_DATE),
        ({"scanned": None}, Wait.NO_SCAN_DATE),
        ({"named": False}, Wait.NO_NAME),
        ({"nhs_number": False}, Wait.NO_NHS_NUMBER),
        ({"died": date(2026, 5, 1)}, "has died"),
        ({"born": date(1976, 4, 15)}, "aged 49 at the scan, below 50"),
        ({"referred_on": date(2026, 3, 2)}, "already referred 02/03/2026"),
        ({"exclusions": (Exclusion.CANCER_CT,)}, "scanned for cancer"),
        ({"open_alerts": 1}, "urgent alert: nobody was told yet (see Alerts)"),
    ],
)
def test_what_is_missing_or_forbids_it_holds_the_patient(
    change: dict[str, object], reason: str
) -> None:
    assert decide(replace(READY, **change), Policy()) == Hold((str(reason),))  # type: ignore[arg-type]


def test_on_the_fiftieth_birthday_a_patient_is_old_enough() -> None:
    assert decide(replace(READY, born=date(1976, 4, 14)), Policy()) == Refer()


@pytest.mark.parametrize("status", [s for s in ReportStatus if s is not ReportStatus.NO_REPORT])
def test_a_reported_fracture_is_referred_too(status: ReportStatus) -> None:
    assert decide(replace(READY, report_status=status), Policy()) == Refer()


@pytest.mark.parametrize(
    ("grades", "fewest", "referred"),
    [
        ((Grade.MILD,), 1, True),
        ((Grade.MILD,), 3, False),
        ((Grade.MILD, Grade.MILD), 3, False),
        ((Grade.MILD, Grade.MILD, Grade.MILD), 3, True),
        ((Grade.MILD, Grade.MODERATE), 3, True),
        ((Grade.SEVERE,), 3, True),
    ],
)
def test_mild_fractures_are_held_where_the_site_asks_for_more(
    grades: tuple[Grade, ...], fewest: int, referred: bool
) -> None:
    found = decide(replace(READY, grades=grades), Policy(fewest_mild=fewest))
    assert found == (Refer() if referred else Hold(("mild fractures only",)))


def test_a_site_may_refer_without_an_nhs_number_and_from_another_age() -> None:
    policy = Policy(lowest_age=45, needs_nhs_number=False)
    assert decide(replace(READY, nhs_number=False, born=date(1980, 1, 1)), policy) == Refer()


def test_every_reason_is_given_and_each_once() -> None:
    held = decide(
        replace(
            READY,
            closed=False,
            born=None,
            died=date(2026, 5, 1),
            exclusions=(Exclusion.DECEASED, Exclusion.DEPENDENCY),
        ),
        Policy(),
    )
    assert held == Hold((Wait.NOT_CLOSED, Wait.NO_BIRTH_DATE, "has died", "significant dependency"))


@given(st.sets(st.sampled_from(Exclusion)))
def test_a_patient_with_any_exclusion_is_held(exclusions: set[Exclusion]) -> None:
    found = decide(replace(READY, exclusions=tuple(exclusions)), Policy())
    assert found == (Hold(tuple(e.words for e in tuple(exclusions))) if exclusions else Refer())


def test_every_exclusion_has_words() -> None:
    assert all(exclusion.words for exclusion in Exclusion)
    assert len({exclusion.words for exclusion in Exclusion}) == len(Exclusion)


def test_the_readers_reasons_that_hold_a_patient_are_reasons() -> None:
    assert BY_READER.keys() <= REASONS.keys()


def test_the_clock_runs_ninety_days() -> None:
    assert due(date(2026, 4, 14)) == date(2026, 7, 13)
