"""Deciding: each deed is one event, kept for ever; where a finding stands follows from them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from store._claimed import check_hold
from store._remeasured import check_stack, keep, measure
from store._steps import standing_steps
from store._verdicts import change_finding, snapshot
from store.domain.clock import local
from store.domain.finding import (
    Act,
    CaseState,
    Decision,
    Deed,
    State,
    case_state,
    check_decision,
)
from store.domain.people import Permission
from store.domain.refusal import Conflict, NotAllowed
from store.domain.rejection import REASONS, Class
from store.guard import change
from store.tables import DecisionRow, FindingRow, ReferralRow, ReviewCase
from store.unit import Unit

_JUDGED = ("report_status", "recommendation")


@change(Permission.REVIEW)
def decide(unit: Unit, act: Act) -> int:
    """Record *act* and return the case's new version; the same act again changes nothing.

    Raises:
        Conflict: the case moved on after it was painted, or somebody else works on it.
        NotAllowed: the deed cannot be done as things stand.
    """
    act_id = _uuid(act.act)
    done = unit.session.get(DecisionRow, act_id)
    if done is not None:
        return _replayed(unit, act, done)
    case = _case(unit, act)
    check_hold(unit, case)
    step = _step(unit, case, act)
    _settle(unit, case)
    unit.session.add(
        DecisionRow(
            act=act_id,
            case_id=case.id,
            version=case.version,
            finding_id=step.finding,
            deed=act.decision.deed.value,
            before=step.before,
            after=step.after,
            undoes=step.undoes,
            stack=act.stack,
            actor=unit.person.handle,
            actor_name=unit.person.name,
            role=unit.person.role.value,
            at=unit.now,
        )
    )
    if act.decision.deed is Deed.MEASURE:
        keep(unit, case, act, act_id)
    unit.tell(
        "case.decided",
        case.id,
        act=act_id,
        deed=act.decision.deed.value,
        finding=step.finding,
        before=_unsaid(step.before),
        after=_unsaid(step.after),
        version=case.version,
    )
    return case.version


@dataclass(frozen=True, slots=True)
class _Step:
    """What one deed changed, as its event keeps it."""

    finding: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    undoes: str | None = None


def _step(unit: Unit, case: ReviewCase, act: Act) -> _Step:
    """Do *act*; its own picture must be one of the scan, whatever it decides."""
    if act.stack:
        check_stack(unit.session, case, act.stack)
    if act.decision.deed is Deed.UNDO:
        return _undo(unit, case)
    if act.decision.deed is Deed.REPORT:
        check_decision(State.FLAGGED, None, act.decision)
        return _Step(None, *_judge(unit, case, act.decision))
    if act.decision.deed is Deed.MEASURE:
        check_decision(State.FLAGGED, None, act.decision)
        return _Step(None, *measure(unit.session, case, act))
    return _Step(*change_finding(unit, case, act))


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
        else "A new picture or AI result changed this case"
    )
    return f"{who}. Your step was not recorded. Look at the case again, then decide."


def _undo(unit: Unit, case: ReviewCase) -> _Step:
    """Take back the newest step that stands."""
    steps = standing_steps(unit.session, case.id)
    if not steps:
        msg = "There is no step to undo."
        raise NotAllowed(msg)
    last = steps[0]
    if last.actor != unit.person.handle:
        msg = f"The last step is {last.actor_name}'s, of {local(last.at)}. Decide anew instead."
        raise NotAllowed(msg)
    if last.deed == Deed.MEASURE:
        # Which measurement stands follows from the steps that do; no row has to change.
        return _Step(None, last.after, last.before, last.act)
    # What stands is again the word of whoever said it before, or of nobody.
    earlier = next((step for step in steps[1:] if _same_matter(step, last)), None)
    by, at = (earlier.actor_name, earlier.at) if earlier else ("", None)
    if last.finding_id is None:
        _restore(case, last.before)
        case.report_by, case.report_at = by, at
        return _Step(None, last.after, last.before, last.act)
    row = unit.session.get_one(FindingRow, last.finding_id)
    _restore(row, last.before or {"state": State.WITHDRAWN.value})
    row.decided_by, row.decided_at = by, at
    return _Step(row.id, last.after, last.before or snapshot(row), last.act)


def _same_matter(step: DecisionRow, last: DecisionRow) -> bool:
    """Whether *step* was of the same finding or, as *last*, of the report."""
    return step.finding_id == last.finding_id and step.deed != Deed.MEASURE


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
