"""Which scan a study is part of: the same, a copy under another UID, or one of its own.

A study goes to the scan that has its UID; else to the patient's scan with its accession number;
else to the patient's only scan of that day, where one of the two has no accession number or both
lie in one frame of reference, as the parts of one examination do. Two examinations of a day with
accession numbers of their own, each in its own frame, are two scans: each has its own report.
"""

from uuid import uuid4

from sqlalchemy import select
from sqlmodel import Session, col

from store._findable import findable
from store._merged import note_came_for
from store._opted import opted_out
from store.domain.arrival import SeriesHeader
from store.domain.naming import number
from store.tables import PatientRow, ScanRow, StudyRow
from store.unit import Unit

ACCESSION, FRAME, DAY = "accession number", "frame of reference", "day"


def scan_row(unit: Unit, header: SeriesHeader, patient: PatientRow) -> tuple[ScanRow, str]:
    """The scan of the study, and why it cannot be *patient*'s where it cannot."""
    known = unit.session.get(StudyRow, header.study_uid)
    if known is not None:
        scan = unit.session.get_one(ScanRow, known.scan_id)
        wrong = "This study is here under another patient. Ask the PACS team."
        return scan, wrong if scan.patient_id != patient.id else ""
    folded = _part_of(unit.session, header, patient)
    if folded is not None:
        scan, why = folded
        unit.tell("scan.folded", scan.id, by=why)
    else:
        scan, why = _new(unit, header, patient), ""
    unit.session.add(
        StudyRow(
            study_uid=header.study_uid,
            scan_id=scan.id,
            accession=header.accession,
            frame_uid=header.frame_uid,
            exam=header.exam,
            scanned=header.scanned,
            folded=why,
            at=unit.now,
        )
    )
    unit.session.flush()
    if not folded or header.accession != scan.accession:
        findable(unit, "accession", patient.id, number(header.accession), scan=scan.id)
    return scan, ""


def _new(unit: Unit, header: SeriesHeader, patient: PatientRow) -> ScanRow:
    row = ScanRow(
        id=f"n_{uuid4().hex}",
        study_uid=header.study_uid,
        patient_id=patient.id,
        site=header.site,
        accession=header.accession,
        scanned=header.scanned,
        exam=header.exam,
        requester=header.requester,
        specialty=header.specialty,
        indication=header.indication,
        received_at=unit.now,
        opted_out=opted_out(unit.session, patient.id),
    )
    unit.session.add(row)
    unit.session.flush()
    note_came_for(unit, row, header.patient)
    return row


def _part_of(
    session: Session, header: SeriesHeader, patient: PatientRow
) -> tuple[ScanRow, str] | None:
    """The scan that the study is another part or copy of, and by what it is known."""
    scans = (
        session.execute(
            select(ScanRow).where(col(ScanRow.patient_id) == patient.id).order_by(col(ScanRow.id))
        )
        .scalars()
        .all()
    )
    ids = [scan.id for scan in scans]
    studies = session.execute(select(StudyRow).where(col(StudyRow.scan_id).in_(ids))).scalars()
    of: dict[str, list[StudyRow]] = {}
    for study in studies:
        of.setdefault(study.scan_id, []).append(study)
    same_day = [one for one in scans if header.scanned and one.scanned == header.scanned]
    tests = (
        (ACCESSION, [one for one in scans if _has(of.get(one.id, []), "accession", header)]),
        (FRAME, [one for one in same_day if _has(of.get(one.id, []), "frame_uid", header)]),
        (DAY, [one for one in same_day if not (one.accession and header.accession)]),
    )
    return next(((found[0], why) for why, found in tests if len(found) == 1), None)


def _has(studies: list[StudyRow], name: str, header: SeriesHeader) -> bool:
    value = getattr(header, name)
    return bool(value) and any(getattr(study, name) == value for study in studies)


def scan_named(session: Session, study_uid: str, accession: str) -> tuple[ScanRow | None, str]:
    """The one scan that *study_uid* or else *accession* names, or None and why there is none."""
    if study_uid:
        study = session.get(StudyRow, study_uid)
        if study is not None:
            return session.get_one(ScanRow, study.scan_id), ""
        return None, "No scan with this study UID is here yet; it waits for one."
    if not accession:
        return None, "It names no scan. Give it together with its scan, or add the study UID."
    rows = scans_with(session, accession)
    if len(rows) == 1:
        return rows[0], ""
    if rows:
        return None, f"{len(rows)} scans carry this accession number. Add the study UID."
    return None, "No scan with this accession number is here yet; it waits for one."


def scans_with(session: Session, accession: str) -> list[ScanRow]:
    """Every scan with a study of this accession number."""
    named = select(col(StudyRow.scan_id)).where(col(StudyRow.accession) == accession)
    return list(session.execute(select(ScanRow).where(col(ScanRow.id).in_(named))).scalars())
