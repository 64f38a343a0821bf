"""The worklist's conditions and orders as SQL, each met by an index of its own."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, text, tuple_
from sqlmodel import col

from store._claimed import held_by_others, stands
from store.domain.people import Permission
from store.domain.queue import BLIND, CLOSED, RANKS, Assigned, Filters, Key, Only, Sort, rank
from store.domain.reading import LAST_SESSION, REPEAT
from store.tables import ClaimRow, FindingRow, ReadingRow, ReviewCase
from store.unit import Reader

Query = Select[*tuple[Any, ...]]
Clause = ColumnElement[bool]

FEW = 2000
"""So many cases are named one by one; above, the queue is walked and each case asked."""

# Written out and not bound: an index of some of the rows is only used where its own words stand.
OPEN = text("review_case.state NOT IN ('closed', 'withdrawn')")
DEFERRED = text("review_case.deferred_until IS NOT NULL")
ALERTS = text("review_case.open_alerts > 0")
ASSIGNED = text("review_case.assigned_to <> ''")
CLOSED_ONLY = text("review_case.state = 'closed'")
REPORT_DUE = text(
    "(review_case.report_changed OR (review_case.confirmed > 0 AND review_case.report_status = ''))"
)

_RANK, _SINCE, _ID = (col(ReviewCase.rank), col(ReviewCase.waiting_since), col(ReviewCase.id))
KEY = (_RANK, _SINCE, _ID)


def ordered(query: Query, sort: Sort) -> Query:
    """*query* in one of the orders there are."""
    if sort is Sort.NEWEST:
        return query.order_by(_SINCE.desc(), _ID.desc())
    return query.order_by(*(KEY if sort is Sort.GRAVEST else KEY[1:]))


def beyond(key: Key, sort: Sort) -> Any:  # noqa: ANN401 - SQLAlchemy's types do not name this one
    """Everything after the place *key*."""
    if sort is Sort.GRAVEST:
        place = tuple_(*KEY) > tuple_(key.rank, key.since, key.id)
        return and_(key.rank <= _RANK, place)
    days, here = tuple_(*KEY[1:]), tuple_(key.since, key.id)
    return days < here if sort is Sort.NEWEST else days > here


def narrowed(reader: Reader, query: Query, filters: Filters) -> Query:
    """*query* of review cases, with what *filters* leave as things stand now."""
    wanted = (
        (filters.state, col(ReviewCase.state)),
        (filters.site, col(ReviewCase.site)),
        (filters.grade, col(ReviewCase.worst_grade)),
        (filters.product, col(ReviewCase.product)),
    )
    query = query.where(*(column == value for value, column in wanted if value not in (None, "")))
    # Named as well: an index is entered at the grade, or at the days of each grade, and not
    # walked from its top.
    dated = filters.since or filters.before
    if filters.grade is not None or (dated and filters.sort is Sort.GRAVEST):
        places = RANKS if filters.grade is None else (rank(filters.grade),)
        query = query.where(_RANK.in_(places))
    if filters.since is not None:
        query = query.where(filters.since <= _SINCE)
    if filters.before is not None:
        query = query.where(filters.before > _SINCE)
    query = query.where(col(ReviewCase.opted_out).is_(False))
    query = query.where(*_standing(reader, filters), *_assigned(reader, filters))
    if filters.only is not None:
        query = query.where(*_ONLY[filters.only](reader))
    return query if filters.level is None else query.where(_has_level(reader, filters))


def _standing(reader: Reader, filters: Filters) -> tuple[Any, ...]:
    """Open or not, and deferred cases out of sight where open ones are looked at."""
    whatever = filters.only in {Only.ALERTS, Only.REPORT, Only.SESSION}
    if filters.state is None and (whatever or not filters.open):
        return ()
    scope = () if filters.state is not None else (OPEN,)
    if filters.only is Only.DEFERRED or filters.state in CLOSED:
        return scope
    until = col(ReviewCase.deferred_until)
    return *scope, or_(until.is_(None), until <= reader.now.date())


def _assigned(reader: Reader, filters: Filters) -> tuple[Any, ...]:
    if filters.assigned is None:
        return ()
    if filters.assigned is Assigned.NOBODY:
        return (col(ReviewCase.assigned_to) == "",)
    return ASSIGNED, col(ReviewCase.assigned_to) == reader.person.handle


def _deferred(reader: Reader) -> tuple[Any, ...]:
    return DEFERRED, col(ReviewCase.deferred_until) > reader.now.date()


def _alerts(reader: Reader) -> tuple[Any, ...]:
    return ALERTS, may_see_alerts(reader)


def may_see_alerts(reader: Reader) -> Clause:
    """An alert of a case that is read blind shows to whoever raised it and to no other reader."""
    if not reader.person.may(Permission.REVIEW):
        return ~false()
    return or_(
        col(ReviewCase.state).not_in(sorted(BLIND)),
        col(ReviewCase.first_reader) == reader.person.handle,
    )


def _claimed(reader: Reader) -> tuple[Any, ...]:
    rows = select(col(ClaimRow.case_id)).where(stands(reader.now)).limit(FEW)
    return (_these(list(reader.session.execute(rows).scalars())),)


def _these(cases: list[str]) -> Clause:
    """The cases named; said as false where there are none, for an empty list was looked for in
    every row of a million.
    """
    return _ID.in_(cases) if cases else false()


def _report(_reader: Reader) -> tuple[Any, ...]:
    return CLOSED_ONLY, REPORT_DUE


def _session(reader: Reader) -> tuple[Any, ...]:
    start, closed = reader.now - LAST_SESSION, col(ReadingRow.closed_at)
    mine = (
        select(col(ReadingRow.case_id))
        .where(
            col(ReadingRow.reader) == reader.person.handle,
            col(ReadingRow.number) != REPEAT,
            or_(closed >= start, and_(closed.is_(None), col(ReadingRow.opened_at) >= start)),
        )
        .limit(FEW)
    )
    return (_these(list(reader.session.execute(mine).scalars())),)


_ONLY = {
    Only.DEFERRED: _deferred,
    Only.ALERTS: _alerts,
    Only.CLAIMED: _claimed,
    Only.REPORT: _report,
    Only.SESSION: _session,
}


def _has_level(reader: Reader, filters: Filters) -> Any:  # noqa: ANN401 - as beyond
    """A finding of the reading in force at the level; found either way round, by how rare it is."""
    level = col(FindingRow.level) == filters.level
    here = and_(level, col(FindingRow.reading) == col(ReviewCase.reading))
    found = select(col(FindingRow.case_id)).where(level).limit(FEW + 1)
    few = list(reader.session.execute(found).scalars())
    has = exists().where(here, col(FindingRow.case_id) == _ID)
    return has if len(few) > FEW else and_(_ID.in_(few), has)


def for_me(reader: Reader) -> Clause:
    """What the person may take up now: nobody else's, and no second reading of their own first."""
    me = reader.person.handle
    taken = held_by_others(me, reader.now)
    assigned, first = col(ReviewCase.assigned_to), col(ReviewCase.first_reader)
    blind = col(ReviewCase.state).in_(sorted(BLIND))
    third = and_(col(ReviewCase.state) == "adjudication", col(ReviewCase.second_reader) == me)
    theirs = or_(and_(blind, first == me), third)
    # Of a case read once, the first reader's assignment is done with.
    free = or_(assigned.in_(["", me]), and_(blind, assigned == first))
    return and_(~taken, free, ~theirs)


def most(query: Query, cap: int) -> Query:
    """How many cases *query* leaves, counted no further than one past *cap*."""
    return select(func.count()).select_from(query.limit(cap + 1).subquery())
