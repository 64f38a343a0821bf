"""Voxels read along a vertebral body's own axes, between the voxels of the scan."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.imaging.body import Body
from components.imaging.frame import Floats

Samples = NDArray[np.float32]
Places = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Voxels:
    """Values on a grid.

    Attributes:
        values: (plane, row, column).
        affine: 4 x 4, index to LPS mm.
    """

    values: NDArray[Any]
    affine: Floats

    def along(self, direction: Floats) -> float:
        """Extent of one voxel along a unit *direction* in LPS, mm."""
        return float(np.linalg.norm(self.affine[:3, :3].T @ direction))

    def at(self, body: Body, up: Places, back: Places, left: Places) -> Samples:
        """Values at mm *up*, *back* and *left* of *body*, by linear interpolation.

        The three are broadcast against each other. What lies off the grid takes its edge.
        """
        inverse = np.linalg.inv(self.affine)
        start = inverse[:3, :3] @ body.centre + inverse[:3, 3]
        steps = inverse[:3, :3] @ body.axes.T
        flat = self.values.reshape(-1)
        floors, parts = [], []
        for axis, size in enumerate(self.values.shape):
            ways = steps[axis].astype(np.float32)
            across = np.float32(start[axis]) + back * ways[1] + left * ways[2]
            place = np.asarray(across + up * ways[0], np.float32)
            np.clip(place, 0, size - 1, out=place)
            whole = np.minimum(place.astype(np.int32), max(0, size - 2))
            floors.append(whole)
            parts.append(np.subtract(place, whole, dtype=np.float32))
        _, rows, columns = self.values.shape
        first = (floors[0] * rows + floors[1]) * columns + floors[2]
        a, b, c = (min(1, size - 1) for size in self.values.shape)
        jumps = a * rows * columns, b * columns, c
        edges = []
        for plane in (0, jumps[0]):
            for row in (0, jumps[1]):
                low = flat[plane + row :].take(first).astype(np.float32)
                high = flat[plane + row + jumps[2] :].take(first).astype(np.float32)
                edges.append(_between(low, high, parts[2]))
        near, far = (_between(edges[n], edges[n + 1], parts[1]) for n in (0, 2))
        return _between(near, far, parts[0])


def _between(low: Samples, high: Samples, share: Samples) -> Samples:
    """What lies at *share* of the way from *low* to *high*, which is overwritten."""
    high -= low
    high *= share
    high += low
    return high
