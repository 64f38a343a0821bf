"""Receipts: what became of each thing that arrived. Copies are counted from them."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from store.domain.arrival import Fate
from store.tables import ReceiptRow
from store.unit import Unit


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one thing that arrived, and why when it was not accepted."""

    fate: Fate
    reason: str = ""
    case: str | None = None


def received_copies(session: Session, scan_id: str) -> int:
    """How often a scan came: the series of it that came most often."""
    came = (
        select(func.count().label("n"))
        .where(col(ReceiptRow.scan_id) == scan_id, col(ReceiptRow.kind) == "series")
        .group_by(col(ReceiptRow.digest))
        .subquery()
    )
    return int(session.execute(select(func.max(came.c.n))).scalar_one() or 0)


def receipt(
    unit: Unit, kind: str, digest: str, outcome: Outcome, scan_id: str | None, source: str = ""
) -> Outcome:
    """*outcome*, once it is kept and told to the trail."""
    unit.session.add(
        ReceiptRow(
            at=unit.now,
            kind=kind,
            digest=digest,
            fate=outcome.fate.value,
            reason=outcome.reason,
            scan_id=scan_id,
            source=source,
        )
    )
    said = {"source": source} if source else {}
    unit.tell(f"{kind}.{outcome.fate.value}", digest[:16], reason=outcome.reason, **said)
    return outcome
