"""Scans that lie oblique in the patient or tilted, resampled to the patient's own axes."""

import numpy as np

from components.imaging.frame import Floats, points_lps, shifted
from components.imaging.masks import Labels, boxes_of
from components.imaging.sampling import flat, hu_on, nearest_on
from components.imaging.volume import Volume

_STEP_MM = (1.0, 0.6, 0.6)
"""Finest grid between planes, rows and columns."""
_COARSEST_MM = 1.0


def on_patient_axes(
    volume: Volume, labels: Labels | None, affine: Floats
) -> tuple[Volume, Labels | None]:
    """*volume* and *labels* on a grid along the patient's axes that holds all of *volume*.

    Slices of a tilted gantry, displaced along each other, come out upright too.

    Args:
        volume: Part of the scan; its affine may be oblique or sheared.
        labels: The mask, if any.
        affine: Of the whole grid in which `labels.box` counts.
    """
    target, shape = _grid(volume)
    hu = np.empty(shape, np.int16)
    ids = np.empty(shape, np.uint8) if labels else None
    for plane in range(shape[0]):
        corner = target[:3, 3] + plane * target[:3, 0]
        surface = [flat(corner, target[:3, 1], target[:3, 2], shape[1:])]
        hu[plane] = hu_on(volume.hu, volume.affine, surface)[0]
        if ids is not None and labels is not None:
            ids[plane] = nearest_on(labels.ids, shifted(affine, labels.box), surface)[0]
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
