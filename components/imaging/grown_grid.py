"""What was marked on a series before more of its slices came, laid on the grid of them all."""

from collections.abc import Mapping

import numpy as np

from components.imaging.frame import Box, Frame, indices
from components.imaging.nifti import UnusableMask
from store.domain.spine import Level

_ROUNDING = 0.05
"""Of a voxel: the same slices give the same places but for the rounding of positions."""


def grown_box(box: Box, grid: Frame, frame: Frame) -> Box:
    """*box* of *grid* as a box of *frame*, which has the same voxels and more of them.

    Raises:
        UnusableMask: it has others.
    """
    corners = np.array([[0.0, 0.0, 0.0], np.array(grid.shape) - 1.0])
    seen = corners @ grid.affine[:3, :3].T + grid.affine[:3, 3]
    first, last = indices(frame.affine, seen)
    off = np.rint(first)
    apart = max(np.abs(first - off).max(), np.abs(last - corners[1] - off).max())
    inside = (off >= 0).all() and (off + grid.shape <= frame.shape).all()
    if apart > _ROUNDING or not inside:
        msg = "The mask was made before more slices came, and does not lie on the grid of them all."
        msg_0 = f"{msg} Send a mask of the whole series."
        raise UnusableMask(msg_0)
    a, b, c = ((low + int(by), high + int(by)) for (low, high), by in zip(box, off, strict=True))
    return a, b, c


def whole_boxes(boxes: Mapping[Level, Box], within: Box, grid: Frame) -> dict[Level, Box]:
    """Those of *boxes*, given *within* a part of *grid*, that its upper or lower edge does not cut.

    Of the whole scan the others are a part, and half a vertebra has no height.

    Raises:
        UnusableMask: none is left.
    """
    (low, _), size = within[1], grid.shape[1]
    found = {
        level: box for level, box in boxes.items() if low + box[1][0] > 0 and low + box[1][1] < size
    }
    if not found:
        msg = "The mask was made before more slices came, and holds no whole vertebra."
        msg_0 = f"{msg} Send a mask of the whole series."
        raise UnusableMask(msg_0)
    return found
