"""Claims as they lie in the record: who holds a case, and what others are told of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlmodel import Session, col

from store.domain.claim import LEASE, SLACK, Claim, against, lease
from store.domain.clock import local
from store.domain.finding import CaseState
from store.domain.people import Person
from store.domain.refusal import Conflict
from store.tables import ClaimRow, RepeatRow, ReviewCase, TakeoverRow
from store.unit import Unit

_NAMED = frozenset({CaseState.WAITING.value, CaseState.CLOSED.value})
"""States in which the holder is named; in the others a name would tell who reads it again."""
SOMEBODY = "Another reader"


@dataclass(frozen=True, slots=True)
class Held:
    """A claim as one person may see it.

    Attributes:
        mine: Whether it is the person's own.
        seconds_left: Until it runs out unless it is renewed, by the server's clock.
    """

    by: str
    mine: bool
    seconds_left: int


def held(
    session: Session,
    case: ReviewCase,
    person: Person,
    now: datetime,
    repeat: RepeatRow | None = None,
) -> Held | None:
    """Who works on *case*, or on a *repeat* of it, at the moment *now*, as *person* may see it."""
    if repeat is not None:
        since = repeat.claimed_at
        claim = lease(person.handle, person.name, since) if since else None
    else:
        row = session.get(ClaimRow, case.id)
        claim = _claim(row) if row else None
    if claim is None or not claim.stands(now):
        return None
    mine = claim.handle == person.handle
    return Held(claim.name if mine else _name(case, claim), mine, claim.seconds_left(now))


def check_hold(unit: Unit, case: ReviewCase, repeat: RepeatRow | None = None) -> None:
    """Renew the person's own claim on *case*; without any claim a decision needs none.

    Nobody else can hold a *repeat*.

    Raises:
        Conflict: somebody else works on it.
    """
    if repeat is not None:
        repeat.claimed_at = repeat.claimed_at and unit.now
        return
    row = unit.session.get(ClaimRow, case.id)
    if row is None:
        return
    check_free(unit, case, "Your step was not recorded.")
    if row.handle == unit.person.handle:
        lay(unit, case)


def check_free(unit: Unit, case: ReviewCase, so: str) -> None:
    """Refuse, with *so* as what follows, while somebody else works on *case*.

    Raises:
        Conflict: who works on it, and until when.
    """
    row = unit.session.get(ClaimRow, case.id)
    other = against(_claim(row) if row else None, unit.person.handle, unit.now)
    if other is not None:
        found = _taken_over(unit, case, other) or f"{_name(case, other)} works on this case"
        msg = f"{found}; it is claimed until {local(other.until)}. {so} Wait, or take it over."
        raise Conflict(msg)


def lay(unit: Unit, case: ReviewCase, repeat: RepeatRow | None = None) -> None:
    """Make the claim on *case*, or on a *repeat* of it, the person's own, from now on."""
    if repeat is not None:
        repeat.claimed_at = unit.now
        return
    row = unit.session.get(ClaimRow, case.id)
    fresh = lease(unit.person.handle, unit.person.name, unit.now)
    if row is None:
        row = ClaimRow(case_id=case.id, handle="", name="", since=fresh.since, until=fresh.until)
    row.handle, row.name = fresh.handle, fresh.name
    row.since, row.until = fresh.since, fresh.until
    unit.session.add(row)
    unit.session.flush()


def let_go(unit: Unit, case: ReviewCase, repeat: RepeatRow | None = None) -> bool:
    """Whether the person had a claim on *case*, or on a *repeat* of it, which is gone now."""
    if repeat is not None:
        was, repeat.claimed_at = repeat.claimed_at, None
        return was is not None
    row = unit.session.get(ClaimRow, case.id)
    if row is None or row.handle != unit.person.handle:
        return False
    unit.session.delete(row)
    unit.session.flush()
    return True


def held_by_others(handle: str, now: datetime) -> Any:  # noqa: ANN401 - SQLAlchemy's clause
    """The clause that is true of a `ReviewCase` somebody other than *handle* works on."""
    standing = and_(
        col(ClaimRow.case_id) == col(ReviewCase.id),
        col(ClaimRow.handle) != handle,
        stands(now),
    )
    return select(col(ClaimRow.case_id)).where(standing).exists()


def stands(now: datetime) -> Any:  # noqa: ANN401 - as held_by_others
    """The clause that is true of a `ClaimRow` that holds at the moment *now*."""
    return and_(
        col(ClaimRow.until) > now,
        col(ClaimRow.since) > now - LEASE,
        col(ClaimRow.since) <= now + SLACK,
    )


def _claim(row: ClaimRow) -> Claim:
    return Claim(row.handle, row.name, row.since, row.until)


def _name(case: ReviewCase, claim: Claim) -> str:
    return claim.name if case.state in _NAMED else SOMEBODY


def _taken_over(unit: Unit, case: ReviewCase, other: Claim) -> str:
    """What to tell the person whose claim *other* ended; empty where it did not."""
    last: TakeoverRow | None = unit.session.execute(
        select(TakeoverRow)
        .where(col(TakeoverRow.case_id) == case.id)
        .order_by(col(TakeoverRow.id).desc())
        .limit(1)
    ).scalar_one_or_none()
    if last is None or (last.whose, last.handle) != (unit.person.handle, other.handle):
        return ""
    return f"{_name(case, other)} took this case over from you (“{last.words}”)"
