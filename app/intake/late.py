"""Slices of a series that is here already, in one delivery or in many, in any order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.intake.entry import Entry
from app.intake.picture import Overlay, work_on
from components.imaging.header import SeriesOnDisk
from components.imaging.late import Joined, Together, joined
from store import arrivals, growths
from store.arrivals import Known, Outcome
from store.domain.arrival import Fate
from store.domain.people import INTAKE
from store.growths import MovedOn

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Late:
    """What came for a series that is here, laid upon it.

    Attributes:
        upon: Digest that the series had.
        parts: Digests of what was held for want of slices between, and is laid upon it too.
        marked: What marked the vertebrae of the series before.
    """

    series: SeriesOnDisk
    joined: Joined
    upon: str
    parts: tuple[str, ...]
    marked: tuple[dict[str, Any], ...] = ()

    @property
    def grew(self) -> bool:
        """Whether the series is larger with it."""
        return self.joined.together is Together.GREW


def late(entry: Entry, series: SeriesOnDisk, known: Known | None) -> Late | None:
    """*series* laid upon what is *known* of it; None where nothing is, or exactly the same.

    Raises:
        UnusableSeries: the archive does not hold what the record says.
    """
    if series.broken or known is None or known.digest == series.header.digest:
        return None
    if series.header.digest in known.earlier:
        again = Joined(Together.NOTHING_NEW, series, "Every slice of it is here already.")
        return Late(series, again, known.digest, ())
    archive = entry.site.archive
    waiting = [archive.path("series", part) for part in known.parts]
    laid = joined(archive.path("series", known.digest), waiting, series)
    return Late(series, laid, known.digest, known.parts, known.overlays)


def enter(entry: Entry, found: Late, overlays: Sequence[Overlay]) -> tuple[Late, Outcome]:
    """*found* as it was in the end, and what became of it in the record.

    Its files are in the archive before the record speaks of them.
    """
    for _ in range(_TRIES):
        try:
            return found, _entered(entry, found, overlays)
        except MovedOn:
            # Another receiver brought slices of it at the same moment.
            known = entry.site.ask(INTAKE, arrivals.known, found.series.header.series_uid)
            found = late(entry, found.series, known) or found
    msg = "a series moved on each time its slices were laid upon it"
    raise RuntimeError(msg)


def _entered(entry: Entry, found: Late, overlays: Sequence[Overlay]) -> Outcome:
    laid, archive = found.joined, entry.site.archive
    header = laid.whole.header
    if laid.together is Together.NOTHING_NEW:
        return entry.submit(arrivals.refuse, "series", header.digest, Fate.DUPLICATE, laid.reason)
    if laid.together is Together.GREW:
        files = dict.fromkeys(one.path for one in laid.whole.instances)
    else:
        files = dict.fromkeys(found.series.files)
    archive.put_series(header.digest, files)
    if laid.together is Together.GREW:
        work = work_on(header.digest, overlays, earlier=found.marked)
        return entry.submit(growths.grow, found.upon, header, work, found.parts)
    unlike = laid.together is Together.UNLIKE and not found.series.refusal
    alone = work_on(header.digest, ()) if unlike else None
    return entry.submit(growths.keep_apart, found.upon, header, laid.reason, alone)
