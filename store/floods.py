"""Whether more comes than a hospital makes: copies of one series, and scans of one day."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import col

from store.domain.people import Permission
from store.guard import question
from store.tables import ReceiptRow, ScanRow
from store.unit import Reader

MOST_COPIES = 3
MOST_ITEMS = 3
"""More of either raises the alarm. Source: DOMAIN 5.4, our default."""


@dataclass(frozen=True, slots=True)
class Floods:
    """What came too often in the last days; nothing of it names a patient.

    Attributes:
        studies: Scans of which a series came more than `MOST_COPIES` times.
        copies: Of the worst of them, how often its series came.
        patients: Days of one patient with more than `MOST_ITEMS` scans.
        items: Of the worst of them, how many.
    """

    studies: int
    copies: int
    patients: int
    items: int

    @property
    def words(self) -> tuple[str, ...]:
        """The alarms as people read them; none where all is as it should be."""
        said = []
        if self.studies:
            said.append(
                f"{self.studies} scans came more than {MOST_COPIES} times, one of them "
                f"{self.copies} times. They are one item each; ask the sender to stop."
            )
        if self.patients:
            said.append(
                f"{self.patients} patients have more than {MOST_ITEMS} scans of one day, one "
                f"{self.items}. Look whether the sender gives each copy a new number."
            )
        return tuple(said)


@question(Permission.READ_SYSTEM)
def floods(reader: Reader, days: int = 7) -> Floods:
    """What came too often in the last *days*."""
    since = reader.now - timedelta(days=days)
    copies = (
        select(col(ReceiptRow.scan_id), func.count().label("n"))
        .where(
            col(ReceiptRow.kind) == "series",
            col(ReceiptRow.at) >= since,
            col(ReceiptRow.scan_id).is_not(None),
        )
        .group_by(col(ReceiptRow.scan_id), col(ReceiptRow.digest))
        .having(func.count() > MOST_COPIES)
        .subquery()
    )
    items = (
        select(func.count().label("n"))
        .where(col(ScanRow.received_at) >= since, col(ScanRow.scanned).is_not(None))
        .group_by(col(ScanRow.patient_id), col(ScanRow.scanned))
        .having(func.count() > MOST_ITEMS)
        .subquery()
    )
    told = reader.session.execute(
        select(func.count(copies.c.scan_id.distinct()), func.max(copies.c.n))
    ).one()
    many = reader.session.execute(
        select(func.count(), func.max(items.c.n)).select_from(items)
    ).one()
    return Floods(int(told[0]), int(told[1] or 0), int(many[0]), int(many[1] or 0))
