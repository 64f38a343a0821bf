"""A sagittal stack of square pixels: planes right to left, head up, front left."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from components.imaging.frame import Box, Floats, indices, points_lps
from components.imaging.pixels import Int16
from components.imaging.volume import Volume

SMALLEST_PIXEL_MM, LARGEST_PIXEL_MM = 0.6, 1.0
THICKEST_PLANE_MM = 2.0
MARGIN_MM = (12.0, 20.0, 35.0)
"""What is kept about the vertebrae: sideways, head and foot, front and back."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """How a stack lies on the grid of its scan.

    Attributes:
        box: The part of the grid that the stack shows.
        affine: Of the whole grid, (plane, row, column) to LPS mm.
        spacing_mm: Of the grid.
        merged: Voxel planes averaged into one plane of the stack.
        pixel_mm: Side of a square pixel.
        planes, rows, columns: Size of the stack.
    """

    box: Box
    affine: Floats
    spacing_mm: tuple[float, float, float]
    merged: int
    pixel_mm: float
    planes: int
    rows: int
    columns: int

    @property
    def plane_mm(self) -> float:
        """Between planes."""
        return self.spacing_mm[0] * self.merged

    def plane_x_mm(self) -> list[float]:
        """LPS x of the middle of each plane."""
        (p0, _), (r0, r1), (c0, c1) = self.box
        place = p0 + np.arange(self.planes) * self.merged + (self.merged - 1) / 2
        middle = np.full(self.planes, (r0 + r1 - 1) / 2), np.full(self.planes, (c0 + c1 - 1) / 2)
        found = points_lps(self.affine, np.stack([place, *middle], axis=1))[:, 0]
        return [round(float(x), 3) for x in found]

    def pixels(self, grid: Floats) -> Floats:
        """(column, row) in pixels of n x 2 (column, row) in indices of the grid."""
        start = np.array([self.box[2][0], self.box[1][0]])
        scale = np.array([self.spacing_mm[2], self.spacing_mm[1]]) / self.pixel_mm
        found: Floats = (grid - start + 0.5) * scale - 0.5
        return found

    def fractions(self, lps_mm: Floats) -> Floats:
        """Plane, column and row of n x 3 positions, between pixels where they lie so."""
        index = indices(self.affine, lps_mm)
        plane = (index[:, 0] - self.box[0][0] - (self.merged - 1) / 2) / self.merged
        return np.column_stack([plane, self.pixels(index[:, [2, 1]])])

    def place(self, lps_mm: Floats) -> tuple[NDArray[np.int64], Floats]:
        """Nearest plane, and (column, row) in pixels, of n x 3 positions."""
        found = self.fractions(lps_mm)
        held = np.clip(np.rint(found[:, 0]), 0, self.planes - 1).astype(np.int64)
        return held, found[:, 1:]


def layout_of(box: Box, affine: Floats) -> Layout:
    """The stack that shows *box* of the grid with *affine*; spare planes are dropped."""
    a, b, c = (float(v) for v in np.linalg.norm(affine[:3, :3], axis=0))
    (p0, p1), (r0, r1), (c0, c1) = box
    merged = max(1, min(int(THICKEST_PLANE_MM / a + 1e-6), p1 - p0))
    planes = (p1 - p0) // merged
    spare = (p1 - p0) - planes * merged
    p0 += spare // 2
    pixel = min(max(min(b, c), SMALLEST_PIXEL_MM), LARGEST_PIXEL_MM)
    rows = max(1, round((r1 - r0) * b / pixel))
    columns = max(1, round((c1 - c0) * c / pixel))
    cut: Box = ((p0, p0 + planes * merged), (r0, r1), (c0, c1))
    return Layout(cut, affine, (a, b, c), merged, pixel, planes, rows, columns)


def with_margin(box: Box, affine: Floats, shape: tuple[int, int, int]) -> Box:
    """*box* and `MARGIN_MM` about it, within a grid of *shape*."""
    steps = np.linalg.norm(affine[:3, :3], axis=0)
    wide = [int(np.ceil(mm / step)) for mm, step in zip(MARGIN_MM, steps, strict=True)]
    ranges = [
        (max(0, low - more), min(size, high + more))
        for (low, high), more, size in zip(box, wide, shape, strict=True)
    ]
    return ranges[0], ranges[1], ranges[2]


def plane_picture(volume: Volume, layout: Layout, number: int) -> Int16:
    """Plane *number* of the stack, int16 HU; *volume* covers `layout.box`."""
    start = number * layout.merged
    layers = volume.hu[start : start + layout.merged]
    flat = layers[0] if len(layers) == 1 else _mean(layers)
    down = layout.spacing_mm[1] / layout.pixel_mm
    across = layout.spacing_mm[2] / layout.pixel_mm
    if down == across == 1.0:
        return np.ascontiguousarray(flat)
    # Given factors rather than a size, OpenCV keeps the exact scale that `Layout.pixels` uses.
    picture = cv2.resize(
        np.ascontiguousarray(flat), None, fx=across, fy=down, interpolation=cv2.INTER_LINEAR
    )
    return np.asarray(picture, np.int16)


def _mean(layers: Int16) -> Int16:
    """Average of a few planes, rounded half up."""
    total = layers[0].astype(np.int32)
    for layer in layers[1:]:
        total += layer
    total += len(layers) // 2
    total //= len(layers)
    return np.asarray(total, np.int16)
