"""The body of one vertebra, told apart from its arch and processes."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from components.imaging.frame import Box, Floats, moved, points_lps

LARGEST_TURN_DEGREES = 35.0
"""A vertebra is not turned further about its own axis, nor tilted further by its end-plates."""
SMALLEST_RADIUS_MM = 4.0
_MOST_POINTS = 20_000
_BEYOND = 1.4
"""What lies this many radii off the middle of a body is arch or process."""
_LEAST_ARCH, _LEAST_AGREED = 0.12, 0.5
"""Share of a vertebra that its arch makes at the least, and how far it lies on one side."""
_AGAINST = 0.5
"""Cosine between the side of the arch and the patient's back below which the arch is believed."""
_LEAST_OVAL, _SURELY_OVAL = 1.06, 1.25
"""Width over depth from which on the outline of a body tells which way it faces, and surely."""


class NoBody(ValueError):
    """No vertebral body is found in the mask. The text says why, in a few words."""


@dataclass(frozen=True, slots=True, eq=False)
class Cloud:
    """The voxels of one vertebra as points.

    Attributes:
        lps_mm: n x 3.
        voxel_mm3: What each point stands for.
        grain_mm: Largest distance between neighbouring points, seen from above.
        thinned: Every how many planes, rows, columns a voxel was taken.
    """

    lps_mm: Floats
    voxel_mm3: float
    grain_mm: float
    thinned: tuple[int, int, int] = (1, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """Where a vertebral body stands.

    Attributes:
        centre: LPS mm.
        axes: 3 x 3, rows point up (to the head), back and left along the body's own axes.
        radius_mm: Of the largest circle inside its outline, seen from above.
    """

    centre: Floats
    axes: Floats
    radius_mm: float

    def own(self, lps_mm: Floats) -> Floats:
        """n x 3 positions as mm up, back and left of the centre."""
        return moved(self.axes, lps_mm, -(self.axes @ self.centre))

    def lps(self, own_mm: Floats) -> Floats:
        """The inverse of `own`."""
        return moved(self.axes.T, own_mm, self.centre)


def cloud_of(part: NDArray[np.bool_], affine: Floats, box: Box) -> Cloud:
    """The true voxels of *part*, which lies at *box* of the grid with *affine*.

    Fine grids are thinned in plane, evenly; heights keep every row.
    """
    steps = np.linalg.norm(affine[:3, :3], axis=0)
    thin_planes = thin_columns = 1
    count = int(np.count_nonzero(part))
    while count > _MOST_POINTS * thin_planes * thin_columns:
        if thin_planes * steps[0] <= thin_columns * steps[2]:
            thin_planes += 1
        else:
            thin_columns += 1
    kept = np.ascontiguousarray(part[::thin_planes, :, ::thin_columns])
    places = np.unravel_index(np.flatnonzero(kept), kept.shape)
    thinned = thin_planes, 1, thin_columns
    index = np.array(
        [place * thin + low for place, thin, (low, _) in zip(places, thinned, box, strict=True)],
        np.float64,
    ).T
    voxel = abs(float(np.linalg.det(affine[:3, :3]))) * thin_planes * thin_columns
    grain = float(max(steps[0] * thin_planes, steps[2] * thin_columns))
    return Cloud(points_lps(affine, index), voxel, grain, thinned)


def find_body(cloud: Cloud, up: Floats) -> Body:
    """The body in *cloud*, the *up* direction (to the head) being known roughly.

    Seen from above, the body is the thickest blob of a vertebra, whatever height it has lost.

    Raises:
        NoBody: nothing thick enough is there.
    """
    if len(cloud.lps_mm) < 30:
        msg = "too little of it in the mask"
        raise NoBody(msg)
    axes = _upright(up)
    middle = cloud.lps_mm.mean(axis=0)
    seen = moved(axes, cloud.lps_mm, -(axes @ middle))
    back, left, radius = _thickest(seen, cloud)
    if radius < SMALLEST_RADIUS_MM:
        msg = "no vertebral body in the mask"
        raise NoBody(msg)
    inside = (seen[:, 1] - back) ** 2 + (seen[:, 2] - left) ** 2 < (0.7 * radius) ** 2
    level = float(np.median(seen[inside, 0])) if inside.any() else 0.0
    centre = middle + np.array([level, back, left]) @ axes
    axes = _facing(axes, seen[:, 1] - back, seen[:, 2] - left, radius)
    own = moved(axes, cloud.lps_mm, -(axes @ centre))
    aside = _aside(own, radius)
    middle = centre + aside * axes[2]
    return Body(middle, _facing(axes, own[:, 1], own[:, 2] - aside, radius), radius)


def _aside(own: Floats, radius: float) -> float:
    """How far to the left the middle of a body lies, between its side walls."""
    body = (own[:, 1] > -0.6 * radius) & (own[:, 1] < 0.4 * radius)
    sides = own[body & (np.abs(own[:, 2]) < 2.2 * radius), 2]
    if not len(sides):
        return 0.0
    right, left = np.percentile(sides, (3, 97))
    return float(right + left) / 2


def tilted(body: Body, back_slope: float, left_slope: float) -> Body:
    """*body* with its up axis tilted by the slopes of its own middle surface."""
    most = float(np.tan(np.radians(LARGEST_TURN_DEGREES)))
    slopes = np.clip([back_slope, left_slope], -most, most)
    up = np.array([1.0, -slopes[0], -slopes[1]]) @ body.axes
    up /= np.linalg.norm(up)
    back = body.axes[1] - up * float(body.axes[1] @ up)
    back /= np.linalg.norm(back)
    return Body(body.centre, np.stack([up, back, np.cross(back, up)]), body.radius_mm)


def _upright(up: Floats) -> Floats:
    """Axes with *up*, the patient's back and left made square to it."""
    up = up / np.linalg.norm(up)
    back = np.array([0.0, 1.0, 0.0]) - up * up[1]
    if abs(up[1]) > 0.95:
        back = np.cross(up, np.array([1.0, 0.0, 0.0]))
    back /= np.linalg.norm(back)
    return np.stack([up, back, np.cross(back, up)])


def _thickest(seen: Floats, cloud: Cloud) -> tuple[float, float, float]:
    """Where the largest circle of the outline from above lies (back, left), and its radius."""
    bin_mm = max(1.0, cloud.grain_mm * 1.01)
    flat = seen.T[1:]
    low = flat.min(axis=1) - 2 * bin_mm
    cell = np.rint((flat - low[:, None]) / bin_mm).astype(np.int64)
    size = cell.max(axis=1) + 3
    count = np.bincount(cell[0] * size[1] + cell[1], minlength=int(size[0] * size[1]))
    height = count.reshape(size) * cloud.voxel_mm3 / bin_mm**2
    solid = (height > 0.35 * np.percentile(height[height > 0], 80)).astype(np.uint8)
    # One closing bridges cells that the grid happened to miss; the canal is far wider.
    closed = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    depth = cv2.distanceTransform(closed.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    crest = np.argwhere(depth >= 0.92 * depth.max()) if depth.max() > 0 else np.zeros((0, 2))
    if not len(crest):
        return 0.0, 0.0, 0.0
    # The crest of a broad body is a line from side to side; a second crest elsewhere is not it.
    top = np.array(np.unravel_index(int(depth.argmax()), depth.shape))
    near = crest[np.hypot(*(crest - top).T) * bin_mm < 12.0]
    back, left = near.mean(axis=0) * bin_mm + low
    return float(back), float(left), float(depth.max() * bin_mm)


def _facing(axes: Floats, back: Floats, left: Floats, radius: float) -> Floats:
    """*axes* turned about up so that "back" points from the body to its arch and spine.

    The arch tells the side, however the patient lies. How far it turns is told by the oval of
    the body, which is wider than deep and seldom cut; the rounder it is, the more by the arch.

    Args:
        back, left: Of each point of the vertebra, mm from the middle of the body along *axes*.
    """
    square = back**2 + left**2
    beyond = square > (_BEYOND * radius) ** 2
    far = np.sqrt(square[beyond])
    told = len(far) >= max(30.0, _LEAST_ARCH * len(back))
    if told:
        side = float((back[beyond] / far).mean()), float((left[beyond] / far).mean())
        length = float(np.hypot(*side))
        # Half an arch, cut by the edge of the scan, points aside; only a whole one is believed
        # so far from the patient's own back.
        if length > _LEAST_AGREED and side[0] < _AGAINST * length:
            angle = float(np.arctan2(side[1], side[0]))
            axes = _turned(axes, angle)
            cos, sin = np.cos(angle), np.sin(angle)
            back, left = back * cos + left * sin, left * cos - back * sin
    turn, sure = _oval(back[~beyond], left[~beyond])
    behind = (back > radius + 2.0) & (np.abs(left) < 2.5 * radius)
    if told and np.count_nonzero(behind) >= 30:
        arched = _limited(float(np.arctan2(left[behind].mean(), back[behind].mean())))
        turn = sure * turn + (1 - sure) * arched
    return _turned(axes, turn)


def _oval(back: Floats, left: Floats) -> tuple[float, float]:
    """How far the short axis of an outline is turned from back to left, and how sure that is.

    Sureness goes from 0.0 for a round outline, which is not turned, to 1.0.
    """
    if len(back) < 30:
        return 0.0, 0.0
    spread = np.cov(np.stack([back, left]))
    small, large = np.linalg.eigvalsh(spread)
    wider = float(np.sqrt(large / max(small, 1e-9)))
    sure = min(1.0, max(0.0, (wider - _LEAST_OVAL) / (_SURELY_OVAL - _LEAST_OVAL)))
    # Twice the angle of the long axis, which lies across.
    double = np.arctan2(-2 * spread[0, 1], spread[1, 1] - spread[0, 0])
    return (_limited(float(double) / 2) if sure else 0.0), sure


def _limited(angle: float) -> float:
    most = float(np.radians(LARGEST_TURN_DEGREES))
    return min(most, max(-most, angle))


def _turned(axes: Floats, angle: float) -> Floats:
    """*axes* turned about up, from back towards left."""
    turned = axes[1] * np.cos(angle) + axes[2] * np.sin(angle)
    return np.stack([axes[0], turned, np.cross(turned, axes[0])])
