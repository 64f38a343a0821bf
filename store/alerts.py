"""Urgent alerts: what stands open, the oldest first, and who was told."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import col

from store._alerts import Alert, alert_here, alert_of, note_told, recount, standing
from store._repeats import name_of
from store._tellings import Telling, tellings
from store.domain.alert import check_why
from store.domain.finding import CaseState
from store.domain.people import Permission
from store.domain.refusal import Conflict, NotAllowed
from store.guard import change, question
from store.tables import AlertRow, FindingRow, PatientRow, ReviewCase, ScanRow, TellingRow
from store.unit import Reader, Unit

LATEST_TOLD = 100
"""So many that were told are listed; the trail has them all."""


@dataclass(frozen=True, slots=True)
class Line:
    """One alert, and of whom.

    Attributes:
        noted: All that was noted on this screen of who was told, the oldest first.
    """

    alert: Alert
    patient: str
    nhs_number: str
    hospital_number: str
    born: date | None
    scanned: date | None
    exam: str
    site: str
    noted: tuple[Telling, ...] = ()


_OPEN = and_(col(AlertRow.told_at).is_(None), col(AlertRow.withdrawn_at).is_(None))
_TOLD = col(AlertRow.told_at).is_not(None)


def _visible(reader: Reader) -> ColumnElement[bool]:
    """As `store._alerts.hidden`, for a query that joins `ReviewCase`."""
    if not reader.person.may(Permission.REVIEW):
        return col(ReviewCase.id) == col(AlertRow.case_id)
    return or_(
        col(ReviewCase.state) != CaseState.SECOND_READ.value,
        col(AlertRow.raised_by) == reader.person.handle,
    )


@question(Permission.READ_CASES)
def open_count(reader: Reader) -> int:
    """How many alerts nobody was told of, of those the person may see."""
    found = reader.session.execute(
        select(func.count())
        .select_from(AlertRow)
        .join(ReviewCase, col(ReviewCase.id) == col(AlertRow.case_id))
        .where(_OPEN, _visible(reader))
    )
    return int(found.scalar_one())


@question(Permission.READ_CASES)
def alerts(reader: Reader) -> tuple[Line, ...]:
    """Every open alert, the oldest first; then the newest of those that were told."""
    return (*_lines(reader, _OPEN, None), *_lines(reader, _TOLD, LATEST_TOLD))


def _lines(reader: Reader, which: ColumnElement[bool], most: int | None) -> tuple[Line, ...]:
    order = col(AlertRow.told_at).desc() if most else col(AlertRow.raised_at)
    rows = reader.session.execute(
        select(AlertRow, col(FindingRow.level), col(ReviewCase.state), ScanRow, PatientRow)
        .join(FindingRow, col(FindingRow.id) == col(AlertRow.finding_id))
        .join(ReviewCase, col(ReviewCase.id) == col(AlertRow.case_id))
        .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
        .join(PatientRow, col(PatientRow.id) == col(ScanRow.patient_id))
        .where(which, _visible(reader))
        .order_by(order, col(AlertRow.id))
        .limit(most)
    ).all()
    noted = tellings(reader.session, [row[0].id for row in rows], reader.person)
    return tuple(
        _line(
            replace(alert_of(row, level, state, reader.person), case=name_of(reader, row)),
            scan,
            patient,
            noted.get(row.id, ()),
        )
        for row, level, state, scan, patient in rows
    )


def _line(alert: Alert, scan: ScanRow, patient: PatientRow, noted: tuple[Telling, ...]) -> Line:
    number = patient.nhs_number or ""
    return Line(
        alert=alert,
        patient=", ".join(filter(None, (patient.surname, patient.forename))),
        nhs_number=" ".join(filter(None, (number[:3], number[3:6], number[6:]))),
        hospital_number=patient.hospital_number or "",
        born=patient.born,
        scanned=scan.scanned,
        exam=scan.exam,
        site=scan.site,
        noted=noted,
    )


@change(Permission.READ_CASES)
def tell(unit: Unit, alert_id: str, told: str, told_at: datetime | None = None) -> None:
    """Note that somebody was told of an alert: who and how, and when unless just now.

    Raises:
        NotAllowed: it is not here, does not stand, or somebody was told already; or the words or
            the time will not do.
    """
    row = standing(unit, alert_id)
    was = _as_noted(row)
    note_told(unit, row, told, told_at)
    _keep(unit, row, was, "")


@change(Permission.READ_CASES)
def correct(
    unit: Unit, alert_id: str, seen: str, told: str, told_at: datetime | None, why: str
) -> None:
    """Put right who was told of an alert; what was noted before is kept beside it.

    *seen* is what was noted when the person looked. Where *told* is empty nobody was, and the
    alert is open again.

    Raises:
        Conflict: somebody put it right meanwhile.
        NotAllowed: it is not here or nothing was noted yet; nothing changes; no reason is given;
            or the words or the time will not do.
    """
    row, why = alert_here(unit, alert_id), check_why(why)
    if row.told != seen:
        msg = "Somebody changed this meanwhile. Reload the page and look at it again."
        raise Conflict(msg)
    if row.told_at is None:
        msg = "Nobody was noted as told. Note who was."
        raise NotAllowed(msg)
    was = _as_noted(row)
    if told.strip():
        note_told(unit, row, told, told_at)
    else:
        row.told, row.told_at, row.told_by = "", None, ""
    if (row.told, row.told_at) == (was["was"], was["was_at"]):
        msg = "This is what was noted before. Change who was told or when."
        raise NotAllowed(msg)
    unit.tell("alert.corrected", row.case_id, alert=row.id, open=row.told_at is None)
    _keep(unit, row, was, why)


def _as_noted(row: AlertRow) -> dict[str, Any]:
    return {"was": row.told, "was_at": row.told_at, "was_by": row.told_by}


def _keep(unit: Unit, row: AlertRow, was: dict[str, Any], why: str) -> None:
    """Add the note of *row* to what was noted before, and count the open alerts anew."""
    unit.session.add(
        TellingRow(
            alert_id=row.id,
            case_id=row.case_id,
            at=unit.now,
            handle=unit.person.handle,
            name=unit.person.name,
            told=row.told,
            told_at=row.told_at,
            why=why,
            **was,
        )
    )
    recount(unit, unit.session.get_one(ReviewCase, row.case_id))
