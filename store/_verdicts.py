"""What a decision makes of one finding: its state, level, grade and shape."""

from uuid import uuid4

from store._doing import Doing
from store._measured import spine_on
from store._numbered import numbering_of
from store._readings import findings_of
from store.domain.finding import LANDS, Deed, Source, State, check_decision, propose
from store.domain.genant import Grade
from store.domain.numbering import check_named
from store.domain.refusal import NotAllowed
from store.domain.spine import REVIEWABLE, Level
from store.tables import FindingRow

_GONE = (State.REJECTED, State.WITHDRAWN)


def add(doing: Doing) -> None:
    """Add a fracture that the AI did not flag.

    Raises:
        NotAllowed: it has no level or grade, or one stands at its level.
    """
    case, number = doing.case.id, doing.reading.number
    row = FindingRow(
        id=f"f_{uuid4().hex}",
        case_id=case,
        reading=number,
        place=len(findings_of(doing.unit.session, case, number)),
        source=Source.READER.value,
        state=State.FLAGGED.value,
    )
    _decide(doing, row)


def change_finding(doing: Doing) -> None:
    """Apply the deed to the finding it names.

    Raises:
        NotAllowed: the deed cannot be done as things stand.
    """
    _decide(doing, finding_in_hand(doing))


def finding_in_hand(doing: Doing) -> FindingRow:
    """The finding that the act names.

    Raises:
        NotAllowed: it is not of this reading.
    """
    asked = doing.act.finding
    row = doing.unit.session.get(FindingRow, asked) if asked else None
    mine = (doing.case.id, doing.reading.number)
    if row is None or (row.case_id, row.reading) != mine:
        msg = "This finding is not part of the case on the screen. Reload the page."
        raise NotAllowed(msg)
    doing.finding = row.id
    return row


def _decide(doing: Doing, row: FindingRow) -> None:
    level = Level(row.level) if row.level else None
    check_decision(State(row.state), level, doing.decision)
    _apply(doing, row)
    check_one_a_level(doing, row)
    row.decided_by, row.decided_at = doing.unit.person.name, doing.unit.now
    doing.unit.session.add(row)
    doing.finding = row.id


def _apply(doing: Doing, row: FindingRow) -> None:
    decision, deed = doing.decision, doing.decision.deed
    if decision.level is not None and deed in {Deed.RELABEL, Deed.ADD, Deed.CONFIRM}:
        row.level = decision.level.value
    if deed in LANDS:
        row.state = LANDS[deed].value
        row.code, row.text = decision.code, decision.text
    if deed in {Deed.REGRADE, Deed.ADD}:
        row.state, row.code, row.text = State.CONFIRMED.value, "", decision.text
    _check_named(doing, row)
    if row.state == State.CONFIRMED and row.level is None:
        msg = "This flag names no vertebra. Choose the level first (key L), then confirm."
        raise NotAllowed(msg)
    if deed in {Deed.CONFIRM, Deed.REGRADE, Deed.ADD}:
        _grade(doing, row)


def _check_named(doing: Doing, row: FindingRow) -> None:
    """A standing finding lies at a vertebra that this spine has, and that findings lie at."""
    if row.level is None or row.state in _GONE:
        return
    level = Level(row.level)
    if level not in REVIEWABLE:
        msg = f"A finding lies at T1 to T13 or L1 to L6, not at {level}. Relabel it (key L) first."
        raise NotAllowed(msg)
    check_named(level, numbering_of(doing.reading).variant)


def _grade(doing: Doing, row: FindingRow) -> None:
    """The reader's grade, else the one that stood on the button."""
    decision = doing.decision
    spine = spine_on(doing.unit.session, doing.case, doing.reading)
    ai_grade = Grade(row.ai_grade) if row.ai_grade is not None else None
    offered = propose(spine.used.get(Level(row.level or "")), ai_grade, row.ai_loss)
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


def check_one_a_level(doing: Doing, row: FindingRow) -> None:
    """Two standing findings on one vertebra would be counted as two fractures."""
    if row.level is None or row.state in _GONE:
        return
    with doing.unit.session.no_autoflush:
        others = findings_of(doing.unit.session, doing.case.id, doing.reading.number)
    if any(o.level == row.level and o.id != row.id and o.state not in _GONE for o in others):
        msg = f"There is a finding at {row.level} already. Decide on that one, or relabel it."
        raise NotAllowed(msg)
