"""Voxels of a series in patient space, read only where they are wanted."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count

import cv2
import numpy as np
from numpy.typing import NDArray

from components.imaging.frame import Box, Frame, shifted
from components.imaging.pixels import AIR_HU, Int16, slice_hu
from components.imaging.series import Block
from components.imaging.syntaxes import NATIVE
from components.imaging.wanted import DEFLATED

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """Hounsfield units on a grid.

    Attributes:
        hu: int16, (plane, row, column) of a sagittal frame.
        affine: 4 x 4, index to LPS mm; spacing and direction are read from it.
    """

    hu: Int16
    affine: Floats

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Between planes, rows, columns."""
        a, b, c = (float(v) for v in np.linalg.norm(self.affine[:3, :3], axis=0))
        return a, b, c


def read_volume(block: Block, frame: Frame, box: Box) -> Volume:
    """The voxels of *block* inside *box*, which counts in (plane, row, column) of *frame*.

    Raises:
        UnusableSeries: a slice cannot be decoded.
    """
    hu = np.empty(tuple(high - low for low, high in box), np.int16)
    stored = frame.as_stored(hu)
    (s0, s1), (r0, r1), (c0, c1) = frame.stored(box)

    def fill(number: int) -> None:
        _put(stored[number], slice_hu(block.slices[s0 + number], (r0, r1), (c0, c1)))

    numbers = range(s1 - s0)
    if block.slices[0].syntax in NATIVE - {DEFLATED}:
        # Threads would wait for each other: a plain slice is one read and two additions.
        for number in numbers:
            fill(number)
    else:
        with ThreadPoolExecutor(min(4, cpu_count() or 1)) as pool:
            list(pool.map(fill, numbers))
    return Volume(hu, shifted(frame.affine, box))


def _put(place: Int16, picture: Int16) -> None:
    """Copy *picture* to *place*, which mostly lies the other way round in memory."""
    if abs(place.strides[0]) < abs(place.strides[1]):
        place.T[:] = cv2.transpose(picture)
    else:
        place[:] = picture


def body_box(block: Block, frame: Frame, half_width_mm: float = 50.0) -> Box:
    """Where the spine must lie when nothing marks it: the middle and back of the body.

    Looks at a few slices only. A scan that shows no body is kept whole.
    """
    low, high = _body_range(block, frame, _few(block.shape[0]))
    spacing = np.linalg.norm(frame.affine[:3, :3], axis=0)
    middle, half = (low[0] + high[0]) / 2, half_width_mm / spacing[0]
    planes = max(0, round(middle - half)), min(frame.shape[0], round(middle + half) + 1)
    front = low[2] + int(0.3 * (high[2] - low[2]))
    return planes, (0, frame.shape[1]), (front, high[2])


def _few(count: int) -> Sequence[int]:
    return sorted({int(n) for n in np.linspace(0, count - 1, 7)[1:-1]})


def _body_range(
    block: Block, frame: Frame, numbers: Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Lowest and highest index of tissue, by plane, row, column."""
    sample = np.full((len(numbers), *block.shape[1:]), AIR_HU, np.int16)
    for place, number in enumerate(numbers):
        sample[place] = slice_hu(block.slices[number], (0, block.shape[1]), (0, block.shape[2]))
    tissue = sample > -300
    slices = np.zeros(block.shape[0], bool)
    slices[list(numbers)] = True
    profiles = [slices, tissue.mean(axis=(0, 2)) > 0.05, tissue.mean(axis=(0, 1)) > 0.05]
    low, high = [0, 0, 0], list(frame.shape)
    for place, axis in enumerate(frame.axes):
        profile = profiles[axis][::-1] if frame.flips[place] else profiles[axis]
        found = np.flatnonzero(profile)
        if axis != 0 and len(found):
            low[place], high[place] = int(found[0]), int(found[-1]) + 1
    return tuple(low), tuple(high)
