"""Repeats: made while their reader closes another case, and named as any case is.

Whoever asks for a repeat by its name is answered as if it were a case; whoever asks for the case
itself is answered of that. No other question of the record knows of repeats.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, exists, func, select
from sqlmodel import Session, col

from store._changes import world
from store._closing import as_flagged
from store._doing import Event, write_down
from store._looked import LOOKS
from store._opted import check_not_out
from store._queue import narrowed
from store._readings import findings_of, reading_row
from store.audit import written
from store.domain.finding import CaseState, Deed, Source
from store.domain.people import INTAKE, Permission, Person
from store.domain.queue import Filters
from store.domain.reading import DRAWS, LAST_SESSION, NUMBERS, REPEAT, CaseKind, Kind, ReadPolicy
from store.domain.refusal import NotAllowed
from store.domain.repeat import BETWEEN, FORGOTTEN, LAPSES, NEWEST_OF, SCATTER
from store.tables import AlertRow, ReadingRow, RepeatRow, ReviewCase, TrailRow
from store.unit import Reader, Unit

FIRST = NUMBERS[Kind.FIRST]
_OWN = tuple(kind.value for kind in Kind if kind is not Kind.REPEAT)
_READING = (col(ReadingRow.case_id) == col(RepeatRow.case_id)) & (col(ReadingRow.number) == REPEAT)


def find_case(reader: Reader, case_id: str) -> tuple[ReviewCase, RepeatRow | None] | None:
    """What the name *case_id* stands for, to the person asking: a case, or a repeat of one.

    A repeat is there for its reader alone, and after it was closed as long as it can be undone.
    """
    session = reader.session
    case = session.get(ReviewCase, case_id)
    if case is not None:
        return case, None
    repeat = session.get(RepeatRow, case_id)
    if repeat is None or not _theirs(repeat, reader.person):
        return None
    case = session.get_one(ReviewCase, repeat.case_id)
    closed = reading_row(session, case, REPEAT).closed_at
    if closed is not None and reader.now - closed > LAST_SESSION:
        return None
    return case, repeat


def case_named(reader: Reader, case_id: str) -> tuple[ReviewCase, RepeatRow | None]:
    """As `find_case`.

    Raises:
        NotAllowed: there is no such case, or its patient has opted out.
    """
    found = find_case(reader, case_id)
    if found is None:
        msg = "This case is not here. Go back to the worklist."
        raise NotAllowed(msg)
    check_not_out(found[0])
    return found


def name_of(reader: Reader, alert: AlertRow) -> str:
    """What the case of *alert* is called to the person asking: the name they raised it under."""
    if alert.reading != REPEAT or alert.raised_by != reader.person.handle:
        return alert.case_id
    named: str = reader.session.execute(
        select(col(RepeatRow.id)).where(col(RepeatRow.case_id) == alert.case_id)
    ).scalar_one()
    return named if find_case(reader, named) else alert.case_id


def first_end(session: Session, repeat: RepeatRow) -> datetime | None:
    """When the reading that *repeat* repeats was closed: what came later was not known then."""
    return session.get_one(ReadingRow, (repeat.case_id, FIRST)).closed_at


def _theirs(repeat: RepeatRow, person: Person) -> bool:
    return repeat.reader == person.handle and person.may(Permission.REVIEW)


def make(unit: Unit, policy: ReadPolicy) -> None:
    """Make a repeat for whoever just closed a case, if it is time for one and the lot gives one."""
    session, me = unit.session, unit.person.handle
    if policy.repeat_share <= 0.0:
        return
    last = session.execute(
        select(RepeatRow)
        .where(col(RepeatRow.reader) == me)
        .order_by(col(RepeatRow.made_at).desc())
        .limit(1)
    ).scalar_one_or_none()
    if _standing(unit) is not None or not _enough_between(unit, last.made_at if last else None):
        return
    case = session.execute(
        select(ReviewCase)
        .join(ReadingRow, col(ReadingRow.case_id) == col(ReviewCase.id))
        .where(*_forgotten(unit), *_fit(policy.repeat_share))
        .order_by(col(ReadingRow.closed_at).desc(), col(ReviewCase.id))
        .limit(1)
    ).scalar_one_or_none()
    if case is not None:
        begin(unit, case)


def _forgotten(unit: Unit) -> tuple[ColumnElement[bool], ...]:
    """First readings of the person's own, long enough ago, whose case they did not see since."""
    me, then = unit.person.handle, unit.now - FORGOTTEN
    again = exists().where(
        col(TrailRow.entity) == col(ReadingRow.case_id),
        col(TrailRow.actor) == me,
        col(TrailRow.action).in_(LOOKS),
        col(TrailRow.at) > written(then),
    )
    return (
        col(ReadingRow.reader) == me,
        col(ReadingRow.kind) == Kind.FIRST.value,
        col(ReadingRow.closed_at).between(unit.now - NEWEST_OF, then),
        ~again,
    )


def _fit(share: float) -> tuple[ColumnElement[bool], ...]:
    """Cases that may be repeated.

    Not one with an urgent alert: its reader would ring a second time about what was told.
    """
    this = col(ReviewCase.id)
    return (
        col(ReviewCase.state) == CaseState.CLOSED.value,
        col(ReviewCase.opted_out).is_(False),
        col(ReviewCase.kind) == CaseKind.FLAG.value,
        (col(ReviewCase.draw) * SCATTER) % DRAWS < share * DRAWS,
        ~exists().where(col(RepeatRow.case_id) == this),
        ~exists().where(col(AlertRow.case_id) == this),
    )


def begin(unit: Unit, case: ReviewCase) -> None:
    """Make the repeat of *case* for the unit's person, who read it first."""
    session, was = unit.session, world(unit.session, case)
    repeat = RepeatRow(
        id=f"c_{uuid4().hex}", case_id=case.id, reader=unit.person.handle, made_at=unit.now
    )
    session.add(repeat)
    reading_row(session, case, REPEAT)
    flags = [row for row in findings_of(session, case.id, FIRST) if row.source == Source.AI]
    session.add_all(as_flagged(row, REPEAT) for row in flags)
    write_down(unit, case, was, Event(str(uuid4()), Deed.REPEATED, REPEAT, by=INTAKE), repeat)


def _standing(reader: Reader) -> RepeatRow | None:
    """The person's repeat that is still to be read, unless it has lapsed."""
    found: RepeatRow | None = reader.session.execute(
        select(RepeatRow)
        .join(ReadingRow, _READING)
        .where(
            col(RepeatRow.reader) == reader.person.handle,
            col(RepeatRow.made_at) > reader.now - LAPSES,
            col(ReadingRow.closed_at).is_(None),
        )
        .limit(1)
    ).scalar_one_or_none()
    return found


def unread(session: Session, names: Collection[str]) -> frozenset[str]:
    """Of *names*, those of repeats that are still to be read."""
    rows = session.execute(
        select(col(RepeatRow.id))
        .join(ReadingRow, _READING)
        .where(col(RepeatRow.id).in_(names), col(ReadingRow.closed_at).is_(None))
    ).scalars()
    return frozenset(rows)


def _enough_between(reader: Reader, since: datetime | None) -> bool:
    """Whether the person closed `BETWEEN` cases since the moment *since*; repeats do not count."""
    closed = col(ReadingRow.closed_at)
    rows = select(col(ReadingRow.case_id)).where(
        col(ReadingRow.reader) == reader.person.handle,
        col(ReadingRow.kind).in_(_OWN),
        closed.is_not(None) if since is None else closed > since,
    )
    counted = select(func.count()).select_from(rows.limit(BETWEEN).subquery())
    return int(reader.session.execute(counted).scalar_one()) == BETWEEN


def offered(reader: Reader, filters: Filters) -> str | None:
    """The repeat that comes before everything else now, in a list narrowed to *filters*.

    Left alone after a look at it, it comes again after as many cases as lie between two.
    """
    repeat = _standing(reader) if _ordinary(filters) else None
    if repeat is None or not _theirs(repeat, reader.person):
        return None
    if repeat.looked_at is not None and not _enough_between(reader, repeat.looked_at):
        return None
    where = Filters(
        open=False,
        site=filters.site,
        grade=filters.grade,
        product=filters.product,
        since=filters.since,
        before=filters.before,
    )
    query = narrowed(reader, select(col(ReviewCase.id)), where).where(
        col(ReviewCase.id) == repeat.case_id,
        col(ReviewCase.state) == CaseState.CLOSED.value,
    )
    return repeat.id if reader.session.execute(query).first() else None


def _ordinary(filters: Filters) -> bool:
    """Whether a list holds whatever waits; in any other a repeat would stand out."""
    narrow = (filters.only, filters.assigned, filters.level)
    waiting = filters.state in (None, CaseState.WAITING)
    return waiting and all(one is None for one in narrow)


def place_of(reader: Reader, case_id: str) -> ReviewCase | None:
    """The case behind which the list goes on: after a repeat, the one closed before it."""
    found = find_case(reader, case_id)
    if found is None or found[1] is None:
        return found[0] if found else None
    last = last_closed(reader.session, reader.person)
    return last or found[0]


def last_closed(session: Session, person: Person) -> ReviewCase | None:
    """The case of which *person* closed a reading last, repeats left out."""
    found: ReviewCase | None = session.execute(
        select(ReviewCase)
        .join(ReadingRow, col(ReadingRow.case_id) == col(ReviewCase.id))
        .where(
            col(ReadingRow.reader) == person.handle,
            col(ReadingRow.kind).in_(_OWN),
            col(ReadingRow.closed_at).is_not(None),
        )
        .order_by(col(ReadingRow.closed_at).desc())
        .limit(1)
    ).scalar_one_or_none()
    return found
