"""Discrepancies and good spots as questions to the decided cases: nothing of them is copied."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from store._realm_tables import NominationRow, TakenRow
from store.domain.describe import Novelty, Unstable, unstable_of
from store.domain.finding import CaseState, Source, State
from store.domain.genant import Grade
from store.domain.reading import CaseKind
from store.domain.realm import REPORTED, Discrepancy, EventType, discrepancy_of
from store.domain.referral import BY_READER, Exclusion
from store.domain.rejection import REASONS, Class
from store.domain.report import (
    COMMUNICATION_DISCREPANCY,
    DETECTION_DISCREPANCY,
    Recommendation,
    ReportStatus,
)
from store.domain.sampling import Eligible
from store.domain.spine import Level, craniocaudal
from store.tables import FindingRow, ReviewCase, ScanRow

Clause = ColumnElement[bool]
_STATUS, _ADVICE = col(ReviewCase.report_status), col(ReviewCase.recommendation)
DECIDED: tuple[Clause, ...] = (
    col(ReviewCase.state) == CaseState.CLOSED.value,
    col(ReviewCase.confirmed) > 0,
    col(ReviewCase.opted_out).is_(False),
)
"""Closed with a fracture, one that is no matter for the FLS too; nobody reads it blind any more."""
FLAGGED: Clause = col(ReviewCase.kind) != CaseKind.NEGATIVE.value
JUDGED: Clause = _STATUS.not_in(["", ReportStatus.NO_REPORT.value])


def _among(statuses: Iterable[ReportStatus]) -> Clause:
    return _STATUS.in_(sorted(status.value for status in statuses))


KINDS: dict[Discrepancy, Clause] = {
    Discrepancy.DETECTION: _among(DETECTION_DISCREPANCY),
    Discrepancy.COMMUNICATION: or_(
        _among(COMMUNICATION_DISCREPANCY),
        and_(_among(REPORTED), _ADVICE.in_([Recommendation.NONE.value])),
    ),
}
"""As `discrepancy_of` has it; a test compares the two."""
DISCREPANT: Clause = and_(FLAGGED, or_(*KINDS.values()))


_ADDED = aliased(FindingRow)
BEYOND_THE_AI: Clause = or_(
    col(ReviewCase.kind) == CaseKind.NEGATIVE.value,
    select(col(_ADDED.id))
    .where(
        col(_ADDED.case_id) == col(ReviewCase.id),
        col(_ADDED.reading) == col(ReviewCase.reading),
        col(_ADDED.state) == State.CONFIRMED.value,
        col(_ADDED.source) == Source.READER.value,
    )
    .exists(),
)
GOOD: Clause = or_(_among({ReportStatus.REPORTED_FULL}), and_(_among(REPORTED), BEYOND_THE_AI))
"""Reported fully, or reported although the AI did not find it; what is discrepant is none."""
SPOT: Clause = and_(GOOD, ~KINDS[Discrepancy.COMMUNICATION])
TAKEN: Clause = (
    select(col(TakenRow.case_id)).where(col(TakenRow.case_id) == col(ReviewCase.id)).exists()
)
NOMINATED: Clause = (
    select(col(NominationRow.id))
    .where(
        col(NominationRow.case_id) == col(ReviewCase.id), col(NominationRow.withdrawn_at).is_(None)
    )
    .exists()
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the findings of a case say together.

    Attributes:
        levels: Of every fracture, also of those that are no matter for the FLS.
        words: Each fracture in words, such as ``L1 grade 2 wedge``.
        ai: What the AI said of the case, in words and without the name of a product.
    """

    levels: tuple[Level, ...]
    worst: Grade
    new_levels: int
    retropulsion: bool
    malignant: bool
    words: str
    ai: str


def within(since: date | None, until: date | None, site: str = "") -> tuple[Clause, ...]:
    """Of scans made from *since* to *until*, both included, at *site*."""
    clauses = []
    if since:
        clauses.append(col(ScanRow.scanned) >= since)
    if until:
        clauses.append(col(ScanRow.scanned) <= until)
    if site:
        clauses.append(col(ScanRow.site) == site)
    return tuple(clauses)


def cases(*clauses: Clause) -> Select[ReviewCase, ScanRow]:
    """Decided cases with their scans, the newest scan first."""
    return (
        select(ReviewCase, ScanRow)
        .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
        .where(*DECIDED, *clauses)
        .order_by(col(ScanRow.scanned).desc(), col(ReviewCase.id))
    )


def many(session: Session, *clauses: Clause) -> int:
    """How many decided cases there are."""
    query = (
        select(func.count())
        .select_from(ReviewCase)
        .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
        .where(*DECIDED, *clauses)
    )
    return int(session.execute(query).scalar_one())


def kind_of(case: ReviewCase) -> Discrepancy | None:
    """What kind of discrepancy the judged report of *case* is."""
    if not case.report_status:
        return None
    advice = Recommendation(case.recommendation) if case.recommendation else None
    return discrepancy_of(ReportStatus(case.report_status), advice)


def facts_on(session: Session, cases: Sequence[ReviewCase]) -> dict[str, Facts]:
    """What the findings of each of *cases* say, of the reading in force."""
    rows = session.execute(
        select(FindingRow)
        .join(ReviewCase, col(ReviewCase.id) == col(FindingRow.case_id))
        .where(
            col(FindingRow.case_id).in_([case.id for case in cases]),
            col(FindingRow.reading) == col(ReviewCase.reading),
        )
    ).scalars()
    found: dict[str, list[FindingRow]] = {case.id: [] for case in cases}
    for row in rows:
        found[row.case_id].append(row)
    return {case: _facts(rows) for case, rows in found.items()}


def _facts(rows: list[FindingRow]) -> Facts:
    true = [row for row in rows if row.state == State.CONFIRMED or _other(row)]
    levels = craniocaudal({Level(row.level) for row in true if row.level})
    order = {level.value: place for place, level in enumerate(levels)}
    true.sort(key=lambda row: order.get(row.level or "", -1))
    return Facts(
        levels=levels,
        worst=max((Grade(row.grade) for row in true if row.grade), default=Grade.NONE),
        new_levels=len({row.level for row in true if row.novelty == Novelty.NEW.value}),
        retropulsion=any(Unstable.RETROPULSION in unstable_of(row.unstable) for row in true),
        malignant=any(BY_READER.get(row.code) is Exclusion.MALIGNANT_FRACTURE for row in true),
        words="; ".join(_words(row) for row in true),
        ai=_said_by_ai(rows),
    )


def _other(row: FindingRow) -> bool:
    """Whether it is a fracture that is no matter for the FLS."""
    return row.state == State.REJECTED and REASONS[row.code].kind is Class.NOT_FRAGILITY


def _words(row: FindingRow) -> str:
    grade = f"grade {row.grade}" if row.grade else ""
    why = REASONS[row.code].words.lower() if row.code in REASONS and _other(row) else ""
    return " ".join(filter(None, (row.level or "level not said", grade, row.shape or "", why)))


def _said_by_ai(rows: list[FindingRow]) -> str:
    flags = [row for row in rows if row.source == Source.AI]
    if not flags:
        return "The AI found nothing."
    said = craniocaudal({Level(row.ai_level) for row in flags if row.ai_level})
    at = ", ".join(level.value for level in said)
    return f"The AI flagged {at}." if at else "The AI flagged the scan without a level."


def eligible(session: Session, since: date, until: date) -> list[Eligible]:
    """What may go to a meeting about the scans from *since* to *until*.

    What a person nominated may go whenever it was scanned; what was at a meeting may not.
    """
    period = and_(*within(since, until))
    rows = session.execute(cases(~TAKEN, or_(NOMINATED, and_(period, or_(DISCREPANT, SPOT))))).all()
    found = [case for case, _ in rows]
    facts = facts_on(session, found)
    events = nominated_as(session, [case.id for case in found])
    return [_eligible(case, facts[case.id], events.get(case.id)) for case in found]


def _eligible(case: ReviewCase, facts: Facts, nominated: EventType | None) -> Eligible:
    flagged = case.kind != CaseKind.NEGATIVE
    kind = kind_of(case) if flagged else None
    event = EventType.DISCREPANCY if kind else nominated or EventType.GOOD_SPOT
    return Eligible(
        case=case.id,
        event=event,
        discrepancy=kind,
        worst=facts.worst,
        new_levels=facts.new_levels,
        retropulsion=facts.retropulsion,
        malignant=facts.malignant,
        nominated=nominated,
    )


def nominated_as(session: Session, cases: Sequence[str]) -> dict[str, EventType]:
    """What each of *cases* stands nominated as; of several nominations the first."""
    rows = session.execute(
        select(col(NominationRow.case_id), col(NominationRow.event))
        .where(col(NominationRow.case_id).in_(cases), col(NominationRow.withdrawn_at).is_(None))
        .order_by(col(NominationRow.at).desc(), col(NominationRow.id))
    )
    return {case: EventType(event) for case, event in rows}
