"""How the vertebrae of one scan are named in one reading.

Measurements lie in the record under the machine's labels, findings under the shown ones; this is
the one place that turns the one into the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlmodel import Session, col

from store.domain.numbering import (
    Confidence,
    CountFrom,
    Numbering,
    Variant,
    labels,
    order,
)
from store.domain.spine import Level
from store.tables import FindingRow, MeasurementRow, ReadingRow, ReviewCase, SeriesRow

T = TypeVar("T")
_VARIANTS = (Level.T13.value, Level.L6.value)


@dataclass(frozen=True, slots=True)
class Named:
    """The names of a scan's vertebrae.

    Attributes:
        seen: Those of the variants T13 and L6 that the machine's own labels name.
        shown: The name that is shown for each of the machine's.
    """

    numbering: Numbering
    seen: frozenset[Level]
    shown: dict[Level, Level]

    @property
    def order(self) -> tuple[Level, ...]:
        """Every vertebra of this spine, from head to foot."""
        return order(self.numbering.variant, self.seen)

    def rename(self, kept: Mapping[Level, T]) -> dict[Level, T]:
        """*kept*, by the machine's names, under those that are shown."""
        return {self.shown[level]: one for level, one in kept.items() if level in self.shown}

    def name(self, level: str | None) -> str | None:
        """The name that is shown for the machine's *level*, as the record keeps both."""
        return self.shown.get(Level(level), Level(level)).value if level else None

    def machine(self, level: Level) -> Level | None:
        """The machine's name for the vertebra shown as *level*; None where it has none."""
        return next((name for name, shown in self.shown.items() if shown is level), None)


def numbering_of(reading: ReadingRow) -> Numbering:
    """What was said of the numbering in *reading*."""
    return Numbering(
        reading.label_shift,
        CountFrom(reading.count_from) if reading.count_from else None,
        Confidence(reading.confidence) if reading.confidence else None,
        Variant(reading.variant) if reading.variant else None,
    )


def named(session: Session, case: ReviewCase, reading: ReadingRow) -> Named:
    """The names of the vertebrae of *case* in *reading*."""
    numbering = numbering_of(reading)
    measured = session.execute(
        select(col(MeasurementRow.level))
        .join(SeriesRow, col(SeriesRow.id) == col(MeasurementRow.series_id))
        .where(col(SeriesRow.scan_id) == case.scan_id, col(MeasurementRow.level).in_(_VARIANTS))
    ).scalars()
    flagged = session.execute(
        select(col(FindingRow.ai_level)).where(
            col(FindingRow.case_id) == case.id, col(FindingRow.ai_level).in_(_VARIANTS)
        )
    ).scalars()
    seen = frozenset(Level(level) for level in (*measured, *flagged) if level)
    return Named(numbering, seen, labels(numbering.shift, numbering.variant, seen))
