"""Whose scans are left out of review and referral, as the register of opt-outs says now.

`opted_out` on scans and cases follows from the register; nothing else of them is touched, so
that lifting an opt-out leaves everything where it was.
"""

from collections.abc import Iterable

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from store.domain.refusal import NotAllowed
from store.tables import OptOutRow, PatientRow, ReviewCase, ScanRow
from store.unit import Unit


def opted_out(session: Session, patient_id: str) -> bool:
    """Whether the patient, or anybody found to be the same person, has opted out."""
    numbers = select(col(PatientRow.nhs_number)).where(
        or_(col(PatientRow.id) == patient_id, col(PatientRow.merged_into) == patient_id)
    )
    standing = select(col(OptOutRow.id)).where(
        col(OptOutRow.ended_at).is_(None), col(OptOutRow.nhs_number).in_(numbers)
    )
    return session.execute(standing.limit(1)).first() is not None


def keep_out(unit: Unit, patients: Iterable[str]) -> int:
    """Bring the scans of *patients* in line with the register; how many scans it is about."""
    unit.session.flush()
    about = 0
    for patient in set(patients):
        out = opted_out(unit.session, patient)
        scans = list(
            unit.session.execute(
                select(ScanRow).where(col(ScanRow.patient_id) == patient)
            ).scalars()
        )
        for scan in scans:
            scan.opted_out = out
        ids = [scan.id for scan in scans]
        unit.session.execute(
            update(ReviewCase).where(col(ReviewCase.scan_id).in_(ids)).values(opted_out=out)
        )
        about += len(scans)
    unit.session.flush()
    return about


def owners_of(session: Session, nhs_number: str) -> list[str]:
    """The patients with this NHS number, merged ones as whom they are now."""
    rows = session.execute(
        select(PatientRow).where(col(PatientRow.nhs_number) == nhs_number)
    ).scalars()
    return [row.merged_into or row.id for row in rows]


def check_not_out(case: ReviewCase) -> None:
    """Raise `NotAllowed` where the patient of *case* has opted out."""
    if case.opted_out:
        msg = "This patient's scans are left out of review (opt-out). Go back to the worklist."
        raise NotAllowed(msg)
