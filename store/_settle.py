"""A case's own columns, which follow from its readings."""

from store._judged import UNJUDGED
from store._readings import findings_of, reading_row
from store.domain.finding import CaseState, State
from store.domain.rejection import REASONS, Class
from store.tables import ReviewCase
from store.unit import Unit


def settle(unit: Unit, case: ReviewCase) -> None:
    """Bring the case's own columns in line: they say what was found once it is closed only."""
    unit.session.flush()
    case.version += 1
    rows = findings_of(unit.session, case.id, case.reading)
    closed = case.state == CaseState.CLOSED
    reading = reading_row(unit.session, case)
    case.fragility = sum(row.state == State.CONFIRMED for row in rows) if closed else 0
    other = sum(
        row.state == State.REJECTED and REASONS[row.code].kind is Class.NOT_FRAGILITY
        for row in rows
    )
    case.confirmed = case.fragility + other if closed else 0
    case.outcome = reading.outcome if closed else ""
    case.closed_at = (case.closed_at or unit.now) if closed else None
    for name, nothing in UNJUDGED.items():
        setattr(case, name, getattr(reading, name) if closed else nothing)
