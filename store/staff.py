"""Who may sign in, and who is signed in now."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from store.domain.people import Permission, Person, Role
from store.domain.refusal import NotAllowed
from store.guard import change, question
from store.tables import SignInRow, StaffRow
from store.unit import Reader, Unit

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Someone's open session.

    Attributes:
        digest: What the record knows the session by; useless to a browser.
    """

    person: Person
    digest: str


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@question(Permission.SIGN_IN)
def everyone(reader: Reader) -> tuple[Person, ...]:
    """Everyone who may sign in."""
    rows = reader.session.execute(
        select(StaffRow).where(col(StaffRow.active)).order_by(col(StaffRow.handle))
    ).scalars()
    return tuple(Person(row.handle, row.name, Role(row.role)) for row in rows)


@question(Permission.SIGN_IN)
def signed_in(reader: Reader, secret: str, now: datetime) -> SignedIn | None:
    """Whose session *secret* opens, with the role they have now; None when it opens none."""
    found = reader.session.execute(
        select(SignInRow, StaffRow)
        .join(StaffRow, col(StaffRow.handle) == col(SignInRow.handle))
        .where(col(SignInRow.digest) == _digest(secret), col(StaffRow.active))
    ).first()
    if found is None:
        return None
    session, who = found
    over = session.ended_at is not None or now - session.at > LONGEST
    if over or now - session.seen_at > IDLE:
        return None
    return SignedIn(Person(who.handle, who.name, Role(who.role)), session.digest)


@change(Permission.SIGN_IN)
def enrol(unit: Unit, person: Person) -> None:
    """Let *person* sign in, or change their name or role."""
    row = unit.session.get(StaffRow, person.handle) or StaffRow(
        handle=person.handle, name="", role=""
    )
    row.name, row.role, row.active = person.name, person.role.value, True
    unit.session.add(row)
    unit.tell("staff.enrolled", person.handle, role=person.role.value)


@change(Permission.SIGN_IN)
def sign_in(unit: Unit, handle: str) -> str:
    """A new session for *handle*: the secret its browser must keep.

    Raises:
        NotAllowed: nobody of that name may sign in.
    """
    row = unit.session.get(StaffRow, handle)
    if row is None or not row.active:
        msg = "Nobody of that name may sign in. Ask the system administrator."
        raise NotAllowed(msg)
    secret = secrets.token_urlsafe(32)
    unit.session.add(
        SignInRow(digest=_digest(secret), handle=handle, at=unit.now, seen_at=unit.now)
    )
    unit.tell("staff.signed_in", handle, role=row.role)
    return secret


@change(Permission.SIGNED_IN)
def sign_out(unit: Unit) -> None:
    """End every session of the person: signed out means out everywhere."""
    rows = unit.session.execute(
        select(SignInRow).where(
            col(SignInRow.handle) == unit.person.handle, col(SignInRow.ended_at).is_(None)
        )
    ).scalars()
    for row in rows:
        row.ended_at = unit.now
    unit.tell("staff.signed_out", unit.person.handle)


@change(Permission.SIGNED_IN)
def stay(unit: Unit, digest: str) -> None:
    """Note that a session of the person's is in use, so that idle time is counted from now."""
    row = unit.session.get(SignInRow, digest)
    mine = row is not None and row.handle == unit.person.handle
    if row is not None and mine and unit.now - row.seen_at <= IDLE:
        row.seen_at = unit.now
    unit.tell("staff.active", unit.person.handle)
