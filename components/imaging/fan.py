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
            parts.append(place - whole)
        _, rows, columns = self.values.shape
        first = (floors[0] * rows + floors[1]) * columns + floors[2]
        a, b, c = (min(1, size - 1) for size in self.values.shape)
        jumps = a * rows * columns, b * columns, c
        edges = []
        for plane in (0, jumps[0]):
            for row in (0, jumps[1]):
                low = flat[first + (plane + row)].astype(np.float32)
                high = flat[first + (plane + row + jumps[2])].astype(np.float32)
                edges.append(low + (high - low) * parts[2])
        near = edges[0] + (edges[1] - edges[0]) * parts[1]
        far = edges[2] + (edges[3] - edges[2]) * parts[1]
        return np.asarray(near + (far - near) * parts[0], np.float32)
