"""A patient's scans, with what was measured and found on each: a few questions for all of them.

Only the readings in force of closed cases speak; of open ones nothing but the picture and what
the machine measured is given.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, select
from sqlmodel import Session, col

from store._pictures import shown_of
from store._remeasured import remeasured_on
from store.domain.finding import CaseState, State
from store.domain.genant import FractureType, Grade
from store.domain.morphometry import Heights
from store.domain.numbering import Variant, labels
from store.domain.spine import Level
from store.tables import (
    FindingRow,
    MeasurementRow,
    ReadingRow,
    RemeasurementRow,
    ReviewCase,
    ScanRow,
)


@dataclass(frozen=True, slots=True)
class Stands:
    """A finding as it stands."""

    level: Level
    state: State
    grade: Grade | None
    shape: FractureType | None
    code: str


@dataclass(slots=True)
class Gathered:
    """One scan while it is gathered; levels carry the names that are shown.

    Attributes:
        reading: The one in force of a closed case; None else.
        named: The machine's names of vertebrae, and those that are shown.
        uncertain: Levels the machine saw and could not measure.
        measured: Whether the machine looked for vertebrae at all.
    """

    row: ScanRow
    case: ReviewCase | None
    reading: ReadingRow | None
    stack: str | None = None
    named: dict[Level, Level] = field(default_factory=dict)
    heights: dict[Level, Heights] = field(default_factory=dict)
    uncertain: set[Level] = field(default_factory=set)
    measured: bool = False
    found: dict[Level, Stands] = field(default_factory=dict)


def scans_of(session: Session, scan: ScanRow, until: datetime | None) -> list[Gathered]:
    """*scan* and every other of its patient, the oldest first.

    As the record stood at the moment *until*, where one is given.
    """
    rows = session.execute(
        select(ScanRow, ReviewCase, ReadingRow)
        .outerjoin(ReviewCase, col(ReviewCase.scan_id) == col(ScanRow.id))
        .outerjoin(
            ReadingRow,
            and_(
                col(ReadingRow.case_id) == col(ReviewCase.id),
                col(ReadingRow.number) == col(ReviewCase.reading),
            ),
        )
        .where(col(ScanRow.patient_id) == scan.patient_id)
        .order_by(col(ScanRow.scanned), col(ScanRow.received_at), col(ScanRow.id))
    ).all()
    return [
        Gathered(row, case, reading if case and _closed(case, until) else None)
        for row, case, reading in rows
        if row.id == scan.id or until is None or row.received_at <= until
    ]


def _closed(case: ReviewCase, until: datetime | None) -> bool:
    at = case.closed_at
    return case.state == CaseState.CLOSED and at is not None and (until is None or at <= until)


def gather(session: Session, scans: Sequence[Gathered]) -> None:
    """Fill *scans* with their pictures, what was measured on them and what was found."""
    shown = shown_of(session, [one.row.id for one in scans])
    for one in scans:
        series = shown.get(one.row.id)
        one.stack = series.stack if series else None
    _measure(session, scans, {series.id: scan_id for scan_id, series in shown.items()})
    _find(session, scans)


def _measure(session: Session, scans: Sequence[Gathered], by_series: dict[str, str]) -> None:
    """Heights of each scan under the names that are shown: a person's before the machine's."""
    measured: dict[str, list[MeasurementRow]] = {}
    for row in session.execute(
        select(MeasurementRow).where(col(MeasurementRow.series_id).in_(by_series))
    ).scalars():
        measured.setdefault(by_series[row.series_id], []).append(row)
    by_people = _by_people(session, scans)
    for one in scans:
        rows = measured.get(one.row.id, [])
        one.measured = bool(rows)
        one.named = _names(one.reading, [Level(row.level) for row in rows])
        for row in rows:
            _keep(one, row)
        for level, heights in by_people.get(one.row.id, {}).items():
            one.heights[one.named.get(level, level)] = heights


def _keep(one: Gathered, row: MeasurementRow) -> None:
    level = one.named.get(Level(row.level), Level(row.level))
    a, m, p = row.anterior_mm, row.middle_mm, row.posterior_mm
    if a is not None and m is not None and p is not None:
        one.heights[level] = Heights(a, m, p)
    else:
        one.uncertain.add(level)


def _names(reading: ReadingRow | None, seen: Sequence[Level]) -> dict[Level, Level]:
    if reading is None:
        return {}
    variant = Variant(reading.variant) if reading.variant else None
    return labels(reading.label_shift, variant, seen)


def _by_people(session: Session, scans: Sequence[Gathered]) -> dict[str, dict[Level, Heights]]:
    closed = {one.case.id: one for one in scans if one.case and one.reading}
    measured = session.execute(
        select(col(RemeasurementRow.case_id))
        .where(col(RemeasurementRow.case_id).in_(closed))
        .distinct()
    ).scalars()
    found = {}
    for case_id in measured:
        one = closed[case_id]
        number = one.reading.number if one.reading else 1
        people = remeasured_on(session, case_id, number)
        found[one.row.id] = {level: each.heights for level, each in people.items()}
    return found


def _find(session: Session, scans: Sequence[Gathered]) -> None:
    closed = {one.case.id: one for one in scans if one.case and one.reading}
    rows = session.execute(
        select(FindingRow).where(
            col(FindingRow.case_id).in_(closed),
            col(FindingRow.state) != State.WITHDRAWN.value,
            col(FindingRow.level).is_not(None),
        )
    ).scalars()
    for row in rows:
        one = closed[row.case_id]
        if one.case and row.reading == one.case.reading and row.level:
            found = Stands(
                Level(row.level),
                State(row.state),
                Grade(row.grade) if row.grade else None,
                FractureType(row.shape) if row.shape else None,
                row.code,
            )
            # Of two at one level only one is not rejected, and that one counts.
            if found.level not in one.found or found.state is not State.REJECTED:
                one.found[found.level] = found
