"""Whether a way in is silent longer than is usual for it, judged by its own former weeks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
WEEKS = 8
"""How many former weeks are looked at."""
FEWEST = 3
"""In so many former weeks something must have come at these hours for silence to mean anything."""
LEAST_SLACK = timedelta(hours=2)
SLACK_SHARE = 0.15
"""What is late by less than this share of the silence is not called silent: nobody copies a
folder at the same minute each week."""
DENSE = 3
"""Where something came in so many hours of the window, no such share is allowed. All four are
defaults of ours."""


class Pulse(StrEnum):
    """What can be said of a way in."""

    NEVER = "never"
    USUAL = "as usual"
    UNKNOWN = "too little known"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a way in does now.

    Attributes:
        last: When something last came, to the hour; None where nothing ever did.
        weeks: Former weeks that could be compared.
        busy: Of these, those in which something came during the same hours.
    """

    pulse: Pulse
    last: datetime | None
    weeks: int = 0
    busy: int = 0

    def words(self, now: datetime) -> str:
        """The same for a person."""
        if self.last is None:
            return "Nothing has come yet."
        since = _length(now - self.last)
        if self.pulse is Pulse.SILENT:
            return (
                f"Silent for {since}; in each of the {self.weeks} weeks compared, something "
                "came during these hours."
            )
        if self.pulse is Pulse.UNKNOWN:
            return f"Last heard {since} ago; not yet known for long enough to be compared."
        return f"Last heard {since} ago; in {self.busy} of {self.weeks} weeks more came by now."


def rhythm(hours: Collection[datetime], now: datetime) -> Rhythm:
    """How a way in does *now* that something came through in *hours* (aware, whole hours).

    It is silent when in every former week that can be compared, and in at least `FEWEST`,
    something came during the hours that are silent now, less a slack. A clock that was set
    back makes no silence.
    """
    known = frozenset(hours)
    if not known:
        return Rhythm(Pulse.NEVER, None)
    last, first = max(known), min(known)
    begin, end = last + HOUR, now - LEAST_SLACK
    early = now - max(LEAST_SLACK, (now - last) * SLACK_SHARE)
    # A silence of over a week is compared with weeks before it began, never with itself.
    shifts = (WEEK * k for k in range(1, WEEKS + 1))
    fair = [each for each in shifts if now - each <= last and begin - each >= first]

    def came(until: datetime, least: int) -> int:
        return sum(
            sum(begin - each <= hour < until - each for hour in known) >= least for each in fair
        )

    busy = came(end, 1)
    if len(fair) < FEWEST:
        return Rhythm(Pulse.UNKNOWN, last, len(fair), busy)
    silent = len(fair) in (came(early, 1), came(end, DENSE))
    return Rhythm(Pulse.SILENT if silent else Pulse.USUAL, last, len(fair), busy)


def _length(span: timedelta) -> str:
    hours = max(0, int(span / HOUR))
    if hours < 1:
        return "less than an hour"
    if hours < 48:
        return "1 hour" if hours == 1 else f"{hours} hours"
    return f"{hours // 24} days"
