"""Messages that were refused: kept once, counted, and laid before a person to be tried again."""

from sqlalchemy import func, select
from sqlmodel import col

from store._held import DISCARDED, OPEN, RELEASED, SHOWN, Release, hold
from store._receipts import Outcome, receipt
from store.domain.arrival import Fate
from store.domain.people import Permission
from store.domain.refusal import NotAllowed
from store.guard import change, question
from store.tables import HeldRow, ReportRow
from store.unit import Reader, Unit

REFUSED = "report.refused"
MOST_OPEN = 1000
"""So many refused messages wait at once; of a flood the rest is answered, and not kept."""
_TIMES = "Times sent"


@question(Permission.RECEIVE)
def room(reader: Reader, digest: str) -> bool:
    """Whether a refused message of this *digest* is to be kept: known, or one of not too many."""
    if _standing(reader, digest) is not None:
        return True
    waiting = select(func.count()).where(col(HeldRow.code) == REFUSED, col(HeldRow.state) == OPEN)
    return int(reader.session.execute(waiting).scalar_one()) < MOST_OPEN


@change(Permission.RECEIVE)
def refuse(
    unit: Unit, digest: str, reason: str, *, kept: bool, answer: str, source: str = ""
) -> Outcome:
    """Note that a message was refused; where its bytes are *kept*, lay it before a person once.

    Args:
        digest: SHA-256 of its bytes, by which it lies in the archive.
        reason: Why; never a word of the message.
        answer: What its sender was told, AE or AR.
    """
    before = _standing(unit, digest)
    if before is not None:
        shown = dict(before.about.get(SHOWN, {}))
        shown[_TIMES] = str(int(shown.get(_TIMES, "1")) + 1)
        before.about = {**before.about, SHOWN: shown}
        before.reason = reason
    elif kept:
        hold(
            unit,
            kind="HL7 message",
            code=REFUSED,
            reason=reason,
            digest=digest,
            source=source,
            file=digest,
            about={SHOWN: {"Answered": answer, _TIMES: "1"}},
        )
    return receipt(unit, "report", digest, Outcome(Fate.REFUSED, reason), None, source=source)


@question(Permission.RECEIVE)
def open_still(reader: Reader, digest: str) -> bool:
    """Whether a message of this *digest* was refused and waits for a person."""
    before = _standing(reader, digest)
    return before is not None and before.state == OPEN


@change(Permission.RECEIVE)
def read_when_resent(unit: Unit, digest: str) -> None:
    """Close what is held of a message that could be read when it was sent again."""
    row = _standing(unit, digest)
    if row is not None and row.state == OPEN:
        row.state, row.words = RELEASED, "It was read when it was sent again."
        row.acted_by, row.acted_name, row.acted_at = unit.person.handle, unit.person.name, unit.now
    unit.tell("held.released", row.id if row else digest[:16], code=REFUSED)


def _standing(reader: Reader, digest: str) -> HeldRow | None:
    found: HeldRow | None = (
        reader.session.execute(
            select(HeldRow).where(
                col(HeldRow.digest) == digest,
                col(HeldRow.code) == REFUSED,
                col(HeldRow.state).in_([OPEN, DISCARDED]),
            )
        )
        .scalars()
        .first()
    )
    return found


def _read(unit: Unit, row: HeldRow, _choice: str, _share: float) -> str:
    """Note that the message was read after all.

    Raises:
        NotAllowed: none of its reports is here.
    """
    found = select(col(ReportRow.scan_id)).where(col(ReportRow.raw) == row.digest)
    scans = unit.session.execute(found).scalars().all()
    if not scans:
        msg = "It was not read again yet. Load the page again, then press Release."
        raise NotAllowed(msg)
    joined = sum(scan is not None for scan in scans)
    return f"{len(scans)} of its reports were read, {joined} joined to a scan."


AGAIN = Release("It is read again, as its source is set up now.", _read)
