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
from store._pictures import shown_series
from store._readings import findings_of, reading_row, readings
from store._settle import settle
from store._unaided import drawn, flags_of, keeps_back
from store._waiting import bring_forward, preparing
from store.domain.arrival import AiResult, Ending
from store.domain.finding import CaseState, Deed, Source, State
from store.domain.genant import grade
from store.domain.queue import rank
from store.domain.reading import DRAWS, NUMBERS, CaseKind, Kind, Outcome
from store.tables import FindingRow, ReferralRow, ResultRow, ReviewCase, ScanRow
from store.unit import Unit

_ORDER = (Ending.POSITIVE, Ending.NEGATIVE, Ending.FAILED)
"""Of several results the first in this order stands: a failure is never a negative."""


def result_row(
    result: AiResult,
    scan_id: str | None,
    now: datetime,
    source: str = "",
    about: dict[str, Any] | None = None,
) -> ResultRow:
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
                "probability": found.probability,
                "tracking_id": found.tracking_id,
                "tracking_uid": found.tracking_uid,
            }
            for found in result.findings
        ],
        received_at=now,
        source=source,
        about=about or {},
    )


def case_of(session: Session, scan_id: str) -> str | None:
    """The case of a scan, where it is flagged."""
    return session.execute(
        select(col(ReviewCase.id)).where(col(ReviewCase.scan_id) == scan_id)
    ).scalar_one_or_none()


def enter(unit: Unit, scan: ScanRow, result: ResultRow, share: float = 0.0) -> None:
    """Let *result* speak for *scan*: its ending, and a case with findings when it is positive.

    While the scan's picture is being prepared it waits: `store.preparing` has it speak then.

    Of the scans with a picture, *share* (0.0 to 1.0) become cases without findings of the AI,
    whatever it said.
    """
    if preparing(unit.session, scan.id):
        # It speaks as soon as there is something to look at; the graver, the sooner.
        unit.session.flush()
        bring_forward(unit, scan)
        return
    ending = Ending(result.ending)
    news = not scan.ending or _ORDER.index(ending) < _ORDER.index(Ending(scan.ending))
    if news:
        scan.ending, scan.ai_reason = ending.value, result.reason
    if ending is Ending.POSITIVE:
        _flag(unit, scan, result, share)
    elif ending is Ending.NEGATIVE and news and _unaided(unit, scan, share):
        _new(unit, scan, result, CaseKind.NEGATIVE)


def _unaided(unit: Unit, scan: ScanRow, share: float) -> bool:
    """Whether *scan* is drawn; one that nobody can look at is not."""
    if not drawn(share):
        return False
    shown = shown_series(unit.session, scan.id)
    return shown is not None and bool(shown.stack)


def _flag(unit: Unit, scan: ScanRow, result: ResultRow, share: float) -> None:
    session = unit.session
    case = session.execute(
        select(ReviewCase).where(col(ReviewCase.scan_id) == scan.id)
    ).scalar_one_or_none()
    if case is not None and referred(session, case.id):
        # It cannot be decided on any more; reopened, it would stand in the queue for ever.
        unit.tell("case.flagged_after_referral", case.id, product=result.product)
        return
    if case is None:
        case = _new(unit, scan, result, _kind(unit, scan, share))
    elif case.kind == CaseKind.NEGATIVE:
        case.kind = _turned(session, case).value
    if keeps_back(case, readings(session, case.id)):
        return
    was, untouched = world(session, case), not case.version
    findings = findings_of(session, case.id, case.reading)
    seen = _known(session, case, findings)
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


def _known(session: Session, case: ReviewCase, findings: list[FindingRow]) -> set[str | None]:
    """Levels the AI's flags at which were read, or are being read; in whichever reading."""
    if case.kind != CaseKind.UNAIDED:
        return {row.ai_level for row in findings if row.source == Source.AI}
    rows = session.execute(
        select(col(FindingRow.ai_level)).where(
            col(FindingRow.case_id) == case.id, col(FindingRow.source) == Source.AI.value
        )
    )
    return set(rows.scalars())


def _kind(unit: Unit, scan: ScanRow, share: float) -> CaseKind:
    return CaseKind.UNAIDED if _unaided(unit, scan, share) else CaseKind.FLAG


def _turned(session: Session, case: ReviewCase) -> CaseKind:
    """What becomes of a case that no AI had flagged, now that one does.

    A reading that has begun goes on as it began: the flags wait for the second one.
    """
    over = case.state in {CaseState.CLOSED, CaseState.WITHDRAWN}
    first = NUMBERS[Kind.FIRST]
    begun = case.reading != first or bool(reading_row(session, case, first).reader)
    return CaseKind.UNAIDED if begun and not over else CaseKind.FLAG


def bring_flags(session: Session, case: ReviewCase) -> None:
    """Put every flag of the AI on the scan of *case*, as it came, into the reading in force."""
    names = named(session, case, reading_row(session, case))
    for place, flag in enumerate(flags_of(session, case.scan_id)):
        session.add(_finding(case, place, flag, names))


def _new(unit: Unit, scan: ScanRow, result: ResultRow, kind: CaseKind) -> ReviewCase:
    case = ReviewCase(
        id=f"c_{uuid4().hex}",
        scan_id=scan.id,
        state=CaseState.WAITING.value,
        rank=rank(0),
        worst_grade=0,
        waiting_since=scan.scanned or unit.now.date(),
        site=scan.site,
        product=result.product,
        kind=kind.value,
        opted_out=scan.opted_out,
        draw=secrets.randbelow(DRAWS),
    )
    unit.session.add(case)
    unit.session.flush()
    reading_row(unit.session, case)
    if kind is not CaseKind.FLAG:
        # The same line for either: which of them the AI flagged is not told before it is read.
        unit.tell("case.unaided", case.id)
    return case


def _reopen(unit: Unit, case: ReviewCase, was: Kept) -> None:
    """A flag that was not there is news to whoever has the case on the screen, or closed it."""
    if case.state == CaseState.CLOSED:
        case.state = CaseState.WAITING.value
        reading = reading_row(unit.session, case)
        reading.closed_at, reading.outcome = None, Outcome.OPEN.value
    settle(unit, case)
    write_down(unit, case, was, Event(str(uuid4()), Deed.FLAGGED, case.reading))


def referred(session: Session, case_id: str) -> bool:
    """Whether the patient of a case was handed to the FLS for it."""
    sent = select(col(ReferralRow.id)).where(
        col(ReferralRow.case_id) == case_id, col(ReferralRow.withdrawn_at).is_(None)
    )
    return session.execute(sent).first() is not None


def _gravity(row: FindingRow) -> int:
    """The vendor's grade, or the one its height loss amounts to."""
    if row.ai_grade is not None or row.ai_loss is None:
        return row.ai_grade or 0
    return int(grade(row.ai_loss))


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
