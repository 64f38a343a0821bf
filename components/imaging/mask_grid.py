"""Whether a grid of labels is that of the scan, and how it is turned to lie on it."""

import numpy as np

from components.imaging.frame import Floats, Frame, points_lps
from components.imaging.nifti import UnusableMask


def laid_on(affine: Floats, shape: tuple[int, int, int], frame: Frame) -> Frame:
    """How a grid is turned to lie on that of *frame*, of the same scan.

    Raises:
        UnusableMask: it is another grid; the text says by how much.
    """
    turn = np.linalg.inv(frame.affine[:3, :3]) @ affine[:3, :3]
    whole = np.rint(turn)
    if not np.array_equal(np.abs(whole).sum(axis=0), [1, 1, 1]) or np.abs(turn - whole).max() > 0.1:
        msg = "The voxels of the mask are turned or sized differently from the scan."
        raise UnusableMask(msg)
    a, b, c = (int(np.argmax(np.abs(row))) for row in whole)
    flips = bool(whole[0, a] < 0), bool(whole[1, b] < 0), bool(whole[2, c] < 0)
    if (shape[a], shape[b], shape[c]) != frame.shape:
        seen, own = " x ".join(map(str, frame.shape)), f"{shape[a]} x {shape[b]} x {shape[c]}"
        msg = f"The mask has {own} voxels, the scan {seen}. Send the right mask."
        raise UnusableMask(msg)
    _check_corners(affine, (a, b, c), flips, frame)
    return Frame((a, b, c), flips, frame.shape, frame.affine)


def _check_corners(
    affine: Floats, axes: tuple[int, int, int], flips: tuple[bool, bool, bool], frame: Frame
) -> None:
    last = np.array(frame.shape) - 1
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)]) * last
    own = np.empty(corners.shape)
    for place, axis in enumerate(axes):
        own[:, axis] = last[place] - corners[:, place] if flips[place] else corners[:, place]
    apart = points_lps(affine, own) - points_lps(frame.affine, corners.astype(float))
    off = float(np.linalg.norm(apart, axis=1).max())
    smallest = float(np.linalg.norm(frame.affine[:3, :3], axis=0).min())
    if off > min(1.0, smallest / 2):
        msg = f"The mask lies {off:.1f} mm off the scan. Send the mask of this scan."
        raise UnusableMask(msg)
