"""Which scan a report is of, and which of several reports of a scan stands.

A final report stands before a preliminary one, whenever either came; of two finals the one that
was reported later stands, whichever arrived first. All of them are kept.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time

from sqlalchemy import or_, select
from sqlmodel import Session, col

from store._corrected import correct
from store._folding import scans_with
from store._learned import learn
from store.domain.arrival import AFTER_FINAL, PRELIMINARY
from store.domain.clock import LOCAL
from store.tables import PatientRow, ReportRow, ScanRow, StudyRow
from store.unit import Unit

TAKEN_OFF = "taken off by a person"
"""Joined to nothing by itself any more: somebody said that it was of another scan."""

BY_HAND = "a person"

_OTHER_PERSON = (
    "The number of the scan fits, but the report is of another patient. Look at it and attach it "
    "by hand, or have the sender correct it."
)
_WAITS = "No scan here fits it yet; it waits for one."


def said_at(row: ReportRow) -> datetime:
    """When the report was said, as far as it tells; else when it came.

    Of a day without a time the correction counts as later than anything said on that day, and
    the report itself as earlier.
    """
    if row.reported_at is not None:
        return row.reported_at
    if row.reported is None:
        return row.received_at
    late = row.status in AFTER_FINAL
    moment = datetime.combine(row.reported, time.max if late else time.min, tzinfo=LOCAL)
    return moment.astimezone(UTC)


def versions_of(session: Session, scan_id: str) -> list[ReportRow]:
    """Every report of a scan, the one that stands first."""
    rows = session.execute(select(ReportRow).where(col(ReportRow.scan_id) == scan_id)).scalars()
    return sorted(rows, key=place_of, reverse=True)


def place_of(row: ReportRow) -> tuple[bool, datetime, datetime, str]:
    """Sorts the reports of a scan: the one that stands comes last."""
    return row.status != PRELIMINARY, said_at(row), row.received_at, row.digest


def text_of(session: Session, scan_id: str) -> str | None:
    """The text of the report that stands; None where there is none."""
    rows = versions_of(session, scan_id)
    return rows[0].text if rows else None


def place(unit: Unit, row: ReportRow, scan_id: str | None, matched: str) -> None:
    """Put a report to a scan, or to none; a judgement of another text is open again."""
    unit.session.flush()
    touched = [each for each in (row.scan_id, scan_id) if each]
    before = {each: text_of(unit.session, each) for each in touched}
    row.scan_id, row.matched = scan_id, matched
    unit.session.flush()
    if scan_id:
        learn(unit, row, scan_id)
    for each in touched:
        correct(unit, each, before[each], text_of(unit.session, each))


def join_reports(unit: Unit, scan: ScanRow) -> None:
    """Give *scan* the reports that came before it."""
    unit.session.flush()
    patient = unit.session.get_one(PatientRow, scan.patient_id)
    studies = select(StudyRow).where(col(StudyRow.scan_id) == scan.id)
    found = unit.session.scalars(studies).all()
    keys = [
        col(ReportRow.study_uid).in_([row.study_uid for row in found]),
        col(ReportRow.accession).in_({row.accession for row in found} - {""}),
        *(
            column == value
            for column, value in (
                (col(ReportRow.nhs_number), patient.nhs_number),
                (col(ReportRow.hospital_number), patient.hospital_number),
            )
            if value
        ),
    ]
    waiting = select(ReportRow).where(
        col(ReportRow.scan_id).is_(None), col(ReportRow.matched) != TAKEN_OFF, or_(*keys)
    )
    for row in unit.session.execute(waiting).scalars().all():
        its, matched = meant(unit.session, row)
        if its is not None and its.id == scan.id:
            place(unit, row, scan.id, matched)


def meant(session: Session, row: ReportRow) -> tuple[ScanRow | None, str]:
    """The one scan a report is of and by what it is known, or None and why it cannot be told."""
    if row.study_uid:
        study = session.get(StudyRow, row.study_uid)
        scan = session.get(ScanRow, study.scan_id) if study else None
        if scan is None:
            return None, "No scan with this study UID is here yet; it waits for one."
        return _of_patient(session, row, scan, "study UID")
    if row.accession:
        found = _by_accession(session, row)
        if len(found) == 1:
            return _of_patient(session, row, found[0], "accession number")
        if found:
            return None, f"{len(found)} scans carry this accession number. Attach it by hand."
    return _by_patient_and_day(session, row)


def _by_accession(session: Session, row: ReportRow) -> Sequence[ScanRow]:
    """Scans with its accession number; of several, those of its site, then of its patient."""
    scans = scans_with(session, row.accession)
    here = [scan for scan in scans if scan.site == row.site]
    scans = here if len(scans) > 1 and here else scans
    if len(scans) < 2:
        return scans
    owners = {one.id for one in _patients(session, row)}
    return [scan for scan in scans if scan.patient_id in owners] or scans


def _of_patient(
    session: Session, row: ReportRow, scan: ScanRow, by: str
) -> tuple[ScanRow | None, str]:
    """*scan*, unless the report names somebody else by NHS number."""
    patient = session.get_one(PatientRow, scan.patient_id)
    known = {patient.nhs_number, *_merged_numbers(session, patient)} - {None}
    if row.nhs_number and known and row.nhs_number not in known:
        return None, _OTHER_PERSON
    return scan, by


def _merged_numbers(session: Session, patient: PatientRow) -> Sequence[str | None]:
    numbers = select(col(PatientRow.nhs_number)).where(col(PatientRow.merged_into) == patient.id)
    return session.execute(numbers).scalars().all()


def _by_patient_and_day(session: Session, row: ReportRow) -> tuple[ScanRow | None, str]:
    """The patient's one scan of the day, unless it has another accession number."""
    if row.scanned is None or not (row.nhs_number or row.hospital_number):
        return None, _WAITS
    owners = [one.id for one in _patients(session, row)]
    scans = session.execute(
        select(ScanRow).where(
            col(ScanRow.patient_id).in_(owners), col(ScanRow.scanned) == row.scanned
        )
    ).scalars()
    found = [one for one in scans if not (row.accession and one.accession)]
    if len(found) == 1:
        return found[0], "patient and day"
    if found:
        return None, f"{len(found)} scans of the patient on that day fit it. Attach it by hand."
    return None, _WAITS


def _patients(session: Session, row: ReportRow) -> Sequence[PatientRow]:
    """The patient the report names, merged ones as whom they are now; none where two are named."""
    same = []
    if row.nhs_number:
        same.append(col(PatientRow.nhs_number) == row.nhs_number)
    elif row.hospital_number:
        same.append(col(PatientRow.hospital_number) == row.hospital_number)
    if not same:
        return []
    rows = list(session.execute(select(PatientRow).where(or_(*same))).scalars())
    if len(rows) > 1 and row.site:
        rows = [one for one in rows if one.site == row.site] or rows
    whole = {one.merged_into or one.id: one for one in rows}
    return [session.get_one(PatientRow, each) for each in whole] if len(whole) == 1 else []
