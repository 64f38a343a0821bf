"""Through which ways in scans come, how many, and how long after they were made."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import case, func, select
from sqlmodel import col

from store.domain.people import Permission
from store.guard import question
from store.tables import ReceiptRow, ScanRow
from store.unit import Reader


@dataclass(frozen=True, slots=True)
class WayIn:
    """What came through one way in.

    Attributes:
        source: Its configured name; empty for by hand.
        accepted, copies: Series.
        newest_scan: Date of the newest scan that came, which all clocks run from.
    """

    source: str
    accepted: int
    copies: int
    newest_scan: date
    newest_arrival: datetime

    def gap_days(self, today: date) -> int:
        """Days for which this way in has brought no scan: from its newest scan to *today*."""
        return (today - self.newest_scan).days

    @property
    def delay_days(self) -> int:
        """Days from the newest scan to the newest arrival: how late a copied scan comes."""
        return (self.newest_arrival.date() - self.newest_scan).days


@question(Permission.READ_SYSTEM)
def ways_in(reader: Reader) -> tuple[WayIn, ...]:
    """Every way in through which a scan ever came, by name."""
    accepted = func.sum(case((col(ReceiptRow.fate) == "accepted", 1), else_=0))
    rows = reader.session.execute(
        select(
            col(ReceiptRow.source),
            accepted,
            func.count() - accepted,
            func.max(col(ScanRow.scanned)),
            func.max(col(ReceiptRow.at)),
        )
        .join(ScanRow, col(ScanRow.id) == col(ReceiptRow.scan_id))
        .where(col(ReceiptRow.kind) == "series")
        .group_by(col(ReceiptRow.source))
        .order_by(col(ReceiptRow.source))
    )
    return tuple(
        WayIn(source, int(new), int(copies), scanned, at.replace(tzinfo=UTC))
        for source, new, copies, scanned, at in rows
    )
