"""Studies whose patient contradicts the record: held for a person, once for each study."""

from dataclasses import fields
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from store._facts import patient_from, plain
from store._held import RELEASED, SHOWN, hold
from store._patients import NOBODY, Doubt
from store.domain.arrival import SeriesHeader
from store.domain.identity import NhsNumber, Patient
from store.tables import HeldRow, PatientRow, ScanRow, StudyRow
from store.unit import Unit


def study_digest(study_uid: str) -> str:
    """Under what a study is held."""
    return sha256(f"study {study_uid}".encode()).hexdigest()


def hold_study(unit: Unit, header: SeriesHeader, doubt: Doubt | None, source: str) -> str:
    """Lay *doubt* before a person, where one can decide it; the words for the receipt."""
    if doubt is None:
        return ""
    if doubt.code != NOBODY:
        rows = [unit.session.get_one(PatientRow, each) for each in doubt.patients]
        known = {f"Known here ({n})": words_of_row(row) for n, row in enumerate(rows, 1)}
        hold(
            unit,
            kind="series",
            code=doubt.code,
            reason=doubt.words,
            digest=study_digest(header.study_uid),
            source=source,
            about={
                SHOWN: {"The images say": words_of(header.patient), **known},
                "patients": list(doubt.patients),
                "header": header_json(header),
            },
        )
    return doubt.words


def study_settled(session: Session, header: SeriesHeader) -> ScanRow | None:
    """The scan of a study of which a person said whose it is; None where nobody did."""
    study = session.get(StudyRow, header.study_uid)
    if study is None:
        return None
    decided = select(col(HeldRow.id)).where(
        col(HeldRow.digest) == study_digest(header.study_uid), col(HeldRow.state) == RELEASED
    )
    if session.execute(decided).first() is None:
        return None
    return session.get_one(ScanRow, study.scan_id)


def words_of(patient: Patient) -> str:
    """A patient as one compares them with another."""
    number = _number(patient.nhs_number)
    born = f"born {patient.born:%d/%m/%Y}" if patient.born else "no date of birth"
    named = ", ".join(filter(None, (patient.surname, patient.forename))) or "no name"
    return " · ".join((named, born, number, patient.hospital_number or "no hospital number"))


def _number(number: NhsNumber | None) -> str:
    """The number as people read it, with what speaks against its being one of ours."""
    if number is None:
        return "no NHS number"
    caution = "" if number.invented else number.caution
    return f"{number.spaced} ({caution})" if caution else number.spaced


def words_of_row(row: PatientRow) -> str:
    """As `words_of`, of a patient in the record."""
    born = f"born {row.born:%d/%m/%Y}" if row.born else "no date of birth"
    named = ", ".join(filter(None, (row.surname, row.forename))) or "no name"
    spaced = _number(NhsNumber(row.nhs_number) if row.nhs_number else None)
    return " · ".join((named, born, spaced, row.hospital_number or "no hospital number"))


def header_json(header: SeriesHeader) -> dict[str, Any]:
    """*header* as plain JSON."""
    return {each.name: plain(getattr(header, each.name)) for each in fields(header)}


def header_from(kept: dict[str, Any]) -> SeriesHeader:
    """The header that `header_json` wrote."""
    scanned = kept["scanned"]
    return SeriesHeader(
        **{
            **kept,
            "patient": patient_from(kept["patient"]),
            "scanned": date.fromisoformat(scanned) if scanned else None,
        }
    )
