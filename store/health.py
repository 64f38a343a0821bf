"""Whether scans, results and reports still come, each way in by its own rhythm."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, func, or_, select
from sqlmodel import col

from store.awaiting import Awaiting
from store.domain.people import Permission
from store.domain.rhythm import WEEK, WEEKS, Rhythm, rhythm
from store.guard import question
from store.tables import HeldRow, ReceiptRow, ReviewCase, ScanRow
from store.unit import Reader

KINDS = ("series", "result", "report")
_LOOKS = WEEK * (WEEKS + 2)
_HOUR_LONG = 13
"""So many letters of a moment name its hour: 2026-11-23 09."""


@dataclass(frozen=True, slots=True)
class Way:
    """What comes through one way in.

    Attributes:
        source: Its configured name; empty for by hand.
        kind: "series", "result" or "report".
        hours: Whole hours of the last ten weeks in which something came, with how much.
        newest_scan: Of series: the date of the newest scan that came, which all clocks run from.
    """

    source: str
    kind: str
    hours: tuple[tuple[datetime, int], ...]
    rhythm: Rhythm
    newest_scan: date | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something was refused or held, and how often in the days asked for."""

    kind: str
    fate: str
    reason: str
    count: int


@question(Permission.READ_SYSTEM)
def ways(reader: Reader) -> tuple[Way, ...]:
    """Every way in through which something came in the last ten weeks, or ever."""
    found: dict[tuple[str, str], list[tuple[datetime, int]]] = {
        (source, kind): []
        for source, kind in reader.session.execute(
            select(col(ReceiptRow.source), col(ReceiptRow.kind))
            .where(col(ReceiptRow.kind).in_(KINDS))
            .distinct()
            .order_by(col(ReceiptRow.source), col(ReceiptRow.kind))
        )
    }
    hour = _hour(reader)
    for source, kind, said, count in reader.session.execute(
        select(col(ReceiptRow.source), col(ReceiptRow.kind), hour, func.count())
        .where(col(ReceiptRow.kind).in_(KINDS), col(ReceiptRow.at) > reader.now - _LOOKS)
        .group_by(col(ReceiptRow.source), col(ReceiptRow.kind), hour)
        .order_by(hour)
    ):
        at = datetime.strptime(said, "%Y-%m-%d %H").replace(tzinfo=UTC)
        found[source, kind].append((at, int(count)))
    newest = _newest(reader)
    return tuple(
        Way(
            source,
            kind,
            tuple(hours),
            _rhythm(reader, source, kind, hours),
            newest.get(source) if kind == "series" else None,
        )
        for (source, kind), hours in found.items()
    )


@question(Permission.READ_SYSTEM)
def faults(reader: Reader, days: int = 7) -> tuple[Fault, ...]:
    """Why things were refused or held in the last *days*, the most frequent first."""
    since = reader.now - timedelta(days=days)
    rows = reader.session.execute(
        select(col(ReceiptRow.kind), col(ReceiptRow.fate), col(ReceiptRow.reason), func.count())
        .where(
            col(ReceiptRow.at) > since,
            or_(*(col(ReceiptRow.fate) == f for f in ("refused", "held"))),
        )
        .group_by(col(ReceiptRow.kind), col(ReceiptRow.fate), col(ReceiptRow.reason))
        .order_by(func.count().desc(), col(ReceiptRow.kind), col(ReceiptRow.reason))
    )
    return tuple(Fault(*row) for row in rows)


@question(Permission.READ_SYSTEM)
def for_people(reader: Reader) -> tuple[Awaiting, Awaiting]:
    """The cases that wait for review, by when their scan came, and what is held for a person."""
    waits = col(ReviewCase.state).not_in(("closed", "withdrawn")), col(ScanRow.opted_out).is_(False)
    cases = (
        select(func.count(), func.min(col(ScanRow.received_at)))
        .select_from(ReviewCase)
        .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
        .where(*waits)
    )
    held = select(func.count(), func.min(col(HeldRow.at))).where(col(HeldRow.state) == "open")
    (one, since), (other, then) = (reader.session.execute(each).one() for each in (cases, held))
    return Awaiting(one, _aware(since)), Awaiting(other, _aware(then))


def _aware(at: datetime | None) -> datetime | None:
    """SQLite's aggregates forget the zone; it was UTC."""
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def _hour(reader: Reader) -> ColumnElement[str]:
    at = col(ReceiptRow.at)
    if reader.session.get_bind().dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", at), "YYYY-MM-DD HH24")
    return func.substr(cast(at, String), 1, _HOUR_LONG)


def _rhythm(reader: Reader, source: str, kind: str, hours: list[tuple[datetime, int]]) -> Rhythm:
    if hours:
        return rhythm([hour for hour, _ in hours], reader.now)
    last = reader.session.execute(
        select(func.max(col(ReceiptRow.at))).where(
            col(ReceiptRow.source) == source, col(ReceiptRow.kind) == kind
        )
    ).scalar_one()
    return rhythm(
        [(_aware(last) or reader.now).replace(minute=0, second=0, microsecond=0)], reader.now
    )


def _newest(reader: Reader) -> dict[str, date]:
    rows = reader.session.execute(
        select(col(ReceiptRow.source), func.max(col(ScanRow.scanned)))
        .join(ScanRow, col(ScanRow.id) == col(ReceiptRow.scan_id))
        .where(col(ReceiptRow.kind) == "series")
        .group_by(col(ReceiptRow.source))
    )
    return {source: newest for source, newest in rows if newest}
