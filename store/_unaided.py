"""Cases read without the AI's answer: how they are drawn, and the answer they wait for.

To a reader a scan that the AI flagged and one that it did not must look alike until the case is
closed; so neither has findings of the AI in its first reading.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from store.domain.arrival import Ending
from store.domain.finding import CaseState
from store.domain.reading import DRAWS, NUMBERS, CaseKind, Kind
from store.tables import ReadingRow, ResultRow, ReviewCase

_SECOND = NUMBERS[Kind.SECOND]


def drawn(share: float) -> bool:
    """Whether the lot falls on one more scan, of which *share* (0.0 to 1.0) are drawn."""
    return secrets.randbelow(DRAWS) < share * DRAWS


def hides(case: ReviewCase, held: Mapping[int, ReadingRow], number: int) -> bool:
    """Whether reading *number* of a case with the readings *held* must not show the AI's answer.

    Once a second reading, which is made with the AI's flags, is in, there is nothing to hide.
    """
    second = held.get(_SECOND)
    return (
        case.kind != CaseKind.FLAG
        and number == NUMBERS[Kind.FIRST]
        and case.state != CaseState.CLOSED
        and (second is None or second.closed_at is None)
    )


def keeps_back(case: ReviewCase, held: Mapping[int, ReadingRow]) -> bool:
    """Whether flags of the AI wait for the second reading of *case*, which is still to begin."""
    return case.kind == CaseKind.UNAIDED and _SECOND not in held


def flags_of(session: Session, scan_id: str) -> list[dict[str, Any]]:
    """Every flag of the AI on a scan, one a level, in the order in which they came."""
    rows = session.execute(
        select(ResultRow)
        .where(col(ResultRow.scan_id) == scan_id, col(ResultRow.ending) == Ending.POSITIVE.value)
        .order_by(col(ResultRow.received_at), col(ResultRow.digest))
    ).scalars()
    found: dict[str | None, dict[str, Any]] = {}
    for row in rows:
        for flag in row.findings or [{"level": None}]:
            found.setdefault(flag["level"], flag)
    return list(found.values())
