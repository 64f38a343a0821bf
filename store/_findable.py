"""The words and numbers by which a patient or a scan is looked for."""

from store.domain.naming import number, spellings
from store.tables import PatientRow, SearchKey
from store.unit import Unit


def findable(unit: Unit, kind: str, patient: str, *keys: str, scan: str = "") -> None:
    """Let *patient*, or one scan of theirs, be found by *keys*, once each."""
    for key in {*keys} - {""}:
        if unit.session.get(SearchKey, (key, kind, patient, scan)) is None:
            unit.session.add(SearchKey(key=key, kind=kind, patient_id=patient, scan_id=scan))


def name_and_number(unit: Unit, row: PatientRow) -> None:
    """Let a patient be found by name and hospital number."""
    findable(unit, "name", row.id, *spellings(row.surname, row.forename))
    findable(unit, "hospital", row.id, number(row.hospital_number or ""))
