"""Which steps of a case still stand, now that some were undone."""

from sqlalchemy import select
from sqlmodel import Session, col

from store.domain.act import Deed
from store.domain.reading import REPEAT
from store.tables import DecisionRow

APART = 1_000_000
"""Steps of a repeat are numbered from here on, so that the case's own numbers have no gap."""


def steps_of(session: Session, case_id: str, *, repeat: bool = False) -> list[DecisionRow]:
    """Every step on a case itself, or of its reader in the *repeat*; the newest first."""
    which = col(DecisionRow.reading) == REPEAT if repeat else col(DecisionRow.reading) != REPEAT
    rows = session.execute(
        select(DecisionRow)
        .where(col(DecisionRow.case_id) == case_id, which)
        .where(col(DecisionRow.deed) != Deed.REPEATED.value)
        .order_by(col(DecisionRow.version).desc())
    ).scalars()
    return list(rows)


def standing_steps(
    session: Session, case_id: str, reading: int | None = None
) -> tuple[DecisionRow, ...]:
    """The steps that were not undone, the newest first.

    Of the case itself, or of one *reading* of it; a repeat is a reading that must be named.
    """
    steps = steps_of(session, case_id, repeat=reading == REPEAT)
    undone = {row.undoes for row in steps if row.undoes}
    return tuple(
        row
        for row in steps
        if not row.undoes and row.act not in undone and reading in (None, row.reading)
    )
