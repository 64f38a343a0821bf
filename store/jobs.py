"""The queue of background work: as a worker takes from it, and as an administrator sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Engine, delete, func, or_, select, update
from sqlmodel import col

from store._jobs import hits, owned, settle
from store.domain import wording
from store.domain.job import (
    KEPT,
    LEASE,
    LONGEST_WAIT,
    SLACK,
    LeaseLost,
    State,
    after_failure,
    pause,
)
from store.domain.people import Permission, Person
from store.domain.refusal import NotAllowed
from store.guard import change, question
from store.tables import JobRow
from store.unit import Reader, Unit

MOST_NAMED = 50
RATE_WINDOW = timedelta(hours=1)
_OLD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Job:
    """A job in the hands of one worker.

    Attributes:
        about: What is to be done; never a name or number of a patient.
        tries: How often it was taken, this time included.
        owner: Names this one taking of it; whoever finishes must show it.
    """

    id: str
    kind: str
    about: dict[str, Any]
    tries: int
    owner: str


class Jobs:
    """The queue as a worker sees it.

    Taking, renewing and giving back tell the trail nothing: they change nothing that a patient
    or a reader could meet. What comes of a job does.

    Attributes:
        lease: How long a job is held after a sign of life.
    """

    def __init__(self, engine: Engine, person: Person, lease: timedelta = LEASE) -> None:
        self._engine, self._person, self.lease = engine, person, lease
        with Reader(engine, person) as reader:
            reader.require(Permission.RECEIVE)

    def take(
        self, worker: str, now: datetime | None = None, among: Sequence[str] | None = None
    ) -> Job | None:
        """The most urgent job that nobody holds, now held by *worker*; None where none is due.

        Args:
            among: Ids of the only jobs that are wanted.
        """
        with Reader(self._engine, self._person, now) as reader:
            if reader.session.execute(select(self._next(reader.now, among))).scalar() is None:
                return None  # who finds nothing keeps nobody from writing
        owner = f"{worker}/{uuid4().hex[:12]}"
        with Unit(self._engine, self._person, now) as unit:
            taken = unit.session.execute(
                update(JobRow)
                .where(col(JobRow.id) == self._next(unit.now, among))
                .values(
                    state=State.RUNNING.value,
                    owner=owner,
                    tries=col(JobRow.tries) + 1,
                    started_at=unit.now,
                    lease_until=unit.now + self.lease,
                )
                .returning(col(JobRow.id), col(JobRow.kind), col(JobRow.about), col(JobRow.tries))
            ).one_or_none()
            return Job(taken[0], taken[1], taken[2], taken[3], owner) if taken else None

    def renew(self, job: Job, now: datetime | None = None) -> bool:
        """Give a sign of life; False when the job is another's by now."""
        with Unit(self._engine, self._person, now) as unit:
            until = unit.now + self.lease
            return hits(unit, owned(job.id, job.owner).values(lease_until=until)) == 1

    def leave(self, worker: str, now: datetime | None = None) -> None:
        """Let others have at once what *worker* has in hand, as if it had never been taken."""
        with Unit(self._engine, self._person, now) as unit:
            back = {"state": State.WAITING.value, "owner": "", "lease_until": None}
            its = col(JobRow.owner).startswith(f"{worker}/", autoescape=True)
            held = update(JobRow).where(col(JobRow.state) == State.RUNNING.value, its)
            hits(unit, held.values(tries=col(JobRow.tries) - 1, **back))

    def prune(self, now: datetime | None = None) -> int:
        """How many jobs went that were done longer ago than `KEPT`; the trail keeps their number.

        Dead ones stay: they wait for an administrator.
        """
        with Reader(self._engine, self._person, now) as reader:
            old = col(JobRow.state) == State.DONE.value, col(JobRow.ended_at) < reader.now - KEPT
            if reader.session.execute(select(col(JobRow.id)).where(*old).limit(1)).first() is None:
                return 0
        with Unit(self._engine, self._person, now) as unit:
            gone = unit.session.execute(delete(JobRow).where(*old).returning(col(JobRow.id))).all()
            unit.tell("jobs.pruned", "queue", jobs=len(gone))
            return len(gone)

    def left(self, among: Sequence[str]) -> int:
        """How many of the jobs *among* still stand."""
        with Reader(self._engine, self._person) as reader:
            standing = col(JobRow.state).in_((State.WAITING, State.RUNNING))
            query = select(func.count()).where(col(JobRow.id).in_(among), standing)
            return int(reader.session.execute(query).scalar_one())

    def _next(self, now: datetime, among: Sequence[str] | None) -> ColumnElement[str]:
        """The id of the next job: of those whose worker fell silent, then of the waiting ones.

        The rules `lapsed` and `due`, asked of the record; apart, so that each has its index.
        """
        until, later = col(JobRow.lease_until), col(JobRow.not_before)
        lapsed = or_(until <= now, until > now + self.lease + SLACK)
        due = or_(later.is_(None), later <= now, later > now + LONGEST_WAIT + SLACK)

        def first(state: State, free: ColumnElement[bool]) -> ColumnElement[str]:
            query = select(col(JobRow.id)).where(col(JobRow.state) == state.value, free)
            if among is not None:
                query = query.where(col(JobRow.id).in_(among))
            order = col(JobRow.rank), col(JobRow.queued_at), col(JobRow.id)
            return query.order_by(*order).limit(1).scalar_subquery()

        return func.coalesce(first(State.RUNNING, lapsed), first(State.WAITING, due))


@change(Permission.RECEIVE)
def fail(unit: Unit, job: Job, reason: str) -> State:
    """Note that *job* failed: it waits for its next try, or is dead.

    Raises:
        LeaseLost: another worker has it.
    """
    state = after_failure(job.tries)
    dead = state is State.DEAD
    settle(
        unit,
        owned(job.id, job.owner).values(
            state=state.value,
            reason=reason,
            lease_until=None,
            not_before=None if dead else unit.now + pause(job.tries),
            ended_at=unit.now if dead else None,
        ),
    )
    action = "job.dead" if dead else "job.failed"
    unit.tell(action, job.id, outcome="failed", kind=job.kind, tries=job.tries, reason=reason)
    return state


@change(Permission.TEND)
def retry(unit: Unit, job_id: str, words: str) -> State:
    """Where a dead job stands that is to be tried again from the start, because of *words*.

    Raises:
        NotAllowed: no words are given, it is not dead, or its like stands in the queue.
    """
    row = unit.session.get(JobRow, job_id)
    said = wording.said(words, "Say why it should succeed now; the words go to the trail.")
    if row is None or row.state != State.DEAD:
        msg = "This job is not dead. Reload the page to see where it stands."
        raise NotAllowed(msg)
    again = select(col(JobRow.id)).where(
        col(JobRow.key) == row.key, col(JobRow.state).in_((State.WAITING, State.RUNNING))
    )
    if unit.session.execute(again).first():
        msg = "The same work stands in the queue already. Wait for it."
        raise NotAllowed(msg)
    row.state, row.tries, row.owner = State.WAITING.value, 0, ""
    row.not_before = row.ended_at = None
    unit.tell("job.retried", row.id, kind=row.kind, words=said)
    return State(row.state)


@dataclass(frozen=True, slots=True)
class Dead:
    """A job that is tried no more."""

    id: str
    kind: str
    since: datetime
    tries: int
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The queue now.

    Attributes:
        done: In the last day.
        an_hour: Done in the last hour.
        oldest: Since when the job waits that waits longest.
        failures: Reasons of the last failure of jobs that wait for another try or are dead.
        dead: The newest, up to `MOST_NAMED`.
    """

    waiting: int
    running: int
    done: int
    dead_count: int
    an_hour: int
    oldest: datetime | None
    failures: tuple[tuple[str, int], ...]
    dead: tuple[Dead, ...]

    @property
    def left(self) -> timedelta | None:
        """How long the rest takes at the pace of the last hour; None where none was done."""
        rest = self.waiting + self.running
        return RATE_WINDOW * rest / self.an_hour if self.an_hour or not rest else None


@question(Permission.READ_SYSTEM)
def standing(reader: Reader) -> Standing:
    """How much waits, how fast it is done, and what fails."""
    session = reader.session
    counted = dict.fromkeys(State, 0)
    for state, number in session.execute(
        select(col(JobRow.state), func.count())
        .where(col(JobRow.state) != State.DONE.value)
        .group_by(col(JobRow.state))
    ):
        counted[State(state)] = number

    def done(since: datetime) -> int:
        ended = col(JobRow.state) == State.DONE.value, col(JobRow.ended_at) > since
        return int(session.execute(select(func.count()).where(*ended)).scalar_one())

    waits = col(JobRow.state) == State.WAITING.value
    oldest = session.execute(
        select(col(JobRow.queued_at)).where(waits).order_by(col(JobRow.queued_at)).limit(1)
    ).scalar_one_or_none()
    failed = session.execute(
        select(col(JobRow.reason), func.count())
        .where(col(JobRow.reason) != "", col(JobRow.state) != State.DONE.value)
        .group_by(col(JobRow.reason))
        .order_by(func.count().desc(), col(JobRow.reason))
        .limit(MOST_NAMED)
    )
    dead = session.execute(
        select(JobRow)
        .where(col(JobRow.state) == State.DEAD.value)
        .order_by(col(JobRow.ended_at).desc(), col(JobRow.id))
        .limit(MOST_NAMED)
    ).scalars()
    return Standing(
        waiting=counted[State.WAITING],
        running=counted[State.RUNNING],
        done=done(reader.now - _OLD),
        dead_count=counted[State.DEAD],
        an_hour=done(reader.now - RATE_WINDOW),
        oldest=oldest,
        failures=tuple((reason, number) for reason, number in failed),
        dead=tuple(
            Dead(row.id, row.kind, row.ended_at or row.queued_at, row.tries, row.reason)
            for row in dead
        ),
    )


__all__ = ["Dead", "Job", "Jobs", "LeaseLost", "Standing", "fail", "retry", "standing"]
