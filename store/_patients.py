"""Whose images these are: the patient a series names, or in what the record contradicts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import or_, select
from sqlmodel import Session, col

from store._findable import name_and_number
from store._opted import keep_out
from store._patient_events import agreed, note
from store.domain.identity import Patient
from store.domain.naming import spellings
from store.tables import PatientRow
from store.unit import Unit

NOBODY, TWO, BORN, NUMBER, NAME = (
    "identity.nobody",
    "identity.two",
    "identity.born",
    "identity.number",
    "identity.name",
)
_ASK = "Decide under Held, or ask the PACS team."
_WORDS = {
    NOBODY: "No patient identifier in the images. Correct PatientID at the sender and send again.",
    TWO: f"NHS number and hospital number belong to two patients here. {_ASK}",
    BORN: f"The identifier is known with another date of birth. {_ASK}",
    NUMBER: f"The hospital number is known with another NHS number. {_ASK}",
    NAME: f"The identifier is known with quite another name. {_ASK}",
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a patient cannot be told from others, and those it may be."""

    code: str
    patients: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The doubt as people read it; it names nobody."""
        return _WORDS[self.code]


def patient_row(unit: Unit, patient: Patient, site: str) -> tuple[PatientRow | None, Doubt | None]:
    """The patient's row, or None and why they cannot be told from others.

    What was not known of them yet is added; what contradicts the record never is.
    """
    nhs = patient.nhs_number.digits if patient.nhs_number else None
    if not patient.hospital_number and nhs is None:
        return None, Doubt(NOBODY)
    rows = _known(unit.session, patient, site)
    whole = dict.fromkeys(row.merged_into or row.id for row in rows)
    if len(whole) > 1:
        return None, Doubt(TWO, tuple(whole))
    if not rows:
        return new_patient(unit, patient, site), None
    for row in rows:
        code = _contradicted(unit.session, patient, row)
        if code:
            return None, Doubt(code, tuple(whole))
    _add(unit, rows[0], patient)
    return unit.session.get_one(PatientRow, next(iter(whole))), None


def _known(session: Session, patient: Patient, site: str) -> Sequence[PatientRow]:
    same = []
    if patient.nhs_number:
        same.append(col(PatientRow.nhs_number) == patient.nhs_number.digits)
    if patient.hospital_number:
        here = col(PatientRow.site) == site
        same.append(here & (col(PatientRow.hospital_number) == patient.hospital_number))
    found = session.execute(select(PatientRow).where(or_(*same)).order_by(col(PatientRow.id)))
    return found.scalars().all()


def _contradicted(session: Session, patient: Patient, row: PatientRow) -> str:
    """In what the images are not of *row*, unless a person said that they are one."""
    nhs = patient.nhs_number.digits if patient.nhs_number else None
    pairs = (
        (BORN, patient.born and row.born and patient.born != row.born),
        (NUMBER, nhs and row.nhs_number and nhs != row.nhs_number),
        (NAME, quite_another(patient, row)),
    )
    apart = [code for code, differs in pairs if differs]
    if not apart or agreed(session, row, patient):
        return ""
    return apart[0]


def quite_another(patient: Patient, row: PatientRow) -> bool:
    """Whether no word of the two names is the same; one who married keeps a forename."""
    said, held = spellings(patient.surname, patient.forename), spellings(row.surname, row.forename)
    return bool(said and held) and not said & held


def _add(unit: Unit, row: PatientRow, patient: Patient) -> None:
    """Add a number or a date of birth that was not known yet, as an event."""
    after: dict[str, object] = {}
    if patient.nhs_number and not row.nhs_number:
        after["nhs_number"] = patient.nhs_number.digits
        after["nhs_status"] = patient.nhs_status.value
    if patient.born and not row.born:
        after["born"] = patient.born
    if patient.sex and not row.sex:
        after |= {"sex": patient.sex, "sex_system": patient.sex_system}
    if after:
        note(unit, row, "added", after)
        # The number may be in the register of opt-outs.
        keep_out(unit, [row.merged_into or row.id])


def new_patient(unit: Unit, patient: Patient, site: str, *, numbered: bool = True) -> PatientRow:
    """A patient who was not here before.

    Args:
        numbered: Whether the hospital number is theirs; of two people with one it is the first's.
    """
    taken = select(PatientRow).where(
        col(PatientRow.nhs_number) == (patient.nhs_number.digits if patient.nhs_number else "")
    )
    free = patient.nhs_number and unit.session.execute(taken).first() is None
    row = PatientRow(
        id=f"p_{uuid4().hex}",
        nhs_number=patient.nhs_number.digits if patient.nhs_number and free else None,
        nhs_status=patient.nhs_status.value,
        site=site,
        hospital_number=(patient.hospital_number or None) if numbered else None,
        surname=patient.surname,
        forename=patient.forename,
        title=patient.title,
        born=patient.born,
        sex=patient.sex,
        sex_system=patient.sex_system if patient.sex else "",
        postcode=patient.postcode,
        phone=patient.phone,
        gp_practice=patient.gp_practice,
        died=patient.died,
    )
    unit.session.add(row)
    unit.session.flush()
    name_and_number(unit, row)
    return row
