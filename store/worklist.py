"""The worklist: flagged scans, the gravest and then the oldest first, a page at a time."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select, tuple_
from sqlmodel import Session, col

from store._claimed import held_by_others
from store.domain.arrival import Ending
from store.domain.finding import CaseState, State
from store.domain.genant import Grade
from store.domain.people import Permission
from store.domain.spine import Level, craniocaudal
from store.guard import question
from store.tables import FindingRow, PatientRow, ReviewCase, ScanRow
from store.unit import Reader

PAGE = 50

_KEY = (col(ReviewCase.rank), col(ReviewCase.waiting_since), col(ReviewCase.id))


@dataclass(frozen=True, slots=True)
class Filters:
    """What the worklist is narrowed to; an empty field narrows nothing.

    Attributes:
        scanned_before: Cases whose scan is older than this day.
        mine: Handle of the person whose last decision it was.
    """

    state: CaseState | None = CaseState.WAITING
    site: str = ""
    grade: Grade | None = None
    level: Level | None = None
    product: str = ""
    scanned_before: date | None = None
    mine: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """A place in the queue."""

    rank: int
    since: date
    id: str


@dataclass(frozen=True, slots=True)
class Line:
    """One case in the worklist."""

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
    patient: str
    born: date | None


@dataclass(frozen=True, slots=True)
class Page:
    """Up to `PAGE` cases, and where the next and the one before begin."""

    lines: tuple[Line, ...]
    next: Key | None
    earlier: bool


def _narrowed(query: Select[*tuple[Any, ...]], filters: Filters) -> Select[*tuple[Any, ...]]:
    wanted = (
        (filters.state, col(ReviewCase.state)),
        (filters.site, col(ReviewCase.site)),
        (filters.grade, col(ReviewCase.worst_grade)),
        (filters.product, col(ReviewCase.product)),
        (filters.mine, col(ReviewCase.last_by)),
    )
    query = query.where(*(column == value for value, column in wanted if value not in (None, "")))
    if filters.scanned_before is not None:
        query = query.where(col(ReviewCase.waiting_since) < filters.scanned_before)
    if filters.level is None:
        return query
    has_level = select(col(FindingRow.case_id)).where(
        col(FindingRow.level) == filters.level.value,
        col(FindingRow.case_id) == ReviewCase.id,
        col(FindingRow.reading) == ReviewCase.reading,
    )
    return query.where(has_level.exists())


# Built once: putting a statement together took a third of the time of a page.
_LINES: Select[*tuple[Any, ...]] = (
    select(
        *_KEY,
        col(ReviewCase.state),
        col(ReviewCase.worst_grade),
        col(ReviewCase.site),
        col(ReviewCase.product),
        col(ScanRow.exam),
        col(PatientRow.surname),
        col(PatientRow.forename),
        col(PatientRow.born),
    )
    .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
    .join(PatientRow, col(PatientRow.id) == col(ScanRow.patient_id))
)
_FINDINGS = (
    select(col(FindingRow.case_id), col(FindingRow.level), col(FindingRow.state))
    .join(ReviewCase, col(ReviewCase.id) == col(FindingRow.case_id))
    .where(
        col(FindingRow.case_id).in_(bindparam("cases", expanding=True)),
        col(FindingRow.reading) == col(ReviewCase.reading),
        col(FindingRow.state) != State.WITHDRAWN.value,
    )
)


@question(Permission.READ_CASES)
def page(reader: Reader, filters: Filters, after: Key | None = None) -> Page:
    """One page of the worklist, from the place *after* on; flat in time however long it is."""
    query = _narrowed(_LINES, filters)
    if after is not None:
        query = query.where(_beyond(after))
    rows = reader.session.execute(query.order_by(*_KEY).limit(PAGE + 1)).all()
    lines = _painted(reader.session, rows[:PAGE])
    more = lines[-1].key if len(rows) > PAGE else None
    return Page(lines, more, after is not None)


@question(Permission.READ_CASES)
def following(reader: Reader, case_id: str, filters: Filters) -> str | None:
    """The case to look at after *case_id*: the next in the queue, else the first of it.

    Cases that somebody else works on are passed over.
    """
    row = reader.session.get(ReviewCase, case_id)
    if row is None:
        return None
    here = Key(row.rank, row.waiting_since, row.id)
    queue = _narrowed(select(col(ReviewCase.id)), filters).where(
        col(ReviewCase.id) != case_id, ~held_by_others(reader.person.handle, reader.now)
    )
    for query in (queue.where(_beyond(here)), queue):
        found = reader.session.execute(query.order_by(*_KEY).limit(1)).scalar_one_or_none()
        if found is not None:
            return str(found)
    return None


@question(Permission.READ_CASES)
def count(reader: Reader, filters: Filters) -> int:
    """How many cases *filters* leave."""
    query = _narrowed(select(func.count()).select_from(ReviewCase), filters)
    return int(reader.session.execute(query).scalar_one())


@dataclass(frozen=True, slots=True)
class Standing:
    """Where all scans stand, so that none is out of sight.

    Attributes:
        states: Flagged scans by state.
        endings: Scans by how the AI's analysis ended; the empty word counts those it has not
            answered yet.
    """

    states: dict[CaseState, int]
    endings: dict[Ending | None, int]


@question(Permission.READ_CASES)
def standing(reader: Reader) -> Standing:
    """Every scan counted once by state of review and once by the AI's answer."""
    states = reader.session.execute(
        select(col(ReviewCase.state), func.count()).group_by(col(ReviewCase.state))
    )
    endings = reader.session.execute(
        select(col(ScanRow.ending), func.count()).group_by(col(ScanRow.ending))
    )
    return Standing(
        {CaseState(state): n for state, n in states},
        {Ending(ending) if ending else None: n for ending, n in endings},
    )


@dataclass(frozen=True, slots=True)
class Failure:
    """A scan the AI could not analyse: nobody has looked at it for fractures."""

    patient: str
    scanned: date | None
    site: str
    exam: str
    reason: str


@question(Permission.READ_CASES)
def failures(reader: Reader) -> tuple[Failure, ...]:
    """The newest scans the AI could not analyse, up to `PAGE` of them."""
    rows = reader.session.execute(
        select(
            col(PatientRow.surname),
            col(PatientRow.forename),
            col(ScanRow.scanned),
            col(ScanRow.site),
            col(ScanRow.exam),
            col(ScanRow.ai_reason),
        )
        .join(PatientRow, col(PatientRow.id) == col(ScanRow.patient_id))
        .where(col(ScanRow.ending) == Ending.FAILED.value)
        .order_by(col(ScanRow.received_at).desc(), col(ScanRow.id))
        .limit(PAGE)
    )
    return tuple(Failure(_name(last, first), *rest) for last, first, *rest in rows)


def _name(surname: str, forename: str) -> str:
    return ", ".join(filter(None, (surname, forename)))


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer."""

    sites: tuple[str, ...]
    products: tuple[str, ...]


@question(Permission.READ_CASES)
def choices(reader: Reader) -> Choices:
    """The sites and AI products that any case has."""
    sites = reader.session.execute(select(col(ReviewCase.site)).distinct()).scalars()
    products = reader.session.execute(select(col(ReviewCase.product)).distinct()).scalars()
    return Choices(tuple(sorted(sites)), tuple(sorted(products)))


def _beyond(key: Key) -> Any:  # noqa: ANN401 - SQLAlchemy's clause types do not name this one
    place = tuple_(*_KEY)
    first = col(ReviewCase.rank) >= key.rank
    return and_(first, or_(place > tuple_(key.rank, key.since, key.id)))


def _painted(session: Session, rows: Any) -> tuple[Line, ...]:  # noqa: ANN401 - rows of _LINES
    found: dict[str, list[tuple[str | None, str]]] = {row[2]: [] for row in rows}
    for case_id, level, state in session.execute(_FINDINGS, {"cases": list(found)}):
        found[case_id].append((level, state))
    return tuple(_line(row, found[row[2]]) for row in rows)


def _line(row: Any, found: list[tuple[str | None, str]]) -> Line:  # noqa: ANN401 - as _painted
    rank, since, case, state, worst, site, product, exam, surname, forename, born = row
    return Line(
        key=Key(rank, since, case),
        state=CaseState(state),
        worst=Grade(worst),
        levels=craniocaudal({Level(level) for level, _ in found if level}),
        findings=len(found),
        undecided=sum(stands == State.FLAGGED.value for _, stands in found),
        since=since,
        site=site,
        product=product,
        exam=exam,
        patient=_name(surname, forename),
        born=born,
    )
