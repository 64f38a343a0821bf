from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from store.domain.job import (
    LEASE,
    LONGEST_WAIT,
    MOST_TRIES,
    MOVES,
    SLACK,
    STANDING,
    State,
    after_failure,
    due,
    lapsed,
    pause,
    urgency,
)

NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


def test_a_lease_holds_until_it_ends_and_no_longer() -> None:
    assert not lapsed(NOW + LEASE, NOW)
    assert lapsed(NOW, NOW)


@given(MOMENTS, MOMENTS)
def test_no_clock_keeps_a_job_from_others_for_longer_than_a_lease_and_the_slack(
    given_at: datetime, now: datetime
) -> None:
    until = given_at + LEASE
    if not lapsed(until, now):
        assert timedelta(0) < until - now <= LEASE + SLACK


@given(MOMENTS, MOMENTS)
def test_no_clock_keeps_a_job_from_its_next_try(failed_at: datetime, now: datetime) -> None:
    later = failed_at + LONGEST_WAIT
    assert due(later, now) or later - now <= LONGEST_WAIT + SLACK


@given(st.integers(1, 10_000))
def test_a_pause_never_shrinks_and_is_never_longer_than_the_longest(tries: int) -> None:
    assert timedelta(0) < pause(tries) <= pause(tries + 1) <= LONGEST_WAIT


def test_the_fifth_failure_is_the_last() -> None:
    ends = [after_failure(tries) for tries in range(1, MOST_TRIES + 1)]
    assert ends == [State.WAITING] * 4 + [State.DEAD]


def test_every_move_leads_on_and_only_what_is_over_stands_no_more() -> None:
    assert set(MOVES) == set(State)
    assert {state for state in State if State.RUNNING not in MOVES[state]} == set(State) - STANDING


@given(DAYS, DAYS)
def test_a_graver_flag_goes_before_every_newer_scan(day: date, other: date) -> None:
    order = [urgency(worst, day) for worst in (3, 2, 1, None, 0)]
    others = [urgency(worst, other) for worst in (3, 2, 1, None, 0)]
    for place in range(4):
        assert order[place] < others[place + 1]


@given(DAYS, DAYS)
def test_of_equal_flags_the_newer_scan_goes_first(day: date, other: date) -> None:
    assert (urgency(2, day) < urgency(2, other)) == (day > other)
    assert urgency(2, day) < urgency(2, None)
