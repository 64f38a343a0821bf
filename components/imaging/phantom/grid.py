"""The voxel grid, and painting one shape into it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from components.imaging.phantom.bodies import Array, Frame

Box = tuple[slice, slice, slice]


@dataclass(frozen=True, eq=False)
class Grid:
    """Where the voxels lie in the patient.

    Attributes:
        shape: (slices, rows, columns).
        affine: 4 x 4, from (slice, row, column, 1) to mm left, back and up of the patient.
        thick_mm: What one voxel spans across its slice.
    """

    shape: tuple[int, int, int]
    affine: NDArray[np.float64]
    thick_mm: float

    # Asked for by every ellipse of every slice: kept, or they were a third of drawing a scan.
    @cached_property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Between slices, between rows, between columns, each along its own axis."""
        a, b, c = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(a), float(b), float(c)

    @cached_property
    def origin_mm(self) -> tuple[float, float, float]:
        """Left, back and up of the first voxel's centre."""
        x, y, z = self.affine[:3, 3]
        return float(x), float(y), float(z)

    @property
    def across(self) -> NDArray[np.float64]:
        """Unit normal of the slices, on the side of the next slice."""
        step, row, column = self.affine[:3, :3].T
        normal = np.cross(column, row)
        return np.asarray(normal / np.linalg.norm(normal) * np.sign(normal @ step))

    def axis_mm(self, axis: int) -> Array:
        """Coordinate along z (axis 0), y (1) or x (2) of every voxel of an upright grid."""
        start = self.origin_mm[2 - axis]
        return np.asarray(start + np.arange(self.shape[axis]) * self.spacing_mm[axis], np.float32)

    def box(self, frame: Frame, low: tuple[float, ...], high: tuple[float, ...]) -> Box | None:
        """The voxels that may hold own coordinates from *low* to *high*, None if outside."""
        ends = np.array([low, high])
        corners = np.array(np.meshgrid(*ends.T)).reshape(3, -1).T
        index = self.index(frame.world(corners))
        first = np.maximum(np.floor(index.min(0)).astype(int), 0)
        last = np.minimum(np.ceil(index.max(0)).astype(int) + 1, self.shape)
        if (first >= last).any():
            return None
        return tuple(slice(int(a), int(b)) for a, b in zip(first, last, strict=True))  # type: ignore[return-value]

    def index(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Voxel indices of n x 3 positions."""
        inverse = np.linalg.inv(self.affine)
        return np.asarray(points @ inverse[:3, :3].T + inverse[:3, 3])

    def own(self, frame: Frame, box: Box) -> tuple[Array, Array, Array]:
        """Own coordinates (left, front, up) in mm of the voxels of *box*."""
        i, j, k = (np.arange(part.start, part.stop, dtype=np.float32) for part in box)
        steps = (frame.axes @ self.affine[:3, :3]).astype(np.float32)
        starts = (frame.axes @ (self.affine[:3, 3] - frame.origin)).astype(np.float32)
        parts = []
        for step, start in zip(steps, starts, strict=True):
            plane = (i * step[0] + start)[:, None] + (j * step[1])[None, :]
            parts.append(plane[:, :, None] + (k * step[2])[None, None, :])
        return parts[0], parts[1], parts[2]

    def voxel_mm(self, direction: NDArray[np.float64]) -> float:
        """Extent of one voxel along a unit *direction* in the patient."""
        _, row, column = self.affine[:3, :3].T
        extents = np.stack([self.across * self.thick_mm, row, column])
        return float(np.linalg.norm(extents @ direction))


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """What is being painted on one grid: HU, labels, and which voxels are vertebral body."""

    grid: Grid
    voxels: NDArray[np.int16]
    labels: NDArray[np.uint8]
    solid: NDArray[np.bool_]

    def paint(self, box: Box, share: Array, hu: Array | float) -> None:
        """Mix *hu* into *box*, each voxel by its *share* from 0 to 1."""
        under = self.voxels[box]
        mixed = under + (hu - under) * share
        self.voxels[box] = np.rint(mixed).astype(np.int16)

    def mark(self, box: Box, inside: NDArray[np.bool_], label: int) -> None:
        """Label the voxels *inside*, without taking any from another vertebra."""
        held = self.labels[box]
        held[inside & (held == 0)] = label

    def mark_body(self, box: Box, inside: NDArray[np.bool_], label: int) -> None:
        """As `mark`, of a vertebral body."""
        self.mark(box, inside, label)
        self.solid[box] |= inside


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
