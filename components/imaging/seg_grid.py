"""Where the frames of a DICOM segmentation lie on the slices of its scan."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pydicom

from components.imaging.frame import Floats, Frame, indices
from components.imaging.nifti import UnusableMask
from components.imaging.sr_tree import items_of

MOST_FRAMES = 50_000
OFF_SLICE = 0.1
"""How far a frame may lie from a slice of the scan, in slices."""
_SAME = 1e-2


@dataclass(frozen=True, slots=True)
class Place:
    """One frame: its place in the file, and its segment; 0 for a label map."""

    frame: int
    segment: int


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The grid of a segmentation, empty slices included.

    Attributes:
        shape: Of axes i (columns), j (rows) and k (slices of the scan).
        affine: 4 x 4, (i, j, k, 1) to LPS mm.
        places: The frames on each slice, by k.
    """

    shape: tuple[int, int, int]
    affine: Floats
    places: dict[int, tuple[Place, ...]]


def grid_of(ds: pydicom.Dataset, frame: Frame, *, labelmap: bool) -> Grid:
    """Where the frames of *ds* lie on the scan that *frame* describes.

    Raises:
        UnusableMask: on another grid, between its slices, or two label maps on one slice.
    """
    groups = items_of(ds, "PerFrameFunctionalGroupsSequence")
    shared = items_of(ds, "SharedFunctionalGroupsSequence")
    if not 0 < len(groups) <= MOST_FRAMES:
        msg = f"The segmentation has {len(groups):,} frames; 1 to {MOST_FRAMES:,} are read."
        raise UnusableMask(msg)
    in_plane = _in_plane(groups, shared)
    axes, turns = _turned(in_plane, frame)
    slicing = 3 - sum(axes)
    positions = np.array([_position(one) for one in groups], np.float64)
    index = indices(frame.affine, positions)
    _check_corner(index, axes, turns, frame)
    affine = np.eye(4)
    affine[:3, :2] = in_plane.T
    affine[:3, 2] = frame.affine[:3, slicing]
    corner = np.array(index[0])
    for axis, way in zip(axes, turns, strict=True):
        corner[axis] = 0.0 if way > 0 else frame.shape[axis] - 1.0
    corner[slicing] = 0.0
    affine[:3, 3] = frame.affine[:3, :3] @ corner + frame.affine[:3, 3]
    shape = int(ds.Columns), int(ds.Rows), frame.shape[slicing]
    places = _places(ds, groups, index[:, slicing], shape[2], labelmap=labelmap)
    return Grid(shape, affine, places)


def _in_plane(groups: Sequence[pydicom.Dataset], shared: Sequence[pydicom.Dataset]) -> Floats:
    """Two vectors in LPS mm: one column to the right, one row down; the same for every frame."""
    found: list[Floats] = []
    for group in groups:
        turned = _of(group, shared, "PlaneOrientationSequence").ImageOrientationPatient
        spaced = _of(group, shared, "PixelMeasuresSequence").PixelSpacing
        row, column = np.array(turned[:3], float), np.array(turned[3:], float)
        one = np.stack([row * float(spaced[1]), column * float(spaced[0])])
        if not found:
            found.append(one)
        elif np.abs(one - found[0]).max() > _SAME:
            msg = "The frames of the segmentation are turned in different ways. Send one grid."
            raise UnusableMask(msg)
    return found[0]


def _of(group: pydicom.Dataset, shared: Sequence[pydicom.Dataset], keyword: str) -> pydicom.Dataset:
    own = items_of(group, keyword) or (items_of(shared[0], keyword) if shared else [])
    if not own:
        msg = f"The segmentation does not say where its frames lie ({keyword}). Send it again."
        raise UnusableMask(msg)
    return own[0]


def _position(group: pydicom.Dataset) -> list[float]:
    return [float(v) for v in group.PlanePositionSequence[0].ImagePositionPatient]


def _turned(in_plane: Floats, frame: Frame) -> tuple[tuple[int, int], tuple[int, int]]:
    """Along which axes of *frame* columns and rows run, and whether that way or the other."""
    turn = np.linalg.inv(frame.affine[:3, :3]) @ in_plane.T
    whole = np.rint(turn)
    if not np.array_equal(np.abs(whole).sum(axis=0), [1, 1]) or np.abs(turn - whole).max() > 0.05:
        msg = "The voxels of the segmentation are turned or sized differently from the scan."
        raise UnusableMask(msg)
    axes = int(np.argmax(np.abs(whole[:, 0]))), int(np.argmax(np.abs(whole[:, 1])))
    if axes[0] == axes[1]:
        msg = "Rows and columns of the segmentation run the same way. Send it again."
        raise UnusableMask(msg)
    return axes, (int(whole[axes[0], 0]), int(whole[axes[1], 1]))


def _check_corner(
    index: Floats, axes: tuple[int, int], turns: tuple[int, int], frame: Frame
) -> None:
    """Refuse frames whose first voxel does not lie on the corner of a slice of the scan."""
    steps = np.linalg.norm(frame.affine[:3, :3], axis=0)
    for axis, way in zip(axes, turns, strict=True):
        corner = 0.0 if way > 0 else frame.shape[axis] - 1.0
        off = float(np.abs(index[:, axis] - corner).max())
        if off > 0.5:
            msg = f"The segmentation lies {off * steps[axis]:.1f} mm off the scan."
            msg_0 = f"{msg} Send the one of this scan."
            raise UnusableMask(msg_0)


def _places(
    ds: pydicom.Dataset,
    groups: Sequence[pydicom.Dataset],
    along: Floats,
    count: int,
    *,
    labelmap: bool,
) -> dict[int, tuple[Place, ...]]:
    nearest = np.rint(along).astype(int)
    off = float(np.abs(along - nearest).max())
    if off > OFF_SLICE or nearest.min() < 0 or nearest.max() >= count:
        msg = "Frames of the segmentation lie between or beyond the slices of the scan"
        msg_0 = f"{msg} (slices {along.min():.1f} to {along.max():.1f} of {count})."
        msg_1 = f"{msg_0} Send the one of this scan."
        raise UnusableMask(msg_1)
    found: dict[int, list[Place]] = {}
    for number, (group, k) in enumerate(zip(groups, nearest, strict=True)):
        segment = 0 if labelmap else _segment(group, ds)
        if labelmap and int(k) in found:
            msg = "Two frames of the label map lie on one slice. Send one for each."
            raise UnusableMask(msg)
        found.setdefault(int(k), []).append(Place(number, segment))
    return {k: tuple(places) for k, places in found.items()}


def _segment(group: pydicom.Dataset, ds: pydicom.Dataset) -> int:
    shared = items_of(ds, "SharedFunctionalGroupsSequence")
    return int(_of(group, shared, "SegmentIdentificationSequence").ReferencedSegmentNumber)
