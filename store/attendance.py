"""Who was at a meeting: for the chair's roll, and for each person about themselves.

This module names no case and no link, and nothing of a case names a person: a test reads both.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from store._realm_tables import AttendanceRow, MeetingRow
from store.domain.meeting import MeetingStage, Share
from store.domain.people import Permission, Role
from store.domain.refusal import NotAllowed
from store.guard import change, question
from store.tables import StaffRow
from store.unit import Reader, Unit

YEAR = timedelta(days=365)
MOST_BROUGHT = 20
_HELD = (MeetingStage.HELD.value, MeetingStage.CLOSED.value)
_ASKED = (Role.RADIOLOGIST.value, Role.METABOLIC_LEAD.value, Role.REALM_CHAIR.value)


@dataclass(frozen=True, slots=True)
class Seat:
    """Someone who may take part, and whether they were there on the day."""

    handle: str
    name: str
    present: bool
    brought: int


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting that was held: how many were there and how many cases were brought."""

    day: date
    present: int
    brought: int


@question(Permission.CHAIR)
def roll(reader: Reader, day: date) -> tuple[Seat, ...]:
    """Everyone who may take part, by name, with whether they were at the meeting of *day*."""
    rows = reader.session.execute(
        select(StaffRow, AttendanceRow)
        .outerjoin(
            AttendanceRow,
            (col(AttendanceRow.handle) == col(StaffRow.handle)) & (col(AttendanceRow.day) == day),
        )
        .where(col(StaffRow.role).in_(_ASKED), col(StaffRow.active))
        .order_by(col(StaffRow.name), col(StaffRow.handle))
    )
    return tuple(
        Seat(one.handle, one.name, seat is not None, seat.brought if seat else 0)
        for one, seat in rows
    )


@change(Permission.CHAIR)
def record(unit: Unit, day: date, handle: str, *, present: bool, brought: int = 0) -> None:
    """Note that somebody was, or was not, at the meeting of *day*, and how many cases they brought.

    Raises:
        NotAllowed: nobody of that name takes part, or the number cannot be.
    """
    someone = unit.session.get(StaffRow, handle)
    if someone is None or someone.role not in _ASKED:
        msg = "Nobody of that name takes part in REALM. Choose a name of the list."
        raise NotAllowed(msg)
    if not 0 <= brought <= MOST_BROUGHT:
        msg = f"A person brings 0 to {MOST_BROUGHT} cases to a meeting. Correct the number."
        raise NotAllowed(msg)
    row = unit.session.get(AttendanceRow, (day, handle))
    if not present and row is not None:
        unit.session.delete(row)
    elif present and row is None:
        unit.session.add(AttendanceRow(day=day, handle=handle, brought=brought))
    elif row is not None:
        row.brought = brought
    unit.tell("realm.attendance", handle, day=f"{day}", present=present)


@question(Permission.TAKE_PART)
def mine(reader: Reader) -> Share:
    """What the person asking was at in the last twelve months, of what was held."""
    days = _days(reader.session, reader.now.date())
    rows = reader.session.execute(
        select(col(AttendanceRow.day), col(AttendanceRow.brought)).where(
            col(AttendanceRow.handle) == reader.person.handle, col(AttendanceRow.day).in_(days)
        )
    ).all()
    return Share(len(rows), sum(brought for _, brought in rows), len(days))


@question(Permission.CHAIR)
def held(reader: Reader) -> tuple[Held, ...]:
    """The meetings of the last twelve months, the latest first, with how many were there."""
    counts = {
        day: (present, brought)
        for day, present, brought in reader.session.execute(
            select(
                col(AttendanceRow.day), func.count(), func.sum(col(AttendanceRow.brought))
            ).group_by(col(AttendanceRow.day))
        )
    }
    days = sorted(_days(reader.session, reader.now.date()), reverse=True)
    return tuple(Held(day, *(int(n) for n in counts.get(day, (0, 0)))) for day in days)


def _days(session: Session, today: date) -> list[date]:
    return list(
        session.execute(
            select(col(MeetingRow.day))
            .where(
                col(MeetingRow.stage).in_(_HELD),
                col(MeetingRow.day) > today - YEAR,
                col(MeetingRow.day) <= today,
            )
            .distinct()
        ).scalars()
    )
