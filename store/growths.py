"""What comes for a series that is here already: more of its slices, or what cannot be joined."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from store._flags import case_of
from store._grown import hold_apart, outgrow, settle_parts
from store._receipts import Outcome, receipt
from store.domain.arrival import Fate, SeriesHeader, Work
from store.domain.people import Permission
from store.guard import change
from store.tables import SeriesRow
from store.unit import Unit


class MovedOn(RuntimeError):
    """The series is another by now than the one that the slices were laid upon: lay them anew."""


@change(Permission.RECEIVE)
def grow(
    unit: Unit,
    upon: str,
    whole: SeriesHeader,
    work: Work,
    parts: Sequence[str] = (),
    *,
    source: str = "",
) -> Outcome:
    """Let a series be the *whole* that its slices make together with those that came now.

    Its picture is made anew by *work*; until then the one before is shown. When it is made, the
    case of its scan is told and, where it was closed, open again.

    Args:
        upon: Digest of the series that the slices were laid upon.
        parts: Digests of slices that were held until now, and that are in it.
        source: Configured name of the way in; empty for what a person gave by hand.

    Raises:
        MovedOn: the series has another digest by now; nothing is kept.
    """
    row = _upon(unit, whole, upon)
    slices = row.instances
    outgrow(unit, row, whole, work, source)
    settle_parts(unit, row, parts)
    said = f"It grew from {slices} to {whole.instances} slices."
    case = case_of(unit.session, row.scan_id) if row.scan_id else None
    fate = Fate.HELD if row.fate == Fate.HELD else Fate.ACCEPTED
    outcome = Outcome(fate, f"{said} {row.reason}".strip() if fate is Fate.HELD else said, case)
    return receipt(unit, "series", whole.digest, outcome, row.scan_id, source=source)


@change(Permission.RECEIVE)
def keep_apart(
    unit: Unit,
    upon: str,
    came: SeriesHeader,
    reason: str,
    work: Work | None = None,
    *,
    source: str = "",
) -> Outcome:
    """Hold for a person what came for a series and cannot be joined to it, because of *reason*.

    Args:
        upon: As of `grow`.
        came: What came; its files are in the archive under its digest.
        work: Makes its picture, where it can take the place of the series; None where it only
            waits for more slices.
        source: As of `grow`.

    Raises:
        MovedOn: as of `grow`.
    """
    row = _upon(unit, came, upon)
    hold_apart(unit, row, came, work, reason, source)
    return receipt(unit, "series", came.digest, Outcome(Fate.HELD, reason), None, source=source)


def _upon(unit: Unit, header: SeriesHeader, digest: str) -> SeriesRow:
    row: SeriesRow = unit.session.execute(
        select(SeriesRow).where(col(SeriesRow.series_uid) == header.series_uid).with_for_update()
    ).scalar_one()
    taken = select(col(SeriesRow.id)).where(
        col(SeriesRow.digest) == header.digest, col(SeriesRow.id) != row.id
    )
    if row.digest != digest or unit.session.execute(taken).first() is not None:
        raise MovedOn
    return row
