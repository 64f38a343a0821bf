"""What arrived: series and their pictures, and AI results. Nothing is entered twice."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import col

from store import _flags
from store._changed import tell_readers
from store._conflicts import hold_study, study_settled
from store._doubted import doubted, named_by
from store._folding import scan_named, scan_row
from store._grown import earlier_digests, overlays_of, parts_of
from store._joining import join_waiting
from store._patients import patient_row
from store._pictures import adopt, enter_series, shown_series
from store._receipts import Outcome as Outcome
from store._receipts import receipt
from store._versions import note_version
from store.domain.arrival import AiResult, Fate, SeriesHeader
from store.domain.arrival import Picture as Picture
from store.domain.people import Permission
from store.guard import change, question
from store.tables import (
    ReceiptRow,
    ResultRow,
    ScanRow,
    SeriesRow,
)
from store.unit import Reader, Unit


@dataclass(frozen=True, slots=True)
class Known:
    """What the record has of a series already.

    Attributes:
        job: Makes its picture, or made it.
        earlier: Digests it had before more of its slices came.
        parts: Digests of slices that wait for those between.
        overlays: What its picture was last made with, as the work told it, each with the digest
            of the series that it was made for (``upon``).
    """

    digest: str
    fate: Fate
    mask_digest: str
    job: str
    earlier: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    overlays: tuple[dict[str, Any], ...] = ()


@question(Permission.RECEIVE)
def known(reader: Reader, series_uid: str) -> Known | None:
    """What the record has of *series_uid*; None when it is new."""
    row = reader.session.execute(
        select(SeriesRow).where(col(SeriesRow.series_uid) == series_uid)
    ).scalar_one_or_none()
    if row is None:
        return None
    parts = tuple(held.file for held in parts_of(reader.session, row))
    earlier = earlier_digests(reader.session, row)
    return Known(
        row.digest,
        Fate(row.fate),
        row.mask_digest,
        row.job,
        earlier,
        parts,
        overlays_of(reader.session, row),
    )


@question(Permission.RECEIVE)
def unmarked_series(reader: Reader, study_uid: str, series_uid: str = "") -> tuple[str, ...]:
    """Digests of the series of a study, or of one of them, that no mask was laid on yet."""
    named = [col(SeriesRow.series_uid) == series_uid] if series_uid else []
    rows = reader.session.execute(
        select(col(SeriesRow.digest))
        .join(ScanRow, col(ScanRow.id) == col(SeriesRow.scan_id))
        .where(col(ScanRow.study_uid) == study_uid, col(SeriesRow.mask_digest) == "", *named)
    )
    return tuple(rows.scalars())


@dataclass(frozen=True, slots=True)
class Intake:
    """Arrivals counted by kind and fate."""

    kind: str
    fate: Fate
    reason: str
    count: int
    last: datetime


@question(Permission.READ_SYSTEM)
def receipts(reader: Reader) -> tuple[Intake, ...]:
    """Everything that arrived, counted by what became of it and why."""
    rows = reader.session.execute(
        select(
            col(ReceiptRow.kind),
            col(ReceiptRow.fate),
            col(ReceiptRow.reason),
            func.count(),
            func.max(col(ReceiptRow.at)),
        )
        .group_by(col(ReceiptRow.kind), col(ReceiptRow.fate), col(ReceiptRow.reason))
        .order_by(col(ReceiptRow.kind), col(ReceiptRow.fate), func.count().desc())
    )
    return tuple(
        Intake(kind, Fate(f), reason, n, at.replace(tzinfo=UTC)) for kind, f, reason, n, at in rows
    )


@change(Permission.RECEIVE)
def refuse(
    unit: Unit, kind: str, digest: str, fate: Fate, reason: str, *, source: str = ""
) -> Outcome:
    """Note that something of *kind* was refused, held or ignored, and why.

    Args:
        source: Configured name of the way in; empty for what a person gave by hand.
    """
    scan_id = None
    if kind == "series" and fate is Fate.DUPLICATE:
        # A copy counts for its scan.
        same = select(col(SeriesRow.scan_id)).where(col(SeriesRow.digest) == digest)
        scan_id = unit.session.execute(same).scalar_one_or_none()
    receipt(unit, kind, digest, Outcome(fate, reason), scan_id, source=source)
    return Outcome(fate, reason)


@change(Permission.RECEIVE)
def receive_series(
    unit: Unit,
    header: SeriesHeader,
    picture: Picture,
    unaided_share: float = 0.0,
    *,
    source: str = "",
) -> Outcome:
    """Enter a series and its scan, and whatever was waiting for it.

    The same series again is a duplicate; the same UID with other content is held, and so is
    one whose hospital number belongs to someone born on another day, or to nobody. A held
    one that is sent again with its identifiers corrected is accepted.

    Args:
        unaided_share: Of all scans that an AI answered, how many are read without its answer.
        source: As of `refuse`.
    """
    before = (
        unit.session.execute(
            select(SeriesRow).where(
                or_(
                    col(SeriesRow.series_uid) == header.series_uid,
                    col(SeriesRow.digest) == header.digest,
                )
            )
        )
        .scalars()
        .first()
    )
    # A held one is tried anew: the sender may have corrected what kept it from being matched.
    retried = before is not None and before.fate == Fate.HELD and before.digest == header.digest
    if before is not None and not retried:
        return _again(unit, before, header, picture, source)
    scan, doubt = _scan_of(unit, header, source)
    if scan is None:
        fate = Fate.DUPLICATE if retried else Fate.HELD
        if not retried:
            enter_series(unit, header, picture, None, fate, doubt, source)
        return receipt(unit, "series", header.digest, Outcome(fate, doubt), None, source=source)
    shown = shown_series(unit.session, scan.id)
    seen = shown.stack if shown else None
    if before is None:
        enter_series(unit, header, picture, scan.id, Fate.ACCEPTED, "", source)
    else:
        before.scan_id, before.fate, before.reason = scan.id, Fate.ACCEPTED.value, ""
        adopt(unit, before, picture)
    tell_readers(unit, scan.id, seen)
    join_waiting(unit, scan, unaided_share)
    outcome = Outcome(Fate.ACCEPTED, picture.refusal, _flags.case_of(unit.session, scan.id))
    return receipt(unit, "series", header.digest, outcome, scan.id, source=source)


@change(Permission.RECEIVE)
def receive_result(
    unit: Unit, result: AiResult, unaided_share: float = 0.0, *, source: str = ""
) -> Outcome:
    """Enter what an AI product said; held while no scan of ours fits it.

    Args:
        unaided_share: Of all scans that an AI answered, how many are read without its answer.
        source: As of `refuse`.
    """
    before = unit.session.get(ResultRow, result.digest)
    if before is not None:
        return receipt(
            unit, "result", result.digest, Outcome(Fate.DUPLICATE), before.scan_id, source=source
        )
    scan, doubt = scan_named(unit.session, result.study_uid, result.accession)
    about = {
        "patient": named_by(result.patient),
        "family": result.family,
        "references": list(result.references),
    }
    row = _flags.result_row(result, None, unit.now, source, about)
    unit.session.add(row)
    unit.session.flush()
    note_version(unit, result.product, result.version)
    doubt = doubted(unit, row, scan) or doubt
    if scan is None or doubt:
        return receipt(
            unit, "result", result.digest, Outcome(Fate.HELD, doubt), None, source=source
        )
    row.scan_id = scan.id
    _flags.enter(unit, scan, row, unaided_share)
    case = _flags.case_of(unit.session, scan.id)
    return receipt(
        unit, "result", result.digest, Outcome(Fate.ACCEPTED, "", case), scan.id, source=source
    )


def _again(
    unit: Unit, before: SeriesRow, header: SeriesHeader, picture: Picture, source: str
) -> Outcome:
    if before.digest != header.digest:
        reason = "A series with this UID is here with other pixels. The first one is kept."
        return receipt(
            unit, "series", header.digest, Outcome(Fate.HELD, reason), None, source=source
        )
    shown = shown_series(unit.session, before.scan_id) if before.scan_id else None
    seen = shown.stack if shown else None
    if adopt(unit, before, picture):
        if before.scan_id:
            tell_readers(unit, before.scan_id, seen)
        outcome = Outcome(Fate.ACCEPTED, "Known series; the mask is new.")
    else:
        refused = before.fate == Fate.REFUSED
        outcome = Outcome(Fate.REFUSED if refused else Fate.DUPLICATE, before.reason)
    return receipt(unit, "series", header.digest, outcome, before.scan_id, source=source)


def _scan_of(unit: Unit, header: SeriesHeader, source: str) -> tuple[ScanRow | None, str]:
    """The scan a series belongs to, or None and why that cannot be told.

    What a person can decide is laid before one, once for each study.
    """
    settled = study_settled(unit.session, header)
    if settled is not None:
        return settled, ""
    patient, doubt = patient_row(unit, header.patient, header.site)
    if patient is None or doubt:
        return None, hold_study(unit, header, doubt, source)
    scan, wrong = scan_row(unit, header, patient)
    return (None, wrong) if wrong else (scan, "")
