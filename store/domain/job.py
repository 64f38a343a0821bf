"""Work in the background: who holds a job for how long, when it is tried again, when no more.

A job is done at least once and takes effect exactly once: a worker that lost its lease may still
be at work, so whoever finishes must still be the owner.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

LEASE = timedelta(seconds=60)
"""How long a worker holds a job after its last sign of life; our default."""

SIGNS = 4
"""Signs of life a worker gives within one lease."""

SLACK = timedelta(minutes=1)
"""How far ahead of the clock a lease may lie and still stand; further, the clock was set back."""

MOST_TRIES = 5
"""A job that failed as often is dead: it is shown, and waits for an administrator."""

KEPT = timedelta(days=30)
"""How long a job that is done stays in the record; our default."""

_FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


MOVES: dict[State, frozenset[State]] = {
    State.WAITING: frozenset({State.RUNNING}),
    State.RUNNING: frozenset({State.WAITING, State.RUNNING, State.DONE, State.DEAD}),
    State.DONE: frozenset(),
    State.DEAD: frozenset({State.WAITING}),
}
"""A running job that is taken again has changed hands: its worker gave no sign of life."""

STANDING = frozenset({State.WAITING, State.RUNNING})
"""Of one key, one job at most is in any of these."""


class LeaseLost(RuntimeError):
    """Another worker has the job; what this one made of it must not take effect."""


def lapsed(until: datetime, now: datetime, lease: timedelta = LEASE) -> bool:
    """Whether a lease that runs to *until* has run out at the moment *now*.

    Also when it lies so far ahead that it can only have been given by a clock since set back.
    """
    return not now < until <= now + lease + SLACK


def due(not_before: datetime | None, now: datetime) -> bool:
    """Whether a waiting job may be taken at the moment *now*, however the clock was moved."""
    return not_before is None or not now < not_before <= now + LONGEST_WAIT + SLACK


def pause(tries: int) -> timedelta:
    """How long a job that failed for the *tries*-th time waits: four times longer each time."""
    longer: int = 4 ** min(max(0, tries - 1), 20)
    return min(LONGEST_WAIT, _FIRST_WAIT * longer)


def after_failure(tries: int) -> State:
    """Where a job goes that failed for the *tries*-th time."""
    return State.DEAD if tries >= MOST_TRIES else State.WAITING


_UNANSWERED, _NOT_FLAGGED = 4, 5
_DAYS = date.max.toordinal() + 1


def urgency(worst: int | None, scanned: date | None) -> int:
    """Place of a scan in the queue, the lowest first: the gravest flags, then the newest.

    Args:
        worst: Grade of the gravest flag, 1 to 3; 0 for none, None while no AI has answered.
        scanned: Day of the scan; an unknown one stands with the oldest.
    """
    gravity = _UNANSWERED if worst is None else 4 - worst if worst else _NOT_FLAGGED
    # Days of the calendar, not of age: what was queued yesterday compares with what is today.
    return gravity * _DAYS + _DAYS - (scanned.toordinal() if scanned else 0)
