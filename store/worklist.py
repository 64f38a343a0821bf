"""The worklist: scans that are read here, in a fixed order, a page at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from store._claimed import SOMEBODY
from store._queue import (
    KEY,
    Query,
    beyond,
    for_me,
    most,
    narrowed,
    ordered,
)
from store._repeats import offered, place_of
from store._waiting import unpictured
from store.domain.claim import Claim
from store.domain.finding import CaseState, Source, State
from store.domain.genant import Grade
from store.domain.job import State as JobState
from store.domain.people import Permission
from store.domain.queue import BLIND, CLOSED, Filters, Key
from store.domain.spine import Level, craniocaudal
from store.guard import question
from store.tables import ClaimRow, FindingRow, PatientRow, ReviewCase, ScanRow
from store.unit import Reader

__all__ = ["CAP", "PAGE", "Filters", "Key", "Line", "Page", "count", "following", "page"]

PAGE = 50
CAP = 10_000
"""Nobody needs the exact number of more cases; counting a million held a page up."""


@dataclass(frozen=True, slots=True)
class Line:
    """One case in the worklist; of one that is read blind, nothing an earlier reader said.

    Attributes:
        levels: Where the AI flagged it; once the case is closed, where findings stand.
        findings: How many findings the reading in force has; 0 where none may be told.
        assigned: Handle of whom the case was given to.
        reading: Name of the person who has it open now.
        mine: The person asking has it open.
        theirs: The person asking read it, and it waits for another.
        report_due: Nobody has compared the report with what was found.
        picture: How the making of its picture stands; None where one is there, or none will be.
    """

    key: Key
    state: CaseState
    worst: Grade
    levels: tuple[Level, ...]
    findings: int
    undecided: int
    since: date
    site: str
    product: str
    exam: str
    accession: str
    patient: str
    born: date | None
    assigned: str
    deferred_until: date | None
    deferred_why: str
    alerts: int
    report_due: bool
    theirs: bool
    reading: str = ""
    mine: bool = False
    picture: JobState | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Up to `PAGE` cases, and where the next and the one before begin."""

    lines: tuple[Line, ...]
    next: Key | None
    earlier: bool


# Built once: putting a statement together took a third of the time of a page.
_LINES: Query = (
    select(
        *KEY,
        col(ReviewCase.state),
        col(ReviewCase.worst_grade),
        col(ReviewCase.site),
        col(ReviewCase.product),
        col(ReviewCase.reading),
        col(ReviewCase.kind),
        col(ReviewCase.first_reader),
        col(ReviewCase.assigned_to),
        col(ReviewCase.deferred_until),
        col(ReviewCase.deferred_why),
        col(ReviewCase.open_alerts),
        col(ReviewCase.confirmed),
        col(ReviewCase.report_status),
        col(ReviewCase.report_changed),
        col(ReviewCase.scan_id),
        col(ScanRow.exam),
        col(ScanRow.accession),
        col(PatientRow.surname),
        col(PatientRow.forename),
        col(PatientRow.born),
    )
    .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
    .join(PatientRow, col(PatientRow.id) == col(ScanRow.patient_id))
)
_FINDINGS = select(
    col(FindingRow.case_id),
    col(FindingRow.reading),
    col(FindingRow.source),
    col(FindingRow.ai_level),
    col(FindingRow.level),
    col(FindingRow.state),
).where(
    col(FindingRow.case_id).in_(bindparam("cases", expanding=True)),
    col(FindingRow.state) != State.WITHDRAWN.value,
)
_CLAIMS = select(
    col(ClaimRow.case_id),
    col(ClaimRow.handle),
    col(ClaimRow.name),
    col(ClaimRow.since),
    col(ClaimRow.until),
).where(col(ClaimRow.case_id).in_(bindparam("cases", expanding=True)))


@question(Permission.READ_CASES)
def page(reader: Reader, filters: Filters, after: Key | None = None) -> Page:
    """One page of the worklist, from the place *after* on; flat in time however long it is."""
    query = narrowed(reader, _LINES, filters)
    if after is not None:
        query = query.where(beyond(after, filters.sort))
    asked = ordered(query, filters.sort).limit(PAGE + 1)
    rows = reader.session.connection().execute(asked).all()
    lines = _painted(reader, rows[:PAGE])
    more = lines[-1].key if len(rows) > PAGE else None
    return Page(lines, more, after is not None)


@question(Permission.READ_CASES)
def named(reader: Reader, cases: Iterable[str]) -> tuple[Line, ...]:
    """The lines of *cases*, the newest scan first."""
    query = _LINES.where(col(ReviewCase.id).in_(list(cases)), col(ReviewCase.opted_out).is_(False))
    rows = reader.session.execute(query.order_by(KEY[1].desc(), KEY[2])).all()
    return _painted(reader, rows)


@question(Permission.READ_CASES)
def following(reader: Reader, case_id: str, filters: Filters, n: int = 3) -> tuple[str, ...]:
    """Up to *n* cases to look at after *case_id*, in the order of the list, then from its top.

    Left out is what somebody else reads or was given, and what the person may not read again.
    Now and then the first is a repeat of what the person read long ago; nothing tells so.
    """
    row = place_of(reader, case_id)
    if row is None:
        return ()
    repeat = offered(reader, filters)
    found = [repeat] if repeat and repeat != case_id else []
    here = Key(row.rank, row.waiting_since, row.id)
    queue = narrowed(reader, select(col(ReviewCase.id)), filters).where(
        col(ReviewCase.id) != row.id, for_me(reader)
    )
    for query in (queue.where(beyond(here, filters.sort)), queue):
        wanted = n - len(found)
        if wanted:
            query = query.where(col(ReviewCase.id).not_in(found)) if found else query
            rows = reader.session.execute(ordered(query, filters.sort).limit(wanted))
            found += rows.scalars()
    return tuple(found)


@question(Permission.READ_CASES)
def count(reader: Reader, filters: Filters) -> int:
    """How many cases *filters* leave; ``CAP + 1`` stands for all numbers above `CAP`."""
    query = narrowed(reader, select(col(ReviewCase.id)), filters)
    return int(reader.session.execute(most(query, CAP)).scalar_one())


def _painted(reader: Reader, rows: Any) -> tuple[Line, ...]:  # noqa: ANN401 - rows of _LINES
    """The lines of *rows*, as the person may see them."""
    cases = {"cases": [row.id for row in rows]}
    found: dict[str, list[Any]] = {case: [] for case in cases["cases"]}
    # Asked of the connection: nothing here is an object of the session's.
    connection: Any = reader.session.connection()
    for finding in connection.execute(_FINDINGS, cases):
        found[finding.case_id].append(finding)
    held_by = {
        case: claim
        for case, *rest in connection.execute(_CLAIMS, cases)
        if (claim := Claim(*rest)).stands(reader.now)
    }
    made = unpictured(reader.session, [row.scan_id for row in rows])
    return tuple(
        _line(reader, row, found[row.id], held_by.get(row.id), made.get(row.scan_id))
        for row in rows
    )


def _line(
    reader: Reader,
    row: Any,  # noqa: ANN401 - as _painted
    found: list[Any],
    claim: Any,  # noqa: ANN401 - as _painted
    picture: JobState | None,
) -> Line:
    me = reader.person.handle
    blind, closed = row.state in BLIND, row.state in CLOSED
    first = blind and row.first_reader == me
    unaided = row.kind != "flag" and (row.reading == 1 or first) and not closed
    standing = [] if unaided else [one for one in found if one.reading == row.reading]
    counted = [] if first else standing
    return Line(
        key=Key(row.rank, row.waiting_since, row.id),
        state=CaseState(row.state),
        worst=Grade.NONE if unaided else Grade(row.worst_grade),
        levels=_levels(standing, closed),
        findings=len(counted),
        undecided=sum(one.state == State.FLAGGED.value for one in counted),
        since=row.waiting_since,
        site=row.site,
        product=row.product,
        exam=row.exam,
        accession=row.accession,
        patient=name(row.surname, row.forename),
        born=row.born,
        assigned="" if blind and row.assigned_to != me else row.assigned_to,
        deferred_until=row.deferred_until,
        deferred_why=row.deferred_why,
        alerts=0
        if blind and not first and reader.person.may(Permission.REVIEW)
        else row.open_alerts,
        report_due=_report_due(row),
        theirs=first,
        reading=_reader(claim, blind, me),
        mine=claim is not None and claim.handle == me,
        picture=picture,
    )


def _reader(claim: Any, blind: bool, me: str) -> str:  # noqa: ANN401 - as _painted
    if claim is None:
        return ""
    return SOMEBODY if blind and claim.handle != me else str(claim.name)


def _levels(found: list[Any], closed: bool) -> tuple[Level, ...]:
    if closed:
        return _in_order(tuple(one.level for one in found))
    return _in_order(tuple(one.ai_level for one in found if one.source == Source.AI))


@lru_cache(maxsize=4096)
def _in_order(said: tuple[str | None, ...]) -> tuple[Level, ...]:
    """The levels of *said*, kept: the same few pairs come again and again, and naming costs."""
    return craniocaudal({Level(level) for level in said if level})


def _report_due(row: Any) -> bool:  # noqa: ANN401 - as _painted
    due = row.report_changed or (row.confirmed > 0 and not row.report_status)
    return row.state == CaseState.CLOSED and bool(due)


def name(surname: str, forename: str) -> str:
    """A patient's name in one line."""
    return ", ".join(filter(None, (surname, forename)))
