"""Scans that come for a patient after two were found to be one."""

from sqlalchemy import select
from sqlmodel import col

from store.domain.identity import Patient
from store.tables import MergeRow, PatientRow, ScanRow
from store.unit import Unit


def note_came_for(unit: Unit, scan: ScanRow, patient: Patient) -> None:
    """Note with a standing merge that *scan* came under the identifiers of the one that went."""
    standing = unit.session.execute(
        select(MergeRow).where(
            col(MergeRow.into) == scan.patient_id, col(MergeRow.undone_at).is_(None)
        )
    ).scalars()
    for row in standing.all():
        one = unit.session.get_one(PatientRow, row.one)
        same = one.site == scan.site and one.hospital_number == patient.hospital_number
        if same and patient.hospital_number:
            row.moved = {**row.moved, "scans": [*row.moved["scans"], scan.id]}
