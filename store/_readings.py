"""Whose reading of a case is whose, and which of them a person may see.

`seen` is the one place that decides what of a reading leaves the store: every question that
gives findings, judgements, measurements, steps or names asks it first.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlmodel import Session, col

from store._looked import looked
from store._unaided import hides
from store.domain.finding import CaseState, Deed, Source, State
from store.domain.people import Permission, Person
from store.domain.reading import NUMBERS, REPEAT, Kind, Outcome, barred
from store.domain.refusal import NotAllowed
from store.tables import (
    DecisionRow,
    FindingRow,
    ReadingRow,
    RepeatRow,
    ReviewCase,
)

CLOSED_WORDS = "This case is closed. Reopen it with a reason (key .) to change it."
ALWAYS = frozenset({Deed.REPORT, Deed.REOPEN, Deed.UNDO})
"""What may be done on a closed case."""
_AS_IT_CAME = (
    "id",
    "case_id",
    "reading",
    "place",
    "source",
    "ai_level",
    "ai_loss",
    "ai_grade",
    "ai_formula",
)
_ENDING = (Deed.UNREADABLE, Deed.OPINION, Deed.WITHDRAW)
_SENT_WORDS = "You closed your reading of this case. Another person reads it now."
_ONE_READS = (Kind.FIRST.value, Kind.REPEAT.value)

NOBODY = ReadingRow(case_id="", number=0, kind=Kind.FIRST.value)
"""A reading in which nothing was said or measured."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one person may see and do of a case.

    Attributes:
        reading: The reading they see.
        state: Where the case stands, as they are told.
        bare: Whether of that reading only the AI's own flags are theirs to see.
        open: Whether a reading is still out that must not be influenced: no name, no moment and
            no history of any other reading may leave the store.
        mine: Whether it is their own reading.
        barred: Why they may not decide; empty where they may.
        may: Deeds on the whole case that are possible now.
        unaided: Whether nothing that the AI said of the scan is theirs to see.
    """

    reading: ReadingRow
    state: CaseState
    bare: bool
    open: bool
    mine: bool
    barred: str
    may: tuple[Deed, ...]
    unaided: bool = False


def reading_row(session: Session, case: ReviewCase, number: int | None = None) -> ReadingRow:
    """The reading *number* of *case*, the one in force unless named; made where there is none."""
    number = number or case.reading
    row = session.get(ReadingRow, (case.id, number))
    if row is None:
        kind = next(kind for kind, each in NUMBERS.items() if each == number)
        row = ReadingRow(case_id=case.id, number=number, kind=kind.value)
        session.add(row)
        session.flush()
    return row


def readings(session: Session, case_id: str) -> dict[int, ReadingRow]:
    """Every reading of a case itself, by its number; a repeat is none of them."""
    rows = session.execute(
        select(ReadingRow)
        .where(col(ReadingRow.case_id) == case_id, col(ReadingRow.number) != REPEAT)
        .order_by(col(ReadingRow.number))
    ).scalars()
    return {row.number: row for row in rows}


def findings_of(session: Session, case_id: str, number: int) -> list[FindingRow]:
    """The findings of one reading, in their order."""
    rows = session.execute(
        select(FindingRow)
        .where(col(FindingRow.case_id) == case_id, col(FindingRow.reading) == number)
        .order_by(col(FindingRow.place))
    ).scalars()
    return list(rows)


def hands(session: Session, case_id: str, numbers: Sequence[int]) -> frozenset[str]:
    """Handles of everyone who took part in the readings *numbers*."""
    acted = session.execute(
        select(col(DecisionRow.actor)).where(
            col(DecisionRow.case_id) == case_id, col(DecisionRow.reading).in_(numbers)
        )
    ).scalars()
    closed = session.execute(
        select(col(ReadingRow.reader)).where(
            col(ReadingRow.case_id) == case_id, col(ReadingRow.number).in_(numbers)
        )
    ).scalars()
    return frozenset((*acted, *closed)) - {""}


def blind(held: dict[int, ReadingRow]) -> bool:
    """Whether a second reading is out, so that nothing of the first may leave."""
    second = held.get(NUMBERS[Kind.SECOND])
    return second is not None and second.closed_at is None


def still_out(session: Session, case_ids: Collection[str]) -> frozenset[str]:
    """Of *case_ids*, those of which a second reading is out."""
    rows = session.execute(
        select(col(ReadingRow.case_id)).where(
            col(ReadingRow.case_id).in_(case_ids),
            col(ReadingRow.number) == NUMBERS[Kind.SECOND],
            col(ReadingRow.closed_at).is_(None),
        )
    ).scalars()
    return frozenset(rows)


def seen(
    session: Session, case: ReviewCase, person: Person, repeat: RepeatRow | None = None
) -> Seen:
    """What *person* may see and do of *case* now; of their *repeat* of it, where one is given."""
    if repeat is not None:
        return _again(reading_row(session, case, REPEAT), repeat)
    held = readings(session, case.id)
    view = _sight(session, case, person, held)
    return replace(view, unaided=hides(case, held, view.reading.number))


def _again(reading: ReadingRow, repeat: RepeatRow) -> Seen:
    """A repeat as its reader sees it: a case that was never read, or that they just closed."""
    outcome = Outcome(reading.outcome)
    sent = outcome not in (Outcome.OPEN, Outcome.WITHDRAWN) and repeat.sent
    if outcome is Outcome.OPEN:
        state, why = CaseState.WAITING, ""
    elif outcome is Outcome.WITHDRAWN:
        state, why = CaseState.WITHDRAWN, CLOSED_WORDS
    else:
        state = CaseState.SECOND_READ if sent else CaseState.CLOSED
        why = _SENT_WORDS if sent else CLOSED_WORDS
    may = (Deed.UNDO,) if sent else _may(state, why, reading)
    return Seen(reading, state, False, sent, True, why, may)


def _sight(session: Session, case: ReviewCase, person: Person, held: dict[int, ReadingRow]) -> Seen:
    force = held.get(case.reading) or ReadingRow(
        case_id=case.id, number=case.reading, kind=Kind.FIRST.value
    )
    state = CaseState(case.state)
    if not blind(held):
        why = _why_not(session, case, force, person)
        third = state is CaseState.ADJUDICATION
        mine = force.reader in ("", person.handle)
        return Seen(force, state, third and not mine, third, mine, why, _may(state, why, force))
    own = [row for row in held.values() if row.reader == person.handle]
    if own and own[-1] is not force:
        return Seen(own[-1], state, False, True, True, _SENT_WORDS, (Deed.UNDO,))
    why = _why_not(session, case, force, person)
    mine = force.reader == person.handle
    return Seen(force, state, not mine, True, mine or not why, why, _may(state, why, force))


def _why_not(session: Session, case: ReviewCase, force: ReadingRow, person: Person) -> str:
    if not person.may(Permission.REVIEW):
        return f"Your role, {person.role.words}, may not decide on findings."
    if case.state in {CaseState.CLOSED, CaseState.WITHDRAWN}:
        return CLOSED_WORDS
    kind, number = Kind(force.kind), force.number
    # A first reading has nothing before it; not to ask saves two questions of each decision.
    before = hands(session, case.id, range(1, number)) if kind is not Kind.FIRST else frozenset()
    saw = kind is Kind.SECOND and looked(session, case.id, person)
    return barred(kind, person.handle, force.reader, before, looked=saw)


def _may(state: CaseState, why: str, force: ReadingRow) -> tuple[Deed, ...]:
    if why == CLOSED_WORDS:
        return (Deed.REOPEN, Deed.REPORT) if state is CaseState.CLOSED else (Deed.REOPEN,)
    if why:
        return ()
    ending = [deed for deed in _ENDING if deed is not Deed.OPINION or force.kind in _ONE_READS]
    return (Deed.CLOSE, Deed.REPORT, *ending)


def check_hand(
    session: Session,
    case: ReviewCase,
    person: Person,
    deed: Deed,
    repeat: RepeatRow | None = None,
) -> ReadingRow:
    """The reading that *person* does *deed* in.

    Raises:
        NotAllowed: they may not do it as things stand.
    """
    found = seen(session, case, person, repeat)
    shut = found.barred == CLOSED_WORDS
    if deed is Deed.TOLD:
        # An urgent alert is told whoever reads, and whatever became of the case.
        return found.reading
    if deed is Deed.UNDO and found.mine and (not found.barred or shut or found.open):
        return found.reading
    if found.barred and not (shut and deed in ALWAYS):
        raise NotAllowed(found.barred)
    if deed is Deed.REOPEN and not shut:
        msg = "This case is open already. Decide on it, then close it (Enter)."
        raise NotAllowed(msg)
    return found.reading


def undecided(rows: Sequence[FindingRow]) -> int:
    """How many findings nobody has decided on."""
    return sum(row.state == State.FLAGGED for row in rows)


def shown_findings(session: Session, view: Seen) -> list[FindingRow]:
    """The findings that a person sees: of a bare reading the AI's flags, as they came."""
    rows = findings_of(session, view.reading.case_id, view.reading.number)
    if not view.bare:
        return rows
    return [
        FindingRow(
            **{name: getattr(row, name) for name in _AS_IT_CAME},
            state=State.FLAGGED.value,
            level=row.ai_level,
        )
        for row in rows
        if row.source == Source.AI
    ]


def versions(session: Session, case: ReviewCase) -> dict[str | None, tuple[FindingRow | None, ...]]:
    """What two readers said of each level on which they differ, in an order that names neither."""
    one, other = (
        {row.level: row for row in findings_of(session, case.id, NUMBERS[kind]) if _stands(row)}
        for kind in (Kind.FIRST, Kind.SECOND)
    )
    if case.draw % 2:
        one, other = other, one
    pairs = {level: (one.get(level), other.get(level)) for level in one.keys() | other.keys()}
    return {level: pair for level, pair in pairs.items() if not _alike(*pair)}


def _stands(row: FindingRow) -> bool:
    return row.state != State.WITHDRAWN


def _alike(one: FindingRow | None, other: FindingRow | None) -> bool:
    if one is None or other is None:
        return False
    return (one.state, one.grade, one.code) == (other.state, other.grade, other.code)
