from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.bank_holidays import bank_holidays
from store.domain.rhythm import HOUR, WEEK, Pulse, rhythm

MONDAY = datetime(2026, 9, 7, tzinfo=UTC)


def office(weeks: int) -> list[datetime]:
    """Something every hour from 8 to 17 on working days."""
    days = (MONDAY + timedelta(days=d) for d in range(weeks * 7) if d % 7 < 5)
    return [day + HOUR * h for day in days for h in range(8, 18)]


def weekly(weeks: int) -> list[datetime]:
    return [MONDAY + WEEK * w + HOUR * 9 for w in range(weeks)]


def test_a_weekend_is_no_silence_where_nothing_ever_comes_on_one() -> None:
    sunday = MONDAY + WEEK * 7 - HOUR
    assert rhythm(office(7), sunday).pulse is Pulse.USUAL


def test_a_monday_without_anything_is_silence() -> None:
    noon = MONDAY + WEEK * 7 + HOUR * 15
    assert rhythm(office(7), noon).pulse is Pulse.SILENT


def test_a_folder_copied_to_weekly_is_silent_a_day_after_it_should_have_come_not_before() -> None:
    due = MONDAY + WEEK * 8 + HOUR * 9
    assert rhythm(weekly(8), due - HOUR).pulse is Pulse.USUAL
    assert rhythm(weekly(8), due + HOUR * 6).pulse is Pulse.USUAL
    assert rhythm(weekly(8), due + HOUR * 36).pulse is Pulse.SILENT


def test_silence_of_three_weeks_is_compared_with_the_weeks_before_it() -> None:
    found = rhythm(weekly(8), MONDAY + WEEK * 10 + HOUR * 12)
    assert found.pulse is Pulse.SILENT
    assert found.weeks >= 3


def test_nothing_is_said_of_what_is_new_or_never_came() -> None:
    assert rhythm([], MONDAY).pulse is Pulse.NEVER
    assert rhythm(office(1), MONDAY + WEEK + HOUR * 15).pulse is Pulse.UNKNOWN


def test_a_clock_set_back_is_no_silence() -> None:
    hours = office(7)
    assert rhythm(hours, max(hours) - HOUR * 5).pulse is not Pulse.SILENT


@given(st.sets(st.integers(0, 24 * 70), min_size=1, max_size=300), st.integers(0, 24 * 80))
def test_what_was_heard_within_the_slack_is_never_silent(hours: set[int], now: int) -> None:
    known = [MONDAY + HOUR * h for h in hours]
    moment = MONDAY + HOUR * now
    found = rhythm(known, moment)
    if moment - max(known) <= HOUR * 3:
        assert found.pulse is not Pulse.SILENT
    assert found.busy <= found.weeks
    assert str(found.words(moment)).endswith(".")


EASTER_MONDAY = datetime(2026, 4, 6, tzinfo=UTC)
PUBLISHED = {
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
}
"""Source: https://www.gov.uk/bank-holidays, England and Wales."""


@pytest.mark.parametrize("year", list(PUBLISHED))
def test_bank_holidays_are_those_of_the_published_list(year: int) -> None:
    days = {date.fromisoformat(f"{year}-{day}") for day in PUBLISHED[year].split()}
    assert bank_holidays(year) == days


def at_work(begin: datetime, until: datetime) -> list[datetime]:
    """Something every hour from 8 to 17 on working days that are no bank holidays."""
    every = (begin + timedelta(days=d) for d in range((until - begin).days + 1))
    on = (d for d in every if d.weekday() < 5 and d.date() not in bank_holidays(d.year))
    return [day + HOUR * h for day in on for h in range(8, 18) if day + HOUR * h < until]


def test_a_bank_holiday_is_no_silence_where_work_rests_at_weekends() -> None:
    known = at_work(EASTER_MONDAY - WEEK * 6, EASTER_MONDAY)
    assert rhythm(known, EASTER_MONDAY + HOUR * 15).pulse is Pulse.USUAL
    at_weekends = [EASTER_MONDAY - WEEK * w + HOUR * (9 - 24) for w in range(1, 20)]
    assert rhythm(known + at_weekends, EASTER_MONDAY + HOUR * 15).pulse is Pulse.SILENT


def test_the_day_after_a_bank_holiday_without_anything_is_silence() -> None:
    known = at_work(EASTER_MONDAY - WEEK * 6, EASTER_MONDAY)
    assert rhythm(known, EASTER_MONDAY + HOUR * (24 + 16)).pulse is Pulse.SILENT


def test_a_holiday_among_the_weeks_compared_hides_no_silence() -> None:
    monday = EASTER_MONDAY + WEEK * 3
    known = at_work(EASTER_MONDAY - WEEK * 4, monday)
    assert rhythm(known, monday + HOUR * 15).pulse is Pulse.SILENT
