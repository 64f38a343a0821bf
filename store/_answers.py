"""What each AI product said of a scan, side by side."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from store.domain.arrival import Ending
from store.domain.genant import Grade
from store.domain.spine import Level
from store.tables import ResultRow


@dataclass(frozen=True, slots=True)
class Answer:
    """One flag of one product.

    Attributes:
        product: With its version.
        level: None for a flag on the whole scan.
        loss: A fraction from 0.0 to 1.0.
    """

    product: str
    level: Level | None
    loss: float | None
    grade: Grade | None


def answers_on(session: Session, scan_id: str) -> tuple[Answer, ...]:
    """Every flag of every product on a scan, in the order in which they came."""
    rows = session.execute(
        select(ResultRow)
        .where(col(ResultRow.scan_id) == scan_id, col(ResultRow.ending) == Ending.POSITIVE.value)
        .order_by(col(ResultRow.received_at), col(ResultRow.digest))
    ).scalars()
    return tuple(
        Answer(
            f"{row.product} {row.version}".strip(),
            Level(flag["level"]) if flag["level"] else None,
            flag.get("loss"),
            Grade(flag["grade"]) if flag.get("grade") is not None else None,
        )
        for row in rows
        for flag in row.findings
    )
