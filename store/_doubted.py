"""AI results that name a scan and cannot be right as they are: a person says which is meant.

Such a result is entered as one that waits for its scan; what is held says why, and release joins
the two.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from store import _flags
from store._held import SHOWN, Choice, Release, hold
from store.domain.identity import Patient
from store.domain.refusal import NotAllowed
from store.tables import HeldRow, PatientRow, ResultRow, ScanRow
from store.unit import Reader, Unit

OTHER_PATIENT = "result.other_patient"
SEVERAL_SCANS = "result.several_scans"
MOST_CHOICES = 10


def named_by(patient: Patient | None) -> dict[str, str]:
    """What a result keeps of the *patient* it names."""
    if patient is None:
        return {}
    said = {
        "nhs": patient.nhs_number.digits if patient.nhs_number else "",
        "hospital": patient.hospital_number,
        "born": patient.born.isoformat() if patient.born else "",
        "name": ", ".join(filter(None, (patient.surname, patient.forename))),
    }
    return {key: value for key, value in said.items() if value}


def doubted(unit: Unit, row: ResultRow, scan: ScanRow | None) -> str:
    """Why *row* is held for a person now, though it names *scan*; empty where nothing is odd."""
    if scan is None:
        return _several(unit, row)
    said = row.about.get("patient", {})
    differs = contradiction(said, unit.session.get_one(PatientRow, scan.patient_id))
    if not differs:
        return ""
    why = f"The result names {differs} than its scan has. Ask the PACS team whose it is."
    _hold(unit, row, OTHER_PATIENT, why, [scan, *_scans_of(unit, said)])
    return why


def contradiction(said: Mapping[str, str], row: PatientRow) -> str:
    """In what *said* (of `named_by`) is not *row*; empty where both may be one person."""
    pairs = (
        ("nhs", row.nhs_number, "another NHS number"),
        ("born", row.born.isoformat() if row.born else "", "another date of birth"),
        ("hospital", row.hospital_number, "another hospital number"),
    )
    for key, own, words in pairs:
        # The first that both give decides: hospital numbers change with the hospital.
        if said.get(key) and own:
            return "" if said[key] == own else words
    return ""


def _several(unit: Unit, row: ResultRow) -> str:
    if row.study_uid or not row.accession:
        return ""
    same = col(ScanRow.accession) == row.accession
    scans = list(unit.session.execute(select(ScanRow).where(same).limit(MOST_CHOICES)).scalars())
    if len(scans) < 2:
        return ""
    why = f"{len(scans)} scans carry this accession number. Add the study UID, or choose one."
    _hold(unit, row, SEVERAL_SCANS, why, scans)
    return why


def _scans_of(unit: Unit, said: Mapping[str, str]) -> list[ScanRow]:
    same: list[ColumnElement[bool]] = []
    if said.get("nhs"):
        same.append(col(PatientRow.nhs_number) == said["nhs"])
    if said.get("hospital"):
        same.append(col(PatientRow.hospital_number) == said["hospital"])
    if not same:
        return []
    rows = unit.session.execute(
        select(ScanRow)
        .join(PatientRow, col(PatientRow.id) == col(ScanRow.patient_id))
        .where(or_(*same))
        .order_by(col(ScanRow.scanned).desc(), col(ScanRow.id))
        .limit(MOST_CHOICES)
    )
    return list(rows.scalars())


def _hold(unit: Unit, row: ResultRow, code: str, why: str, scans: Iterable[ScanRow]) -> None:
    # Not what it answered: who decides may be the one to read the scan without it.
    shown = {"AI product": f"{row.product} {row.version}".strip()}
    said = row.about.get("patient", {})
    if said:
        shown["It names"] = _words(said)
    hold(
        unit,
        kind="AI result",
        code=code,
        reason=why,
        digest=row.digest,
        source=row.source,
        about={SHOWN: shown, "scans": list(dict.fromkeys(one.id for one in scans))},
    )


def _words(said: Mapping[str, Any]) -> str:
    born = f"born {date.fromisoformat(said['born']):%d/%m/%Y}" if "born" in said else ""
    number = said.get("nhs") or said.get("hospital", "")
    return " · ".join(filter(None, (said.get("name", ""), number, born)))


def _choices(reader: Reader, row: HeldRow) -> tuple[Choice, ...]:
    """The scans it may belong to, each with the patient whose it is."""
    ids = row.about.get("scans", [])
    found = reader.session.execute(
        select(ScanRow, PatientRow)
        .join(PatientRow, col(PatientRow.id) == col(ScanRow.patient_id))
        .where(col(ScanRow.id).in_(ids))
    )
    words = {scan.id: scan_words(scan, patient) for scan, patient in found}
    return tuple(Choice(each, words[each]) for each in ids if each in words)


def scan_words(scan: ScanRow, patient: PatientRow) -> str:
    """A scan as one chooses it among others: whose, of when, of what, from where."""
    day = f"{scan.scanned:%d/%m/%Y}" if scan.scanned else "no date"
    born = f"born {patient.born:%d/%m/%Y}" if patient.born else ""
    named = ", ".join(filter(None, (patient.surname, patient.forename))) or "Name not given"
    number = patient.nhs_number or patient.hospital_number or ""
    return " · ".join(filter(None, (named, number, born, scan.exam or "CT", day, scan.site)))


def _join(unit: Unit, row: HeldRow, choice: str, share: float) -> str:
    """Enter the result for the chosen scan.

    Raises:
        NotAllowed: the result has found its scan in another way meanwhile.
    """
    result = unit.session.get_one(ResultRow, row.digest)
    if result.scan_id is not None:
        msg = "This result has found its scan meanwhile. Discard what is held."
        raise NotAllowed(msg)
    scan = unit.session.get_one(ScanRow, choice)
    row.scan_id = result.scan_id = scan.id
    _flags.enter(unit, scan, result, share)
    return "The result was joined to the scan that was chosen."


JOIN = Release("It joins the scan you choose, and its flags are read there.", _join, _choices)
