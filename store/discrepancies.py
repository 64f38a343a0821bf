"""The register of discrepancies and good spots, and what people nominate for a meeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import Session, col

from store import _register as register_
from store._realm_tables import NominationRow, TakenRow
from store._register import DECIDED, DISCREPANT, FLAGGED, JUDGED, KINDS, NOMINATED, SPOT, TAKEN
from store.domain.genant import Grade
from store.domain.people import Permission, Role
from store.domain.rates import Rate
from store.domain.realm import Discrepancy, EventType
from store.domain.refusal import NotAllowed
from store.domain.report import Recommendation, ReportStatus
from store.domain.spine import Level
from store.guard import change, question
from store.tables import ReviewCase, ScanRow
from store.unit import Reader, Unit

PAGE = 100
LONGEST_WORDS = 500


class Which(StrEnum):
    """Where a case of the register stands on its way to a meeting."""

    ALL = "all"
    NEW = "not at a meeting yet"
    NOMINATED = "nominated"
    TAKEN = "went to a meeting"


_WHICH = {
    Which.ALL: (),
    Which.NEW: (~TAKEN,),
    Which.NOMINATED: (NOMINATED, ~TAKEN),
    Which.TAKEN: (TAKEN,),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the register is narrowed to; an empty field narrows nothing.

    Attributes:
        since, until: Days of the scan, both included.
        spots: Good spots instead of discrepancies.
    """

    kind: Discrepancy | None = None
    which: Which = Which.ALL
    since: date | None = None
    until: date | None = None
    site: str = ""
    spots: bool = False


@dataclass(frozen=True, slots=True)
class Nomination:
    """A case that a person put forward: as what, why, and by whom as a role alone."""

    id: str
    event: EventType
    words: str
    role: Role
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One case of the register.

    Attributes:
        kind: None for a good spot.
        taken: Whether it went to a meeting; which is said nowhere.
    """

    case: str
    scanned: date | None
    site: str
    exam: str
    status: ReportStatus
    recommendation: Recommendation | None
    kind: Discrepancy | None
    worst: Grade
    levels: tuple[Level, ...]
    malignant: bool
    nominations: tuple[Nomination, ...]
    taken: bool


@dataclass(frozen=True, slots=True)
class Page:
    """So many lines at most, of how many."""

    lines: tuple[Line, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Detection and communication apart, each of the confirmed scans with a judged report.

    Attributes:
        spots: Good spots, which are no part of either.
        taken: Of all discrepancies those that went to a meeting.
    """

    detection: Rate
    communication: Rate
    taken: Rate
    spots: int


@question(Permission.READ_REGISTER)
def register(reader: Reader, asked: Asked, start: int = 0) -> Page:
    """One page of the register, the newest scan first."""
    clauses = _clauses(asked)
    rows = reader.session.execute(register_.cases(*clauses).offset(start).limit(PAGE)).all()
    return Page(
        _lines(reader.session, [tuple(row) for row in rows], asked.spots),
        register_.many(reader.session, *clauses),
    )


@question(Permission.READ_REGISTER)
def of_case(reader: Reader, case_id: str) -> Line | None:
    """One decided case as the register has it, also where it is no discrepancy; else None."""
    rows = reader.session.execute(register_.cases(col(ReviewCase.id) == case_id)).all()
    lines = _lines(reader.session, [tuple(row) for row in rows], spots=False)
    return lines[0] if lines else None


@question(Permission.READ_RATES)
def counts(
    reader: Reader, since: date | None = None, until: date | None = None, site: str = ""
) -> Counts:
    """How many discrepancies of each kind, of scans made from *since* to *until*; of nobody."""

    def many(*clauses: register_.Clause) -> int:
        return register_.many(reader.session, *register_.within(since, until, site), *clauses)

    judged = many(FLAGGED, JUDGED)
    all_ = many(DISCREPANT)
    by_kind = {kind: many(FLAGGED, clause) for kind, clause in KINDS.items()}
    return Counts(
        detection=Rate(by_kind[Discrepancy.DETECTION], judged),
        communication=Rate(by_kind[Discrepancy.COMMUNICATION], judged),
        taken=Rate(many(DISCREPANT, TAKEN), all_),
        spots=many(SPOT),
    )


@change(Permission.NOMINATE)
def nominate(unit: Unit, case_id: str, event: EventType, words: str) -> str:
    """Put a decided case forward for a meeting; the nomination's id.

    Raises:
        NotAllowed: it is not decided, was nominated as that, went to a meeting, or no words say
            why.
    """
    said = _words(words, "why this case is worth looking at")
    session = unit.session
    known = select(col(ReviewCase.id)).where(col(ReviewCase.id) == case_id, *DECIDED)
    if session.execute(known).first() is None:
        msg = "Only a closed case with a fracture can be nominated. Close its reading first."
        raise NotAllowed(msg)
    if session.get(TakenRow, case_id) is not None:
        msg = "This case went to a meeting before. It is not shown twice."
        raise NotAllowed(msg)
    if any(one.event is event for one in _nominations(session, [case_id]).get(case_id, ())):
        msg = f"This case is nominated as {event.words.lower()} already."
        raise NotAllowed(msg)
    row = NominationRow(
        id=f"n_{uuid4().hex}",
        case_id=case_id,
        event=event.value,
        words=said,
        role=unit.person.role.value,
        at=unit.now,
    )
    session.add(row)
    unit.tell("realm.nominated", case_id, nomination=row.id, event=event.value)
    return row.id


@change(Permission.NOMINATE)
def withdraw(unit: Unit, nomination_id: str, words: str) -> None:
    """Take a nomination back.

    Raises:
        NotAllowed: it does not stand, or no words say why.
    """
    said = _words(words, "why the nomination is taken back")
    row = unit.session.get(NominationRow, nomination_id)
    if row is None or row.withdrawn_at is not None:
        msg = "This nomination does not stand any more. Reload the page."
        raise NotAllowed(msg)
    row.withdrawn_at, row.withdrawn_why = unit.now, said
    unit.tell("realm.nomination_withdrawn", row.case_id, nomination=row.id)


def _words(words: str, what: str) -> str:
    said = words.strip()
    if not said or len(said) > LONGEST_WORDS:
        msg = f"Say in a few words (at most {LONGEST_WORDS} characters) {what}."
        raise NotAllowed(msg)
    return said


def _clauses(asked: Asked) -> tuple[register_.Clause, ...]:
    what = SPOT if asked.spots else DISCREPANT
    kind = (KINDS[asked.kind],) if asked.kind in KINDS and not asked.spots else ()
    period = register_.within(asked.since, asked.until, asked.site)
    return (what, *kind, *_WHICH[asked.which], *period)


def _lines(
    session: Session, rows: Sequence[tuple[ReviewCase, ScanRow]], spots: bool
) -> tuple[Line, ...]:
    cases = [case for case, _ in rows]
    facts = register_.facts_on(session, cases)
    ids = [case.id for case in cases]
    said = _nominations(session, ids)
    taken = set(
        session.execute(select(col(TakenRow.case_id)).where(col(TakenRow.case_id).in_(ids)))
        .scalars()
        .all()
    )
    return tuple(
        Line(
            case=case.id,
            scanned=scan.scanned,
            site=scan.site,
            exam=scan.exam,
            status=ReportStatus(case.report_status or ReportStatus.NO_REPORT),
            recommendation=Recommendation(case.recommendation) if case.recommendation else None,
            kind=None if spots else register_.kind_of(case),
            worst=facts[case.id].worst,
            levels=facts[case.id].levels,
            malignant=facts[case.id].malignant,
            nominations=said.get(case.id, ()),
            taken=case.id in taken,
        )
        for case, scan in rows
    )


def _nominations(session: Session, cases: Sequence[str]) -> dict[str, tuple[Nomination, ...]]:
    """What stands of each case, the oldest first."""
    rows = session.execute(
        select(NominationRow)
        .where(col(NominationRow.case_id).in_(cases), col(NominationRow.withdrawn_at).is_(None))
        .order_by(col(NominationRow.at), col(NominationRow.id))
    ).scalars()
    found: dict[str, tuple[Nomination, ...]] = {}
    for row in rows:
        one = Nomination(row.id, EventType(row.event), row.words, Role(row.role), row.at)
        found[row.case_id] = (*found.get(row.case_id, ()), one)
    return found
