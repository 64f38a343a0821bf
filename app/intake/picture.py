"""From a series on disk to a picture in the archive."""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from components.imaging.centroids import UnusableCentroids, centres_in
from components.imaging.frame import Floats, Frame, frame_of
from components.imaging.header import SeriesOnDisk, sort_files
from components.imaging.label_names import LabelNames
from components.imaging.label_tables import level_named
from components.imaging.masks import LabelSource, UnusableMask, check_grid
from components.imaging.prepare import Prepared, prepare
from components.imaging.series import block
from store.archive import Archive
from store.domain.arrival import Picture, Work
from store.domain.spine import Level
from store.preparing import NotDrawn

PIPELINE = "2"
"""Raised when the same input would give another picture."""


_SHELF = {"mask": "masks", "centroids": "points"}


@dataclass(frozen=True, slots=True)
class Overlay:
    """A file that marks the vertebrae of a scan.

    Attributes:
        kind: "mask" or "centroids".
        table: Of a mask: the name of its label table, where it does not name its labels.
        names: Of a mask: what a file beside it calls its labels.
        upon: Folder of the series it was made for, where more of its slices came since.
    """

    path: Path
    kind: str
    table: str | None = None
    names: LabelNames | None = None
    upon: Path | None = None

    @property
    def mask(self) -> LabelSource | None:
        """The mask, where it is one."""
        names = self.names.names if self.names else {}
        if self.kind != "mask":
            return None
        return LabelSource(self.path, self.table, names, self.grid)

    @property
    def grid(self) -> Frame | None:
        """The grid it was made for, where the series has grown since."""
        if self.upon is None:
            return None
        slices = block(only_series(self.upon).instances)
        return frame_of(slices.affine, slices.shape)

    def centres(self, frame: Frame) -> dict[Level, Floats]:
        """Of centroids: the centre of each vertebra, LPS mm, in a scan of *frame*."""
        return centres_in(self.path, self.grid or frame)

    @property
    def meaning(self) -> str:
        """What tells one reading of the same file from another."""
        return f"{self.table or ''} {sorted(self.names.names.items()) if self.names else ''}"

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A file that is kept and not drawn, and why."""

    overlay: Overlay
    reason: str


@dataclass(frozen=True, slots=True)
class Made:
    """A picture, the kind of overlay that is drawn over it, and what is not drawn."""

    picture: Picture
    used: str
    held: tuple[NotDrawn, ...]


_ALTERED = "The kept copy of the series is not what arrived. Restore the files from a backup."


class Altered(RuntimeError):
    """The archive no longer holds what arrived."""


def picture_of(
    archive: Archive, series: SeriesOnDisk, overlays: Sequence[Overlay], *, known: bool = False
) -> tuple[Picture, Overlay | None, list[HeldBack]]:
    """The picture of *series* with the first of *overlays* that fits, and those that do not.

    All of them lie in the archive, and the picture goes there. Of a *known* series no picture
    is made when none fits.

    Raises:
        Unusable: no honest picture can be made of the series.
    """
    held: list[HeldBack] = []
    for overlay in sorted(overlays, key=lambda one: one.kind != "mask"):
        try:
            return _prepared(archive, series, overlay, held), overlay, held
        except (UnusableMask, UnusableCentroids) as refusal:
            held.append(HeldBack(overlay, str(refusal)))
    if known:
        return Picture(None, {}, {}), None, held
    return _prepared(archive, series, None, held), None, held


def lies_on(overlay: Overlay, series: SeriesOnDisk) -> bool:
    """Whether *overlay* lies on the grid of *series*, wherever its bone may be."""
    if series.refusal:
        return False
    slices = block(series.instances)
    frame = frame_of(slices.affine, slices.shape)
    try:
        if overlay.kind == "mask":
            check_grid(overlay.path, frame)
        else:
            centres_in(overlay.path, frame)
    except (UnusableMask, UnusableCentroids):
        return False
    return True


def _prepared(
    archive: Archive, series: SeriesOnDisk, overlay: Overlay | None, held: Sequence[HeldBack]
) -> Picture:
    digest = overlay.digest if overlay else ""
    meaning = overlay.meaning if overlay else ""
    # What is said of a file that is not drawn stands in the picture's facts.
    notes = [f"The {one.overlay.kind} sent with it is not drawn. {one.reason}" for one in held]
    parts = " ".join((PIPELINE, series.header.digest, digest, meaning, *notes))
    name = hashlib.sha256(parts.encode()).hexdigest()
    mask = overlay.mask if overlay else None
    points = overlay.centres if overlay and mask is None else None
    made: list[Prepared] = []
    archive.put(
        "stacks",
        name,
        lambda file: made.append(prepare(series, mask, file, centres_in=points, notes=notes)),
    )
    measured = digest if mask else ""
    return Picture(name, made[0].heights, made[0].unmeasured, measured, facts=series.facts)


def keep(archive: Archive, overlay: Overlay) -> None:
    """Put a copy of *overlay* into the archive."""

    def copy(file: BinaryIO) -> None:
        # Block by block: a mask that is not packed may be as large as its scan.
        with overlay.path.open("rb") as source:
            shutil.copyfileobj(source, file)

    archive.put(_SHELF[overlay.kind], overlay.digest, copy)


def work_on(
    digest: str,
    overlays: Sequence[Overlay],
    *,
    known: bool = False,
    earlier: Sequence[Mapping[str, Any]] = (),
) -> Work:
    """The making of the picture of the series *digest*; its *overlays* lie in the archive.

    Args:
        earlier: Overlays of the series before it grew, as the work of then told them.
    """
    told = [*map(_told, overlays), *map(dict, earlier)]
    parts = json.dumps([PIPELINE, digest, known, told], sort_keys=True)
    key = hashlib.sha256(parts.encode()).hexdigest()
    return Work(key, {"overlays": told, "known": known, "pipeline": PIPELINE})


def _told(overlay: Overlay) -> dict[str, Any]:
    names = None
    if overlay.names:
        # Of what a sender calls other things, nothing enters the queue.
        named = {n: name if level_named(name) else "" for n, name in overlay.names.names.items()}
        names = {str(number): name for number, name in sorted(named.items())}
    return {
        "kind": overlay.kind,
        "digest": overlay.digest,
        "table": overlay.table,
        "names": names,
    }


def made_of(archive: Archive, about: Mapping[str, Any]) -> Made:
    """The picture that a job is *about*, made from what the archive holds.

    Raises:
        Unusable: no honest picture can be made of the series.
        Altered: the archive no longer holds what arrived.
    """
    found = only_series(archive.path("series", about["digest"]))
    if found.header.digest != about["digest"]:
        raise Altered(_ALTERED)
    overlays = [_laid(archive, told) for told in about["overlays"]]
    picture, used, held = picture_of(archive, found, overlays, known=about["known"])
    kinds = tuple(NotDrawn(one.overlay.kind, one.overlay.digest, one.reason) for one in held)
    return Made(picture, used.kind if used else "", kinds)


def only_series(folder: Path) -> SeriesOnDisk:
    """The series that the archive keeps in *folder*.

    Raises:
        Altered: it does not.
    """
    found = sort_files([folder]).series
    if len(found) != 1:
        raise Altered(_ALTERED)
    return found[0]


def _laid(archive: Archive, told: Mapping[str, Any]) -> Overlay:
    path = archive.path(_SHELF[told["kind"]], told["digest"])
    names = told["names"]
    named = LabelNames(path, "", {int(n): name for n, name in names.items()}) if names else None
    upon = archive.path("series", told["upon"]) if "upon" in told else None
    return Overlay(path, told["kind"], told["table"], named, upon)
