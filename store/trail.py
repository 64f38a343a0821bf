"""Reading the trail: who did what, newest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from store import audit
from store._readings import still_out
from store._repeats import unread
from store.domain.people import Permission
from store.guard import change, question
from store.tables import TrailRow
from store.unit import Reader, Unit

PAGE = 100
BLIND = '{"detail":"kept back until the reading is in"}'
_DECIDED = frozenset({"case.decided", "case.replayed"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trail."""

    seq: int
    at: datetime
    actor: str
    role: str
    action: str
    entity: str
    outcome: str
    detail: str
    hash: str


@question(Permission.READ_TRAIL)
def page(
    reader: Reader, before: int | None = None, actor: str = "", action: str = "", entity: str = ""
) -> tuple[Line, ...]:
    """Up to `PAGE` lines older than line *before*, narrowed to what is given."""
    query = select(TrailRow).order_by(col(TrailRow.seq).desc()).limit(PAGE)
    wanted = (
        (before, col(TrailRow.seq) < (before or 0)),
        (actor, col(TrailRow.actor) == actor),
        (action, col(TrailRow.action) == action),
        (entity, col(TrailRow.entity) == entity),
    )
    query = query.where(*(clause for given, clause in wanted if given))
    rows = reader.session.execute(query).scalars().all()
    named = {row.entity for row in rows}
    hidden = still_out(reader.session, named) | unread(reader.session, named)
    return tuple(
        Line(
            row.seq,
            datetime.fromisoformat(row.at),
            row.actor,
            row.role,
            row.action,
            row.entity,
            row.outcome,
            BLIND if row.entity in hidden and row.action in _DECIDED else row.detail,
            row.hash,
        )
        for row in rows
    )


@question(Permission.READ_TRAIL)
def names(reader: Reader) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The people and the actions the trail speaks of."""
    actors = reader.session.execute(select(col(TrailRow.actor)).distinct()).scalars()
    actions = reader.session.execute(select(col(TrailRow.action)).distinct()).scalars()
    return tuple(sorted(actors)), tuple(sorted(actions))


@change(Permission.SIGNED_IN)
def refused(unit: Unit, action: str, entity: str, why: str) -> None:
    """Note that a deed was refused; what was refused wrote nothing itself."""
    unit.tell(action, entity, outcome=why)


@question(Permission.READ_TRAIL)
def head(reader: Reader) -> audit.Anchor:
    """The newest line, to be noted outside the database."""
    return audit.head(reader.session)
