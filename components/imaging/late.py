"""Slices of a series that come after it was accepted: what they and the kept ones make together."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from components.imaging.header import SeriesOnDisk, Sorting, sort_files
from components.imaging.refused import UnusableSeries

_FIRST_KEPT = "The first one is kept."


class Together(Enum):
    """What kept slices and those that came later are together."""

    NOTHING_NEW = "nothing new"
    GREW = "grew"
    UNLIKE = "unlike"
    """Both cannot be: the same slice with other pixels, another patient, another volume."""
    UNFINISHED = "unfinished"
    """They fit, and slices between them are missing."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Kept slices and later ones, laid together.

    Attributes:
        whole: All of them as one series, where they `GREW`; else as they came.
        reason: What is to be said of it; empty where they grew.
    """

    together: Together
    whole: SeriesOnDisk
    reason: str = ""


def joined(kept: Path, waiting: Sequence[Path], came: SeriesOnDisk) -> Joined:
    """What *came* makes of the series whose slices lie in the folder *kept*.

    The order in which slices came does not matter: the same slices give the same series.

    Args:
        kept: Folder of the series as it is shown.
        waiting: Folders of slices that came before and waited for those between.
        came: The same series as it came now; its files are not `broken`.

    Raises:
        UnusableSeries: the folder does not hold one series.
    """
    before, whole = _alone(sort_files([kept])), None
    if before.header.study_uid == came.header.study_uid:
        whole = _alone(sort_files([kept, *waiting, *came.files]))
    if whole is None or whole.broken:
        return Joined(Together.UNLIKE, came, _unlike(before, came))
    old, new, all_ = _places(before), _places(came), _places(whole)
    if new <= old:
        return Joined(Together.NOTHING_NEW, came, "Every slice of it is here already.")
    if all_ == old:
        why = "Another reconstruction under the UID of one that shows the spine better."
        return Joined(Together.NOTHING_NEW, came, why)
    if whole.refusal:
        return Joined(Together.UNFINISHED, came, whole.refusal)
    if not old <= all_:
        why = "A series with this UID is here in another reconstruction."
        return Joined(Together.UNLIKE, came, f"{why} {_FIRST_KEPT}")
    return Joined(Together.GREW, whole)


def _alone(found: Sorting) -> SeriesOnDisk:
    if len(found.series) != 1:
        msg = "The kept copy of the series is not what arrived. Restore the files from a backup."
        raise UnusableSeries(msg)
    return found.series[0]


def _unlike(before: SeriesOnDisk, came: SeriesOnDisk) -> str:
    """In what a series that came contradicts the one *before*."""
    differs = "with other pixels"
    if before.header.study_uid != came.header.study_uid:
        differs = "in another study"
    elif before.instances[0].patient != came.instances[0].patient:
        differs = "under another name"
    return f"A series with this UID is here {differs}. The first one is kept."


def _places(series: SeriesOnDisk) -> set[tuple[str, int]]:
    return {(one.sop_uid, one.frame) for one in series.instances}
