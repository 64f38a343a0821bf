"""From an AI result to a case in the room and its findings."""

import secrets
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import Session, col

from store._changes import Kept, world
from store._doing import Event, write_down
from store._numbered import Named, named
from store._readings import findings_of, reading_row
from store._settle import settle
from store.domain.arrival import AiResult, Ending
from store.domain.finding import CaseState, Deed, Source, State
from store.domain.genant import Grade, grade
from store.domain.reading import DRAWS, Outcome
from store.tables import FindingRow, ReferralRow, ResultRow, ReviewCase, ScanRow
from store.unit import Unit

_ORDER = (Ending.POSITIVE, Ending.NEGATIVE, Ending.FAILED)
"""Of several results the first in this order stands: a failure is never a negative."""


def result_row(result: AiResult, scan_id: str | None, now: datetime) -> ResultRow:
    """*result* as a row."""
    return ResultRow(
        digest=result.digest,
        scan_id=scan_id,
        study_uid=result.study_uid,
        accession=result.accession,
        product=result.product,
        version=result.version,
        format=result.format,
        ending=result.ending.value,
        reason=result.reason,
        threshold_rule=result.threshold_rule,
        findings=[
            {
                "level": found.level.value if found.level else None,
                "loss": found.loss,
                "grade": int(found.grade) if found.grade is not None else None,
                "formula": found.formula,
            }
            for found in result.findings
        ],
        received_at=now,
    )


def case_of(session: Session, scan_id: str) -> str | None:
    """The case of a scan, where it is flagged."""
    return session.execute(
        select(col(ReviewCase.id)).where(col(ReviewCase.scan_id) == scan_id)
    ).scalar_one_or_none()


def enter(unit: Unit, scan: ScanRow, result: ResultRow) -> None:
    """Let *result* speak for *scan*: its ending, and a case with findings when it is positive."""
    ending = Ending(result.ending)
    if not scan.ending or _ORDER.index(ending) < _ORDER.index(Ending(scan.ending)):
        scan.ending, scan.ai_reason = ending.value, result.reason
    if ending is Ending.POSITIVE:
        _flag(unit, scan, result)


def _flag(unit: Unit, scan: ScanRow, result: ResultRow) -> None:
    session = unit.session
    case = session.execute(
        select(ReviewCase).where(col(ReviewCase.scan_id) == scan.id)
    ).scalar_one_or_none()
    if case is not None and _referred(session, case.id):
        # It cannot be decided on any more; reopened, it would stand in the queue for ever.
        unit.tell("case.flagged_after_referral", case.id, product=result.product)
        return
    if case is None:
        case = _new(unit, scan, result)
    was, untouched = world(session, case), not case.version
    findings = findings_of(session, case.id, case.reading)
    seen = {row.ai_level for row in findings if row.source == Source.AI}
    held = len(findings)
    names = named(session, case, reading_row(session, case))
    for flag in result.findings or [{"level": None}]:
        if flag["level"] not in seen:
            findings.append(_finding(case, len(findings), flag, names))
            session.add(findings[-1])
            seen.add(flag["level"])
    case.worst_grade = max([case.worst_grade, *(_gravity(row) for row in findings)])
    case.rank = rank(case.worst_grade)
    session.flush()
    unit.tell("case.flagged", case.id, findings=len(findings), product=result.product)
    if len(findings) > held and not untouched:
        _reopen(unit, case, was)


def _new(unit: Unit, scan: ScanRow, result: ResultRow) -> ReviewCase:
    case = ReviewCase(
        id=f"c_{uuid4().hex}",
        scan_id=scan.id,
        state=CaseState.WAITING.value,
        rank=0,
        worst_grade=0,
        waiting_since=scan.scanned or unit.now.date(),
        site=scan.site,
        product=result.product,
        draw=secrets.randbelow(DRAWS),
    )
    unit.session.add(case)
    unit.session.flush()
    reading_row(unit.session, case)
    return case


def _reopen(unit: Unit, case: ReviewCase, was: Kept) -> None:
    """A flag that was not there is news to whoever has the case on the screen, or closed it."""
    if case.state == CaseState.CLOSED:
        case.state = CaseState.WAITING.value
        reading = reading_row(unit.session, case)
        reading.closed_at, reading.outcome = None, Outcome.OPEN.value
    settle(unit, case)
    write_down(unit, case, was, Event(str(uuid4()), Deed.FLAGGED, case.reading))


def _referred(session: Session, case_id: str) -> bool:
    sent = select(col(ReferralRow.id)).where(col(ReferralRow.case_id) == case_id)
    return session.execute(sent).first() is not None


def _gravity(row: FindingRow) -> int:
    """The vendor's grade, or the one its height loss amounts to."""
    if row.ai_grade is not None or row.ai_loss is None:
        return row.ai_grade or 0
    return int(grade(row.ai_loss))


def rank(worst: int) -> int:
    """Place in the queue: the gravest first; a flag without a grade stands with the moderate."""
    return int(Grade.SEVERE) - (worst or int(Grade.MODERATE))


def _finding(case: ReviewCase, place: int, flag: dict[str, Any], names: Named) -> FindingRow:
    return FindingRow(
        id=f"f_{uuid4().hex}",
        case_id=case.id,
        reading=case.reading,
        place=place,
        source=Source.AI.value,
        state=State.FLAGGED.value,
        level=names.name(flag["level"]),
        ai_level=flag["level"],
        ai_loss=flag.get("loss"),
        ai_grade=flag.get("grade"),
        ai_formula=flag.get("formula", ""),
    )
