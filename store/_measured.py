"""The heights the product measured on a scan, and what they suggest."""

from sqlalchemy import select
from sqlmodel import Session, col

from store.domain.morphometry import Assessment, Heights, assess
from store.domain.spine import Level
from store.tables import MeasurementRow, SeriesRow


def shown_series(session: Session, scan_id: str) -> SeriesRow | None:
    """The series a reader sees: one with outlines, else one with a picture, else any."""
    rows = session.execute(select(SeriesRow).where(col(SeriesRow.scan_id) == scan_id)).scalars()
    return max(
        rows,
        key=lambda row: (bool(row.mask_digest), row.stack is not None, row.instances, row.id),
        default=None,
    )


def heights_on(session: Session, scan_id: str) -> dict[Level, Heights]:
    """Heights by level on the series that is shown."""
    series = shown_series(session, scan_id)
    if series is None:
        return {}
    rows = session.execute(
        select(MeasurementRow).where(
            col(MeasurementRow.series_id) == series.id, col(MeasurementRow.anterior_mm).is_not(None)
        )
    ).scalars()
    return {
        Level(row.level): Heights(
            row.anterior_mm or 0.0, row.middle_mm or 0.0, row.posterior_mm or 0.0
        )
        for row in rows
    }


def measured_on(session: Session, scan_id: str) -> dict[Level, Assessment]:
    """What the heights of the shown series suggest, by level."""
    return assess(heights_on(session, scan_id))
