"""What a coordinator looks back on: every scan of a patient, and every referral."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from store.domain.finding import CaseState
from store.tables import ReferralRow, ReviewCase, ScanRow


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan of the patient, whatever was found on it.

    Attributes:
        stands: What became of it, in words.
    """

    case: str
    scanned: date | None
    exam: str
    site: str
    indication: str
    requester: str
    specialty: str
    stands: str


@dataclass(slots=True)
class Before:
    """The scans of a patient, the newest first, and their referrals, the newest first.

    Attributes:
        referrals: Each with its number, its day, and whether it is open.
    """

    scans: list[Scan] = field(default_factory=list)
    referrals: list[tuple[str, date, bool]] = field(default_factory=list)


def before_of(session: Session, patients: Collection[str]) -> Mapping[str, Before]:
    """The scans and referrals of each of *patients*."""
    found: dict[str, Before] = defaultdict(Before)
    rows = session.execute(
        select(ScanRow, ReviewCase)
        .outerjoin(ReviewCase, col(ReviewCase.scan_id) == col(ScanRow.id))
        .where(col(ScanRow.patient_id).in_(patients), col(ScanRow.opted_out).is_(False))
        .order_by(col(ScanRow.scanned).desc(), col(ScanRow.id))
    ).all()
    for scan, case in rows:
        found[scan.patient_id].scans.append(_scan(scan, case))
    sent = session.execute(
        select(col(ScanRow.patient_id), ReferralRow)
        .join(ReviewCase, col(ReviewCase.id) == col(ReferralRow.case_id))
        .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
        .where(col(ScanRow.patient_id).in_(patients))
        .order_by(col(ReferralRow.at).desc())
    ).all()
    for patient, row in sent:
        found[patient].referrals.append((row.id, row.at.date(), row.open_patient is not None))
    return found


def _scan(scan: ScanRow, case: ReviewCase | None) -> Scan:
    return Scan(
        case=case.id if case else "",
        scanned=scan.scanned,
        exam=scan.exam,
        site=scan.site,
        indication=scan.indication,
        requester=scan.requester,
        specialty=scan.specialty,
        stands=_stands(case),
    )


def _stands(case: ReviewCase | None) -> str:
    """Of a scan that is still read, that alone: nothing of an open reading is told here."""
    if case is None:
        return "not flagged"
    if case.state != CaseState.CLOSED:
        return "being read" if case.state != CaseState.WITHDRAWN else "withdrawn"
    some = f"{case.fragility} fracture{'' if case.fragility == 1 else 's'} confirmed"
    return some if case.fragility else "no fracture confirmed"
