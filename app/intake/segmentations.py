"""Which series a DICOM segmentation marks: it says so itself, wherever the file lies."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from app.intake.entry import Entry
from app.intake.picture import Overlay, lies_on
from components.imaging.dicom_kind import Sent, sent
from components.imaging.header import SeriesOnDisk, Sorting, sort_files
from components.imaging.nifti import UnusableMask
from components.imaging.segmentation import Origin, origin_of
from store import arrivals, masks
from store.domain.people import INTAKE


@dataclass(frozen=True, slots=True)
class Meant:
    """The series that a segmentation marks; of none, why.

    Attributes:
        ours: Whether it is about vertebrae at all.
        early: UID of the study that it marks and that is not in this delivery.
        fits: Series it contradicts, on whose grid it lies all the same.
    """

    series: tuple[str, ...] = ()
    reason: str = ""
    ours: bool = True
    early: str = ""
    fits: tuple[str, ...] = ()


def with_known_scans(entry: Entry, found: Sorting) -> Sorting:
    """*found*, and from the archive the series whose segmentation came without them.

    An AI product answers minutes after the scan came, so its file comes alone.
    """
    here = {one.header.study_uid for one in found.series}
    digests: dict[str, None] = {}
    for origin in filter(None, (_origin(path) for path in found.others)):
        if origin.study_uid and origin.study_uid not in here:
            kept = entry.site.ask(
                INTAKE, arrivals.unmarked_series, origin.study_uid, origin.series_uid
            )
            digests.update(dict.fromkeys(kept))
    folders = [entry.site.archive.path("series", digest) for digest in digests]
    if not folders:
        return found
    return replace(found, series=(*found.series, *sort_files(folders).series))


def waited_for(entry: Entry, found: Sorting) -> list[Path]:
    """Segmentations that came before the scans of *found*, and waited for them."""
    studies = sorted({one.header.study_uid for one in found.series})
    digests = entry.site.ask(INTAKE, masks.waiting, studies) if studies else ()
    return [entry.site.archive.path("masks", digest) for digest in digests]


def meant_by(overlay: Overlay, series: Mapping[str, SeriesOnDisk]) -> Meant:
    """The one or more of *series* that *overlay*, a segmentation, lies on.

    Raises:
        UnusableMask: it cannot be read.
    """
    origin = origin_of(overlay.path)
    if not origin.vertebrae:
        return Meant(reason="A segmentation of other organs. It is left aside.", ours=False)
    own = [one for one in series.values() if one.header.study_uid == origin.study_uid]
    if not own:
        why = "It marks a scan that is not here, or whose picture is marked already."
        return Meant(reason=why, early=origin.study_uid)
    named = [one for one in own if one.header.series_uid == origin.series_uid]
    for one in named:
        frame = one.header.frame_uid
        if frame and origin.frame_uid and frame != origin.frame_uid:
            why = "It lies in another frame of reference than the series it names."
            fits = (one.header.series_uid,) if lies_on(overlay, one) else ()
            why = f"{why} Ask the AI product's maker, and send it again."
            return Meant(reason=why, fits=fits)
    laid = [one.header.series_uid for one in named or own if lies_on(overlay, one)]
    if laid:
        return Meant(tuple(laid))
    # One alone is tried, so that the reason is the picture's own, with its figures.
    tried = named or own
    if len(tried) == 1:
        return Meant((tried[0].header.series_uid,))
    return Meant(reason=f"It lies on the grid of none of the {len(tried)} series of its scan.")


def is_segmentation(path: Path) -> bool:
    """Whether the file at *path* is a DICOM segmentation."""
    return sent(path) is Sent.SEGMENTATION


def _origin(path: Path) -> Origin | None:
    if not is_segmentation(path):
        return None
    try:
        return origin_of(path)
    except UnusableMask:
        return None
