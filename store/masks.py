"""Masks that name a scan and cannot be laid on it yet: they wait for it, or for a person."""

from collections.abc import Collection
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import col

from store._held import SHOWN, Release, hold
from store._pictures import queue
from store._receipts import Outcome, receipt
from store.domain.arrival import Fate, Work
from store.domain.people import Permission
from store.domain.refusal import NotAllowed
from store.guard import change, question
from store.tables import HeldRow, SeriesRow, StudyRow
from store.unit import Reader, Unit

OTHER_FRAME, UNFIT = "mask.other_frame", "mask.unfit"
_EARLY = "mask.early"
WAITS, JOINED = "waiting", "joined"
"""States of a mask that came before its scan: it is for nobody to decide."""


@question(Permission.RECEIVE)
def here(reader: Reader, study_uid: str) -> bool:
    """Whether the study is here."""
    return reader.session.get(StudyRow, study_uid) is not None


@question(Permission.RECEIVE)
def waiting(reader: Reader, studies: Collection[str]) -> tuple[str, ...]:
    """Digests of the masks that wait for one of *studies*, in the order in which they came."""
    rows = reader.session.execute(
        select(col(HeldRow.file))
        .where(
            col(HeldRow.digest).in_([_known_by(each) for each in studies]),
            col(HeldRow.code) == _EARLY,
            col(HeldRow.state) == WAITS,
        )
        .order_by(col(HeldRow.at), col(HeldRow.id))
    )
    return tuple(dict.fromkeys(rows.scalars()))


@change(Permission.RECEIVE)
def wait(unit: Unit, digest: str, study_uid: str, *, source: str = "") -> Outcome:
    """Let a mask, kept in the archive, wait for the scan of *study_uid*."""
    why = "It came before its scan, and waits for it."
    unit.session.add(
        HeldRow(
            id=f"h_{uuid4().hex}",
            digest=_known_by(study_uid),
            kind="mask",
            code=_EARLY,
            reason=why,
            source=source,
            file=digest,
            about={},
            at=unit.now,
            state=WAITS,
        )
    )
    return receipt(unit, "mask", digest, Outcome(Fate.HELD, why), None, source=source)


@change(Permission.RECEIVE)
def came(unit: Unit, digest: str) -> None:
    """Note that the scan of a waiting mask is here: it waits no longer, whatever comes of it."""
    rows = unit.session.execute(
        select(HeldRow).where(
            col(HeldRow.file) == digest, col(HeldRow.code) == _EARLY, col(HeldRow.state) == WAITS
        )
    ).scalars()
    for row in rows.all():
        row.state = JOINED
    unit.tell("mask.joined", digest[:16])


@change(Permission.RECEIVE)
def doubt(
    unit: Unit, digest: str, reason: str, fits: Collection[tuple[str, Work]], *, source: str = ""
) -> Outcome:
    """Lay a mask that contradicts its scan before a person.

    Args:
        fits: Series on whose grid it lies all the same, by UID, and the making of the picture of
            each with it; none where it can only be discarded.
    """
    uids = [uid for uid, _ in fits]
    rows = unit.session.execute(select(SeriesRow).where(col(SeriesRow.series_uid).in_(uids)))
    of = {row.series_uid: row for row in rows.scalars()}
    works = [
        {"series": of[uid].id, "work": {"key": work.key, "about": work.about}}
        for uid, work in fits
        if uid in of
    ]
    scan_id = next((row.scan_id for row in of.values()), None)
    hold(
        unit,
        kind="mask",
        code=OTHER_FRAME if works else UNFIT,
        reason=reason,
        digest=digest,
        source=source,
        file=digest,
        scan_id=scan_id,
        about={SHOWN: {"Lies on the grid of": f"{len(works)} series of its scan"}, "works": works},
    )
    return receipt(unit, "mask", digest, Outcome(Fate.HELD, reason), scan_id, source=source)


def _known_by(study_uid: str) -> str:
    return sha256(f"mask of {study_uid}".encode()).hexdigest()


def _use(unit: Unit, row: HeldRow, _choice: str, _share: float) -> str:
    """Have the picture made with the mask.

    Raises:
        NotAllowed: another mask was laid on the series meanwhile.
    """
    queued = 0
    for one in row.about["works"]:
        series = unit.session.get(SeriesRow, one["series"])
        if series is not None and not series.mask_digest:
            queue(unit, series, Work(**one["work"]))
            queued += 1
    if not queued:
        msg = "Another mask was laid on this scan meanwhile. Discard this one."
        raise NotAllowed(msg)
    return "The picture is being made with this mask; it is drawn if it lies on the bone."


USE = Release(
    "This mask is used for this scan although its frame of reference differs; it lies on the grid "
    "of it.",
    _use,
)
