"""Whether the slices of a series form one regular block, and where it lies in the patient."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.imaging.distances import check_distances
from components.imaging.instance import Instance
from components.imaging.refused import FEWEST_SLICES, UnusableSeries

__all__ = ["Block", "UnusableSeries", "block"]

Floats = NDArray[np.float64]

MOST_SLICES = 4000
MOST_VOXELS = 1 << 30
UPRIGHT_DEGREES = 0.1
"""A lean below this is the rounding of positions, and none."""
LARGEST_TILT_DEGREES = 35.0
"""CT gantries tilt by 30 degrees at most; a greater lean is no tilt."""
SPACING_MM = (0.05, 12.0)
SIDEWAYS_MM = 1.0
"""A slice further beside the line through the first and the last was made for another field."""
ALIKE = 1e-3
"""Directions, and spacings in mm, that differ by less are the same."""
SLOPE = (1e-3, 100.0)
INTERCEPT = 32768.0


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A regular block of slices.

    Attributes:
        slices: In order along the normal of the slices.
        affine: 4 x 4, (slice, row, column, 1) to LPS mm. Column 0 is the true step from slice
            to slice: of a tilted gantry it leans away from the normal, and the grid is sheared.
        tilt_degrees: That lean; 0.0 for an upright gantry.
        thickness_mm: SliceThickness, the largest where it differs; None where none is stated.
            Greater than the distance of the slices where they overlap.
        lossy: Name of the compression that lost detail; empty when none did.
    """

    slices: tuple[Instance, ...]
    affine: Floats
    tilt_degrees: float
    thickness_mm: float | None
    lossy: str

    @property
    def shape(self) -> tuple[int, int, int]:
        """Slices, rows, columns."""
        return len(self.slices), self.slices[0].rows, self.slices[0].columns

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Between slices along their normal, between rows, between columns."""
        step, down, across = self.affine[:3, :3].T
        row, column = float(np.linalg.norm(down)), float(np.linalg.norm(across))
        return float(step @ np.cross(across, down)) / (row * column), row, column


def alike(a: Sequence[float], b: Sequence[float]) -> bool:
    """Whether two directions or spacings are the same but for rounding."""
    return len(a) == len(b) and _largest(a, b) <= ALIKE


def _largest(a: Sequence[float], b: Sequence[float]) -> float:
    return max((abs(x - y) for x, y in zip(a, b, strict=True)), default=0.0)


def block(instances: Sequence[Instance]) -> Block:
    """The regular block that *instances* form, in any order.

    Raises:
        UnusableSeries: they form none; the text names the number that is wrong.
    """
    first = instances[0]
    _check_alike(instances)
    across, down = _directions(first)
    normal = np.cross(across, down)
    places = np.array([one.position for one in instances])
    order = np.argsort(places @ normal, kind="stable")
    places = places[order]
    check_distances(places @ normal)
    step, tilt = _step(places, normal)
    _check_count(instances)
    affine = np.eye(4)
    affine[:3, 0] = step
    affine[:3, 1] = down * first.spacing_mm[0]
    affine[:3, 2] = across * first.spacing_mm[1]
    affine[:3, 3] = places[0]
    thickness = max((one.thickness_mm for one in instances if one.thickness_mm), default=None)
    lossy = next((one.lossy for one in instances if one.lossy), "")
    return Block(tuple(instances[n] for n in order), affine, tilt, thickness, lossy)


def _check_alike(instances: Sequence[Instance]) -> None:
    first = instances[0]
    sizes = {(one.rows, one.columns) for one in instances}
    if len(sizes) > 1:
        listed = ", ".join(f"{r} x {c}" for r, c in sorted(sizes)[:4])
        msg = f"The slices differ in size ({listed} pixels). Send one series."
        raise UnusableSeries(msg)
    turned = max(_largest(one.orientation, first.orientation) for one in instances)
    if turned > ALIKE:
        msg = f"The slices are not parallel: directions differ by {turned:.3f}. Send one series."
        raise UnusableSeries(msg)
    if any(len(one.spacing_mm) != 2 for one in instances):
        msg_0 = "A slice has no pixel spacing. Send the original series."
        raise UnusableSeries(msg_0)
    apart = max(_largest(one.spacing_mm, first.spacing_mm) for one in instances)
    if apart > ALIKE:
        msg_0 = f"The pixel spacing differs by {apart:.3f} mm between slices."
        raise UnusableSeries(msg_0)
    _check_values(instances)


def _check_values(instances: Sequence[Instance]) -> None:
    for slope, intercept in {(one.slope, one.intercept) for one in instances}:
        if not SLOPE[0] <= slope <= SLOPE[1] or abs(intercept) > INTERCEPT:
            msg = f"A density of {slope:g} times the pixel {intercept:+g} cannot be"
            msg_0 = f"{msg} Hounsfield units. Send the original series."
            raise UnusableSeries(msg_0)


def _directions(first: Instance) -> tuple[Floats, Floats]:
    """Unit directions along a row and down a column."""
    across, down = np.array(first.orientation[:3]), np.array(first.orientation[3:])
    lengths = np.linalg.norm(across), np.linalg.norm(down)
    if min(lengths) < 0.9 or max(lengths) > 1.1 or abs(float(across @ down)) > 0.02:
        msg = "The orientation of the slices is not a pair of right angles."
        raise UnusableSeries(msg)
    across = across / lengths[0]
    down = down - across * float(across @ down)
    return across, down / np.linalg.norm(down)


def _step(places: Floats, normal: Floats) -> tuple[Floats, float]:
    """The step from slice to slice, and its lean away from *normal* in degrees."""
    step = (places[-1] - places[0]) / (len(places) - 1)
    _check_straight(places, normal, step)
    rise = float(step @ normal)
    tilt = float(np.degrees(np.arctan2(np.linalg.norm(step - normal * rise), rise)))
    if tilt > LARGEST_TILT_DEGREES:
        msg = f"The slices are shifted sideways as if the gantry leant by {tilt:.1f} degrees;"
        msg_0 = f"{msg} at most {LARGEST_TILT_DEGREES:.0f} can be. Send the original series."
        raise UnusableSeries(msg_0)
    return (normal * rise, 0.0) if tilt <= UPRIGHT_DEGREES else (step, round(tilt, 2))


def _check_straight(places: Floats, normal: Floats, step: Floats) -> None:
    """Refuse slices that jump sideways; *places* are in order along *normal*."""
    off = places - places[0] - np.arange(len(places))[:, None] * step
    aside = np.linalg.norm(off - np.outer(off @ normal, normal), axis=1)
    if aside.max() > SIDEWAYS_MM:
        msg = f"Slices jump sideways by up to {aside.max():.1f} mm."
        msg_0 = f"{msg} Send one reconstruction of one scan."
        raise UnusableSeries(msg_0)


def _check_count(instances: Sequence[Instance]) -> None:
    first, count = instances[0], len(instances)
    if count < FEWEST_SLICES:
        msg = f"{count} slices; a review needs at least {FEWEST_SLICES}."
        raise UnusableSeries(msg)
    if count > MOST_SLICES or count * first.rows * first.columns > MOST_VOXELS:
        msg = f"{count} slices of {first.rows} x {first.columns} are more than can be read."
        raise UnusableSeries(msg)
    if not all(SPACING_MM[0] <= mm <= SPACING_MM[1] for mm in first.spacing_mm):
        row, column = first.spacing_mm
        msg_0 = f"Pixels of {row:g} x {column:g} mm cannot be a CT of the spine."
        raise UnusableSeries(msg_0)
