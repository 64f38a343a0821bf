from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from store.domain.claim import LEASE, SLACK, Claim, against, lease

NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
MOMENTS = st.integers(-20_000_000, 20_000_000).map(lambda minutes: NOW + timedelta(minutes=minutes))
CLAIMS = st.builds(Claim, st.sampled_from(["a", "b"]), st.just("Name"), MOMENTS, MOMENTS)


def test_a_claim_stands_for_twenty_minutes_and_not_a_moment_longer() -> None:
    claim = lease("a.lead", "Anna Lead", NOW)
    assert timedelta(minutes=20) == LEASE
    assert claim.stands(NOW)
    assert claim.stands(NOW + LEASE - timedelta(microseconds=1))
    assert not claim.stands(NOW + LEASE)


def test_a_claim_of_a_writer_that_waited_longer_still_stands() -> None:
    """Both noted the time before they waited; the one that came second is dated first."""
    assert lease("a.lead", "Anna Lead", NOW + timedelta(seconds=9)).stands(NOW)


def test_a_claim_made_before_the_clock_was_set_back_stands_no_more() -> None:
    claim = lease("a.lead", "Anna Lead", NOW)
    assert not claim.stands(NOW - timedelta(minutes=2))
    assert not claim.stands(NOW - timedelta(days=365))


def test_the_seconds_left_are_whole_and_never_negative() -> None:
    claim = lease("a.lead", "Anna Lead", NOW)
    assert claim.seconds_left(NOW) == 1200
    assert claim.seconds_left(NOW + timedelta(seconds=1199, milliseconds=900)) == 0
    assert claim.seconds_left(NOW + timedelta(hours=5)) == 0
    assert claim.seconds_left(NOW - timedelta(seconds=30)) == 1200


@given(CLAIMS, MOMENTS, MOMENTS)
def test_no_claim_stands_at_two_moments_further_apart_than_the_lease(
    claim: Claim, one: datetime, other: datetime
) -> None:
    """Whatever was written and however the clock is moved."""
    if claim.stands(one) and claim.stands(other):
        assert abs(one - other) < LEASE + SLACK


@given(CLAIMS, MOMENTS)
def test_nobody_is_kept_off_by_their_own_claim_or_by_one_that_ran_out(
    claim: Claim, now: datetime
) -> None:
    assert against(claim, claim.handle, now) is None
    assert against(claim, "somebody else", now) == (claim if claim.stands(now) else None)
    assert against(None, claim.handle, now) is None
