"""Walls and end-plates of one vertebral body, as its mask shows them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.imaging.body import Body, Cloud, NoBody, find_body, tilted
from components.imaging.fan import Places, Samples, Voxels
from components.imaging.frame import Floats

BAND_MM = 8.0
"""Half width of the band about the middle of the body in which heights are taken."""
SHORTEST_DEPTH_MM = 8.0
_STRIP_MM = 1.0
_LANE_MM = 2.0
_UP_MM = 1.0
_ROUNDS = 2
_WALL_MM = 4
"""A height that halves within this distance is a wall; a wedge falls more gently."""
_CORE = 0.3
"""Share of the lowest height, above and below the middle, in which both walls show."""
_LEAST_CORE_MM = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """A body cut into lanes from front to back, each into strips across.

    Attributes:
        body: Where it stands.
        left: Of each lane, mm left of the body's centre.
        back: Of each strip, mm behind it.
        walls: lanes x 2, the front and the back wall, mm behind it.
        top, bottom: lanes x strips, edges of the end-plates, mm up; NaN where there is none.
    """

    body: Body
    left: Places
    back: Places
    walls: Floats
    top: Floats
    bottom: Floats

    @property
    def share(self) -> Floats:
        """Lanes x strips: 0 at the front wall of the lane, 1 at its back wall."""
        front, behind = self.walls[:, :1], self.walls[:, 1:]
        return np.asarray((self.back - front) / (behind - front))

    @property
    def ends(self) -> tuple[float, float]:
        """The front and the back wall of the middle lanes, mm behind the centre."""
        front, behind = np.median(self.walls, axis=0)
        return float(front), float(behind)


def survey(cloud: Cloud, mask: Voxels, up: Floats) -> Survey:
    """The body in *cloud*, the points of *mask*; *up* points roughly to the head.

    Raises:
        NoBody: it cannot be measured; the text says why.
    """
    body = find_body(cloud, up)
    own = body.own(cloud.lps_mm)
    own = own[_near(own, 0.9 * body.radius_mm)]
    if not len(own):
        msg = "too little of it in the mask"
        raise NoBody(msg)
    reach = float(np.abs(own[:, 0]).max()) + 6.0
    body = tilted(body, *_slopes(own, body, cloud.grain_mm))
    for _ in range(_ROUNDS):
        body = tilted(body, *_slant(mask, _surveyed(mask, body, reach, 2 * _LANE_MM)))
    return _surveyed(mask, body, reach, _LANE_MM)


def _near(own: Floats, reach_mm: float) -> NDArray[np.bool_]:
    """Which of n x 3 points lie within *reach_mm* of the body's middle, seen from above."""
    return np.asarray(own[:, 1] ** 2 + own[:, 2] ** 2 < reach_mm**2)


def _slopes(own: Floats, body: Body, grain_mm: float) -> tuple[float, float]:
    """How the middle surface of the body rises to the back and to the left, mm per mm."""
    reach = 0.75 * body.radius_mm
    own = own[_near(own, reach)]
    cell = max(2.0, grain_mm * 1.01)
    place = np.rint(own[:, 1:] / cell).astype(np.int64)
    span = int(reach / cell) + 2
    key = (place[:, 0] + span) * (2 * span + 1) + place[:, 1] + span
    count = np.bincount(key, minlength=(2 * span + 1) ** 2)
    total = np.bincount(key, own[:, 0], minlength=(2 * span + 1) ** 2)
    used = np.flatnonzero(count > 0.3 * count.max()) if len(own) else np.zeros(0, np.int64)
    if len(used) < 5:
        msg = "too little of it in the mask"
        raise NoBody(msg)
    back, left = used // (2 * span + 1) - span, used % (2 * span + 1) - span
    return _plane(back * cell, left * cell, total[used] / count[used])[:2]


def _plane(back: Places, left: Places, up: Places) -> tuple[float, float, float]:
    """Rise to the back and to the left, and the height at the centre, of points *up*."""
    terms = np.stack([back, left, np.ones(len(up))], axis=1)
    rise, lean, level = np.linalg.lstsq(terms, up, rcond=None)[0]
    return float(rise), float(lean), float(level)


def _surveyed(mask: Voxels, body: Body, reach: float, lane_mm: float) -> Survey:
    side = max(1, int(min(BAND_MM, 0.5 * body.radius_mm) / lane_mm))
    left = np.arange(-side, side + 1) * lane_mm
    strips = int(np.ceil(1.8 * body.radius_mm / _STRIP_MM))
    back = np.arange(-strips, strips + 1) * _STRIP_MM
    up = np.arange(-np.ceil(reach), np.ceil(reach) + 1) * _UP_MM
    held = mask.at(body, up, back[:, None], left[:, None, None])
    volume = held.sum(axis=2)
    walls = np.stack([_walls(volume, body, -1), _walls(volume, body, 1)], axis=1)
    usual = np.median(walls, axis=0)
    if usual[1] - usual[0] < SHORTEST_DEPTH_MM:
        msg = "the body is too small to measure"
        raise NoBody(msg)
    # A wall far from those of the other lanes is a gap in the mask, or a pedicle.
    walls = np.where(np.abs(walls - usual) < _WALL_MM, walls, usual)
    top = -first_edge(held[:, :, ::-1], -up[::-1])
    return Survey(body, left, back, walls, top, first_edge(held, up))


def first_edge(held: Samples, along: Floats) -> Floats:
    """Where each row of *held* first reaches a half, going along; NaN where it never does."""
    inside = held >= 0.5
    first = np.maximum(inside.argmax(axis=-1), 1)[..., None]
    low = np.take_along_axis(held, first - 1, -1)[..., 0]
    high = np.take_along_axis(held, first, -1)[..., 0]
    share = (high - 0.5) / np.where(high > low, high - low, 1)
    place = along[first[..., 0]] - np.clip(share, 0, 1) * (along[1] - along[0])
    return np.where(inside.any(axis=-1), place, np.nan)


def _walls(height: Samples, body: Body, way: int) -> Floats:
    """Where each lane of the body ends, mm behind its centre: at half of its height there.

    The lane's height, not its outermost voxel, so that a beak of bone is left out.
    """
    lines = height[:, height.shape[1] // 2 :: way]
    long = lines.shape[1]
    first = min(max(_WALL_MM, int(0.4 * body.radius_mm / _STRIP_MM)), long - 1)
    inner = [lines[:, first - n : long - n] for n in range(1, _WALL_MM + 1)]
    half = 0.5 * np.maximum.reduce(inner)
    outside = lines[:, first:] < half
    lane, place = np.arange(len(lines)), outside.argmax(axis=1)
    at = first + place
    last = lines[lane, at - 1].astype(np.float64)
    drop = last - lines[lane, at]
    share = (last - half[lane, place]) / np.where(drop > 0, drop, np.inf)
    found = np.where(outside.any(axis=1), at - 1 + np.clip(share, 0.0, 1.0), long - 1)
    return np.asarray(way * _STRIP_MM * found, np.float64)


def _slant(mask: Voxels, found: Survey) -> tuple[float, float]:
    """Slopes of the body's up axis: against its walls, and sideways against its end-plates.

    Heights run along the walls, from corner to corner; the end-plates of a wedge lean by
    themselves. A body too flat to show its walls falls back on the middle of its end-plates.
    """
    middle, height = (found.top + found.bottom) / 2, found.top - found.bottom
    kept = (found.share > 0.1) & (found.share < 0.9) & np.isfinite(middle)
    if np.count_nonzero(kept) < 10:
        msg = "too little of it in the mask"
        raise NoBody(msg)
    back, left = np.broadcast_arrays(found.back, found.left[:, None])
    rise, lean, level = _plane(back[kept], left[kept], middle[kept])
    core = _CORE * float(np.percentile(height[kept], 10))
    if core < _LEAST_CORE_MM:
        return rise, lean
    up = np.linspace(-core, core, 9)
    front, behind = found.ends
    along = np.arange(front - 4.0, behind + 4.0, 0.75)
    lanes = found.left[np.abs(found.left) <= 0.4 * found.body.radius_mm]
    held = mask.at(found.body, level + up[:, None], along, lanes[:, None, None])
    edges = np.stack([first_edge(held, along), -first_edge(held[..., ::-1], -along[::-1])])
    seen = np.isfinite(edges).all(axis=-1)
    if not seen.any():
        return rise, lean
    # Each wall of each lane for itself: the slope of its edge over the height.
    walls = float(np.mean(edges[seen] @ up)) / float(up @ up)
    return -walls, lean
