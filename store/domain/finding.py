"""Decisions: what may be decided on a finding, and on a whole case."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from store.domain.act import BY_INTAKE as BY_INTAKE
from store.domain.act import ENDS as ENDS
from store.domain.act import Act as Act
from store.domain.act import Decision as Decision
from store.domain.act import Deed as Deed
from store.domain.genant import FractureType, Grade, grade
from store.domain.morphometry import Assessment, Heights, heights_of
from store.domain.refusal import NotAllowed
from store.domain.rejection import REASONS
from store.domain.spine import REVIEWABLE, Level

FARTHEST_POINT_MM = 60.0
"""No part of a vertebral body is further from its middle; our default."""


class Source(StrEnum):
    """Who found it."""

    AI = "AI"
    READER = "READER"


class State(StrEnum):
    """Where one finding stands."""

    FLAGGED = "flagged"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNSURE = "unsure"
    WITHDRAWN = "withdrawn"


_DECIDED = frozenset({State.CONFIRMED, State.REJECTED, State.UNSURE})
MOVES: dict[State, frozenset[State]] = {
    State.FLAGGED: _DECIDED,
    State.CONFIRMED: frozenset({State.REJECTED, State.UNSURE}),
    State.REJECTED: frozenset({State.CONFIRMED, State.UNSURE}),
    State.UNSURE: frozenset({State.CONFIRMED, State.REJECTED}),
    State.WITHDRAWN: frozenset(),
}
"""Where a finding may go by a new decision; `undo` alone goes back."""

LANDS: dict[Deed, State] = {
    Deed.CONFIRM: State.CONFIRMED,
    Deed.REJECT: State.REJECTED,
    Deed.UNSURE: State.UNSURE,
}


class CaseState(StrEnum):
    """Where one scan stands in the room."""

    WAITING = "waiting"
    SECOND_READ = "second read"
    ADJUDICATION = "adjudication"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a plain confirmation accepts; shown on the button before it is pressed."""

    grade: Grade
    shape: FractureType | None


def propose(
    measured: Assessment | None, ai_grade: Grade | None, ai_loss: float | None
) -> Proposal | None:
    """The grade a confirmation takes unless the reader says another.

    Our measurement against the neighbours comes first, because the vendors' formula is blind
    to crush fractures; then the vendor's grade; then the grade its loss amounts to. None when
    no machine suggests a fracture's grade: the reader must then choose.
    """
    if measured is not None and measured.grade:
        return Proposal(measured.grade, measured.fracture_type)
    found = ai_grade if ai_grade else grade(ai_loss) if ai_loss is not None else Grade.NONE
    return Proposal(found, None) if found else None


def check_move(old: State, new: State) -> None:
    """Raise `NotAllowed` unless a finding may go from *old* to *new*."""
    if new not in MOVES[old]:
        msg = f"This finding is {old}; it cannot become {new}. Undo the last step first."
        raise NotAllowed(msg)


def check_decision(state: State, level: Level | None, decision: Decision) -> None:
    """Raise `NotAllowed` unless *decision* can be made on a finding in *state* at *level*."""
    _CHECKS[decision.deed](state, decision)
    if decision.deed is Deed.CONFIRM and (decision.level or level) is None:
        msg = "This flag names no vertebra. Choose the level first (key L), then confirm."
        raise NotAllowed(msg)


def _check_landing(state: State, decision: Decision) -> None:
    check_move(state, LANDS[decision.deed])
    if decision.grade is not None:
        _check_grade(decision)
    if decision.level is not None:
        _check_level(state, decision)


def _check_rejection(state: State, decision: Decision) -> None:
    check_move(state, State.REJECTED)
    reason = REASONS.get(decision.code)
    if reason is None:
        msg = "A rejection needs a reason from the list. Choose one."
        raise NotAllowed(msg)
    if reason.needs_text and not decision.text.strip():
        msg = f"“{reason.words}” needs a few words of explanation. Write them and reject again."
        raise NotAllowed(msg)


def _check_regrade(state: State, decision: Decision) -> None:
    _check_grade(decision)
    _check_standing(state)


def _check_grade(decision: Decision) -> None:
    if decision.grade is None or decision.grade is Grade.NONE:
        msg = "A fracture has grade 1 to 3. To say there is none, reject the finding."
        raise NotAllowed(msg)


def _check_level(state: State, decision: Decision) -> None:
    if decision.level not in REVIEWABLE:
        msg = "A finding lies at T1 to T13 or L1 to L6. Choose one of these levels."
        raise NotAllowed(msg)
    _check_standing(state)


def _check_standing(state: State) -> None:
    if state is State.WITHDRAWN:
        check_move(state, State.CONFIRMED)


def _check_report(_state: State, decision: Decision) -> None:
    if decision.status is None:
        msg = "Choose what the report says from the list."
        raise NotAllowed(msg)


def _check_measurement(_state: State, decision: Decision) -> None:
    if decision.level not in REVIEWABLE:
        msg = "A measurement is of one of T1 to T13 or L1 to L6. Choose one of these levels."
        raise NotAllowed(msg)
    if not all(abs(mm) <= FARTHEST_POINT_MM for point in decision.points for mm in point):
        msg = (
            f"A point of a vertebra lies within {FARTHEST_POINT_MM:g} mm of its middle; one of "
            "these does not. Place it anew."
        )
        raise NotAllowed(msg)
    heights_by(decision)


def heights_by(decision: Decision) -> Heights:
    """The heights that the points of a measurement give.

    Raises:
        NotAllowed: no vertebra has such points; the text says what is wrong with them.
    """
    try:
        return heights_of(decision.points)
    except ValueError as error:
        raise NotAllowed(str(error)) from None


_WORDS_FOR = {
    Deed.UNREADABLE: "why this scan cannot be read",
    Deed.OPINION: "what the second reader should look at",
    Deed.REOPEN: "why the case is opened again",
    Deed.WITHDRAW: "why the case is taken out of review",
}


def _check_words(_state: State, decision: Decision) -> None:
    if not decision.text.strip():
        msg = f"Write in a few words {_WORDS_FOR[decision.deed]}, then do it again."
        raise NotAllowed(msg)


def _check_nothing(_state: State, _decision: Decision) -> None:
    """Whether it can be done is known by the record alone."""


_CHECKS: dict[Deed, Callable[[State, Decision], None]] = {
    Deed.CONFIRM: _check_landing,
    Deed.UNSURE: _check_landing,
    Deed.REJECT: _check_rejection,
    Deed.REGRADE: _check_regrade,
    Deed.RELABEL: _check_level,
    Deed.ADD: _check_level,
    Deed.REPORT: _check_report,
    Deed.MEASURE: _check_measurement,
    Deed.CLOSE: _check_nothing,
    Deed.UNREADABLE: _check_words,
    Deed.OPINION: _check_words,
    Deed.REOPEN: _check_words,
    Deed.WITHDRAW: _check_words,
    Deed.UNDO: _check_nothing,
}
