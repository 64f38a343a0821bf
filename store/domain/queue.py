"""The worklist's words: what it is narrowed to, how it is ordered, how long a scan has waited."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from store.domain.finding import CaseState
from store.domain.genant import Grade
from store.domain.spine import Level

DUE_DAYS = 14
"""A flag is decided within so many days of the scan; our default, which a site may change."""

RISK_DAYS = 4
"""So many days before it is due, and on the day itself, a case is at risk."""

CLOSED = frozenset({"closed", "withdrawn"})
BLIND = frozenset({"second read", "adjudication"})
"""States in which nothing of an earlier reading may show."""


class Sort(StrEnum):
    """Orders of the worklist; there are no others. What is oldest is due first."""

    GRAVEST = "gravest"
    OLDEST = "oldest"
    NEWEST = "newest"


class Only(StrEnum):
    """Kinds of case to see alone."""

    DEFERRED = "deferred"
    ALERTS = "urgent alerts"
    CLAIMED = "being read"
    REPORT = "report check due"
    SESSION = "my last 12 hours"


class Assigned(StrEnum):
    """Whose the cases are."""

    ME = "me"
    NOBODY = "nobody"


class Band(StrEnum):
    """How long a scan has waited, measured against the day it is due."""

    IN_TIME = "in time"
    AT_RISK = "at risk"
    BREACHED = "breached"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the worklist is narrowed to and its order; an empty field narrows nothing.

    Attributes:
        open: Without a *state*: only cases somebody still has to read.
        since: First day of the scans wanted.
        before: Day after the last of the scans wanted.
    """

    state: CaseState | None = None
    open: bool = True
    site: str = ""
    grade: Grade | None = None
    level: Level | None = None
    product: str = ""
    since: date | None = None
    before: date | None = None
    assigned: Assigned | None = None
    only: Only | None = None
    sort: Sort = Sort.GRAVEST


@dataclass(frozen=True, slots=True)
class Key:
    """A place in the queue."""

    rank: int
    since: date
    id: str


def rank(worst: int) -> int:
    """Place in the queue: the gravest first; a flag without a grade stands with the moderate."""
    return int(Grade.SEVERE) - (worst or int(Grade.MODERATE))


RANKS = tuple(sorted({rank(grade) for grade in Grade}))
"""Every place there is."""


def due_on(since: date, due_days: int = DUE_DAYS) -> date:
    """The day by which a scan of the day *since* should be decided."""
    return since + timedelta(days=due_days)


def band(since: date, on: date, due_days: int = DUE_DAYS) -> Band:
    """How a case of the day *since* stands on the day *on*."""
    late = (on - due_on(since, due_days)).days
    if late > 0:
        return Band.BREACHED
    return Band.AT_RISK if late >= -RISK_DAYS else Band.IN_TIME


def window(wanted: Band, on: date, due_days: int = DUE_DAYS) -> tuple[date | None, date | None]:
    """The days of the scans that stand in *wanted* on the day *on*: from, and up to before."""
    breached = on - timedelta(days=due_days)
    risky = breached + timedelta(days=RISK_DAYS + 1)
    return {
        Band.BREACHED: (None, breached),
        Band.AT_RISK: (breached, risky),
        Band.IN_TIME: (risky, None),
    }[wanted]
