"""Texts that were issued from a case, and whether one of them refers the patient.

A report that carries the site's short code refers its patient by itself: whoever exports to the
FLS asks `short_code_sent` first, so that nobody is referred twice.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from store.domain.clock import LOCAL
from store.tables import IssuedRow, ReviewCase, ScanRow

_ERROR = aliased(IssuedRow)


def issued_to(session: Session, patient_id: str) -> list[IssuedRow]:
    """Every text that was issued from a scan of a patient and stands, the oldest first.

    One that was issued in error does not stand.
    """
    wrong = select(col(_ERROR.undoes)).where(col(_ERROR.undoes) == col(IssuedRow.act))
    rows = session.execute(
        select(IssuedRow)
        .join(ReviewCase, col(ReviewCase.id) == col(IssuedRow.case_id))
        .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
        .where(
            col(ScanRow.patient_id) == patient_id,
            col(IssuedRow.undoes).is_(None),
            ~wrong.exists(),
        )
        .order_by(col(IssuedRow.at), col(IssuedRow.act))
    ).scalars()
    return list(rows)


def short_code_sent(session: Session, patient_id: str) -> date | None:
    """The day on which a text with the short code first referred the patient; None where none did.

    A code that was issued in error referred nobody.
    """
    sent = next((row for row in issued_to(session, patient_id) if row.code), None)
    return sent.at.astimezone(LOCAL).date() if sent else None


def short_codes_sent(session: Session, patients: Select[Any]) -> Mapping[str, date]:
    """As `short_code_sent`, of many *patients* at once: of each whom a code referred, the day."""
    wrong = select(col(_ERROR.undoes)).where(col(_ERROR.undoes) == col(IssuedRow.act))
    rows = session.execute(
        select(col(ScanRow.patient_id), func.min(IssuedRow.at))
        .join(ReviewCase, col(ReviewCase.scan_id) == col(ScanRow.id))
        .join(IssuedRow, col(IssuedRow.case_id) == col(ReviewCase.id))
        .where(
            col(ScanRow.patient_id).in_(patients),
            col(IssuedRow.undoes).is_(None),
            col(IssuedRow.code) != "",
            ~wrong.exists(),
        )
        .group_by(col(ScanRow.patient_id))
    ).all()
    return {patient: at.astimezone(LOCAL).date() for patient, at in rows}
