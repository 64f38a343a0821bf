"""Whether the slices of a series form one regular block, and where it lies in the patient."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.imaging.instance import Instance
from store.domain.refusal import Unusable

Floats = NDArray[np.float64]

FEWEST_SLICES = 8
MOST_SLICES = 4000
MOST_VOXELS = 1 << 30
LARGEST_TILT_DEGREES = 1.0
"""Slices displaced along their own plane by more than this are a tilted gantry."""
SPACING_MM = (0.05, 12.0)
ROUNDING_MM = 0.06
"""Scanners write positions to a tenth of a millimetre; half of that at either end."""
IRREGULAR = 0.1
"""Share of the spacing by which a slice may lie off the regular grid."""
SLOPE = (1e-3, 100.0)
INTERCEPT = 32768.0


class UnusableSeries(Unusable):
    """The series cannot be made into a picture. The text says why, with its numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A regular block of slices.

    Attributes:
        slices: In order along the normal of the slices.
        affine: 4 x 4, (slice, row, column, 1) to LPS mm.
    """

    slices: tuple[Instance, ...]
    affine: Floats

    @property
    def shape(self) -> tuple[int, int, int]:
        """Slices, rows, columns."""
        return len(self.slices), self.slices[0].rows, self.slices[0].columns

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Between slices, rows and columns."""
        a, b, c = (float(v) for v in np.linalg.norm(self.affine[:3, :3], axis=0))
        return a, b, c


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
    _check_distances(places @ normal)
    step = (places[-1] - places[0]) / max(1, len(places) - 1)
    _check_tilt(step, normal)
    _check_count(instances)
    affine = np.eye(4)
    affine[:3, 0] = normal * float(step @ normal)
    affine[:3, 1] = down * first.spacing_mm[0]
    affine[:3, 2] = across * first.spacing_mm[1]
    affine[:3, 3] = places[0]
    return Block(tuple(instances[n] for n in order), affine)


def _check_alike(instances: Sequence[Instance]) -> None:
    first = instances[0]
    sizes = {(one.rows, one.columns) for one in instances}
    if len(sizes) > 1:
        listed = ", ".join(f"{r} x {c}" for r, c in sorted(sizes)[:4])
        msg = f"The slices differ in size ({listed} pixels). Send one series."
        raise UnusableSeries(msg)
    turned = max(_largest(one.orientation, first.orientation) for one in instances)
    if turned > 1e-3:
        msg = f"The slices are not parallel: directions differ by {turned:.3f}. Send one series."
        raise UnusableSeries(msg)
    if any(len(one.spacing_mm) != 2 for one in instances):
        msg_0 = "A slice has no pixel spacing. Send the original series."
        raise UnusableSeries(msg_0)
    apart = max(_largest(one.spacing_mm, first.spacing_mm) for one in instances)
    if apart > 1e-3:
        msg_0 = f"The pixel spacing differs by {apart:.3f} mm between slices."
        raise UnusableSeries(msg_0)
    _check_values(instances)


def _check_values(instances: Sequence[Instance]) -> None:
    scales = {(one.slope, one.intercept) for one in instances}
    if len(scales) > 1:
        msg = f"The slices carry {len(scales)} different scales of density."
        raise UnusableSeries(msg)
    if len({(one.signed, one.bits_allocated, one.inverted) for one in instances}) > 1:
        msg = "The slices store their pixels in different ways."
        raise UnusableSeries(msg)
    slope, intercept = scales.pop()
    if not SLOPE[0] <= slope <= SLOPE[1] or abs(intercept) > INTERCEPT:
        msg = f"A density of {slope:g} times the pixel {intercept:+g} cannot be Hounsfield units."
        raise UnusableSeries(msg)


def _largest(a: Sequence[float], b: Sequence[float]) -> float:
    return max((abs(x - y) for x, y in zip(a, b, strict=True)), default=0.0)


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


def _check_distances(along: Floats) -> None:
    """Refuse repeated, missing and irregular slices; *along* is sorted, mm."""
    if len(along) < 2:
        msg = f"1 slice; a review needs at least {FEWEST_SLICES}."
        raise UnusableSeries(msg)
    gaps = np.diff(along)
    repeated = int(np.sum(gaps < 0.01))
    if repeated:
        msg = f"{repeated + 1} of {len(along)} slices lie at a place where another lies."
        msg_0 = f"{msg} Send one reconstruction."
        raise UnusableSeries(msg_0)
    step = float(np.median(gaps))
    grid = along[0] + np.arange(len(along)) * (along[-1] - along[0]) / (len(along) - 1)
    off = float(np.max(np.abs(along - grid)))
    uneven = float(np.max(np.abs(gaps - step)))
    if max(off, uneven / 2) <= ROUNDING_MM + IRREGULAR * step:
        return
    span = f"Slices lie {gaps.min():.2f} to {gaps.max():.2f} mm apart;"
    whole = gaps / gaps.min()
    missing = np.max(np.abs(whole - np.round(whole))) < 0.1
    ending = "some are missing." if missing else "they are not evenly spaced."
    msg_0 = f"{span} {ending} Send the whole series again."
    raise UnusableSeries(msg_0)


def _check_tilt(step: Floats, normal: Floats) -> None:
    cosine = float(step @ normal) / float(np.linalg.norm(step))
    tilt = float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
    if tilt > LARGEST_TILT_DEGREES:
        msg = f"The gantry was tilted by {tilt:.1f} degrees, which would falsify heights."
        msg_0 = f"{msg} Send a reconstruction without tilt."
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
