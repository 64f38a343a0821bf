"""A claim says who works on a case now. It is a lease by the server's clock, never a lock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LEASE = timedelta(minutes=20)
"""How long a claim stands after its last renewal; our default."""

SLACK = timedelta(minutes=1)
"""How far ahead of the clock a claim may lie and still stand.

A writer notes the time before it waits its turn, so the claim that won may be dated later than
the moment of the one that came next. Further ahead, the clock was set back: it stands no more.
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """One person's lease of one case.

    Attributes:
        since: When it was taken or last renewed, UTC.
        until: When it runs out, UTC.
    """

    handle: str
    name: str
    since: datetime
    until: datetime

    def stands(self, now: datetime) -> bool:
        """Whether it holds others off at the moment *now*.

        Never for longer than `LEASE` and `SLACK` together, however the clock is moved.
        """
        return self.since - SLACK <= now < min(self.until, self.since + LEASE)

    def seconds_left(self, now: datetime) -> int:
        """Whole seconds until it runs out, 0 to those of `LEASE`."""
        left = min(self.until - now, LEASE)
        return max(0, int(left.total_seconds()))


def lease(handle: str, name: str, now: datetime) -> Claim:
    """A claim taken, or renewed, at the moment *now*."""
    return Claim(handle, name, now, now + LEASE)


def against(claim: Claim | None, handle: str, now: datetime) -> Claim | None:
    """*claim* where it keeps the person *handle* from deciding at the moment *now*."""
    if claim is None or claim.handle == handle or not claim.stands(now):
        return None
    return claim
