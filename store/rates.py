"""The rates, counted from the record: every scan once, copies never."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from store._closing import said
from store._readings import findings_of
from store.domain.arrival import Ending, Fate
from store.domain.finding import CaseState
from store.domain.people import Permission
from store.domain.rates import FunnelRow, Rate, Step
from store.domain.reading import LAST_SESSION, NUMBERS, REPEAT, CaseKind, Kind, Outcome
from store.domain.repeat import Pair
from store.domain.report import DETECTION_DISCREPANCY, ReportStatus
from store.guard import change, question
from store.tables import (
    ReadingRow,
    ReceiptRow,
    ReferralRow,
    RepeatRow,
    ResultRow,
    ReviewCase,
    ScanRow,
)
from store.unit import Reader, Unit

_FIRST = NUMBERS[Kind.FIRST]
_FLAGGED = col(ReviewCase.kind) != CaseKind.NEGATIVE.value
"""A scan the AI did not flag, read to see what it misses, is no part of what it flagged."""


@question(Permission.READ_RATES)
def funnel(
    reader: Reader,
    start: date | None = None,
    end: date | None = None,
    site: str = "",
    version: tuple[str, str] | None = None,
) -> tuple[FunnelRow, ...]:
    """The way from arrival to referral of scans made from *start* to *end* (both included).

    What never became a scan (held, refused) has no scan date and no site, so it is counted
    only where nothing narrows the question.

    Args:
        version: Product and version: then of the scans that it answered, by its own answer.
    """
    unit = _Counter(reader.session, start, end, site, version)
    received = unit.scans()
    lost = 0 if start or end or site or version else _never_a_scan(reader.session)
    analysed = unit.scans(unit.answered(Ending.POSITIVE, Ending.NEGATIVE))
    flagged = unit.scans(unit.answered(Ending.POSITIVE))
    closed = col(ReviewCase.state) == CaseState.CLOSED.value
    fracture = col(ReviewCase.fragility) > 0
    judged = col(ReviewCase.report_status).not_in(["", ReportStatus.NO_REPORT.value])
    unseen = col(ReviewCase.report_status).in_([s.value for s in DETECTION_DISCREPANCY])
    reviewed = unit.cases(closed)
    confirmed = unit.cases(closed, fracture)
    sent = (
        select(col(ReferralRow.case_id))
        .where(col(ReferralRow.case_id) == ReviewCase.id, col(ReferralRow.withdrawn_at).is_(None))
        .exists()
    )
    counts = {
        Step.RECEIVED: (received, received + lost),
        Step.ANALYSED: (analysed, received),
        Step.FLAGGED: (flagged, analysed),
        Step.REVIEWED: (reviewed, flagged),
        Step.CONFIRMED: (confirmed, reviewed),
        Step.UNREPORTED: (
            unit.cases(closed, fracture, unseen),
            unit.cases(closed, fracture, judged),
        ),
        Step.REFERRED: (unit.cases(closed, fracture, sent), confirmed),
    }
    return tuple(FunnelRow(step, Rate(*pair)) for step, pair in counts.items())


@question(Permission.READ_RATES)
def opted_out(
    reader: Reader, start: date | None = None, end: date | None = None, site: str = ""
) -> int:
    """How many scans an opt-out keeps out of everything that is counted here."""
    unit = _Counter(reader.session, start, end, site)
    query = select(func.count()).select_from(ScanRow)
    found = query.where(*unit.period, col(ScanRow.opted_out).is_(True))
    return int(reader.session.execute(found).scalar_one())


@question(Permission.READ_RATES)
def repeats(
    reader: Reader, start: date | None = None, end: date | None = None, site: str = ""
) -> tuple[Pair, ...]:
    """Each first reading with its repeat by the same reader; whose and of which case is not said.

    Of scans made from *start* to *end* (both included). A repeat counts once it cannot be undone
    any more, and only where nobody touched the first reading since it was repeated. The order
    tells nothing of when or by whom.
    """
    session, first, again = reader.session, aliased(ReadingRow), aliased(ReadingRow)
    rows = session.execute(
        select(col(RepeatRow.case_id), first, again)
        .join(first, _of(first, _FIRST))
        .join(again, _of(again, REPEAT))
        .join(ReviewCase, col(ReviewCase.id) == col(RepeatRow.case_id))
        .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
        .where(
            *_Counter(session, start, end, site).bounds,
            col(again.closed_at) <= reader.now - LAST_SESSION,
            col(first.reader) == col(RepeatRow.reader),
            col(first.closed_at) < col(RepeatRow.made_at),
        )
        .order_by(col(RepeatRow.id))
    ).all()
    return tuple(_pair(session, case_id, one, other) for case_id, one, other in rows)


def _of(rows: type[ReadingRow], number: int) -> ColumnElement[bool]:
    return and_(col(rows.case_id) == col(RepeatRow.case_id), col(rows.number) == number)


def _pair(session: Session, case_id: str, one: ReadingRow, other: ReadingRow) -> Pair:
    first, again = (
        tuple(said(row, None) for row in findings_of(session, case_id, each.number))
        for each in (one, other)
    )
    took = other.closed_at - one.closed_at if other.closed_at and one.closed_at else timedelta()
    return Pair(first, again, (Outcome(one.outcome), Outcome(other.outcome)), took.days)


@question(Permission.READ_RATES)
def sites(reader: Reader) -> tuple[str, ...]:
    """Sites that sent scans."""
    return tuple(sorted(reader.session.execute(select(col(ScanRow.site)).distinct()).scalars()))


@change(Permission.READ_RATES)
def downloaded(unit: Unit, sha256: str) -> None:
    """Note that the person took the workbook of the rates away."""
    unit.tell("rates.downloaded", unit.person.handle, sha256=sha256)


class _Counter:
    """Counts within one period and site, without those who opted out."""

    def __init__(
        self,
        session: Session,
        start: date | None,
        end: date | None,
        site: str,
        version: tuple[str, str] | None = None,
    ) -> None:
        self.session = session
        self.version = version
        self.period = []
        if start:
            self.period.append(col(ScanRow.scanned) >= start)
        if end:
            self.period.append(col(ScanRow.scanned) <= end)
        if site:
            self.period.append(col(ScanRow.site) == site)
        self.bounds = [*self.period, col(ScanRow.opted_out).is_(False)]
        if version:
            self.bounds.append(self.answered(*Ending))

    def answered(self, *endings: Ending) -> ColumnElement[bool]:
        """Whether the analysis of a scan ended so; that of the version, where one is asked for."""
        said = [ending.value for ending in endings]
        if self.version is None:
            return col(ScanRow.ending).in_(said)
        product, version = self.version
        own = select(col(ResultRow.digest)).where(
            col(ResultRow.scan_id) == ScanRow.id,
            col(ResultRow.product) == product,
            col(ResultRow.version) == version,
            col(ResultRow.ending).in_(said),
        )
        return own.exists()

    def scans(self, *clauses: object) -> int:
        query = select(func.count()).select_from(ScanRow).where(*self.bounds, *clauses)  # type: ignore[arg-type]  # clause types
        return int(self.session.execute(query).scalar_one())

    def cases(self, *clauses: object) -> int:
        query = (
            select(func.count())
            .select_from(ReviewCase)
            .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
            .where(*self.bounds, *clauses, _FLAGGED)  # type: ignore[arg-type]  # clause types
        )
        return int(self.session.execute(query).scalar_one())


def _never_a_scan(session: Session) -> int:
    """Distinct series that arrived and were never accepted."""
    accepted = select(col(ReceiptRow.digest)).where(col(ReceiptRow.fate) == Fate.ACCEPTED.value)
    query = select(func.count(func.distinct(col(ReceiptRow.digest)))).where(
        col(ReceiptRow.kind) == "series",
        col(ReceiptRow.fate).in_([Fate.HELD.value, Fate.REFUSED.value]),
        col(ReceiptRow.digest).not_in(accepted),
    )
    return int(session.execute(query).scalar_one())
