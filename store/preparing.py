"""What came of preparing a picture: it takes effect at once, exactly once, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from store import _flags
from store._changed import tell_readers
from store._grown import tell_case, untold
from store._held import SHOWN, hold
from store._jobs import finish
from store._pictures import adopt, shown_series
from store._receipts import Outcome, receipt
from store._waiting import preparing
from store.domain.arrival import Fate, Picture
from store.domain.job import State
from store.domain.people import Permission
from store.guard import change, question
from store.jobs import Job, fail
from store.tables import JobRow, ResultRow, ScanRow, SeriesRow
from store.unit import Reader, Unit

NOT_DRAWN = "mask.not_drawn"
"""A mask on the wrong side, the wrong vertebra or another grid can only be sent anew."""


@dataclass(frozen=True, slots=True)
class NotDrawn:
    """A mask, or points, that came with a series and do not fit it: kind, digest and why."""

    kind: str
    digest: str
    reason: str


@change(Permission.RECEIVE)
def pictured(
    unit: Unit, job: Job, picture: Picture, held: Sequence[NotDrawn] = (), unaided_share: float = 0
) -> Outcome:
    """Give the series of *job* its picture, and let what the AI said of its scan speak.

    Args:
        held: What is kept and not drawn.
        unaided_share: Of all scans that an AI answered, how many are read without its answer.

    Raises:
        LeaseLost: another worker has the job; nothing of this is kept.
    """
    row = unit.session.get_one(SeriesRow, job.about["series"])
    waited = _waits(unit, row)
    finish(unit, job.id, job.owner)
    if _outgrown(unit, row, job):
        return Outcome(Fate(row.fate), row.reason)
    _not_drawn(unit, row, held)
    shown = shown_series(unit.session, row.scan_id) if row.scan_id else None
    seen, first = shown.stack if shown else None, row.stack is None
    growths = untold(unit.session, row.id)
    adopted = adopt(unit, row, picture, grown=bool(growths))
    if adopted and row.scan_id:
        tell_readers(unit, row.scan_id, seen)
    if growths:
        tell_case(unit, row, growths)
    if adopted and row.fate == Fate.REFUSED:
        row.fate, row.reason = Fate.ACCEPTED.value, ""
    unit.tell("series.prepared", row.id, picture=(picture.stack or "")[:16], adopted=adopted)
    if waited:
        _speak(unit, row, unaided_share)
    case = _flags.case_of(unit.session, row.scan_id) if row.scan_id else None
    if adopted and not first and picture.mask_digest:
        found = Outcome(Fate.ACCEPTED, "Known series; the mask is new.", case)
        return receipt(unit, "mask", picture.mask_digest, found, row.scan_id, row.source)
    return Outcome(Fate(row.fate), row.reason, case)


@change(Permission.RECEIVE)
def unpicturable(
    unit: Unit, job: Job, reason: str, held: Sequence[NotDrawn] = (), unaided_share: float = 0
) -> Outcome:
    """Note that no honest picture can be made of the series of *job*, and why.

    What the AI said of its scan speaks all the same: the scan is not out of sight.

    Raises:
        LeaseLost: as of `pictured`.
    """
    row = unit.session.get_one(SeriesRow, job.about["series"])
    waited = _waits(unit, row)
    finish(unit, job.id, job.owner)
    if _outgrown(unit, row, job):
        return Outcome(Fate(row.fate), row.reason)
    _not_drawn(unit, row, held)
    if growths := untold(unit.session, row.id):
        tell_case(unit, row, growths, reason)
    if not row.stack:
        row.refusal = reason
        if row.fate == Fate.ACCEPTED:
            row.fate, row.reason = Fate.REFUSED.value, reason
    outcome = Outcome(Fate.REFUSED, reason)
    receipt(unit, "series", row.digest, outcome, row.scan_id, row.source)
    if waited:
        _speak(unit, row, unaided_share)
    case = _flags.case_of(unit.session, row.scan_id) if row.scan_id else None
    return Outcome(Fate.REFUSED, reason, case)


@change(Permission.RECEIVE)
def failed(unit: Unit, job: Job, reason: str, unaided_share: float = 0) -> State:
    """Note that *job* failed; after the last try its scan is shown without a picture.

    Raises:
        LeaseLost: as of `pictured`.
    """
    row = unit.session.get_one(SeriesRow, job.about["series"])
    waited = _waits(unit, row)
    state = fail(unit, job, reason)
    current = job.about["digest"] == row.digest
    if state is State.DEAD and current and (growths := untold(unit.session, row.id)):
        tell_case(unit, row, growths, reason)
    if state is State.DEAD and current and not row.stack:
        row.refusal = f"No picture was made of it: {reason} The administrator can have it retried."
        if waited:
            _speak(unit, row, unaided_share)
    return state


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a job by somebody's work."""

    state: State
    fate: Fate
    reason: str
    case: str | None


@question(Permission.RECEIVE)
def came_of(reader: Reader, job_id: str) -> Came | None:
    """What came of the job *job_id*; None where no series has it."""
    row = reader.session.get(JobRow, job_id)
    series = reader.session.get(SeriesRow, row.about.get("series", "")) if row else None
    if row is None or series is None:
        return None
    case = _flags.case_of(reader.session, series.scan_id) if series.scan_id else None
    return Came(State(row.state), Fate(series.fate), series.refusal or series.reason, case)


def _outgrown(unit: Unit, row: SeriesRow, job: Job) -> bool:
    """Whether *job* was about *row* as it was before more of it came; another is under way."""
    outgrown: bool = job.about["digest"] != row.digest
    if outgrown:
        unit.tell("series.outgrown", row.id, job=job.id)
    return outgrown


def _waits(unit: Unit, row: SeriesRow) -> bool:
    """Whether the AI's answer on the scan of *row* waits for a picture of it."""
    return row.scan_id is not None and preparing(unit.session, row.scan_id)


def _speak(unit: Unit, row: SeriesRow, share: float) -> None:
    """Let every result of the scan speak, as if it came now."""
    unit.session.flush()
    scan = unit.session.get_one(ScanRow, row.scan_id)
    if preparing(unit.session, scan.id):
        return  # another series of it is on its way
    results = (
        select(ResultRow)
        .where(col(ResultRow.scan_id) == scan.id)
        .order_by(col(ResultRow.received_at), col(ResultRow.digest))
    )
    for result in unit.session.execute(results).scalars().all():
        _flags.enter(unit, scan, result, share)


def _not_drawn(unit: Unit, row: SeriesRow, held: Sequence[NotDrawn]) -> None:
    for one in held:
        kept = Outcome(Fate.HELD, one.reason)
        receipt(unit, one.kind, one.digest, kept, row.scan_id, row.source)
        hold(
            unit,
            kind=one.kind,
            code=NOT_DRAWN,
            reason=one.reason,
            digest=one.digest,
            source=row.source,
            file=one.digest,
            scan_id=row.scan_id,
            about={SHOWN: {"The scan": "is shown without it"}},
        )
