"""What became known of a patient after they came: events, from which their row follows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from store._findable import name_and_number
from store.domain.identity import Patient
from store.tables import PatientEventRow, PatientRow
from store.unit import Unit

SAME = "same person"
"""Somebody said that the one and the other are this patient; either is taken from then on."""


def note(
    unit: Unit,
    row: PatientRow,
    kind: str,
    after: Mapping[str, object],
    *,
    said: Mapping[str, object] | None = None,
) -> None:
    """Change *row* as *after* says, and keep what it was.

    Args:
        said: Of a decision, what the images say, though the row may stay as it is.
    """
    whole = {**(said or {}), **after}
    before = {name: _plain(getattr(row, name)) for name in whole}
    for name, value in after.items():
        setattr(row, name, value)
    unit.session.add(
        PatientEventRow(
            patient_id=row.id,
            kind=kind,
            before=before,
            after={name: _plain(value) for name, value in whole.items()},
            actor=unit.person.handle,
            actor_name=unit.person.name,
            at=unit.now,
        )
    )
    unit.session.flush()
    if {"surname", "forename"} & set(after):
        name_and_number(unit, row)
    # Which columns, and never what stands in them.
    unit.tell("patient.changed", row.id, kind=kind, columns=sorted(after))


def agreed(session: Session, row: PatientRow, patient: Patient) -> bool:
    """Whether a person said before that images which name *patient* are of *row*."""
    events = session.execute(
        select(PatientEventRow).where(
            col(PatientEventRow.patient_id) == row.id, col(PatientEventRow.kind) == SAME
        )
    ).scalars()
    now = identity_of(patient)
    return any(now in (_of(event.after), _of(event.before)) for event in events)


def identity_of(patient: Patient) -> dict[str, Any]:
    """By what two people are told apart."""
    return {
        "born": _plain(patient.born),
        "nhs_number": patient.nhs_number.digits if patient.nhs_number else None,
        "surname": patient.surname,
        "forename": patient.forename,
    }


def _of(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: kept.get(name) for name in ("born", "nhs_number", "surname", "forename")}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
