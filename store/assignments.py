"""Whose a case is and when it comes back: deeds that decide nothing, done to many cases at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from store._claimed import stands
from store.domain.people import Permission, Person, Role
from store.domain.queue import BLIND, CLOSED
from store.domain.refusal import NotAllowed
from store.guard import change, question
from store.tables import ClaimRow, ReviewCase, StaffRow
from store.unit import Reader, Unit

MOST = 200
LONGEST_DAYS = 90
LONGEST_WHY = 200


@dataclass(frozen=True, slots=True)
class Done:
    """What became of many cases.

    Attributes:
        done: Cases the deed was done to.
        read: Left out because somebody else has them open.
        ended: Left out because they are closed or withdrawn.
        blind: Left out because a second reading is taken up, not handed out.
    """

    done: int
    read: int = 0
    ended: int = 0
    blind: int = 0


@question(Permission.READ_CASES)
def colleagues(reader: Reader) -> tuple[Person, ...]:
    """Everyone who may review, by name."""
    rows = reader.session.execute(select(StaffRow).where(col(StaffRow.active))).scalars()
    people = (Person(row.handle, row.name, Role(row.role)) for row in rows)
    able = (person for person in people if person.may(Permission.REVIEW))
    return tuple(sorted(able, key=lambda person: (person.name, person.handle)))


@change(Permission.REVIEW)
def assign(unit: Unit, cases: Sequence[str], to: str) -> Done:
    """Give *cases* to the colleague *to*, or back to nobody when it is empty.

    Raises:
        NotAllowed: there are too many cases, or *to* may not review.
    """
    if to and to not in {person.handle for person in colleagues(unit)}:
        msg = "This colleague may not review. Choose another."
        raise NotAllowed(msg)

    def give(row: ReviewCase) -> bool:
        # To name another as second reader would tell who was not the first.
        if row.state in BLIND and to and (to != unit.person.handle or row.first_reader == to):
            return False
        row.assigned_to = to
        unit.tell("case.assigned", row.id, to=to or "nobody")
        return True

    return _each(unit, cases, give)


@change(Permission.REVIEW)
def defer(unit: Unit, cases: Sequence[str], until: date, why: str) -> Done:
    """Take *cases* out of the queue until the day *until*; the trail keeps the day, not why.

    Raises:
        NotAllowed: too many cases, no reason, or a day that is past or too far off.
    """
    days, why = (until - unit.now.date()).days, why.strip()
    if not 1 <= days <= LONGEST_DAYS:
        msg = f"A case is put off until tomorrow at the earliest, {LONGEST_DAYS} days at most."
        raise NotAllowed(msg)
    if not 0 < len(why) <= LONGEST_WHY:
        msg = f"Say why, in at most {LONGEST_WHY} characters."
        raise NotAllowed(msg)

    def put_off(row: ReviewCase) -> bool:
        row.deferred_until, row.deferred_why = until, why
        unit.tell("case.deferred", row.id, until=until.isoformat())
        return True

    return _each(unit, cases, put_off)


@change(Permission.REVIEW)
def resume(unit: Unit, cases: Sequence[str]) -> Done:
    """Put deferred *cases* back into the queue now.

    Raises:
        NotAllowed: there are too many cases.
    """

    def bring_back(row: ReviewCase) -> bool:
        row.deferred_until, row.deferred_why = None, ""
        unit.tell("case.resumed", row.id)
        return True

    return _each(unit, cases, bring_back)


def _each(unit: Unit, cases: Sequence[str], deed: Callable[[ReviewCase], bool]) -> Done:
    """Do *deed* to each case that is open and that nobody else is reading."""
    wanted = set(cases)
    if not 0 < len(wanted) <= MOST:
        msg = f"Choose between 1 and {MOST} cases; {len(wanted)} were chosen."
        raise NotAllowed(msg)
    taken = set(
        unit.session.execute(
            select(col(ClaimRow.case_id)).where(
                col(ClaimRow.case_id).in_(wanted),
                col(ClaimRow.handle) != unit.person.handle,
                stands(unit.now),
            )
        ).scalars()
    )
    rows = unit.session.execute(
        select(ReviewCase).where(col(ReviewCase.id).in_(wanted)).order_by(col(ReviewCase.id))
    ).scalars()
    done = read = blind = 0
    open_rows = [row for row in rows if row.state not in CLOSED]
    for row in open_rows:
        if row.id in taken:
            read += 1
        elif deed(row):
            done += 1
        else:
            blind += 1
    if not done:
        unit.tell("cases.left", unit.person.handle, outcome="nothing to do")
    return Done(done, read, len(wanted) - len(open_rows), blind)
