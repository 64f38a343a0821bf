"""The pictures of a scan: every reconstruction that came, the best for the spine first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, select
from sqlmodel import Session, col

from store._jobs import enqueue, turned
from store._steps import standing_steps
from store._waiting import PREPARE, rank_of
from store.domain.arrival import Fate, Picture, SeriesHeader, Work
from store.domain.finding import Deed
from store.domain.reconstruction import Reconstruction, order
from store.tables import GrowthRow, JobRow, MeasurementRow, ScanRow, SeriesRow
from store.unit import Unit

_ELSEWHERE = "the AI measured on another"
_OUTGROWN = "it was shown before more of the series came"
_UNKNOWN = "what it is made of was not yet recorded when it came"


@dataclass(frozen=True, slots=True)
class Pictured:
    """One picture of a scan.

    Attributes:
        facts: As the series was reconstructed; None where that was not recorded.
        why: Why it is not the first; empty for the first.
    """

    stack: str
    slices: int
    kernel: str
    description: str
    facts: Reconstruction | None
    why: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The newest step was made on another picture than the one that is shown now.

    Attributes:
        stack: The other picture; empty where the step did not name one.
        later: Whether the shown one came after the step.
    """

    stack: str
    by: str
    at: datetime
    later: bool


def shown_series(session: Session, scan_id: str) -> SeriesRow | None:
    """The series a reader sees first: the best picture, else any that says why there is none."""
    return pictures_on(session, scan_id)[0]


def shown_of(session: Session, scan_ids: Sequence[str]) -> dict[str, SeriesRow]:
    """For each of several scans what `shown_series` gives, in one question."""
    rows = session.execute(select(SeriesRow).where(col(SeriesRow.scan_id).in_(scan_ids))).scalars()
    of: dict[str, list[SeriesRow]] = {}
    for row in sorted(rows, key=_as_before, reverse=True):
        of.setdefault(row.scan_id or "", []).append(row)
    return {scan_id: _shown(found)[0] for scan_id, found in of.items()}


def pictures_on(session: Session, scan_id: str) -> tuple[SeriesRow | None, tuple[Pictured, ...]]:
    """The series that `shown_series` gives, and every picture of the scan, the best first."""
    rows = _rows(session, scan_id)
    if not rows:
        return None, ()
    shown, ordered = _shown(rows)
    now = tuple(
        Pictured(
            stack=row.stack or "",
            slices=row.instances,
            kernel=row.kernel,
            description=row.description,
            facts=_facts(row),
            why=why if place else "",
        )
        for place, (row, why) in enumerate(ordered)
    )
    return shown, (*now, *_earlier(session, rows, {one.stack for one in now}))


def _earlier(session: Session, rows: Sequence[SeriesRow], now: set[str]) -> list[Pictured]:
    """Pictures of *rows* from before more of their slices came, the newest first."""
    by_id = {row.id: row for row in rows}
    grown = session.execute(
        select(GrowthRow)
        .where(col(GrowthRow.series_id).in_(by_id), col(GrowthRow.stack).not_in(now))
        .order_by(col(GrowthRow.id).desc())
    ).scalars()
    found = {
        one.stack or "": Pictured(
            stack=one.stack or "",
            slices=one.instances,
            kernel=by_id[one.series_id].kernel,
            description=by_id[one.series_id].description,
            facts=None,
            why=_OUTGROWN,
        )
        for one in grown
    }
    return list(found.values())


def elsewhere(
    session: Session, case_id: str, reading: int, shown: SeriesRow | None
) -> Elsewhere | None:
    """Where the newest standing step of *reading* on a vertebra was made, if not on *shown*."""
    steps = standing_steps(session, case_id, reading)
    last = next((s for s in steps if s.finding_id or s.deed == Deed.MEASURE), None)
    if last is None or shown is None or last.stack == shown.stack:
        return None
    later = shown.pictured_at is not None and shown.pictured_at > last.at
    # A step that named no picture is one of an earlier version: only the time can tell.
    if not last.stack and not later:
        return None
    return Elsewhere(last.stack, last.actor_name, last.at, later)


def enter_series(
    unit: Unit,
    header: SeriesHeader,
    picture: Picture,
    scan_id: str | None,
    fate: Fate,
    reason: str,
    source: str = "",
) -> None:
    """Enter a series with its picture and what was measured on it."""
    row = SeriesRow(
        id=f"r_{uuid4().hex}",
        series_uid=header.series_uid,
        study_uid=header.study_uid,
        scan_id=scan_id,
        digest=header.digest,
        fate=fate.value,
        reason=reason,
        description=header.series_description,
        manufacturer=header.manufacturer,
        model=header.model,
        kernel=header.kernel,
        instances=header.instances,
        source=source,
    )
    unit.session.add(row)
    if picture.work is None:
        _show(unit, row, picture)
    else:
        queue(unit, row, picture.work)


def adopt(unit: Unit, row: SeriesRow, picture: Picture, *, grown: bool = False) -> bool:
    """Whether *picture* brought what an entered series lacked: a mask, or any picture at all.

    One that is still to be prepared is queued. Of a series that has *grown* since its picture
    was made, any new one takes the place of that.
    """
    if picture.work is not None:
        queue(unit, row, picture.work)
        return False
    lacking = picture.stack and (grown or not row.stack)
    if not lacking and (not picture.mask_digest or row.mask_digest):
        return False
    _show(unit, row, picture)
    return True


def queue(unit: Unit, row: SeriesRow, work: Work) -> None:
    """Have the picture of *row* made; one of its earlier state that nobody began is not."""
    unit.session.flush()
    scan = unit.session.get(ScanRow, row.scan_id) if row.scan_id else None
    about = {"series": row.id, "digest": row.digest, **work.about}
    key, old = f"{row.id}/{work.key}", unit.session.get(JobRow, row.job)
    if old is None or old.about["digest"] == row.digest or not turned(unit, old.id, key, about):
        row.job = enqueue(unit, PREPARE, key, about, rank_of(unit.session, scan))


def _show(unit: Unit, row: SeriesRow, picture: Picture) -> None:
    row.stack, row.refusal, row.mask_digest = picture.stack, picture.refusal, picture.mask_digest
    row.pictured_at = unit.now
    facts = picture.facts
    if facts is not None:
        row.step_mm, row.thickness_mm, row.cover_mm = (
            facts.step_mm,
            facts.thickness_mm,
            facts.cover_mm,
        )
        row.image_type = "\\".join(facts.image_type)
        row.lossy, row.tilt_degrees = facts.lossy, facts.tilt_degrees
    unit.session.flush()
    unit.session.execute(delete(MeasurementRow).where(col(MeasurementRow.series_id) == row.id))
    for level, heights in picture.heights.items():
        a, m, p = heights.three
        unit.session.add(
            MeasurementRow(
                series_id=row.id,
                level=level.value,
                anterior_mm=a,
                middle_mm=m,
                posterior_mm=p,
            )
        )
    for level, why in picture.unmeasured.items():
        unit.session.add(MeasurementRow(series_id=row.id, level=level.value, unmeasured=why))


def _rows(session: Session, scan_id: str) -> list[SeriesRow]:
    found = session.execute(select(SeriesRow).where(col(SeriesRow.scan_id) == scan_id)).scalars()
    return sorted(found, key=_as_before, reverse=True)


def _shown(rows: list[SeriesRow]) -> tuple[SeriesRow, list[tuple[SeriesRow, str]]]:
    """Of the series of a scan the one that is shown first, and all with pictures by the rule."""
    ordered = _ordered([row for row in rows if row.stack])
    return (ordered[0][0] if ordered else rows[0]), ordered


def _as_before(row: SeriesRow) -> tuple[bool, bool, int, str]:
    """The order of series of which nothing more is recorded; it also parts equals."""
    return bool(row.mask_digest), row.stack is not None, row.instances, row.id


def _ordered(rows: list[SeriesRow]) -> list[tuple[SeriesRow, str]]:
    """*rows* by the rule, each with what the rule says of it."""
    known = [(row, facts) for row in rows if (facts := _facts(row))]
    places = order([facts for _, facts in known])
    best = [(known[place.number][0], place.why) for place in places]
    old = [(row, _UNKNOWN) for row in rows if _facts(row) is None]
    if old and best and old[0][0].mask_digest and not best[0][0].mask_digest:
        return [*old, *((row, _ELSEWHERE) for row, _ in best)]
    return [*best, *old]


def _facts(row: SeriesRow) -> Reconstruction | None:
    if row.step_mm is None:
        return None
    return Reconstruction(
        slices=row.instances,
        step_mm=row.step_mm,
        thickness_mm=row.thickness_mm,
        cover_mm=row.cover_mm or 0.0,
        kernel=row.kernel,
        description=row.description,
        image_type=tuple(filter(None, row.image_type.split("\\"))),
        lossy=row.lossy,
        tilt_degrees=row.tilt_degrees,
        measured=bool(row.mask_digest),
    )
