"""Alerts as they lie in the record: raised and withdrawn by what stands, and who may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import Session, col

from store._readings import findings_of
from store.domain.alert import Alert as Owed
from store.domain.alert import Kind, changes, check_told, urgent
from store.domain.clock import local
from store.domain.describe import Acuity, unstable_of
from store.domain.finding import CaseState
from store.domain.people import Permission, Person
from store.domain.reading import REPEAT
from store.domain.refusal import NotAllowed
from store.domain.spine import Level
from store.tables import AlertRow, FindingRow, ReadingRow, RepeatRow, ReviewCase
from store.unit import Unit

UNNAMED = frozenset({CaseState.SECOND_READ.value, CaseState.ADJUDICATION.value})
"""States in which nobody who reads is told who else read."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as a person may see it.

    Attributes:
        level: Where the finding lies now; None where it names no vertebra.
        by: Who raised it; empty while that may not be told.
        told: Who was told, and how; empty while it is open.
    """

    id: str
    case: str
    finding: str
    level: Level | None
    kind: Kind
    raised_at: datetime
    by: str
    told: str
    told_at: datetime | None
    told_by: str
    withdrawn_at: datetime | None


def hidden(state: str, raised_by: str, person: Person) -> bool:
    """Whether *person* may not know of an alert: it would tell what another reader found.

    Whoever does not review reads nothing and is told at once, so nothing urgent waits for a
    second reading.
    """
    blind = state == CaseState.SECOND_READ and person.may(Permission.REVIEW)
    return blind and raised_by != person.handle


def alert_of(row: AlertRow, level: str | None, state: str, person: Person) -> Alert:
    """*row* as *person* may see it, its finding at *level*, in a case of *state*."""
    named = state not in UNNAMED or not person.may(Permission.REVIEW)
    return Alert(
        id=row.id,
        case=row.case_id,
        finding=row.finding_id,
        level=Level(level) if level else None,
        kind=Kind(row.kind),
        raised_at=row.raised_at,
        by=row.raised_name if named or row.raised_by == person.handle else "",
        told=row.told,
        told_at=row.told_at,
        told_by=row.told_by if named else "",
        withdrawn_at=row.withdrawn_at,
    )


def alerts_on(
    session: Session, case: ReviewCase, person: Person, repeat: RepeatRow | None = None
) -> tuple[Alert, ...]:
    """The standing alerts of *case* that *person* may see, the oldest first.

    In a *repeat* of it, those that were raised there: nothing of the case itself.
    """
    rows = _rows(session, case.id)
    return tuple(
        alert_of(row, level, case.state, person)
        for row, level in rows
        if not hidden(case.state, row.raised_by, person)
        and (repeat is None or row.reading == REPEAT)
    )


def told_words(session: Session, case: ReviewCase) -> tuple[str, ...]:
    """Of each alert on *case* that somebody was told of: what, who, how and when."""
    return tuple(
        f"{Kind(row.kind).words}{f', {level}' if level else ''}: told {row.told}, "
        f"{local(row.told_at)}"
        for row, level in _rows(session, case.id)
        if row.told_at is not None
    )


def _rows(session: Session, case_id: str) -> list[tuple[AlertRow, str | None]]:
    rows = session.execute(
        select(AlertRow, col(FindingRow.level))
        .join(FindingRow, col(FindingRow.id) == col(AlertRow.finding_id))
        .where(col(AlertRow.case_id) == case_id, col(AlertRow.withdrawn_at).is_(None))
        .order_by(col(AlertRow.raised_at), col(AlertRow.id))
    ).all()
    return [(row, level) for row, level in rows]


def alert_here(unit: Unit, alert_id: str) -> AlertRow:
    """The alert *alert_id*, whether it stands or not.

    Raises:
        NotAllowed: it is not here for this person.
    """
    row = unit.session.get(AlertRow, alert_id)
    case = unit.session.get(ReviewCase, row.case_id) if row else None
    if row is None or case is None or hidden(case.state, row.raised_by, unit.person):
        msg = "This alert is not here. Reload the page."
        raise NotAllowed(msg)
    return row


def standing(unit: Unit, alert_id: str) -> AlertRow:
    """The alert *alert_id*, of which nobody was told yet.

    Raises:
        NotAllowed: it is not here for this person, does not stand, or somebody was told.
    """
    row = alert_here(unit, alert_id)
    if row.withdrawn_at is not None:
        msg = "This alert was withdrawn: the finding is not urgent any more. Reload the page."
        raise NotAllowed(msg)
    if row.told_at is not None:
        msg = f"This was noted already: {row.told}. Reload the page."
        raise NotAllowed(msg)
    return row


def note_told(unit: Unit, row: AlertRow, told: str, told_at: datetime | None) -> None:
    """Write on *row* who was told, and tell the trail that somebody was.

    Raises:
        NotAllowed: nobody is named, or the time cannot be right.
    """
    row.told_at = check_told(told, told_at, row.raised_at, unit.now)
    row.told, row.told_by = told.strip(), unit.person.name
    unit.session.add(row)
    unit.tell("alert.told", row.case_id, alert=row.id, kind=row.kind)


def follow(unit: Unit, case: ReviewCase, reading: ReadingRow) -> None:
    """Raise and withdraw alerts so that those stand which the findings of *reading* call for.

    What two readers found at one level is one matter: it is told once, and once the case is
    closed it stands where the reading in force has it. What is raised in a repeat stands for
    itself: the case says nothing of it, and nothing of the case may take it away.
    """
    unit.session.flush()
    again = reading.number == REPEAT
    standing = [one for one in _rows(unit.session, case.id) if (one[0].reading == REPEAT) is again]
    level, owed = _owed(unit, case, reading.number)
    own = {(row.finding_id, Kind(row.kind)) for row, _ in standing if row.reading == reading.number}
    raised, gone = changes(own, owed)
    # Who reads blindly raises an alert of their own; later on, what stands is not raised again.
    known = set() if case.state == CaseState.SECOND_READ else _matters(standing)
    for finding, kind in sorted(raised):
        if (level[finding], kind) not in known:
            _raise(unit, case, reading, (finding, kind))
    _withdraw(unit, case, [row for row, _ in standing if (row.finding_id, row.kind) in gone])
    if case.state == CaseState.CLOSED and not again:
        level, owed = _owed(unit, case, case.reading)
        wanted = {(level[f], kind) for f, kinds in owed.items() for kind in kinds}
        _keep_one_each(unit, case, wanted)
    recount(unit, case)


def _owed(
    unit: Unit, case: ReviewCase, number: int
) -> tuple[dict[str, str | None], dict[str, frozenset[Kind]]]:
    """Of each finding of a reading: where it lies, and what it calls for."""
    rows = findings_of(unit.session, case.id, number)
    return {row.id: row.level for row in rows}, {row.id: _urgent(row) for row in rows}


def recount(unit: Unit, case: ReviewCase) -> None:
    """Bring the number of open alerts on *case* in line."""
    unit.session.flush()
    case.open_alerts = sum(row.told_at is None for row, _ in _rows(unit.session, case.id))


def _urgent(row: FindingRow) -> frozenset[Kind]:
    acuity = Acuity(row.acuity or Acuity.INDETERMINATE)
    return urgent(row.state, row.code, acuity, unstable_of(row.unstable))


def _matters(standing: list[tuple[AlertRow, str | None]]) -> set[tuple[str | None, Kind]]:
    return {(level, Kind(row.kind)) for row, level in standing}


def _raise(unit: Unit, case: ReviewCase, reading: ReadingRow, owed: Owed) -> None:
    finding, kind = owed
    row = AlertRow(
        id=f"a_{uuid4().hex}",
        case_id=case.id,
        reading=reading.number,
        finding_id=finding,
        kind=kind.value,
        raised_by=unit.person.handle,
        raised_name=unit.person.name,
        raised_at=unit.now,
    )
    unit.session.add(row)
    unit.tell("alert.raised", case.id, alert=row.id, kind=kind.value)


def _withdraw(unit: Unit, case: ReviewCase, rows: Sequence[AlertRow]) -> None:
    for row in rows:
        row.withdrawn_at = unit.now
        unit.tell("alert.withdrawn", case.id, alert=row.id, kind=row.kind)


def _keep_one_each(unit: Unit, case: ReviewCase, wanted: set[tuple[str | None, Kind]]) -> None:
    """Of the alerts of all readings, keep one of each matter *wanted*, a told one if there is."""
    unit.session.flush()
    kept: set[tuple[str | None, Kind]] = set()
    gone = []
    for row, level in sorted(_rows(unit.session, case.id), key=lambda one: one[0].told_at is None):
        matter = (level, Kind(row.kind))
        if row.reading == REPEAT:
            continue
        if matter not in wanted or matter in kept:
            gone.append(row)
        kept.add(matter)
    _withdraw(unit, case, gone)
