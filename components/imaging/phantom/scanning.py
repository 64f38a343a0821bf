"""How a patient lies in the scanner, and how the scanner cuts and stores."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from components.imaging.phantom.bodies import Body
from components.imaging.phantom.grid import Grid
from components.imaging.phantom.plan import Spine

Floats = NDArray[np.float64]
MARGIN_MM = 11.0
"""How far a scan usually reaches beyond the outermost covered bodies."""
_ASIDE = 26.0
"""The table shows this many mm behind the back."""
_BEFORE, _ARCH = 12.0, 15.0
"""A field about the spine begins so far before it; the middle of a vertebra with its arch lies
so far behind that of the body."""


class Storage(Enum):
    """Which way the stored slices lie; the value orders (slice, row, column) of axial slices."""

    AXIAL = (0, 1, 2)
    CORONAL = (1, 0, 2)
    SAGITTAL = (2, 0, 1)


@dataclass(frozen=True, slots=True)
class Scanning:
    """One way of scanning; the usual is upright axial slices, head first, on the back.

    Attributes:
        thickness_mm: What a slice integrates over; None is from slice to slice, in a coarser
            likeness that is quick to draw.
        tilt_degrees: Of the gantry: slices lean, the table still moves along the patient.
        slices_degrees: Turns of the slices about the patient's x, y and z axes.
        patient_degrees: Turns of the patient's body about x, y and z, under upright slices.
        margin_mm: Reach beyond the outermost covered bodies; negative cuts them.
        aside_mm: How far to the patient's left the middle of the pictures lies.
        storage: Of the stored slices; anything but axial was reformatted.
        backward: Which of stored slices, rows and columns run the other way: slices for feet
            first, rows and columns for lying prone.
    """

    thickness_mm: float | None = None
    tilt_degrees: float = 0.0
    slices_degrees: tuple[float, float, float] = (0.0, 0.0, 0.0)
    patient_degrees: tuple[float, float, float] = (0.0, 0.0, 0.0)
    margin_mm: float = MARGIN_MM
    aside_mm: float = 0.0
    storage: Storage = Storage.AXIAL
    backward: tuple[bool, bool, bool] = (False, False, False)

    @property
    def patient(self) -> Floats:
        """3 x 3, from the upright patient to the patient as it lies."""
        return turned(self.patient_degrees)

    @property
    def upright(self) -> bool:
        """Whether slices lie square to the patient."""
        turns = (*self.slices_degrees, *self.patient_degrees, self.tilt_degrees)
        return not any(turns)

    def steps(self, spacing_mm: tuple[float, float, float]) -> Floats:
        """3 x 3, columns are the steps from slice to slice, row to row and column to column.

        *spacing_mm* counts between slices along their normal.
        """
        between, row, column = spacing_mm
        tilt = np.radians(self.tilt_degrees)
        leaning = np.array(
            [
                [0, 0, column],
                [0, row * np.cos(tilt), 0],
                [between / np.cos(tilt), row * np.sin(tilt), 0],
            ]
        )
        return np.asarray(self.patient.T @ turned(self.slices_degrees) @ leaning)


def turned(degrees: tuple[float, float, float]) -> Floats:
    """Rotation about x, then y, then z."""
    a, b, c = np.radians(degrees)
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)


def grid_of(
    spine: Spine,
    bodies: tuple[Body, ...],
    scanning: Scanning,
    spacing_mm: tuple[float, float, float],
    size: int,
    back_mm: float,
) -> Grid:
    """The grid, in the upright patient, that covers the covered bodies of *spine*."""
    covered = [body for body in bodies if body.level in spine.levels]
    corners = np.concatenate([corners_of(body) for body in covered])
    steps = scanning.steps(spacing_mm)
    across = np.cross(steps[:, 2], steps[:, 1])
    across *= np.sign(across @ steps[:, 0]) / np.linalg.norm(across)
    deep = corners @ across
    low, high = deep.min() - scanning.margin_mm, deep.max() + scanning.margin_mm
    slices = int(np.ceil((high - low) / spacing_mm[0])) + 1
    middle = _middle(covered, back_mm, spacing_mm[1], size, upright=scanning.upright)
    middle += scanning.aside_mm * np.array([1.0, 0.0, 0.0])
    # Along the table, so that the pictures stay over the patient however the gantry leans.
    reach = low + (slices - 1) / 2 * spacing_mm[0]
    middle += steps[:, 0] * (reach - across @ middle) / (across @ steps[:, 0])
    first = middle - steps @ np.array([slices - 1, size - 1, size - 1]) / 2
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = steps, np.round(first, 3)
    return Grid((slices, size, size), affine, spacing_mm[0])


def _middle(
    covered: list[Body], back_mm: float, row_mm: float, size: int, *, upright: bool
) -> Floats:
    """What the middle of the pictures lies on."""
    middle = np.mean([body.frame.origin for body in covered], axis=0)
    half = (size - 1) / 2 * row_mm
    if upright:
        front = min(corners_of(body)[:, 1].min() for body in covered)
        # The table shows behind the back; what does not fit in front is cut, as by a small
        # field, and one smaller still lies about the spine.
        middle[1] = min(back_mm + _ASIDE - half, front - _BEFORE + half)
    else:
        middle[1] += _ARCH
    return np.asarray(middle)


def corners_of(body: Body) -> Floats:
    """Front and back, upper and lower corners of a body in its middle plane; 4 x 3."""
    half = body.depth_mm / 2
    tall = max(body.heights.three) / 2
    return body.frame.world(np.array([(0.0, y, z) for y in (-half, half) for z in (-tall, tall)]))


def whole_in(grid: Grid, body: Body) -> bool:
    """Whether all of a body's own box lies inside *grid*."""
    x, y, z = body.width_mm / 2, body.depth_mm / 2, max(body.heights.three) / 2
    signs = np.array(np.meshgrid((-x, x), (-y, y), (-z, z))).reshape(3, -1).T
    index = grid.index(body.frame.world(signs))
    return bool((index >= 0).all() and (index <= np.array(grid.shape) - 1).all())
