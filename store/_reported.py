"""The report of a case as the review room shows it, with what was said of it and before it."""

from sqlalchemy import select
from sqlmodel import Session, col

from store._case import Issue, PriorReport, Report
from store._reports import versions_of
from store.domain.clock import local
from store.domain.genant import Grade
from store.domain.report import Judged, Recommendation, ReportStatus
from store.domain.spine import Level
from store.tables import ReadingRow, ReportRow, ReviewCase, ScanRow

PRIORS = 12
"""Earlier scans whose reports are shown."""


def report_of(session: Session, row: ReviewCase, said: ReadingRow, *, changed: bool) -> Report:
    """The report of *row* with what the reading *said* says of it."""
    came = versions_of(session, row.scan_id)
    issues = tuple(_issue(one) for one in came)
    sexed = next((one for one in came if one.sex), None)
    return Report(
        text=issues[0].text if issues else None,
        status=ReportStatus(said.report_status) if said.report_status else None,
        recommendation=Recommendation(said.recommendation) if said.recommendation else None,
        judged_by=said.report_by,
        judged_at=said.report_at,
        changed=changed,
        issues=issues,
        patient_class=next((one.patient_class for one in came if one.patient_class), ""),
        judged=judged_of(said),
        overrode=said.report_overrode,
        priors=_priors(session, row.scan_id),
        sex=sexed.sex if sexed else "",
        sex_system=sexed.sex_system if sexed else "",
    )


def judged_of(said: ReadingRow | ReviewCase) -> Judged:
    """What a reading or a closed case keeps beside status and recommendation."""
    return Judged(
        suggested=ReportStatus(said.report_suggested) if said.report_suggested else None,
        term_ok=said.report_term_ok,
        severity=Grade[said.report_severity.upper()] if said.report_severity else None,
        levels=tuple(Level(level) for level in said.report_levels.split()),
        action=said.report_action,
        history_only=said.report_history_only,
    )


def _issue(row: ReportRow) -> Issue:
    """One report; of a day alone, the day alone."""
    day = f"{row.reported:%d/%m/%Y}" if row.reported else ""
    moment = local(row.reported_at) if row.reported_at else day
    return Issue(row.digest, row.status, moment or local(row.received_at), row.text, row.matched)


def _priors(session: Session, scan_id: str) -> tuple[PriorReport, ...]:
    """Reports of earlier scans of the same patient, one a scan."""
    scan = session.get_one(ScanRow, scan_id)
    if scan.scanned is None:
        return ()
    earlier = session.execute(
        select(ScanRow)
        .where(
            col(ScanRow.patient_id) == scan.patient_id,
            col(ScanRow.id) != scan.id,
            col(ScanRow.scanned) < scan.scanned,
        )
        .order_by(col(ScanRow.scanned).desc(), col(ScanRow.id))
        .limit(PRIORS)
    ).scalars()
    return tuple(prior for each in earlier if (prior := _prior(session, each)) is not None)


def _prior(session: Session, scan: ScanRow) -> PriorReport | None:
    came = versions_of(session, scan.id)
    return PriorReport(scan.scanned, scan.exam, came[0].status, came[0].text) if came else None
