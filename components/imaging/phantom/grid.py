"""The voxel grid, and painting one shape into it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.imaging.phantom.bodies import Array, Frame

Box = tuple[slice, slice, slice]


@dataclass(frozen=True, slots=True)
class Grid:
    """An upright axial grid: slices from foot to head, rows front to back, columns right to left.

    Attributes:
        shape: (slices, rows, columns).
        spacing_mm: (between slices, between rows, between columns).
        origin_mm: LPS x, y, z of the first voxel's centre.
    """

    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    origin_mm: tuple[float, float, float]

    @property
    def affine(self) -> NDArray[np.float64]:
        """4 x 4, from (slice, row, column, 1) to LPS mm."""
        x, y, z = self.origin_mm
        between, row, column = self.spacing_mm
        return np.array(
            [[0, 0, column, x], [0, row, 0, y], [between, 0, 0, z], [0, 0, 0, 1]], np.float64
        )

    def axis_mm(self, axis: int) -> Array:
        """LPS coordinate along z (axis 0), y (1) or x (2) of every voxel."""
        start = self.origin_mm[2 - axis]
        return np.asarray(start + np.arange(self.shape[axis]) * self.spacing_mm[axis], np.float32)

    def box(self, frame: Frame, low: tuple[float, ...], high: tuple[float, ...]) -> Box | None:
        """The voxels that may hold own coordinates from *low* to *high*, None if outside."""
        ends = np.array([low, high])
        corners = np.array(np.meshgrid(*ends.T)).reshape(3, -1).T
        world = frame.world(corners)[:, ::-1]
        start = np.array(self.origin_mm[::-1])
        first = np.floor((world.min(0) - start) / self.spacing_mm).astype(int)
        last = np.ceil((world.max(0) - start) / self.spacing_mm).astype(int) + 1
        first, last = np.maximum(first, 0), np.minimum(last, self.shape)
        if (first >= last).any():
            return None
        return tuple(slice(int(a), int(b)) for a, b in zip(first, last, strict=True))  # type: ignore[return-value]

    def own(self, frame: Frame, box: Box) -> tuple[Array, Array, Array]:
        """Own coordinates (left, front, up) in mm of the voxels of *box*."""
        z, y, x = (self.axis_mm(axis)[box[axis]] for axis in range(3))
        parts = []
        for axis in frame.axes.astype(np.float32):
            offset = np.float32(-(axis @ frame.origin.astype(np.float32)))
            plane = (z * axis[2] + offset)[:, None] + (y * axis[1])[None, :]
            parts.append(plane[:, :, None] + (x * axis[0])[None, None, :])
        return parts[0], parts[1], parts[2]

    def voxel_mm(self, direction: NDArray[np.float64]) -> float:
        """Extent of one voxel along a unit *direction* in LPS."""
        between, row, column = self.spacing_mm
        squares = (direction * np.array([column, row, between])) ** 2
        return float(np.sqrt(squares.sum()))


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """What is being painted: HU and labels on one grid."""

    grid: Grid
    voxels: NDArray[np.int16]
    labels: NDArray[np.uint8]

    def paint(self, box: Box, share: Array, hu: Array | float) -> None:
        """Mix *hu* into *box*, each voxel by its *share* from 0 to 1."""
        under = self.voxels[box]
        mixed = under + (hu - under) * share
        self.voxels[box] = np.rint(mixed).astype(np.int16)

    def mark(self, box: Box, inside: NDArray[np.bool_], label: int) -> None:
        """Label the voxels *inside*, without taking any from another vertebra."""
        held = self.labels[box]
        held[inside & (held == 0)] = label


Shape = Callable[[Array, Array, Array], Array]


@dataclass(frozen=True, slots=True)
class Rod:
    """A rounded rod from *start* to *end* in own coordinates, *radii_mm* left, front, up."""

    start: tuple[float, float, float]
    end: tuple[float, float, float]
    radii_mm: tuple[float, float, float]

    def depth(self, canvas: Canvas, frame: Frame) -> tuple[Box, Array] | None:
        """The voxels around the rod and how deep each lies, in mm; negative is outside."""
        ends = np.array([self.start, self.end])
        radii = np.array(self.radii_mm)
        low, high = ends.min(0) - radii - 2.0, ends.max(0) + radii + 2.0
        box = canvas.grid.box(frame, tuple(low), tuple(high))
        if box is None:
            return None
        own = canvas.grid.own(frame, box)
        start, end = ends[0] / radii, ends[1] / radii
        along = end - start
        length = float(along @ along) or 1.0
        scaled = [
            c / np.float32(r) - np.float32(s) for c, r, s in zip(own, radii, start, strict=True)
        ]
        dot = sum(s * np.float32(d) for s, d in zip(scaled, along, strict=True))
        t = np.clip(dot / np.float32(length), 0, 1)
        square = sum((s - t * np.float32(d)) ** 2 for s, d in zip(scaled, along, strict=True))
        return box, np.asarray((1 - np.sqrt(square)) * np.float32(radii.min()), np.float32)
