"""Whether a way in is silent longer than is usual for it, judged by its own former weeks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from store.domain.bank_holidays import SATURDAY, bank_holidays
from store.domain.clock import LOCAL

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
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
"""Where something came in so many hours of the window, no such share is allowed."""
WEEKEND_SHARE = 0.05
"""A way in through which less than this comes at weekends keeps the bank holidays too. All five
are defaults of ours."""


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
    back makes no silence. Where work rests at weekends, nothing is missed on a bank holiday, and
    a week in which one explains that little came is not compared.
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

    rests = _rests(known)

    def came(back: timedelta, until: datetime) -> int:
        there = (hour for hour in known if begin - back <= hour < until - back)
        return sum(not (rests and _holiday(hour + back)) for hour in there)

    def excused(back: timedelta, until: datetime) -> bool:
        days = range((until - begin).days + 2)
        return rests and any(_holiday(min(begin + DAY * d, until) - back) for d in days)

    def missed(until: datetime, least: int) -> bool:
        told = [
            enough
            for back in fair
            if (enough := came(back, until) >= least) or not excused(back, until)
        ]
        return len(told) >= FEWEST and all(told)

    busy = sum(came(back, end) > 0 for back in fair)
    if len(fair) < FEWEST:
        return Rhythm(Pulse.UNKNOWN, last, len(fair), busy)
    silent = missed(early, 1) or missed(end, DENSE)
    return Rhythm(Pulse.SILENT if silent else Pulse.USUAL, last, len(fair), busy)


def _rests(known: Collection[datetime]) -> bool:
    """Whether next to nothing comes at weekends."""
    at_weekends = sum(hour.astimezone(LOCAL).weekday() >= SATURDAY for hour in known)
    return at_weekends < WEEKEND_SHARE * len(known)


def _holiday(moment: datetime) -> bool:
    day = moment.astimezone(LOCAL).date()
    return day in bank_holidays(day.year)


def _length(span: timedelta) -> str:
    hours = max(0, int(span / HOUR))
    if hours < 1:
        return "less than an hour"
    if hours < 48:
        return "1 hour" if hours == 1 else f"{hours} hours"
    return f"{hours // 24} days"
