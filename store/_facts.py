"""The facts of a referral, gathered from the record, and kept in it as plain JSON."""

from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from store._alerts import told_words
from store._issued import short_code_sent
from store._measured import spine_on
from store._prior import prior_day
from store._readings import findings_of, reading_row
from store._reports import versions_of
from store._steps import standing_steps
from store.cases import patient_of
from store.domain.describe import Acuity, EndPlate, Novelty, Unstable, unstable_of
from store.domain.finding import Source, State
from store.domain.genant import FractureType, Grade
from store.domain.identity import NhsNumber, NhsNumberStatus, Patient
from store.domain.numbering import Confidence
from store.domain.people import Role
from store.domain.referral import Facts, Fracture
from store.domain.report import Recommendation, ReportStatus
from store.domain.spine import Level, craniocaudal
from store.tables import FindingRow, PatientRow, ReadingRow, ResultRow, ReviewCase, ScanRow


def facts_of(session: Session, case: ReviewCase, scan: ScanRow, patient: PatientRow) -> Facts:
    """What would be handed over for *case*, which `decide` has found ready."""
    reading = reading_row(session, case)
    found = _confirmed(session, reading)
    spine = spine_on(session, case, reading)
    ordered = craniocaudal({Level(row.level) for row in found if row.level})
    by_level = {row.level: row for row in found}
    fractures = []
    for level in ordered:
        row, size = by_level[level.value], spine.used.get(level)
        loss = size.loss if size else row.ai_loss
        fractures.append(_told_of(session, row, loss, by_person=level in spine.people))
    held = {row.id for row in found}
    steps = standing_steps(session, case.id, reading.number)
    # Of a fracture that two readers agreed on before a third decided, nobody said it again.
    last = next((step for step in steps if step.finding_id in held), steps[0])
    return Facts(
        patient=patient_of(patient),
        scanned=scan.scanned or case.waiting_since,
        site=scan.site,
        exam=scan.exam,
        accession=scan.accession,
        indication=scan.indication,
        specialty=scan.specialty,
        requester=scan.requester,
        fractures=tuple(fractures),
        # A row that is amended does not wait for a person to judge the report of the newer scan.
        report_status=ReportStatus(case.report_status or ReportStatus.NO_REPORT),
        recommendation=Recommendation(case.recommendation or "none"),
        found_by=_found_by(found),
        product=_product(session, scan.id),
        confirmed_by=f"{last.actor_name}, {Role(last.role).words}",
        confirmed_at=last.at,
        checked=("age", "death", "NHS number", "report", "earlier referral", "exclusions"),
        earlier_scan=_earlier(session, scan),
        approximate=spine.names.numbering.approximate,
        certainty=spine.names.numbering.confidence,
        alerts=told_words(session, case),
        patient_class=_class(session, scan.id),
        coded_on=short_code_sent(session, patient.id),
        study_uid=scan.study_uid,
    )


def _class(session: Session, scan_id: str) -> str:
    """Where the patient was when scanned, as the newest report that says so has it."""
    came = versions_of(session, scan_id)
    return next((one.patient_class for one in came if one.patient_class), "")


def _told_of(session: Session, row: FindingRow, loss: float | None, *, by_person: bool) -> Fracture:
    return Fracture(
        level=Level(row.level or ""),
        grade=Grade(row.grade or Grade.MILD),
        shape=FractureType(row.shape) if row.shape else None,
        loss=loss,
        by_person=by_person,
        endplate=EndPlate(row.endplate) if row.endplate else None,
        acuity=Acuity(row.acuity or Acuity.INDETERMINATE),
        unstable=unstable_of(row.unstable),
        novelty=Novelty(row.novelty) if row.novelty else None,
        against=prior_day(session, row.against),
    )


def _earlier(session: Session, scan: ScanRow) -> date | None:
    """The day of the patient's newest scan before *scan*."""
    if scan.scanned is None:
        return None
    before = select(func.max(col(ScanRow.scanned))).where(
        col(ScanRow.patient_id) == scan.patient_id, col(ScanRow.scanned) < scan.scanned
    )
    found: date | None = session.execute(before).scalar_one()
    return found


def _confirmed(session: Session, reading: ReadingRow) -> list[FindingRow]:
    rows = findings_of(session, reading.case_id, reading.number)
    return [row for row in rows if row.state == State.CONFIRMED]


def _found_by(rows: list[FindingRow]) -> tuple[str, ...]:
    words = {Source.AI: "AI + confirmed", Source.READER: "reader added"}
    return tuple(sorted({words[Source(row.source)] for row in rows}))


def _product(session: Session, scan_id: str) -> str:
    rows = session.execute(
        select(col(ResultRow.product), col(ResultRow.version)).where(
            col(ResultRow.scan_id) == scan_id
        )
    )
    return "; ".join(sorted({f"{product} {version}" for product, version in rows}))


def to_json(facts: Facts) -> dict[str, Any]:
    """*facts* as plain JSON."""
    return {f.name: plain(getattr(facts, f.name)) for f in fields(facts)}


def plain(value: object) -> object:
    """*value* as JSON has it."""
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, NhsNumber):
        return value.digits
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Patient | Fracture):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    return value


def from_json(kept: dict[str, Any]) -> Facts:
    """The facts that `to_json` wrote."""
    return Facts(
        **{
            **kept,
            "patient": patient_from(kept["patient"]),
            "scanned": date.fromisoformat(kept["scanned"]),
            "fractures": tuple(_fracture(f) for f in kept["fractures"]),
            "report_status": ReportStatus(kept["report_status"]),
            "recommendation": Recommendation(kept["recommendation"]),
            "found_by": tuple(kept["found_by"]),
            "confirmed_at": datetime.fromisoformat(kept["confirmed_at"]),
            "checked": tuple(kept["checked"]),
            "earlier_scan": _day(kept.get("earlier_scan")),
            "certainty": Confidence(kept["certainty"]) if kept.get("certainty") else None,
            "alerts": tuple(kept.get("alerts", ())),
            "indexed": _day(kept.get("indexed")),
            "coded_on": _day(kept.get("coded_on")),
        }
    )


def patient_from(kept: dict[str, Any]) -> Patient:
    """The patient that `plain` wrote."""
    number = kept["nhs_number"]
    return Patient(
        **{
            **kept,
            "nhs_number": NhsNumber(number) if number else None,
            "nhs_status": NhsNumberStatus(kept["nhs_status"]),
            "born": _day(kept["born"]),
            "died": _day(kept["died"]),
        }
    )


def _fracture(kept: dict[str, Any]) -> Fracture:
    shape = FractureType(kept["shape"]) if kept["shape"] else None
    # Batches from before people could measure say nothing of it.
    by_person = kept.get("by_person", False)
    # Those from before it was asked say nothing of age and stability.
    return Fracture(
        Level(kept["level"]),
        Grade(kept["grade"]),
        shape,
        kept["loss"],
        by_person=by_person,
        endplate=EndPlate(kept["endplate"]) if kept.get("endplate") else None,
        acuity=Acuity(kept["acuity"]) if kept.get("acuity") else None,
        unstable=tuple(Unstable(one) for one in kept.get("unstable", ())),
        novelty=Novelty(kept["novelty"]) if kept.get("novelty") else None,
        against=_day(kept.get("against")),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
