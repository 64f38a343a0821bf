"""What a decision makes of one finding: its state, level, grade and shape."""

from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import col

from store._measured import spine_on
from store.domain.finding import (
    LANDS,
    Act,
    Decision,
    Deed,
    Source,
    State,
    check_decision,
    propose,
)
from store.domain.genant import Grade
from store.domain.refusal import NotAllowed
from store.domain.spine import Level
from store.tables import FindingRow, ReviewCase
from store.unit import Unit

_KEPT = ("state", "level", "grade", "shape", "code", "text")


def snapshot(row: FindingRow) -> dict[str, Any]:
    """What an event keeps of *row*."""
    return {name: getattr(row, name) for name in _KEPT}


def change_finding(
    unit: Unit, case: ReviewCase, act: Act
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Apply *act* to its finding: the finding's id, and what it was before and after.

    Raises:
        NotAllowed: the deed cannot be done as things stand.
    """
    decision = act.decision
    if decision.deed is Deed.ADD:
        row, before = _added(unit, case), {}
    else:
        found = unit.session.get(FindingRow, act.finding) if act.finding else None
        if found is None or found.case_id != case.id:
            msg = "This finding is not part of the case on the screen. Reload the page."
            raise NotAllowed(msg)
        row, before = found, snapshot(found)
    level = Level(row.level) if row.level else None
    check_decision(State(row.state), level, decision)
    _apply(unit, case, row, decision)
    _check_one_a_level(unit, case, row)
    row.decided_by, row.decided_at = unit.person.name, unit.now
    unit.session.add(row)
    return row.id, before, snapshot(row)


def _added(unit: Unit, case: ReviewCase) -> FindingRow:
    held = unit.session.execute(
        select(col(FindingRow.id)).where(col(FindingRow.case_id) == case.id)
    )
    return FindingRow(
        id=f"f_{uuid4().hex}",
        case_id=case.id,
        place=len(held.scalars().all()),
        source=Source.READER.value,
        state=State.FLAGGED.value,
    )


def _apply(unit: Unit, case: ReviewCase, row: FindingRow, decision: Decision) -> None:
    deed = decision.deed
    if decision.level is not None and deed in {Deed.RELABEL, Deed.ADD, Deed.CONFIRM}:
        row.level = decision.level.value
    if deed in LANDS:
        row.state = LANDS[deed].value
        row.code, row.text = decision.code, decision.text
    if deed in {Deed.REGRADE, Deed.ADD}:
        row.state, row.code, row.text = State.CONFIRMED.value, "", decision.text
    if row.state == State.CONFIRMED and row.level is None:
        msg = "This flag names no vertebra. Choose the level first (key L), then confirm."
        raise NotAllowed(msg)
    if deed in {Deed.CONFIRM, Deed.REGRADE, Deed.ADD}:
        _grade(unit, case, row, decision)


def _grade(unit: Unit, case: ReviewCase, row: FindingRow, decision: Decision) -> None:
    """The reader's grade, else the one that stood on the button."""
    measured = spine_on(unit.session, case).used.get(Level(row.level or ""))
    ai_grade = Grade(row.ai_grade) if row.ai_grade is not None else None
    offered = propose(measured, ai_grade, row.ai_loss)
    chosen = decision.grade or (Grade(row.grade) if row.grade else None)
    if chosen is None and offered is not None:
        chosen = offered.grade
    if not chosen:
        msg = "No grade is suggested here. Give one (key G, then 1 to 3)."
        raise NotAllowed(msg)
    row.grade = int(chosen)
    if decision.shape is not None:
        row.shape = decision.shape.value
    elif row.shape is None and offered is not None and offered.shape is not None:
        row.shape = offered.shape.value


def _check_one_a_level(unit: Unit, case: ReviewCase, row: FindingRow) -> None:
    """Two standing findings on one vertebra would be counted as two fractures."""
    if row.level is None or row.state in {State.REJECTED, State.WITHDRAWN}:
        return
    with unit.session.no_autoflush:
        others = unit.session.execute(
            select(FindingRow).where(
                col(FindingRow.case_id) == case.id,
                col(FindingRow.level) == row.level,
                col(FindingRow.id) != row.id,
            )
        ).scalars()
        taken = any(o.state not in {State.REJECTED, State.WITHDRAWN} for o in others)
    if taken:
        msg = f"There is a finding at {row.level} already. Decide on that one, or relabel it."
        raise NotAllowed(msg)
