"""Scans whose picture is still to be made: nobody is sent to look at them before it is there."""

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import Session, col

from store._jobs import hurry
from store.domain.arrival import Ending
from store.domain.genant import Grade, grade
from store.domain.job import State, urgency
from store.tables import JobRow, ResultRow, ScanRow, SeriesRow
from store.unit import Unit

PREPARE = "prepare"
"""The kind of a job that makes the picture of one series."""


def preparing(session: Session, scan_id: str) -> bool:
    """Whether the scan has no picture yet, and one is on its way."""
    rows = session.execute(
        select(col(SeriesRow.stack), col(JobRow.state))
        .outerjoin(JobRow, col(JobRow.id) == col(SeriesRow.job))
        .where(col(SeriesRow.scan_id) == scan_id)
    ).all()
    if any(stack for stack, _ in rows):
        return False
    return any(state in (State.WAITING, State.RUNNING) for _, state in rows)


def unpictured(session: Session, scan_ids: Collection[str]) -> dict[str, State]:
    """How the making of a picture stands for those of *scan_ids* that have none.

    Left out are scans of which no picture is to come.
    """
    rows = session.connection().execute(
        select(col(SeriesRow.scan_id), col(SeriesRow.stack), col(JobRow.state))
        .outerjoin(JobRow, col(JobRow.id) == col(SeriesRow.job))
        .where(col(SeriesRow.scan_id).in_(scan_ids))
    )
    pictured: set[str | None] = set()
    states: dict[str | None, set[str]] = {}
    for scan_id, stack, state in rows:
        if stack:
            pictured.add(scan_id)
        states.setdefault(scan_id, set()).add(state)
    told = (State.RUNNING, State.WAITING, State.DEAD)
    return {
        scan_id: next(state for state in told if state in found)
        for scan_id, found in states.items()
        if scan_id and scan_id not in pictured and found & set(told)
    }


def rank_of(session: Session, scan: ScanRow | None) -> int:
    """Place of a scan's picture in the queue, by what the AI has said of it so far."""
    if scan is None:
        return urgency(0, None)
    rows = session.execute(select(ResultRow).where(col(ResultRow.scan_id) == scan.id)).scalars()
    worst = [_gravity(row) for row in rows]
    return urgency(max(worst) if worst else None, scan.scanned)


def bring_forward(unit: Unit, scan: ScanRow) -> None:
    """Let the pictures of *scan* be made as soon as the AI's answer asks for."""
    jobs = select(col(SeriesRow.job)).where(col(SeriesRow.scan_id) == scan.id)
    hurry(unit, unit.session.execute(jobs).scalars().all(), rank_of(unit.session, scan))


def _gravity(row: ResultRow) -> int:
    """The gravest flag of a result; one without a grade or a loss stands with the moderate."""
    if row.ending != Ending.POSITIVE:
        return 0
    return max((_graded(flag) for flag in row.findings), default=int(Grade.MODERATE))


def _graded(flag: dict[str, object]) -> int:
    told, loss = flag.get("grade"), flag.get("loss")
    if isinstance(told, int):
        return told
    known = isinstance(loss, float) and 0.0 <= loss <= 1.0
    return int(grade(loss)) if known and isinstance(loss, float) else int(Grade.MODERATE)
