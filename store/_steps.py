"""Which steps of a case still stand, now that some were undone."""

from sqlalchemy import select
from sqlmodel import Session, col

from store.tables import DecisionRow


def standing_steps(
    session: Session, case_id: str, reading: int | None = None
) -> tuple[DecisionRow, ...]:
    """The steps on a case, or on one *reading* of it, that were not undone, the newest first."""
    rows = session.execute(
        select(DecisionRow)
        .where(col(DecisionRow.case_id) == case_id)
        .order_by(col(DecisionRow.version).desc())
    ).scalars()
    steps = list(rows)
    undone = {row.undoes for row in steps if row.undoes}
    return tuple(
        row
        for row in steps
        if not row.undoes and row.act not in undone and reading in (None, row.reading)
    )
