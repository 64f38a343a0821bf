"""Scans that lie oblique in the patient, resampled to the patient's own axes."""

import numpy as np
from numpy.typing import NDArray

from components.imaging.frame import Floats, indices, points_lps
from components.imaging.masks import Labels, boxes_of
from components.imaging.pixels import AIR_HU, Int16
from components.imaging.volume import Volume

_STEP_MM = (1.0, 0.6, 0.6)
"""Finest grid between planes, rows and columns."""
_COARSEST_MM = 1.0


def straightened(
    volume: Volume, labels: Labels | None, affine: Floats
) -> tuple[Volume, Labels | None]:
    """*volume* and *labels* on a grid along the patient's axes that holds all of *volume*.

    Args:
        affine: Of the whole grid in which `labels.box` counts.
    """
    target, shape = _grid(volume)
    hu = np.full(shape, AIR_HU, np.int16)
    ids = np.zeros(shape, np.uint8) if labels else None
    rows, columns = np.meshgrid(np.arange(shape[1]), np.arange(shape[2]), indexing="ij")
    for plane in range(shape[0]):
        own = np.stack([np.full(rows.size, plane), rows.ravel(), columns.ravel()], axis=1)
        lps = points_lps(target, own.astype(float))
        hu[plane] = _linear(volume.hu, indices(volume.affine, lps)).reshape(shape[1:])
        if ids is not None and labels is not None:
            place = indices(affine, lps) - [low for low, _ in labels.box]
            ids[plane] = _nearest(labels.ids, place).reshape(shape[1:])
    turned = None
    if ids is not None:
        whole = (0, shape[0]), (0, shape[1]), (0, shape[2])
        turned = Labels(ids, whole, boxes_of(ids))
    return Volume(hu, target), turned


def _grid(volume: Volume) -> tuple[Floats, tuple[int, int, int]]:
    """Affine and shape of the grid along the patient's axes about *volume*."""
    last = np.array(volume.hu.shape) - 1
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)]) * last
    lps = points_lps(volume.affine, corners.astype(float))
    low, high = lps.min(axis=0), lps.max(axis=0)
    finest = min(volume.spacing_mm)
    steps = [min(max(mm, finest), _COARSEST_MM) for mm in _STEP_MM]
    count = [int((high[n] - low[n]) / steps[k]) + 1 for k, n in enumerate((0, 2, 1))]
    target = np.eye(4)
    target[:3, :3] = [[steps[0], 0, 0], [0, 0, steps[2]], [0, -steps[1], 0]]
    target[:3, 3] = low[0], low[1], high[2]
    return target, (count[0], count[1], count[2])


def _linear(hu: Int16, index: Floats) -> NDArray[np.int16]:
    """Values between voxels; air outside."""
    last = np.array(hu.shape) - 1
    inside = np.all((index >= 0) & (index <= last), axis=1)
    index = index[inside]
    low = np.minimum(index.astype(np.int64), np.maximum(last - 1, 0))
    share = index - low
    total = np.zeros(len(index))
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(corner, share, 1 - share), axis=1)
        a, b, c = np.minimum(low + corner, last).T
        total += weight * hu[a, b, c]
    found = np.full(len(inside), AIR_HU, np.int16)
    found[inside] = np.rint(total).astype(np.int16)
    return found


def _nearest(ids: NDArray[np.uint8], index: Floats) -> NDArray[np.uint8]:
    whole = np.rint(index).astype(np.int64)
    inside = np.all((whole >= 0) & (whole < ids.shape), axis=1)
    found = np.zeros(len(index), np.uint8)
    a, b, c = whole[inside].T
    found[inside] = ids[a, b, c]
    return found
