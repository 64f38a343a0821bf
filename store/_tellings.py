"""What was noted on the Alerts screen of who was told: every version, the oldest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from store._alerts import UNNAMED, hidden
from store.domain.alert import Kind
from store.domain.clock import local
from store.domain.people import Permission, Person
from store.domain.spine import Level
from store.tables import AlertRow, FindingRow, ReviewCase, TellingRow


@dataclass(frozen=True, slots=True)
class Telling:
    """One note of who was told, or what put such a note right.

    Attributes:
        at: When it was noted.
        by: Who noted it; empty while no reader is named.
        told: Who was told, and how; empty where nobody was, so that the alert is open again.
        was: What was noted before; empty at a first telling.
        why: Why it was put right.
    """

    alert: str
    at: datetime
    by: str
    level: Level | None
    kind: Kind
    told: str
    told_at: datetime | None
    was: str
    was_at: datetime | None
    was_by: str
    why: str

    @property
    def words(self) -> str:
        """What happened, as the story of a case says it."""
        matter = f"{self.kind.words}{f', {self.level}' if self.level else ''}"
        if not self.was:
            return f"Noted who was told of an urgent alert ({matter}): {_said(self)}"
        now = f"told was {_said(self)}" if self.told else "nobody was told, and it is open again"
        return f"Put right who was told of an urgent alert ({matter}): {now}. {self.before}"

    @property
    def before(self) -> str:
        """What was noted before, and why that was wrong."""
        day = f", {local(self.was_at)}" if self.was_at else ""
        by = f", by {self.was_by}" if self.was_by else ""
        return f"Noted before{by}: {self.was}{day}. Why: {self.why}"


def _said(one: Telling) -> str:
    return f"{one.told}, {local(one.told_at)}" if one.told_at else one.told


def tellings(
    session: Session, alerts: Iterable[str], person: Person
) -> dict[str, tuple[Telling, ...]]:
    """What was noted of each of *alerts*, as far as *person* may know of them."""
    return _grouped(session, col(TellingRow.alert_id).in_(list(alerts)), person)


def tellings_on(session: Session, case: ReviewCase, person: Person) -> tuple[Telling, ...]:
    """What was noted of every alert on *case*, withdrawn ones too, as *person* may know it."""
    found = _grouped(session, col(TellingRow.case_id) == case.id, person)
    return tuple(sorted((one for each in found.values() for one in each), key=lambda one: one.at))


def _grouped(session: Session, which: object, person: Person) -> dict[str, tuple[Telling, ...]]:
    rows = session.execute(
        select(TellingRow, AlertRow, col(FindingRow.level), col(ReviewCase.state))
        .join(AlertRow, col(AlertRow.id) == col(TellingRow.alert_id))
        .join(FindingRow, col(FindingRow.id) == col(AlertRow.finding_id))
        .join(ReviewCase, col(ReviewCase.id) == col(TellingRow.case_id))
        .where(which)  # type: ignore[arg-type]  # a clause of SQLAlchemy's
        .order_by(col(TellingRow.id))
    ).all()
    found: dict[str, tuple[Telling, ...]] = {}
    for row, alert, level, state in rows:
        if not hidden(state, alert.raised_by, person):
            named = state not in UNNAMED or not person.may(Permission.REVIEW)
            one = _telling(row, Kind(alert.kind), level, named)
            found[alert.id] = (*found.get(alert.id, ()), one)
    return found


def _telling(row: TellingRow, kind: Kind, level: str | None, named: bool) -> Telling:
    return Telling(
        alert=row.alert_id,
        at=row.at,
        by=row.name if named else "",
        level=Level(level) if level else None,
        kind=kind,
        told=row.told,
        told_at=row.told_at,
        was=row.was,
        was_at=row.was_at,
        was_by=row.was_by if named else "",
        why=row.why,
    )
