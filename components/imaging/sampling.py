"""Pictures cut freely through a grid: any surface of points in the patient, between the voxels."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from components.imaging.frame import Floats
from components.imaging.pixels import AIR_HU, Int16

Singles = NDArray[np.float32]

_BAND = 48
"""Rows of a picture cut at once: little of the grid is copied for each."""
_LARGEST_SOURCE = 32_000
"""OpenCV addresses pictures by 16 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Where the pixels of one picture lie.

    Attributes:
        origin: rows x 3, LPS mm of the first pixel of each row.
        across: rows x 3, LPS mm from one pixel to the next along the row.
        columns: Pixels in a row.
    """

    origin: Floats
    across: Floats
    columns: int

    def moved(self, by_mm: Floats) -> "Surface":
        """The same surface, each row displaced by rows x 3 (or 3) mm."""
        return Surface(self.origin + by_mm, self.across, self.columns)


def flat(corner: Floats, down: Floats, across: Floats, shape: tuple[int, int]) -> Surface:
    """A plane picture of *shape* rows x columns from *corner*; steps in LPS mm a pixel."""
    rows = np.arange(shape[0])[:, None]
    return Surface(corner + rows * down, np.repeat(across[None], shape[0], axis=0), shape[1])


def hu_on(hu: Int16, affine: Floats, surfaces: list[Surface]) -> list[Int16]:
    """int16 HU on each of *surfaces*, linear between the voxels of (plane, row, column) *hu*.

    Surfaces have one shape and lie near each other. What lies off the grid is air.
    """
    return _cut(hu, affine, surfaces, between=True)


def nearest_on(
    ids: NDArray[np.uint8], affine: Floats, surfaces: list[Surface]
) -> list[NDArray[np.uint8]]:
    """The label nearest to each pixel of *surfaces*; 0 off the grid."""
    return _cut(ids, affine, surfaces, between=False)


def _cut(
    values: NDArray[Any], affine: Floats, surfaces: list[Surface], *, between: bool
) -> list[NDArray[Any]]:
    inverse = np.linalg.inv(affine)
    rows, columns = len(surfaces[0].origin), surfaces[0].columns
    pictures = np.empty((len(surfaces), rows, columns), values.dtype)
    step = np.arange(columns, dtype=np.float32)
    for top in range(0, rows, _BAND):
        part = slice(top, top + _BAND)
        starts = np.stack([one.origin[part] for one in surfaces])
        ways = np.stack([one.across[part] for one in surfaces])
        first = (starts @ inverse[:3, :3].T + inverse[:3, 3]).astype(np.float32)
        along = (ways @ inverse[:3, :3].T).astype(np.float32)
        places = [first[..., n, None] + along[..., n, None] * step for n in range(3)]
        pictures[:, part] = _band(values, places, between=between)
    return list(pictures)


def _band(values: NDArray[Any], places: list[Singles], *, between: bool) -> NDArray[Any]:
    """Values at (plane, row, column) *places*, each surfaces x rows x columns."""
    shape = places[0].shape
    empty = AIR_HU if between else 0
    inside = np.ones(shape, bool)
    for place, size in zip(places, values.shape, strict=True):
        inside &= (place >= -0.5) & (place <= size - 0.5)
    if not inside.any():
        return np.full(shape, empty, values.dtype)
    box = [_reach(place, inside, size) for place, size in zip(places, values.shape, strict=True)]
    part = values[tuple(slice(low, high) for low, high in box)]
    local = [
        np.clip(place - np.float32(low), 0, high - low - 1).reshape(-1, shape[-1])
        for place, (low, high) in zip(places, box, strict=True)
    ]
    read = _between(part, local) if between else _nearest(part, local)
    return np.where(inside, read.reshape(shape), np.asarray(empty, values.dtype))


def _reach(place: Singles, inside: NDArray[np.bool_], size: int) -> tuple[int, int]:
    """The indices that interpolation at *place* may touch."""
    low = float(place.min(where=inside, initial=size))
    high = float(place.max(where=inside, initial=0))
    return max(0, int(np.floor(low))), min(size, int(np.ceil(high)) + 1)


def _nearest(part: NDArray[Any], local: list[Singles]) -> NDArray[Any]:
    a, b, c = (np.rint(place).astype(np.int32) for place in local)
    _, rows, columns = part.shape
    return np.asarray(np.ascontiguousarray(part).reshape(-1)[(a * rows + b) * columns + c])


def _between(part: NDArray[Any], local: list[Singles]) -> NDArray[Any]:
    """Linear in all three directions.

    Planes are laid side by side, so that OpenCV interpolates within two planes at a time and
    only the step between them is ours: a tenth of the time of eight gathers.
    """
    planes, _, columns = part.shape
    most = max(2, _LARGEST_SOURCE // columns)
    if planes > most:
        return _in_parts(part, local, most)
    wide = np.ascontiguousarray(part.transpose(1, 0, 2)).reshape(part.shape[1], -1)
    low = np.minimum(np.floor(local[0]), max(0, planes - 2))
    share = local[0] - low
    at = low * np.float32(columns) + local[2]
    near = _within(wide, at, local[1])
    if planes > 1:
        near += (_within(wide, at + np.float32(columns), local[1]) - near) * share
    return np.asarray(np.rint(near), part.dtype)


def _within(wide: NDArray[Any], column: Singles, row: Singles) -> Singles:
    read = cv2.remap(
        wide, column, row, interpolation=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(read, np.float32)


def _in_parts(part: NDArray[Any], local: list[Singles], most: int) -> NDArray[Any]:
    """As `_between`, for more planes than lie side by side."""
    found = np.zeros(local[0].shape, part.dtype)
    for start in range(0, part.shape[0] - 1, most - 1):
        some = part[start : start + most]
        place = local[0] - np.float32(start)
        here = (place >= 0) & (place <= len(some) - 1)
        if here.any():
            held = np.clip(place, 0, len(some) - 1)
            found = np.where(here, _between(some, [held, local[1], local[2]]), found)
    return found
