"""A series of which more slices came: what it was is kept, and its case is told once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import Session, col

from store._changes import world
from store._conflicts import header_from, header_json, words_of, words_of_row
from store._doing import Event, write_down
from store._flags import referred
from store._held import OPEN, RELEASED, SHOWN, Release, hold
from store._pictures import queue
from store._readings import reading_row
from store._settle import settle
from store.domain.arrival import SeriesHeader, Work
from store.domain.finding import CaseState, Deed
from store.domain.reading import Outcome
from store.domain.refusal import NotAllowed
from store.tables import (
    GrowthRow,
    HeldRow,
    JobRow,
    MeasurementRow,
    PatientRow,
    ReviewCase,
    ScanRow,
    SeriesRow,
)
from store.unit import Unit

AFTER_REFERRAL = "series.grew_after_referral"
UNLIKE, UNFINISHED = "series.unlike", "series.unfinished"


def outgrow(
    unit: Unit, row: SeriesRow, header: SeriesHeader, work: Work | None, source: str
) -> None:
    """Let *row* be what *header* says from now on; what it was is kept, with its picture.

    The picture of before is shown until *work* is done.
    """
    unit.session.add(
        GrowthRow(
            series_id=row.id,
            digest=row.digest,
            instances=row.instances,
            stack=row.stack,
            mask_digest=row.mask_digest,
            measured=_measured(unit.session, row.id),
            at=unit.now,
            source=source,
        )
    )
    row.digest, row.instances, row.kernel = header.digest, header.instances, header.kernel
    unit.session.flush()
    if work is not None:
        queue(unit, row, work)


def _measured(session: Session, series_id: str) -> dict[str, Any]:
    rows = session.execute(
        select(MeasurementRow).where(col(MeasurementRow.series_id) == series_id)
    ).scalars()
    return {
        row.level: row.unmeasured or [row.anterior_mm, row.middle_mm, row.posterior_mm]
        for row in rows
    }


def earlier_digests(session: Session, row: SeriesRow) -> tuple[str, ...]:
    """What *row* was known by before more of its slices came."""
    grown = select(col(GrowthRow.digest)).where(col(GrowthRow.series_id) == row.id)
    return tuple(session.execute(grown.order_by(col(GrowthRow.id))).scalars())


def overlays_of(session: Session, row: SeriesRow) -> tuple[dict[str, Any], ...]:
    """What the newest picture of *row* was to be made with, and upon which digest of it."""
    job = session.get(JobRow, row.job) if row.job else None
    if job is None:
        return ()
    return tuple({"upon": job.about["digest"], **told} for told in job.about["overlays"])


def untold(session: Session, series_id: str) -> list[GrowthRow]:
    """Growths of a series that its case has not been told of, the oldest first."""
    rows = session.execute(
        select(GrowthRow)
        .where(col(GrowthRow.series_id) == series_id, col(GrowthRow.told_at).is_(None))
        .order_by(col(GrowthRow.id))
    )
    return list(rows.scalars())


def tell_case(unit: Unit, row: SeriesRow, growths: Sequence[GrowthRow], why: str = "") -> None:
    """Tell the case of the scan of *row* that the series grew; a closed one is open again.

    One that was handed to the FLS stays as it was handed over: a person is asked to look.

    Args:
        growths: Of which it was not told, at least one.
        why: Why there is no picture of the whole; empty where there is one.
    """
    for growth in growths:
        growth.told_at = unit.now
    case: ReviewCase | None = unit.session.execute(
        select(ReviewCase).where(col(ReviewCase.scan_id) == row.scan_id)
    ).scalar_one_or_none()
    if case is None:
        return
    was, sent = world(unit.session, case), referred(unit.session, case.id)
    reopened = case.state == CaseState.CLOSED and not sent
    if reopened:
        case.state = CaseState.WAITING.value
        reading = reading_row(unit.session, case)
        reading.closed_at, reading.outcome = None, Outcome.OPEN.value
    settle(unit, case)
    slices = [growths[0].instances, row.instances]
    said: dict[str, Any] = {"slices": slices, "reopened": reopened}
    after = {**said, "why": why} if why else said
    event = Event(str(uuid4()), Deed.GREW, case.reading, stack=row.stack or "", after=after)
    write_down(unit, case, was, event)
    if sent:
        _ask_to_look(unit, row, case, slices)


def grew_words(said: Mapping[str, Any]) -> str:
    """What an event of growth *said*, as the story of the case tells it."""
    before, now = said["slices"]
    words = f"More of the scan came: {now} slices instead of {before}"
    if said.get("why"):
        why = str(said["why"]).rstrip(".")
        words += f"; no picture could be made of them, and the one before stays ({why})"
    return f"{words}; the case is open again" if said.get("reopened") else words


def _ask_to_look(unit: Unit, row: SeriesRow, case: ReviewCase, slices: Sequence[int]) -> None:
    scan = unit.session.get_one(ScanRow, row.scan_id)
    patient = words_of_row(unit.session.get_one(PatientRow, scan.patient_id))
    day = f"{scan.scanned:%d/%m/%Y}" if scan.scanned else "no date"
    hold(
        unit,
        kind="series",
        code=AFTER_REFERRAL,
        reason=(
            f"A scan grew from {slices[0]} to {slices[1]} slices after its patient was referred. "
            "Look at the case; where more is to be seen, tell the fracture liaison service."
        ),
        digest=row.digest,
        source=row.source,
        scan_id=scan.id,
        about={SHOWN: {"Patient": patient, "Scan": f"{scan.exam or 'CT'}, {day}"}},
    )


def parts_of(session: Session, row: SeriesRow) -> list[HeldRow]:
    """What is held of *row* because the slices between have not come, the oldest first."""
    found = session.execute(
        select(HeldRow)
        .where(
            col(HeldRow.code) == UNFINISHED,
            col(HeldRow.state) == OPEN,
            col(HeldRow.scan_id).is_not_distinct_from(row.scan_id),
        )
        .order_by(col(HeldRow.at), col(HeldRow.id))
    ).scalars()
    return [one for one in found if one.about["series"] == row.id]


def settle_parts(unit: Unit, row: SeriesRow, parts: Sequence[str]) -> None:
    """Close what was held of *row* under the digests *parts*: it is in the series now."""
    for held in parts_of(unit.session, row):
        if held.file in parts:
            held.state, held.words = RELEASED, "The slices between came."
            held.acted_by, held.acted_name = unit.person.handle, unit.person.name
            held.acted_at = unit.now
            unit.tell("held.released", held.id, kind=held.kind, code=held.code)


def hold_apart(
    unit: Unit, row: SeriesRow, header: SeriesHeader, work: Work | None, reason: str, source: str
) -> None:
    """Lay before a person what came for *row* and cannot be joined to it; its files are kept.

    Args:
        work: Makes the picture of it alone, where it may take the place of *row*; else None.
    """
    shown = {
        "Patient": words_of(header.patient),
        "Series": header.series_description or "not named",
        "Here": f"{row.instances} slices",
        "Came": f"{header.instances} slices",
    }
    hold(
        unit,
        kind="series",
        code=UNLIKE if work else UNFINISHED,
        reason=reason,
        digest=header.digest,
        source=source,
        file=header.digest,
        scan_id=row.scan_id,
        about={
            SHOWN: shown,
            "series": row.id,
            "upon": row.digest,
            "header": header_json(header),
            "work": {"key": work.key, "about": work.about} if work else None,
        },
    )


def _replace(unit: Unit, held: HeldRow, _choice: str, _share: float) -> str:
    """Let what was held take the place of the series.

    Raises:
        NotAllowed: the series is another by now than the one it was compared with.
    """
    row = unit.session.get_one(SeriesRow, held.about["series"])
    if row.digest != held.about["upon"]:
        msg = "The series has changed meanwhile. Discard this, and have the scan sent again."
        raise NotAllowed(msg)
    header = header_from(held.about["header"])
    outgrow(unit, row, header, Work(**held.about["work"]), held.source)
    return "What came later takes the place of the first; its picture is being made."


def _looked(_unit: Unit, _held: HeldRow, _choice: str, _share: float) -> str:
    return "It is noted that somebody looked."


GROWN = {
    UNLIKE: Release(
        "What came later is shown in place of the first. The picture of the first stays to be "
        "seen, and a closed case is opened again.",
        _replace,
    ),
    AFTER_REFERRAL: Release("It notes that you looked at the case.", _looked),
}
