"""How a reading ends, what comes after it, and how a case is opened again."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import col

from store._doing import Doing
from store._flags import bring_flags
from store._judged import BY_WHOM, JUDGED
from store._measured import Spine, spine_on
from store._readings import findings_of, readings, undecided
from store.domain.finding import CaseState, Source, State, check_decision
from store.domain.genant import Grade
from store.domain.reading import (
    NUMBERS,
    CaseKind,
    Kind,
    Outcome,
    Said,
    Why,
    after_first,
    differences,
)
from store.domain.refusal import NotAllowed
from store.domain.spine import Level
from store.tables import AlertRow, FindingRow, ReadingRow

_AI = ("place", "source", "ai_level", "ai_loss", "ai_grade", "ai_formula")
_OWN = (
    "state",
    "level",
    "grade",
    "shape",
    "code",
    "text",
    "endplate",
    "acuity",
    "unstable",
    "novelty",
    "against",
    "comment",
)
_NUMBERING = ("label_shift", "count_from", "confidence", "variant")


def close(doing: Doing) -> None:
    """Close the reading: every finding is decided.

    Raises:
        NotAllowed: a finding is still to be decided, or the reading must say why.
    """
    rows = _rows(doing)
    left = undecided(rows)
    if left:
        many = "1 finding is" if left == 1 else f"{left} findings are"
        msg = f"{many} still to be decided. Decide (A, X or U), then close (Enter)."
        raise NotAllowed(msg)
    last = doing.reading.kind == Kind.ADJUDICATION
    if last and not doing.decision.text.strip():
        msg = "Two readings differ. Write in a few words why you decided as you did, then close."
        raise NotAllowed(msg)
    if (last or _second(doing)) and any(row.state == State.UNSURE for row in rows):
        msg = (
            "A second reading is in, and a finding is still unsure. Confirm or reject it, or end "
            "the case as unreadable (key .)."
        )
        raise NotAllowed(msg)
    _end(doing, Outcome.READ)


def unreadable(doing: Doing) -> None:
    """End the reading: the scan cannot be read.

    Raises:
        NotAllowed: no words say why, or a fracture was confirmed on it.
    """
    check_decision(State.FLAGGED, None, doing.decision)
    sure = next((row.level for row in _rows(doing) if row.state == State.CONFIRMED), None)
    if sure:
        msg = (
            f"{sure} is confirmed, so this scan can be read. Undo that, or close the case (Enter)."
        )
        raise NotAllowed(msg)
    _end(doing, Outcome.UNREADABLE)


def ask_opinion(doing: Doing) -> None:
    """End the first reading and have a second person read the case.

    Raises:
        NotAllowed: no words say what for, or a second person has read it.
    """
    check_decision(State.FLAGGED, None, doing.decision)
    if doing.reading.kind not in (Kind.FIRST, Kind.REPEAT) or _second(doing):
        msg = "A second person reads or has read this case already. Decide on it, then close it."
        raise NotAllowed(msg)
    doing.reading.opinion = True
    _end(doing, Outcome.READ)


def withdraw(doing: Doing) -> None:
    """Take the case out of review; nothing of it is read, counted or referred.

    Raises:
        NotAllowed: no words say why.
    """
    check_decision(State.FLAGGED, None, doing.decision)
    if doing.repeat:
        _end(doing, Outcome.WITHDRAWN)
        return
    _speak(doing)
    doing.case.state = CaseState.WITHDRAWN.value


def reopen(doing: Doing) -> None:
    """Open a closed or withdrawn case again; the reading in force goes on.

    Raises:
        NotAllowed: no words say why.
    """
    check_decision(State.FLAGGED, None, doing.decision)
    reading, was = doing.reading, doing.case.state
    states = {Kind.SECOND: CaseState.SECOND_READ, Kind.ADJUDICATION: CaseState.ADJUDICATION}
    on = states.get(Kind(reading.kind)) if was == CaseState.WITHDRAWN else None
    if not doing.repeat:
        doing.case.state = (on or CaseState.WAITING).value
    reading.closed_at, reading.outcome, reading.opinion = None, Outcome.OPEN.value, False
    doing.after["text"] = doing.decision.text.strip()


def _rows(doing: Doing) -> list[FindingRow]:
    return findings_of(doing.unit.session, doing.case.id, doing.reading.number)


def _second(doing: Doing) -> ReadingRow | None:
    held = readings(doing.unit.session, doing.case.id)
    # Whatever others read of the case is nothing to whoever reads it as if it were new.
    return None if doing.repeat else held.get(NUMBERS[Kind.SECOND])


def _speak(doing: Doing) -> None:
    text = doing.decision.text.strip()
    if text:
        doing.reading.words = doing.after["text"] = text


def _end(doing: Doing, outcome: Outcome) -> None:
    reading, person = doing.reading, doing.unit.person
    reading.reader, reading.reader_name = person.handle, person.name
    reading.closed_at, reading.outcome = doing.unit.now, outcome.value
    reading.seconds += doing.decision.seconds or 0
    _speak(doing)
    _ONWARD[Kind(reading.kind)](doing)


def _shut(doing: Doing) -> None:
    doing.case.state = CaseState.CLOSED.value


def _after_first(doing: Doing) -> None:
    case, session = doing.case, doing.unit.session
    case.first_reader = doing.unit.person.handle
    if _second(doing) is not None:
        _shut(doing)
        return
    why = _onward(doing)
    if not why:
        _shut(doing)
        return
    doing.after["reasons"] = [each.value for each in why]
    case.assigned_to = ""  # whoever had it may not read it again
    _open(doing, Kind.SECOND, CaseState.SECOND_READ)
    if case.kind == CaseKind.UNAIDED:
        bring_flags(session, case)
        return
    fresh = [row for row in _rows(doing) if row.source == Source.AI]
    session.add_all(as_flagged(row, case.reading) for row in fresh)


def _onward(doing: Doing) -> tuple[Why, ...]:
    """Why a second person must read the case next; empty where none must."""
    case, session = doing.case, doing.unit.session
    alerts = select(AlertRow).where(
        col(AlertRow.case_id) == case.id, col(AlertRow.withdrawn_at).is_(None)
    )
    spine = spine_on(session, case, doing.reading)
    return after_first(
        [said(row, spine) for row in _rows(doing)],
        doing.policy,
        draw=case.draw,
        asked=doing.reading.opinion,
        alerted=session.execute(alerts).first() is not None,
        unaided=case.kind == CaseKind.UNAIDED,
    )


def _after_repeat(doing: Doing) -> None:
    """Nobody reads on; but the reader is told what they would be told of any other case."""
    why = _onward(doing)
    if why:
        doing.after["reasons"] = [each.value for each in why]
    if doing.repeat:
        doing.repeat.sent = bool(why)


def _after_second(doing: Doing) -> None:
    case, session = doing.case, doing.unit.session
    case.second_reader = doing.unit.person.handle
    held = readings(session, case.id)
    first, second = held[NUMBERS[Kind.FIRST]], doing.reading
    theirs = findings_of(session, case.id, first.number)
    mine = _rows(doing)
    apart = differences(
        [said(row, None) for row in theirs],
        [said(row, None) for row in mine],
        alike=first.outcome == second.outcome,
    )
    if not apart and first.outcome == second.outcome:
        case.reading = first.number
        if not first.report_status:
            _carry(second, first, JUDGED + BY_WHOM)
        _shut(doing)
        return
    doing.after["apart"] = [level.value if level else "" for level in apart]
    third = _open(doing, Kind.ADJUDICATION, CaseState.ADJUDICATION)
    _carry(first, third, _NUMBERING)
    if first.report_status in ("", second.report_status) or not second.report_status:
        _carry(first if first.report_status else second, third, JUDGED)
    levels = {level.value if level else None for level in apart}
    for row in theirs:
        if row.state != State.WITHDRAWN and row.level not in levels:
            _copy(doing, row, _AI + _OWN)
    for level in levels:
        at = [row for row in (*theirs, *mine) if row.level == level]
        best = min(at, key=lambda row: (row.state == State.WITHDRAWN, row.source != Source.AI))
        _copy(doing, best, _AI, level=level)


_ONWARD: dict[Kind, Callable[[Doing], None]] = {
    Kind.FIRST: _after_first,
    Kind.SECOND: _after_second,
    Kind.ADJUDICATION: _shut,
    Kind.REPEAT: _after_repeat,
}


def _open(doing: Doing, kind: Kind, state: CaseState) -> ReadingRow:
    """Begin another reading, by whoever comes."""
    row = ReadingRow(case_id=doing.case.id, number=NUMBERS[kind], kind=kind.value)
    doing.unit.session.add(row)
    doing.case.reading, doing.case.state = row.number, state.value
    return row


def _copy(doing: Doing, row: FindingRow, columns: tuple[str, ...], **changes: str | None) -> None:
    """*row* anew in the reading that was just begun, flagged unless *columns* say more."""
    values = {name: getattr(row, name) for name in columns} | changes
    doing.unit.session.add(_anew(row, doing.case.reading, values))


def as_flagged(row: FindingRow, number: int) -> FindingRow:
    """The finding *row* as it came from the AI, to be decided on anew in reading *number*."""
    values = {name: getattr(row, name) for name in _AI}
    return _anew(row, number, {**values, "level": row.ai_level})


def _anew(row: FindingRow, number: int, values: dict[str, Any]) -> FindingRow:
    return FindingRow(
        **{"state": State.FLAGGED.value, **values},
        id=f"f_{uuid4().hex}",
        case_id=row.case_id,
        reading=number,
    )


def _carry(one: ReadingRow, other: ReadingRow, columns: tuple[str, ...]) -> None:
    for name in columns:
        setattr(other, name, getattr(one, name))


def said(row: FindingRow, spine: Spine | None) -> Said:
    """What a finding says of its vertebra."""
    level = Level(row.level) if row.level else None
    size = spine.used.get(level) if spine and level else None
    near = size is not None and size.near
    return Said(level, State(row.state), Grade(row.grade) if row.grade else None, row.code, near)
