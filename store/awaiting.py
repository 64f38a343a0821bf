"""What waits for its other half: scans without an AI result, results and reports without a scan."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from store.domain.people import Permission
from store.guard import question
from store.masks import WAITS
from store.tables import HeldRow, PreviewRow, ReportRow, ResultRow, ScanRow
from store.unit import Reader


@dataclass(frozen=True, slots=True)
class Awaiting:
    """How many wait, and since when the oldest does; None where none waits."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Halves:
    """What waits for its other half.

    Attributes:
        scans: Scans that no AI product has answered, neither by a result nor by a failure.
        results, reports: Those whose scan is not here; what is held for a person is none of them.
        masks: Segmentations whose scan is not here.
        pictures: An AI product's own pictures that no scan has.
    """

    scans: Awaiting
    results: Awaiting
    reports: Awaiting
    masks: Awaiting
    pictures: Awaiting


@question(Permission.READ_SYSTEM)
def awaiting(reader: Reader) -> Halves:
    """What waits for its other half; it tells of nobody."""
    held = select(col(HeldRow.digest)).where(col(HeldRow.digest) == ResultRow.digest).exists()
    doubted = select(col(HeldRow.digest)).where(col(HeldRow.digest) == PreviewRow.digest).exists()
    unanswered = (col(ScanRow.ending) == "", col(ScanRow.opted_out).is_(False))
    return Halves(
        _waiting(reader, col(ScanRow.received_at), *unanswered),
        _waiting(reader, col(ResultRow.received_at), col(ResultRow.scan_id).is_(None), ~held),
        _waiting(reader, col(ReportRow.received_at), col(ReportRow.scan_id).is_(None)),
        _waiting(reader, col(HeldRow.at), col(HeldRow.state) == WAITS),
        _waiting(reader, col(PreviewRow.received_at), col(PreviewRow.scan_id).is_(None), ~doubted),
    )


def _waiting(reader: Reader, since: object, *which: ColumnElement[bool]) -> Awaiting:
    query = select(func.count(), func.min(since)).where(*which)
    count, oldest = reader.session.execute(query).one()
    return Awaiting(int(count), oldest)
