"""The earlier scan that a fracture was compared with."""

from datetime import date

from sqlmodel import Session

from store.domain.describe import day_of
from store.tables import ReviewCase, ScanRow


def prior_day(session: Session, against: str) -> date | None:
    """The day of the scan that *against* names, by its day (ISO) or its case; None if unknown."""
    day = day_of(against) if against else None
    case = session.get(ReviewCase, against) if against and day is None else None
    scan = session.get(ScanRow, case.scan_id) if case else None
    return scan.scanned if scan else day
