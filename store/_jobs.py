"""Jobs as changes of the record queue and finish them: in the change's own transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import CursorResult, Update, select, update
from sqlmodel import col

from store.domain.job import LeaseLost, State
from store.tables import JobRow
from store.unit import Unit


def enqueue(unit: Unit, kind: str, key: str, about: dict[str, Any], rank: int = 0) -> str:
    """The id of the one job of *key* that stands; a new one where none does.

    It exists when the unit is kept, and not when it is rolled back.
    """
    standing = select(JobRow).where(
        col(JobRow.key) == key, col(JobRow.state).in_((State.WAITING, State.RUNNING))
    )
    row = unit.session.execute(standing).scalar_one_or_none()
    if row is None:
        row = JobRow(
            id=f"j_{uuid4().hex}", kind=kind, key=key, about=about, rank=rank, queued_at=unit.now
        )
        unit.session.add(row)
    elif row.state == State.WAITING:
        row.rank = min(row.rank, rank)
    unit.session.flush()
    return row.id


def turned(unit: Unit, job_id: str, key: str, about: dict[str, Any]) -> bool:
    """Whether the job *job_id*, which nobody has begun, is from now on that of *key*."""
    waits = update(JobRow).where(col(JobRow.id) == job_id, col(JobRow.state) == State.WAITING)
    return hits(unit, waits.values(key=key, about=about, tries=0, not_before=None)) == 1


def finish(unit: Unit, job_id: str, owner: str) -> None:
    """Mark a job as done, by its owner alone.

    Raises:
        LeaseLost: another worker has it, or it is done; nothing of the unit may be kept.
    """
    done = {"state": State.DONE.value, "ended_at": unit.now, "lease_until": None, "reason": ""}
    settle(unit, owned(job_id, owner).values(**done))


def owned(job_id: str, owner: str) -> Update:
    """A change of the job *job_id* that hits nothing once *owner* has lost it."""
    return update(JobRow).where(
        col(JobRow.id) == job_id, col(JobRow.owner) == owner, col(JobRow.state) == State.RUNNING
    )


def settle(unit: Unit, change: Update) -> None:
    """Do *change*, made by `owned`; raises `LeaseLost` where it hits nothing."""
    if hits(unit, change) != 1:
        msg = "Another worker has this job, or it is done. What was made of it is put away."
        raise LeaseLost(msg)


def hits(unit: Unit, change: Update) -> int:
    """How many rows *change* changed."""
    result = unit.session.execute(change)
    return result.rowcount if isinstance(result, CursorResult) else 0


def hurry(unit: Unit, ids: Sequence[str], rank: int) -> None:
    """Bring the waiting ones of the jobs *ids* forward to *rank*."""
    waits = col(JobRow.id).in_(ids), col(JobRow.state) == State.WAITING, col(JobRow.rank) > rank
    unit.session.execute(update(JobRow).where(*waits).values(rank=rank))
