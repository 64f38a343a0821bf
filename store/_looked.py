"""Who had a case before them while somebody else was reading it, as the trail tells."""

from sqlalchemy import func, select
from sqlmodel import Session, col

from store.audit import written
from store.domain.finding import BY_INTAKE, Deed
from store.domain.people import Person
from store.domain.reading import NUMBERS, Kind
from store.tables import DecisionRow, ReadingRow, TrailRow

LOOKS = ("case.opened", "claim.taken", "claim.broken")
"""Lines of the trail that tell who had a case before them."""


def looked(session: Session, case_id: str, person: Person) -> bool:
    """Whether *person* had the case before them while its first reading was under way.

    Whoever opened it before the first step, or after the reading was closed, saw nothing of it.
    """
    first = NUMBERS[Kind.FIRST]
    begun = session.execute(
        select(func.min(col(DecisionRow.at))).where(
            col(DecisionRow.case_id) == case_id,
            col(DecisionRow.reading) == first,
            col(DecisionRow.deed).not_in([*BY_INTAKE, Deed.TOLD]),
        )
    ).scalar_one()
    reading = session.get(ReadingRow, (case_id, first))
    if begun is None or reading is None or reading.closed_at is None:
        return False
    line = select(col(TrailRow.seq)).where(
        col(TrailRow.entity) == case_id,
        col(TrailRow.actor) == person.handle,
        col(TrailRow.action).in_(LOOKS),
        col(TrailRow.outcome) == "ok",
        col(TrailRow.at).between(written(begun), written(reading.closed_at)),
    )
    return session.execute(line.limit(1)).first() is not None
