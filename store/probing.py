"""A test study on its way through the record: tried in full, and nothing of it stays."""

from sqlalchemy import select
from sqlmodel import col

from store import arrivals
from store._jobs import enqueue, finish
from store._receipts import Outcome, receipt
from store.domain.arrival import AiFinding, AiResult, Ending, Fate, Picture, SeriesHeader, Work
from store.domain.people import Permission
from store.domain.spine import Level
from store.guard import change, question
from store.jobs import Job
from store.tables import ReceiptRow
from store.unit import Reader, Unit

KIND = "probe"
"""Kind of the receipts and of the job: they count for no rate, and for no way in."""
_DRAWN = "0" * 64


@change(Permission.RECEIVE)
def arrived(unit: Unit, header: SeriesHeader, work: Work, *, source: str = "") -> Outcome:
    """Enter a test study, flag it, see that a case comes of it, take all that back.

    What stays is a receipt and the job that makes its picture.
    """
    drawn = Picture(_DRAWN, {}, {})
    flag = AiResult(
        product="Test study",
        version="",
        ending=Ending.POSITIVE,
        findings=(AiFinding(Level("L1"), 0.3),),
        format="test",
        digest=header.digest,
        study_uid=header.study_uid,
    )
    trial = unit.session.begin_nested()
    try:
        said = arrivals.receive_series(unit, header, drawn)
        case = arrivals.receive_result(unit, flag).case
    finally:
        trial.rollback()
    if case is None:
        why = f"No case came of the test study. {said.reason}".strip()
        return receipt(unit, KIND, header.digest, Outcome(Fate.REFUSED, why), None, source)
    about = {"digest": header.digest, "source": source, **work.about}
    enqueue(unit, KIND, work.key, about)
    return receipt(unit, KIND, header.digest, Outcome(Fate.HELD, "On its way."), None, source)


@change(Permission.RECEIVE)
def pictured(unit: Unit, job: Job, reason: str = "") -> Outcome:
    """Note that the test study of *job* came to its end; *reason* says why it has no picture.

    Raises:
        LeaseLost: another worker has the job; nothing of this is kept.
    """
    finish(unit, job.id, job.owner)
    outcome = Outcome(Fate.REFUSED if reason else Fate.ACCEPTED, reason)
    return receipt(unit, KIND, job.about["digest"], outcome, None, job.about["source"])


@question(Permission.READ_SYSTEM)
def came(reader: Reader, digest: str) -> Outcome | None:
    """The newest that is known of the test study *digest*; None while it has not arrived."""
    row = reader.session.execute(
        select(ReceiptRow)
        .where(col(ReceiptRow.kind) == KIND, col(ReceiptRow.digest) == digest)
        .order_by(col(ReceiptRow.id).desc())
        .limit(1)
    ).scalar_one_or_none()
    return Outcome(Fate(row.fate), row.reason) if row else None
