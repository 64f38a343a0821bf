"""Vertebrae in a DICOM segmentation, as layers on the grid of its scan.

Frames are laid where they say they lie, never in the order in which they come, and a segment is
the vertebra that it is coded or called, never the one of its number: writers number what they
found, and leave empty frames out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray

from components.imaging.forgiving import unquoted
from components.imaging.frame import Floats, Frame
from components.imaging.nifti import UnusableMask
from components.imaging.patient import words
from components.imaging.seg_grid import Place, grid_of
from components.imaging.seg_pixels import Stored, stored_frames
from components.imaging.sr_codes import Code, level_in, level_of
from components.imaging.sr_tree import items_of
from store.domain.spine import Level

MOST_SEGMENTS = 1000


@dataclass(frozen=True, slots=True)
class Origin:
    """What a segmentation was made from; empty where it does not say.

    Attributes:
        vertebrae: Whether it names any; those of other organs are sent as a matter of course.
    """

    study_uid: str
    series_uid: str
    frame_uid: str
    vertebrae: bool


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """A segmentation laid on a scan.

    Attributes:
        shape: Of axes i (columns), j (rows) and k (slices of the scan).
        affine: 4 x 4, (i, j, k, 1) to LPS mm.
        levels: By the numbers that `layers` gives.
    """

    shape: tuple[int, int, int]
    affine: Floats
    levels: dict[int, Level]
    _stored: Stored
    _places: dict[int, tuple[Place, ...]]

    def layers(self) -> Iterator[NDArray[Any]]:
        """Labels, uint16 (j, i), one slice of the scan after another.

        Raises:
            UnusableMask: two vertebrae lie in one voxel, or the pixels cannot be decoded.
        """
        columns, rows, count = self.shape
        empty = np.zeros((rows, columns), np.uint16)
        for k in range(count):
            places = self._places.get(k, ())
            yield self._joined(places, empty.copy()) if places else empty

    def _joined(self, places: Sequence[Place], layer: NDArray[np.uint16]) -> NDArray[Any]:
        for place in places:
            frame = self._stored.frame(place.frame)
            if not place.segment:
                return frame
            if place.segment not in self.levels:
                continue
            inside = frame != 0
            if np.any(layer[inside] & (layer[inside] != place.segment)):
                self._check_apart(layer[inside], place.segment)
            layer[inside] = place.segment
        return layer

    def _check_apart(self, there: NDArray[np.uint16], segment: int) -> None:
        """Refuse two vertebrae in one voxel; two parts of one vertebra may lie there."""
        for number in np.unique(there[there > 0]):
            one, other = self.levels[int(number)], self.levels[segment]
            if one is not other:
                msg = f"The segments of {one} and {other} overlap. Send each voxel to one vertebra."
                raise UnusableMask(msg)


def origin_of(path: Path) -> Origin:
    """Study, series and frame of reference of the segmentation at *path*.

    Raises:
        UnusableMask: it cannot be read.
    """
    ds = _read(path, pixels=False)
    series = [words(one, "SeriesInstanceUID") for one in items_of(ds, "ReferencedSeriesSequence")]
    return Origin(
        words(ds, "StudyInstanceUID"),
        series[0] if len(series) == 1 else "",
        words(ds, "FrameOfReferenceUID"),
        any(_named(one) for one in items_of(ds, "SegmentSequence")[:MOST_SEGMENTS]),
    )


def _named(segment: pydicom.Dataset) -> bool:
    coded = any(level_of(code) for code in _codes(segment))
    return coded or level_in(words(segment, "SegmentLabel")) is not None


def laid_out(path: Path, frame: Frame, *, pixels: bool = True) -> Segmentation:
    """The segmentation at *path* on the grid that *frame* describes.

    Args:
        pixels: Whether they are read as well; without them only the grid is checked.

    Raises:
        UnusableMask: unreadable, fractional, of another grid, or without a named vertebra.
    """
    ds = _read(path, pixels=pixels)
    kind = words(ds, "SegmentationType").upper()
    if kind not in {"BINARY", "LABELMAP"}:
        msg = f"The segmentation is {kind.lower() or 'of no named type'}: how much of a voxel is"
        msg_0 = f"{msg} bone is no label. Send it as BINARY or LABELMAP."
        raise UnusableMask(msg_0)
    levels = _levels(ds)
    try:
        grid = grid_of(ds, frame, labelmap=kind == "LABELMAP")
    except UnusableMask:
        raise
    except Exception as error:  # noqa: BLE001 - pydicom raises many kinds over foreign files
        msg = f"The segmentation does not say where its frames lie ({type(error).__name__})."
        msg_1 = f"{msg} Send it again."
        raise UnusableMask(msg_1) from None
    return Segmentation(grid.shape, grid.affine, levels, stored_frames(ds), grid.places)


def _read(path: Path, *, pixels: bool) -> pydicom.Dataset:
    with unquoted():
        try:
            return pydicom.dcmread(path, stop_before_pixels=not pixels)
        except Exception as error:  # noqa: BLE001 - pydicom raises many kinds over foreign files
            msg = f"The segmentation cannot be read ({type(error).__name__}). Send it again."
            raise UnusableMask(msg) from None


def _levels(ds: pydicom.Dataset) -> dict[int, Level]:
    """What each segment means, by its codes or its name; those of other organs are left out."""
    found: dict[int, Level] = {}
    segments = items_of(ds, "SegmentSequence")[:MOST_SEGMENTS]
    for segment in segments:
        number = words(segment, "SegmentNumber")
        level = _level(segment)
        if level is None or not number.isdigit():
            continue
        if int(number) in found:
            msg = f"Segment {number} is described twice. Send each number once."
            raise UnusableMask(msg)
        found[int(number)] = level
    if not found:
        said = ", ".join(filter(None, (words(one, "SegmentLabel")[:30] for one in segments[:3])))
        msg = f"No segment of {len(segments)} is a named vertebra ({said})."
        msg_0 = f"{msg} Send one with a segment for each vertebra."
        raise UnusableMask(msg_0)
    return found


def _level(segment: pydicom.Dataset) -> Level | None:
    """The vertebra that a segment is.

    Raises:
        UnusableMask: its code says one, its label another.
    """
    coded = next((level for code in _codes(segment) if (level := level_of(code))), None)
    called = level_in(words(segment, "SegmentLabel"))
    # Some call the sacrum S1.
    if coded and called and coded is not called:
        msg = f"Segment {words(segment, 'SegmentNumber')} is coded {coded} and called {called}."
        msg_0 = f"{msg} Send it with one of them."
        raise UnusableMask(msg_0)
    return coded or called


def _codes(segment: pydicom.Dataset) -> Iterator[Code]:
    for keyword in (
        "SegmentedPropertyTypeCodeSequence",
        "AnatomicRegionSequence",
        "PrimaryAnatomicStructureSequence",
    ):
        for item in items_of(segment, keyword):
            yield _code(item)
            for modifier in items_of(item, "AnatomicRegionModifierSequence"):
                yield _code(modifier)


def _code(item: pydicom.Dataset) -> Code:
    value, scheme = words(item, "CodeValue"), words(item, "CodingSchemeDesignator")
    return Code(value, scheme, words(item, "CodeMeaning"))
