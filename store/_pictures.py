"""The pictures of a scan: every reconstruction that came, the one a reader sees first."""

from sqlalchemy import select
from sqlmodel import Session, col

from store.tables import SeriesRow


def shown_series(session: Session, scan_id: str) -> SeriesRow | None:
    """The series a reader sees: one with outlines, else one with a picture, else any."""
    rows = session.execute(select(SeriesRow).where(col(SeriesRow.scan_id) == scan_id)).scalars()
    return max(
        rows,
        key=lambda row: (bool(row.mask_digest), row.stack is not None, row.instances, row.id),
        default=None,
    )
