"""What became of one thing that arrived: its receipt, and its line in the trail."""

from dataclasses import dataclass

from store.domain.arrival import Fate
from store.tables import ReceiptRow
from store.unit import Unit


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one thing that arrived, and why when it was not accepted."""

    fate: Fate
    reason: str = ""
    case: str | None = None


def receipt(
    unit: Unit, kind: str, digest: str, outcome: Outcome, scan_id: str | None, source: str = ""
) -> Outcome:
    """*outcome*, written down; copies are counted from what is written here."""
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
    unit.tell(f"{kind}.{outcome.fate.value}", digest[:16], reason=outcome.reason)
    return outcome
