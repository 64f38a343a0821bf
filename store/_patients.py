"""Whose images these are: matching a series to a patient and a study, or saying why not."""

from uuid import uuid4

from sqlalchemy import or_, select
from sqlmodel import col

from store._opted import opted_out
from store.domain.arrival import SeriesHeader
from store.domain.identity import Patient
from store.domain.naming import number, spellings
from store.tables import PatientRow, ScanRow, SearchKey, StudyRow
from store.unit import Unit


def patient_row(unit: Unit, patient: Patient, site: str) -> tuple[PatientRow | None, str]:
    """The patient's row, or None and why they cannot be told from others."""
    nhs = patient.nhs_number.digits if patient.nhs_number else None
    if not patient.hospital_number and nhs is None:
        return (
            None,
            "No patient identifier in the images. Correct PatientID at the sender and send again.",
        )
    same = [col(PatientRow.nhs_number) == nhs] if nhs else []
    if patient.hospital_number:
        here = col(PatientRow.site) == site
        same.append(here & (col(PatientRow.hospital_number) == patient.hospital_number))
    rows = unit.session.execute(select(PatientRow).where(or_(*same))).scalars().all()
    if len(rows) > 1:
        return (
            None,
            "NHS number and hospital number belong to two patients here. Ask the PACS team.",
        )
    if rows:
        row = rows[0]
        if patient.born and row.born and patient.born != row.born:
            return None, "The identifier is known with another date of birth. Ask the PACS team."
        if nhs and row.nhs_number and nhs != row.nhs_number:
            return None, "The hospital number is known with another NHS number. Ask the PACS team."
        return row, ""
    row = PatientRow(
        id=f"p_{uuid4().hex}",
        nhs_number=nhs,
        nhs_status=patient.nhs_status.value,
        site=site,
        hospital_number=patient.hospital_number or None,
        surname=patient.surname,
        forename=patient.forename,
        title=patient.title,
        born=patient.born,
        sex=patient.sex,
        postcode=patient.postcode,
        phone=patient.phone,
        gp_practice=patient.gp_practice,
        died=patient.died,
    )
    unit.session.add(row)
    unit.session.flush()
    _findable(unit, "name", row.id, *spellings(row.surname, row.forename))
    _findable(unit, "hospital", row.id, number(row.hospital_number or ""))
    return row, ""


def _findable(unit: Unit, kind: str, patient: str, *keys: str, scan: str = "") -> None:
    rows = (SearchKey(key=k, kind=kind, patient_id=patient, scan_id=scan) for k in keys if k)
    unit.session.add_all(rows)


def scan_row(unit: Unit, header: SeriesHeader, patient: PatientRow) -> tuple[ScanRow, str]:
    """The row of the study, and why it cannot be *patient*'s where it cannot."""
    row = unit.session.execute(
        select(ScanRow).where(col(ScanRow.study_uid) == header.study_uid)
    ).scalar_one_or_none()
    if row is not None:
        wrong = "This study is here under another patient. Ask the PACS team."
        return row, wrong if row.patient_id != patient.id else ""
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
    unit.session.add(
        StudyRow(
            study_uid=header.study_uid,
            scan_id=row.id,
            accession=header.accession,
            frame_uid=header.frame_uid,
            exam=header.exam,
            scanned=header.scanned,
            at=unit.now,
        )
    )
    _findable(unit, "accession", patient.id, number(row.accession), scan=row.id)
    return row, ""


def scan_named(unit: Unit, study_uid: str, accession: str) -> tuple[ScanRow | None, str]:
    """The one scan that *study_uid* or else *accession* names, or None and why there is none."""
    if study_uid:
        row = unit.session.execute(
            select(ScanRow).where(col(ScanRow.study_uid) == study_uid)
        ).scalar_one_or_none()
        return row, "" if row else "No scan with this study UID is here yet; it waits for one."
    if not accession:
        return None, "It names no scan. Give it together with its scan, or add the study UID."
    rows = (
        unit.session.execute(select(ScanRow).where(col(ScanRow.accession) == accession))
        .scalars()
        .all()
    )
    if len(rows) == 1:
        return rows[0], ""
    if rows:
        return None, f"{len(rows)} scans carry this accession number. Add the study UID."
    return None, "No scan with this accession number is here yet; it waits for one."
