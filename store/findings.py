"""Deciding: each deed is one event, kept for ever; where a finding stands follows from them."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlmodel import col

from store._measured import measured_on
from store._steps import standing_steps
from store.domain.clock import local
from store.domain.finding import (
    LANDS,
    REASONS,
    Act,
    CaseState,
    Class,
    Decision,
    Deed,
    Source,
    State,
    case_state,
    check_decision,
    propose,
)
from store.domain.genant import Grade
from store.domain.people import Permission
from store.domain.refusal import Conflict, NotAllowed
from store.domain.spine import Level
from store.guard import change
from store.tables import DecisionRow, FindingRow, ReferralRow, ReviewCase
from store.unit import Unit

_KEPT = ("state", "level", "grade", "shape", "code", "text")
_JUDGED = ("report_status", "recommendation")


@change(Permission.REVIEW)
def decide(unit: Unit, act: Act) -> int:
    """Record *act* and return the case's new version; the same act again changes nothing.

    Raises:
        Conflict: the case moved on after it was painted.
        NotAllowed: the deed cannot be done as things stand.
    """
    act_id = _uuid(act.act)
    done = unit.session.get(DecisionRow, act_id)
    if done is not None:
        return _replayed(unit, act, done)
    case = _case(unit, act)
    deed = act.decision.deed
    undoes = None
    if deed is Deed.UNDO:
        undone, before, after = _undo(unit, case)
        finding_id, undoes = undone.finding_id, undone.act
    elif deed is Deed.REPORT:
        check_decision(State.FLAGGED, None, act.decision)
        finding_id, before, after = None, *_judge(unit, case, act.decision)
    else:
        finding_id, before, after = _change_finding(unit, case, act)
    _settle(unit, case)
    unit.session.add(
        DecisionRow(
            act=act_id,
            case_id=case.id,
            version=case.version,
            finding_id=finding_id,
            deed=deed.value,
            before=before,
            after=after,
            undoes=undoes,
            actor=unit.person.handle,
            actor_name=unit.person.name,
            role=unit.person.role.value,
            at=unit.now,
        )
    )
    unit.tell(
        "case.decided",
        case.id,
        act=act_id,
        deed=deed.value,
        finding=finding_id,
        before=_unsaid(before),
        after=_unsaid(after),
        version=case.version,
    )
    return case.version


def _unsaid(state: dict[str, Any]) -> dict[str, Any]:
    """*state* for the trail: a reader's own words may name the patient, so they stay out."""
    return {name: value for name, value in state.items() if name != "text"}


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        msg = "An act needs a UUID made where the key was pressed. Reload the page."
        raise NotAllowed(msg) from None


def _replayed(unit: Unit, act: Act, done: DecisionRow) -> int:
    if done.case_id != act.case or done.actor != unit.person.handle:
        msg = "This act was recorded for another case. Reload the page and decide again."
        raise NotAllowed(msg)
    unit.tell("case.replayed", act.case, act=done.act)
    return done.version


def _case(unit: Unit, act: Act) -> ReviewCase:
    case = unit.session.get(ReviewCase, act.case)
    if case is None:
        msg = "This case is not here. Go back to the worklist."
        raise NotAllowed(msg)
    if case.version != act.version:
        raise Conflict(_moved_on(unit, case))
    exported = select(col(ReferralRow.at)).where(col(ReferralRow.case_id) == case.id)
    sent = unit.session.execute(exported).scalar_one_or_none()
    if sent is not None:
        msg = f"This case was referred to the FLS on {local(sent)}; it cannot be changed here."
        raise NotAllowed(msg)
    return case


def _moved_on(unit: Unit, case: ReviewCase) -> str:
    last = unit.session.execute(
        select(DecisionRow)
        .where(col(DecisionRow.case_id) == case.id)
        .order_by(col(DecisionRow.version).desc())
        .limit(1)
    ).scalar_one_or_none()
    who = (
        f"{last.actor_name} changed this case on {local(last.at)}"
        if last and last.version == case.version
        else "A new AI result changed this case"
    )
    return f"{who}. Your step was not recorded. Look at the case again, then decide."


def _undo(unit: Unit, case: ReviewCase) -> tuple[DecisionRow, dict[str, Any], dict[str, Any]]:
    """Take back the newest step that stands: that step, and what changed."""
    steps = standing_steps(unit.session, case.id)
    if not steps:
        msg = "There is no step to undo."
        raise NotAllowed(msg)
    last = steps[0]
    if last.actor != unit.person.handle:
        msg = f"The last step is {last.actor_name}'s, of {local(last.at)}. Decide anew instead."
        raise NotAllowed(msg)
    # What stands is again the word of whoever said it before, or of nobody.
    earlier = next((step for step in steps[1:] if step.finding_id == last.finding_id), None)
    by, at = (earlier.actor_name, earlier.at) if earlier else ("", None)
    if last.finding_id is None:
        _restore(case, last.before)
        case.report_by, case.report_at = by, at
        return last, last.after, last.before
    row = unit.session.get_one(FindingRow, last.finding_id)
    _restore(row, last.before or {"state": State.WITHDRAWN.value})
    row.decided_by, row.decided_at = by, at
    return last, last.after, last.before or _snapshot(row)


def _restore(row: ReviewCase | FindingRow, was: dict[str, Any]) -> None:
    for name, value in was.items():
        setattr(row, name, value)


def _judge(
    unit: Unit, case: ReviewCase, decision: Decision
) -> tuple[dict[str, Any], dict[str, Any]]:
    before = {name: getattr(case, name) for name in _JUDGED}
    case.report_status = decision.status.value if decision.status else ""
    case.recommendation = decision.recommendation.value if decision.recommendation else "none"
    case.report_by, case.report_at = unit.person.name, unit.now
    return before, {name: getattr(case, name) for name in _JUDGED}


def _snapshot(row: FindingRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _KEPT}


def _change_finding(
    unit: Unit, case: ReviewCase, act: Act
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    decision = act.decision
    if decision.deed is Deed.ADD:
        row, before = _added(unit, case), {}
    else:
        found = unit.session.get(FindingRow, act.finding) if act.finding else None
        if found is None or found.case_id != case.id:
            msg = "This finding is not part of the case on the screen. Reload the page."
            raise NotAllowed(msg)
        row, before = found, _snapshot(found)
    level = Level(row.level) if row.level else None
    check_decision(State(row.state), level, decision)
    _apply(unit, case, row, decision)
    _check_one_a_level(unit, case, row)
    row.decided_by, row.decided_at = unit.person.name, unit.now
    unit.session.add(row)
    return row.id, before, _snapshot(row)


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
    measured = measured_on(unit.session, case.scan_id).get(Level(row.level or ""))
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


def _settle(unit: Unit, case: ReviewCase) -> None:
    """Bring the case's own columns in line with its findings."""
    unit.session.flush()
    rows = (
        unit.session.execute(select(FindingRow).where(col(FindingRow.case_id) == case.id))
        .scalars()
        .all()
    )
    case.state = case_state(tuple(State(row.state) for row in rows)).value
    case.fragility = sum(row.state == State.CONFIRMED for row in rows)
    other = sum(
        row.state == State.REJECTED and REASONS[row.code].kind is Class.NOT_FRAGILITY
        for row in rows
    )
    case.confirmed = case.fragility + other
    case.closed_at = (case.closed_at or unit.now) if case.state == CaseState.CLOSED else None
    case.last_by = unit.person.handle
    case.version += 1
