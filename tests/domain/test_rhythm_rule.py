from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

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
