"""Where all scans stand, so that none is out of sight, and what the AI could not analyse."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from store._queue import most, narrowed
from store.domain.arrival import Ending
from store.domain.finding import CaseState
from store.domain.people import Permission
from store.domain.queue import DUE_DAYS, Assigned, Band, Filters, Only, window
from store.guard import question
from store.tables import PatientRow, ReviewCase, ScanRow
from store.unit import Reader
from store.worklist import CAP, name

MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts of scans; ``CAP + 1`` stands for every number above `CAP`.

    Attributes:
        states: Scans in the room by state; states nothing is in are left out.
        endings: Scans by how the AI's analysis ended; None counts those it has not answered.
    """

    states: dict[CaseState, int]
    endings: dict[Ending | None, int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to be done, as counts; ``CAP + 1`` stands for every number above `CAP`."""

    bands: dict[Band, int]
    only: dict[Only, int]
    mine: int


@question(Permission.READ_CASES)
def standing(reader: Reader) -> Standing:
    """Every scan by state of review and by the AI's answer."""

    def counted(table: type[ReviewCase | ScanRow], column: object, value: str) -> int:
        query = select(column).where(  # type: ignore[call-overload]  # any column
            column == value, col(table.opted_out).is_(False)
        )
        return int(reader.session.execute(most(query, CAP)).scalar_one())

    states = {state: counted(ReviewCase, col(ReviewCase.state), state.value) for state in CaseState}
    endings = {
        end: counted(ScanRow, col(ScanRow.ending), end.value if end else "")
        for end in (*Ending, None)
    }
    return Standing(
        {state: n for state, n in states.items() if n}, {end: n for end, n in endings.items() if n}
    )


@question(Permission.READ_CASES)
def waiting(reader: Reader, due_days: int = DUE_DAYS) -> Waiting:
    """The open cases by how long they have waited, and those that need something of their own."""

    def counted(filters: Filters) -> int:
        query = narrowed(reader, select(col(ReviewCase.id)), filters)
        return int(reader.session.execute(most(query, CAP)).scalar_one())

    days = {band: window(band, reader.now.date(), due_days) for band in Band}
    return Waiting(
        {band: counted(Filters(since=a, before=b)) for band, (a, b) in days.items()},
        {only: counted(Filters(only=only)) for only in Only},
        counted(Filters(assigned=Assigned.ME)),
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
    """The newest scans the AI could not analyse, up to `MOST_NAMED` of them."""
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
        .where(col(ScanRow.ending) == Ending.FAILED.value, col(ScanRow.opted_out).is_(False))
        .order_by(col(ScanRow.received_at).desc(), col(ScanRow.id).desc())
        .limit(MOST_NAMED)
    )
    return tuple(Failure(name(last, first), *rest) for last, first, *rest in rows)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer."""

    sites: tuple[str, ...]
    products: tuple[str, ...]


@question(Permission.READ_CASES)
def choices(reader: Reader) -> Choices:
    """The sites and AI products that any case has, each found by a leap to the next."""
    return Choices(_each(reader, "site"), _each(reader, "product"))


def _each(reader: Reader, column: str) -> tuple[str, ...]:
    named = col(getattr(ReviewCase, column))
    found: list[str] = []
    last: str | None = None
    while True:
        beyond = select(named).order_by(named).limit(1)
        beyond = beyond if last is None else beyond.where(named > last)
        last = reader.session.execute(beyond).scalar_one_or_none()
        if last is None:
            return tuple(found)
        found.append(last)
