"""Who goes to the FLS: ready or held with reasons, exported once, never twice."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlmodel import Session, col

from store import audit
from store._facts import facts_of, from_json, to_json
from store.domain.finding import CaseState, State
from store.domain.genant import Grade
from store.domain.people import Permission
from store.domain.referral import (
    BY_READER,
    Candidate,
    Exclusion,
    Facts,
    Hold,
    Policy,
    Refer,
    decide,
)
from store.domain.refusal import NotAllowed
from store.domain.report import ReportStatus
from store.domain.spine import Level, craniocaudal
from store.guard import change, question
from store.tables import (
    BatchRow,
    ExclusionRow,
    FindingRow,
    PatientRow,
    ReferralRow,
    ReviewCase,
    ScanRow,
)
from store.unit import Reader, Unit


@dataclass(frozen=True, slots=True)
class Line:
    """One patient with a confirmed fracture, and what was decided of them."""

    case: str
    patient: str
    nhs_number: str
    born: date | None
    scanned: date | None
    site: str
    levels: tuple[Level, ...]
    worst: Grade
    verdict: Refer | Hold
    exclusions: tuple[Exclusion, ...]
    referred_on: date | None


@dataclass(frozen=True, slots=True)
class Referral:
    """One line of an export: the number it keeps for life, and the facts."""

    number: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Batch:
    """One export as the record keeps it; the same batch always gives the same file."""

    id: str
    at: datetime
    by: str
    role: str
    referrals: tuple[Referral, ...]
    not_referred: tuple[tuple[str, str], ...]
    trail_seq: int
    trail_hash: str
    sha256: str


@question(Permission.READ_REFERRALS)
def lines(reader: Reader, policy: Policy) -> tuple[Line, ...]:
    """Every patient with a confirmed fracture, ready ones first, then the oldest scan."""
    found = [
        _line(reader.session, case, scan, patient, policy)
        for case, scan, patient in _confirmed(reader.session)
    ]
    return tuple(
        sorted(found, key=lambda line: (isinstance(line.verdict, Hold), line.scanned or date.max))
    )


@question(Permission.READ_REFERRALS)
def batches(reader: Reader) -> tuple[Batch, ...]:
    """Every export, the newest first."""
    rows = reader.session.execute(select(BatchRow).order_by(col(BatchRow.at).desc())).scalars()
    return tuple(_batch(reader.session, row) for row in rows)


@question(Permission.READ_REFERRALS)
def batch(reader: Reader, batch_id: str) -> Batch:
    """The export *batch_id*.

    Raises:
        NotAllowed: there is no such export.
    """
    row = reader.session.get(BatchRow, batch_id)
    if row is None:
        msg = "This export is not here. Go back to the referrals."
        raise NotAllowed(msg)
    return _batch(reader.session, row)


@change(Permission.REFER)
def exclude(unit: Unit, case_id: str, code: Exclusion, applies: bool, note: str = "") -> None:
    """Hold a patient back for *code*, or let them go again; both are kept."""
    if unit.session.get(ReviewCase, case_id) is None:
        msg = "This case is not here. Reload the page."
        raise NotAllowed(msg)
    unit.session.add(
        ExclusionRow(
            case_id=case_id,
            code=code.value,
            applies=applies,
            note=note,
            actor=unit.person.handle,
            role=unit.person.role.value,
            at=unit.now,
        )
    )
    unit.tell("referral.excluded", case_id, code=code.value, applies=applies)


@change(Permission.REFER)
def export(unit: Unit, act: str, policy: Policy) -> str:
    """Hand every ready patient to the FLS, once: the batch's id.

    *act* is made where the button was pressed; the same act again gives the same batch.
    """
    before: str | None = unit.session.execute(
        select(col(BatchRow.id)).where(col(BatchRow.act) == act)
    ).scalar_one_or_none()
    if before is not None:
        unit.tell("batch.replayed", before)
        return before
    batch_id = uuid4().hex
    ready: list[tuple[ReviewCase, ScanRow, PatientRow]] = []
    held: list[list[str]] = []
    for case, scan, patient in _confirmed(unit.session):
        line = _line(unit.session, case, scan, patient, policy)
        if isinstance(line.verdict, Hold):
            held.append([case.id[:10], "; ".join(line.verdict.reasons)])
        elif patient.id not in {p.id for _, _, p in ready}:
            ready.append((case, scan, patient))
        else:
            held.append([case.id[:10], "a second scan of a patient in this batch"])
    unit.tell("batch.exported", batch_id, referred=len(ready), held=len(held))
    anchor = audit.head(unit.session)
    unit.session.add(
        BatchRow(
            id=batch_id,
            act=act,
            at=unit.now,
            actor=unit.person.handle,
            actor_name=unit.person.name,
            role=unit.person.role.value,
            not_referred=held,
            trail_seq=anchor.seq,
            trail_hash=anchor.hash,
        )
    )
    unit.session.flush()
    number = unit.session.execute(select(func.max(col(ReferralRow.number)))).scalar() or 0
    for place, (case, scan, patient) in enumerate(ready, start=1):
        facts = facts_of(unit.session, case, scan, patient)
        unit.session.add(
            ReferralRow(
                id=f"{_prefix(scan.site)}-{number + place:06}",
                number=number + place,
                case_id=case.id,
                open_patient=patient.id,
                batch_id=batch_id,
                cells=to_json(facts),
                at=unit.now,
            )
        )
    return batch_id


@change(Permission.REFER)
def rendered(unit: Unit, batch_id: str, sha256: str) -> None:
    """Note the digest of the file that was made from a batch."""
    row = unit.session.get_one(BatchRow, batch_id)
    if row.sha256 and row.sha256 != sha256:
        msg = "This batch was made into another file before. Tell the system administrator."
        raise NotAllowed(msg)
    first, row.sha256 = not row.sha256, sha256
    unit.tell("batch.rendered" if first else "batch.reprinted", batch_id, sha256=sha256)


@change(Permission.READ_REFERRALS)
def downloaded(unit: Unit, batch_id: str) -> None:
    """Note that the person took the file of a batch away."""
    unit.tell("batch.downloaded", batch_id)


def _confirmed(session: Session) -> Iterator[tuple[ReviewCase, ScanRow, PatientRow]]:
    rows = session.execute(
        select(ReviewCase, ScanRow, PatientRow)
        .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
        .join(PatientRow, col(PatientRow.id) == col(ScanRow.patient_id))
        .where(col(ReviewCase.fragility) > 0, col(ReviewCase.opted_out).is_(False))
        .order_by(col(ReviewCase.waiting_since), col(ReviewCase.id))
    ).all()
    yield from (tuple(row) for row in rows)


def _line(
    session: Session, case: ReviewCase, scan: ScanRow, patient: PatientRow, policy: Policy
) -> Line:
    confirmed = session.execute(
        select(col(FindingRow.level), col(FindingRow.grade)).where(
            col(FindingRow.case_id) == case.id,
            col(FindingRow.reading) == case.reading,
            col(FindingRow.state) == State.CONFIRMED.value,
        )
    ).all()
    grades = tuple(Grade(grade or Grade.MILD) for _, grade in confirmed)
    sent = session.execute(
        select(col(ReferralRow.at)).where(col(ReferralRow.open_patient) == patient.id)
    ).scalar_one_or_none()
    exclusions = _standing(session, case, patient.id)
    verdict = decide(
        Candidate(
            grades=grades,
            closed=case.state == CaseState.CLOSED,
            born=patient.born,
            scanned=scan.scanned,
            died=patient.died,
            named=bool(patient.surname),
            nhs_number=patient.nhs_number is not None,
            report_status=ReportStatus(case.report_status) if case.report_status else None,
            referred_on=sent.date() if sent else None,
            exclusions=exclusions,
            open_alerts=case.open_alerts,
        ),
        policy,
    )
    number = patient.nhs_number or ""
    return Line(
        case=case.id,
        patient=", ".join(filter(None, (patient.surname, patient.forename))),
        nhs_number=" ".join(filter(None, (number[:3], number[3:6], number[6:]))),
        born=patient.born,
        scanned=scan.scanned,
        site=scan.site,
        levels=craniocaudal({Level(level) for level, _ in confirmed if level}),
        worst=max(grades, default=Grade.NONE),
        verdict=verdict,
        exclusions=exclusions,
        referred_on=sent.date() if sent else None,
    )


def _prefix(site: str) -> str:
    """The site as the head of a referral number: letters and digits only."""
    return re.sub(r"[^A-Z0-9]", "", site.upper())[:8] or "VCF"


def _standing(session: Session, case: ReviewCase, patient_id: str) -> tuple[Exclusion, ...]:
    """Exclusions that apply now: of each code, the newest word on any scan of the patient."""
    scans = select(col(ScanRow.id)).where(col(ScanRow.patient_id) == patient_id)
    cases = select(col(ReviewCase.id)).where(col(ReviewCase.scan_id).in_(scans))
    rows = session.execute(
        select(ExclusionRow)
        .where(col(ExclusionRow.case_id).in_(cases))
        .order_by(col(ExclusionRow.id))
    ).scalars()
    newest = {row.code: row.applies for row in rows}
    codes = session.execute(
        select(col(FindingRow.code)).where(
            col(FindingRow.case_id) == case.id,
            col(FindingRow.reading) == case.reading,
            col(FindingRow.state) == State.REJECTED.value,
        )
    ).scalars()
    read = [BY_READER[code] for code in codes if code in BY_READER]
    kept = [Exclusion(code) for code, applies in newest.items() if applies]
    return tuple(dict.fromkeys([*read, *kept]))


def _batch(session: Session, row: BatchRow) -> Batch:
    referrals = session.execute(
        select(ReferralRow)
        .where(col(ReferralRow.batch_id) == row.id)
        .order_by(col(ReferralRow.number))
    ).scalars()
    return Batch(
        id=row.id,
        at=row.at,
        by=row.actor_name,
        role=row.role,
        referrals=tuple(Referral(r.id, from_json(r.cells)) for r in referrals),
        not_referred=tuple((case, reason) for case, reason in row.not_referred),
        trail_seq=row.trail_seq,
        trail_hash=row.trail_hash,
        sha256=row.sha256,
    )
