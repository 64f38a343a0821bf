"""What arrived and waits for a person's decision: shown with its reason, released or discarded."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlmodel import col

from store._held import DISCARDED, OPEN, RELEASED, SHOWN, Choice
from store._releases import RELEASES
from store.domain import wording
from store.domain.people import Permission
from store.domain.refusal import Conflict, NotAllowed
from store.guard import change, question
from store.tables import HeldRow
from store.unit import Reader, Unit

__all__ = ["Choice", "Held", "decided", "discard", "open_count", "open_ones", "release"]

PAGE = 100
"""So many are listed at once, the oldest first."""
LATEST_DECIDED = 50
_WANTING = "This needs a reason. Write a few words, then press again."


@dataclass(frozen=True, slots=True)
class Held:
    """Something held.

    Attributes:
        shown: What a person needs to decide: names and values, which may name a patient.
        does: What release does, in words; empty where it can only be discarded.
        choices: Ways of releasing it, one of which must be chosen; none where there is one only.
        file: Name of its kept bytes in the archive.
        state: "open", "released" or "discarded"; of the latter two *by*, *when* and *words*.
    """

    id: str
    kind: str
    code: str
    reason: str
    source: str
    at: datetime
    shown: tuple[tuple[str, str], ...]
    does: str = ""
    choices: tuple[Choice, ...] = ()
    file: str = ""
    state: str = OPEN
    by: str = ""
    when: datetime | None = None
    words: str = ""


@question(Permission.READ_CASES)
def open_count(reader: Reader) -> int:
    """How many things wait for somebody's decision."""
    found = select(func.count()).select_from(HeldRow).where(col(HeldRow.state) == OPEN)
    return int(reader.session.execute(found).scalar_one())


@question(Permission.RESOLVE)
def open_ones(reader: Reader) -> tuple[Held, ...]:
    """What waits for a decision, the oldest first, up to `PAGE` of them."""
    rows = reader.session.execute(
        select(HeldRow)
        .where(col(HeldRow.state) == OPEN)
        .order_by(col(HeldRow.at), col(HeldRow.id))
        .limit(PAGE)
    ).scalars()
    return tuple(_held(reader, row) for row in rows)


@question(Permission.RESOLVE)
def decided(reader: Reader) -> tuple[Held, ...]:
    """The newest decisions on what was held, up to `LATEST_DECIDED` of them."""
    rows = reader.session.execute(
        select(HeldRow)
        .where(col(HeldRow.state).in_([RELEASED, DISCARDED]))
        .order_by(col(HeldRow.acted_at).desc(), col(HeldRow.id))
        .limit(LATEST_DECIDED)
    ).scalars()
    return tuple(_held(reader, row) for row in rows)


@change(Permission.RESOLVE)
def release(
    unit: Unit, held_id: str, words: str, choice: str = "", unaided_share: float = 0.0
) -> str:
    """What was done with something held, now that a person let it go, with *words* saying why.

    Args:
        choice: Key of one of its choices, where it has any.
        unaided_share: Of all scans that an AI answered, how many are read without its answer.

    Raises:
        NotAllowed: it is not here, it cannot be released, or the words or the choice are wanting.
        Conflict: somebody decided on it already.
    """
    row = _standing(unit, held_id)
    how = RELEASES.get(row.code)
    if how is None:
        msg = "This cannot be released as it is. Have it corrected at its sender, then discard it."
        raise NotAllowed(msg)
    said = wording.said(words, _WANTING)
    if how.choices is not None and choice not in {one.key for one in how.choices(unit, row)}:
        msg = "Nothing is chosen, or the choice is gone. Choose one of those listed."
        raise NotAllowed(msg)
    done = how.act(unit, row, choice, unaided_share)
    _close(unit, row, RELEASED, said)
    return done


@change(Permission.RESOLVE)
def discard(unit: Unit, held_id: str, words: str) -> None:
    """Leave something held out for good; *words* say why. Its file and its line are kept.

    Raises:
        NotAllowed: it is not here, or no words are given.
        Conflict: somebody decided on it already.
    """
    row = _standing(unit, held_id)
    _close(unit, row, DISCARDED, wording.said(words, _WANTING))


def _standing(unit: Unit, held_id: str) -> HeldRow:
    row = unit.session.get(HeldRow, held_id)
    if row is None:
        msg = "This is not held here. Load the page again."
        raise NotAllowed(msg)
    if row.state != OPEN:
        msg = f"{row.acted_name} {row.state} this already. Load the page again."
        raise Conflict(msg)
    return row


def _close(unit: Unit, row: HeldRow, state: str, words: str) -> None:
    row.state, row.words = state, words
    row.acted_by, row.acted_name, row.acted_at = unit.person.handle, unit.person.name, unit.now
    # The words may name the patient, so they stay out of the trail.
    unit.tell(f"held.{state}", row.id, kind=row.kind, code=row.code)


def _held(reader: Reader, row: HeldRow) -> Held:
    how = RELEASES.get(row.code)
    standing = row.state == OPEN
    choices = how.choices(reader, row) if standing and how and how.choices else ()
    return Held(
        id=row.id,
        kind=row.kind,
        code=row.code,
        reason=row.reason,
        source=row.source,
        at=row.at.replace(tzinfo=UTC),
        shown=tuple((str(name), str(said)) for name, said in row.about.get(SHOWN, {}).items()),
        does=how.does if how else "",
        choices=choices,
        file=row.file,
        state=row.state,
        by=row.acted_name,
        when=row.acted_at.replace(tzinfo=UTC) if row.acted_at else None,
        words=row.words,
    )
