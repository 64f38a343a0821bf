"""Deciding: each deed is one event, kept for ever; where a case stands follows from them."""

from collections.abc import Callable
from uuid import UUID

from store._alerts import follow
from store._changes import restore, world
from store._claimed import check_hold, let_go
from store._closing import ask_opinion, close, reopen, unreadable, withdraw
from store._describing import describe, renumber, told
from store._doing import Doing, Event, write_down
from store._judging import judge
from store._readings import check_hand, reading_row, seen
from store._remeasured import check_stack, keep, measure
from store._repeats import case_named, make
from store._settle import settle
from store._steps import APART, standing_steps, steps_of
from store._verdicts import add, change_finding
from store.domain.act import ENDS
from store.domain.clock import local
from store.domain.finding import BY_INTAKE, Act, CaseState, Deed, State, check_decision
from store.domain.people import Permission
from store.domain.reading import LAST_SESSION, REPEAT, Kind, ReadPolicy
from store.domain.refusal import Conflict, NotAllowed
from store.guard import change
from store.tables import DecisionRow, RepeatRow, ReviewCase
from store.unit import Unit


@change(Permission.REVIEW)
def decide(unit: Unit, act: Act, policy: ReadPolicy) -> int:
    """Record *act* and return the case's new version; the same act again changes nothing.

    Raises:
        Conflict: the case moved on after it was painted, or somebody else works on it.
        NotAllowed: the deed cannot be done as things stand.
    """
    act_id = _uuid(act.act)
    done = unit.session.get(DecisionRow, act_id)
    if done is not None:
        return _replayed(unit, act, done)
    (case, repeat), deed = _case(unit, act), act.decision.deed
    if deed is not Deed.TOLD:
        check_hold(unit, case, repeat)
    if act.stack:
        check_stack(unit.session, case, act.stack)
    number = check_hand(unit.session, case, unit.person, deed, repeat).number
    reading = reading_row(unit.session, case, number)
    was = world(unit.session, case)
    doing = Doing(unit, case, reading, act, policy, repeat)
    undoes = _undo(doing) if deed is Deed.UNDO else None
    if undoes is None:
        _take_up(doing)
        _DEEDS.get(deed, _impossible)(doing)
    follow(unit, case, reading)
    version = _count_on(unit, case, repeat)
    event = Event(act_id, deed, number, doing.finding, undoes, act.stack, doing.before, doing.after)
    write_down(unit, case, was, event, repeat)
    if deed is Deed.MEASURE:
        keep(unit, case, act, act_id, doing.after["level"])
    if deed in ENDS:
        _leave(doing)
    return version


def _count_on(unit: Unit, case: ReviewCase, repeat: RepeatRow | None) -> int:
    """The new version; a repeat has its own, and brings nothing of the case in line."""
    if repeat is None:
        settle(unit, case)
        return case.version
    repeat.version += 1
    return repeat.version


def _leave(doing: Doing) -> None:
    let_go(doing.unit, doing.case, doing.repeat)
    if doing.repeat is None:
        make(doing.unit, doing.policy)


def _impossible(_doing: Doing) -> None:
    msg = "Nobody can do this by hand. Reload the page."
    raise NotAllowed(msg)


def _measure(doing: Doing) -> None:
    check_decision(State.FLAGGED, None, doing.decision)
    before, after = measure(doing.unit.session, doing.case, doing.reading, doing.act)
    doing.before, doing.after = before, after


_DEEDS: dict[Deed, Callable[[Doing], None]] = {
    Deed.CONFIRM: change_finding,
    Deed.REJECT: change_finding,
    Deed.UNSURE: change_finding,
    Deed.REGRADE: change_finding,
    Deed.RELABEL: change_finding,
    Deed.ADD: add,
    Deed.DESCRIBE: describe,
    Deed.RENUMBER: renumber,
    Deed.TOLD: told,
    Deed.REPORT: judge,
    Deed.MEASURE: _measure,
    Deed.CLOSE: close,
    Deed.UNREADABLE: unreadable,
    Deed.OPINION: ask_opinion,
    Deed.WITHDRAW: withdraw,
    Deed.REOPEN: reopen,
}


def _take_up(doing: Doing) -> None:
    """The first to act in a reading makes it theirs."""
    case, reading, person = doing.case, doing.reading, doing.unit.person
    shut = case.state in {CaseState.CLOSED, CaseState.WITHDRAWN} and doing.repeat is None
    if reading.reader or shut or doing.decision.deed is Deed.TOLD:
        return
    reading.reader, reading.reader_name = person.handle, person.name
    reading.opened_at = doing.unit.now
    if reading.kind == Kind.SECOND:
        case.second_reader = person.handle


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        msg = "An act needs a UUID made where the key was pressed. Reload the page."
        raise NotAllowed(msg) from None


def _replayed(unit: Unit, act: Act, done: DecisionRow) -> int:
    repeat = unit.session.get(RepeatRow, act.case)
    asked = (repeat.case_id, True) if repeat else (act.case, False)
    if (done.case_id, done.reading == REPEAT) != asked or done.actor != unit.person.handle:
        msg = "This act was recorded for another case. Reload the page and decide again."
        raise NotAllowed(msg)
    unit.tell("case.replayed", act.case, act=done.act)
    return done.version - (APART if repeat else 0)


def _case(unit: Unit, act: Act) -> tuple[ReviewCase, RepeatRow | None]:
    case, repeat = case_named(unit, act.case)
    if (repeat or case).version != act.version:
        raise Conflict(_moved_on(unit, case, repeat))
    return case, repeat


_ARRIVED = {Deed.CORRECTED.value: "corrected report", Deed.GREW.value: "larger scan"}


def _moved_on(unit: Unit, case: ReviewCase, repeat: RepeatRow | None) -> str:
    last = next(iter(steps_of(unit.session, case.id, repeat=repeat is not None)), None)
    version = APART + repeat.version if repeat else case.version
    if last is None or last.version != version or Deed(last.deed) in BY_INTAKE:
        named = last.deed if last is not None and last.version == version else ""
        arrived = _ARRIVED.get(named, "new picture or AI result")
        who = f"A {arrived} changed this case"
    elif last.actor != unit.person.handle and seen(unit.session, case, unit.person, repeat).open:
        who = "Another person changed this case"
    else:
        who = f"{last.actor_name} changed this case on {local(last.at)}"
    return f"{who}. Your step was not recorded. Look at the case again, then decide."


def _undo(doing: Doing) -> str:
    """Take back the newest step that stands, with all that it changed: its act."""
    unit, case, repeat = doing.unit, doing.case, doing.repeat
    steps = standing_steps(unit.session, case.id, REPEAT if repeat else None)
    hidden = seen(unit.session, case, unit.person, repeat).open
    last = steps[0] if steps else None
    if last is None or (last.actor != unit.person.handle and hidden):
        msg = "There is no step to undo. What others did stays."
        raise NotAllowed(msg)
    if last.actor != unit.person.handle:
        msg = f"The last step is {last.actor_name}'s, of {local(last.at)}. Decide anew instead."
        raise NotAllowed(msg)
    if unit.now - last.at > LAST_SESSION:
        msg = f"The last step is of {local(last.at)}. Decide anew, or reopen the case (key .)."
        raise NotAllowed(msg)
    restore(unit, case, last.before)
    doing.finding = last.finding_id
    if last.deed == Deed.MEASURE:
        # Which measurement stands follows from the steps that do.
        said = ("level", "shown", "heights_mm")
        doing.before = {name: last.after[name] for name in said}
        doing.after = {name: last.before[name] for name in said}
    return last.act
