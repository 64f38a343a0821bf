"""The sagittal way of looking at a voxel grid: planes right to left, head up, front left."""

from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Box = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]

_WANTED = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""LPS directions of planes (to the left), rows (to the feet) and columns (to the back)."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A storage grid seen as (plane, row, column).

    Attributes:
        axes: Storage axis of planes, rows and columns.
        flips: Whether that axis runs the other way in storage.
        shape: Planes, rows, columns.
        affine: 4 x 4, (plane, row, column, 1) to LPS mm.
    """

    axes: tuple[int, int, int]
    flips: tuple[bool, bool, bool]
    shape: tuple[int, int, int]
    affine: Floats

    def stored(self, box: Box) -> Box:
        """*box* of (plane, row, column) as ranges of the storage axes."""
        ranges: list[tuple[int, int]] = [(0, 0)] * 3
        for place, axis in enumerate(self.axes):
            low, high = box[place]
            size = self.shape[place]
            ranges[axis] = (size - high, size - low) if self.flips[place] else (low, high)
        return ranges[0], ranges[1], ranges[2]

    def as_stored(self, canonical: NDArray[Any]) -> NDArray[Any]:
        """A view of a (plane, row, column) array in storage order."""
        turned = canonical[tuple(slice(None, None, -1 if f else 1) for f in self.flips)]
        return turned.transpose(tuple(int(n) for n in np.argsort(self.axes)))

    def as_seen(self, stored: NDArray[Any]) -> NDArray[Any]:
        """A view of a storage-ordered array as (plane, row, column)."""
        turned = stored.transpose(self.axes)
        return turned[tuple(slice(None, None, -1 if f else 1) for f in self.flips)]


def frame_of(affine: Floats, shape: tuple[int, int, int]) -> Frame:
    """The sagittal frame nearest to a grid with *affine* (storage index to LPS mm)."""
    units = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    fit = _WANTED @ units
    axes = max(permutations(range(3)), key=lambda p: sum(abs(fit[n, p[n]]) for n in range(3)))
    flips = tuple(bool(fit[n, axes[n]] < 0) for n in range(3))
    seen = np.eye(4)
    seen[:3, 3] = affine[:3, 3]
    for place, axis in enumerate(axes):
        column = affine[:3, axis]
        seen[:3, place] = -column if flips[place] else column
        if flips[place]:
            seen[:3, 3] += column * (shape[axis] - 1)
    a, b, c = axes
    return Frame((a, b, c), (flips[0], flips[1], flips[2]), (shape[a], shape[b], shape[c]), seen)


def obliquity_degrees(affine: Floats) -> float:
    """Largest angle between the axes of a sagittal frame and those of the patient."""
    units = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    cosines = np.clip(np.abs(np.sum(_WANTED.T * units, axis=0)), 0, 1)
    return float(np.degrees(np.arccos(cosines.min())))


def shifted(affine: Floats, box: Box) -> Floats:
    """*affine* of the part of a grid that *box* cuts out."""
    part = affine.copy()
    part[:3, 3] += affine[:3, :3] @ np.array([low for low, _ in box], dtype=float)
    return part


def points_lps(affine: Floats, index: Floats) -> Floats:
    """LPS mm of n x 3 voxel indices."""
    return moved(affine[:3, :3], index, affine[:3, 3])


def indices(affine: Floats, lps_mm: Floats) -> Floats:
    """Voxel indices of n x 3 positions in LPS mm."""
    inverse = np.asarray(np.linalg.inv(affine), np.float64)
    return moved(inverse[:3, :3], lps_mm, inverse[:3, 3])


def moved(turn: Floats, points: Floats, shift: Floats) -> Floats:
    """n x 3 *points* turned, then shifted.

    Each coordinate lies in one piece: numpy takes ten times as long over rows of three.
    """
    found = turn @ points.T
    found += shift[:, None]
    return found.T
