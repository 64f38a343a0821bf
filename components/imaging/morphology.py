"""Six points and three heights of one vertebral body, from its profile front to back.

Heights are strip volume over strip area, which is exact on average; the largest minus the
smallest extent of a mask is about a millimetre too much.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.imaging.body import Body, Cloud, NoBody, find_body, tilted
from components.imaging.frame import Floats
from store.domain.morphometry import HIGHEST_HEIGHT_MM, LOWEST_HEIGHT_MM, Heights

BAND_MM = 8.0
"""Half width of the band about the middle of the body in which heights are taken."""
SHORTEST_DEPTH_MM = 8.0
RIM = 0.04
"""Where front and back heights are read, as a share of the depth: just inside the corners."""
HALF = 0.5
_STRIP_MM = 1.0
_LANE_MM = 2.0
_STEEP_MM = 4.0
"""A height that halves within this distance is a wall; a wedge falls more gently."""
_ROUNDS = 2
_CORE = 0.35
"""Share of the lowest height, above and below the middle, in which both walls show."""
_LEAST_CORE_MM = 2.5
_SHARES = np.linspace(0.0, 1.0, 61)


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What was measured on one vertebral body.

    Attributes:
        heights: Anterior, middle, posterior.
        points: 6 x 3, LPS mm: front top and bottom, middle top and bottom, back top and bottom.
        body: Where it stands; its centre lies halfway front to back and top to bottom.
    """

    heights: Heights
    points: Floats
    body: Body


@dataclass(frozen=True, slots=True, eq=False)
class _Lanes:
    """Strips across the middle of a body, in lanes from front to back.

    Attributes:
        back: Where each strip lies, mm behind the body's centre.
        left: Where each lane lies, mm to the left of it.
        height: lanes x strips, mm.
        middle: lanes x strips, how far up the middle of the strip lies, mm.
    """

    back: Floats
    left: Floats
    height: Floats
    middle: Floats

    @property
    def strip_mm(self) -> float:
        """From strip to strip."""
        return float(self.back[1] - self.back[0])


@dataclass(frozen=True, slots=True, eq=False)
class _Profile:
    """A body from its front wall (share 0) to its back wall (share 1), lanes averaged.

    Attributes:
        front, behind: The walls in the middle lane, mm behind the centre.
        height, middle: At `_SHARES`, mm.
        lean: How the middle of the body rises from right to left, mm per mm.
        rim: Share of the depth that strips on the walls take up.
    """

    front: float
    behind: float
    height: Floats
    middle: Floats
    lean: float
    rim: float

    def at(self, share: float) -> tuple[float, float]:
        """Height and middle at *share*, by smooth curves through the strips off the walls.

        A cubic follows wedge, biconcave and crush alike and evens out the steps of thick
        slices; the middle has strips enough on either side for a curve of its own.
        """
        near = self.inside & (np.abs(_SHARES - share) <= 0.2) if share == HALF else self.inside
        away = _SHARES[near] - share
        height = np.polyfit(away, self.height[near], 2 if share == HALF else 3)[-1]
        return float(height), float(np.polyfit(away, self.middle[near], 2)[-1])

    @property
    def rise(self) -> float:
        """How the middle of the body rises from front to back, mm per mm."""
        back = _SHARES[self.inside] * (self.behind - self.front)
        return float(np.polyfit(back, self.middle[self.inside], 1)[0])

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which of `_SHARES` lie clear of the walls."""
        return (self.rim <= _SHARES) & (1 - self.rim >= _SHARES)


def measure(cloud: Cloud, up: Floats) -> Shape:
    """Heights and six points of the body in *cloud*; *up* points roughly to the head.

    Raises:
        NoBody: it cannot be measured; the text says why.
    """
    body = find_body(cloud, up)
    cloud = _near(cloud, body)
    body = tilted(body, *_slopes(cloud, body))
    profile = _profile(_lanes(cloud, body), body)
    for _ in range(_ROUNDS):
        body = tilted(body, _slant(cloud, body, profile), profile.lean)
        profile = _profile(_lanes(cloud, body), body)
    found = [profile.at(share) for share in (RIM, HALF, 1.0 - RIM)]
    heights = [height for height, _ in found]
    if not all(LOWEST_HEIGHT_MM <= h <= HIGHEST_HEIGHT_MM for h in heights):
        msg = f"its height of {min(heights):.0f} to {max(heights):.0f} mm cannot be right"
        raise NoBody(msg)
    ends = [profile.front, (profile.front + profile.behind) / 2, profile.behind]
    own = [
        (middle + sign * height / 2, end, 0.0)
        for end, (height, middle) in zip(ends, found, strict=True)
        for sign in (1, -1)
    ]
    centre = body.lps(np.array([[found[1][1], ends[1], 0.0]]))[0]
    stands = Body(centre, body.axes, body.radius_mm)
    return Shape(Heights(*heights), body.lps(np.array(own)), stands)


def _near(cloud: Cloud, body: Body) -> Cloud:
    """What of *cloud* can matter to the band about the middle, however the body is tilted."""
    own = body.own(cloud.lps_mm)
    kept = (np.abs(own[:, 1]) < 2.5 * body.radius_mm) & (np.abs(own[:, 2]) < 2 * BAND_MM)
    return Cloud(cloud.lps_mm[kept], cloud.voxel_mm3, cloud.grain_mm, cloud.thinned)


def _slopes(cloud: Cloud, body: Body) -> tuple[float, float]:
    """How the middle surface of the body rises to the back and to the left, mm per mm."""
    own = body.own(cloud.lps_mm)
    reach = 0.75 * body.radius_mm
    own = own[np.hypot(own[:, 1], own[:, 2]) < reach]
    cell = max(2.0, cloud.grain_mm * 1.01)
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
    terms = np.stack([back * cell, left * cell, np.ones(len(used))], axis=1)
    fit = np.linalg.lstsq(terms, total[used] / count[used], rcond=None)[0]
    return float(fit[0]), float(fit[1])


def _slant(cloud: Cloud, body: Body, profile: _Profile) -> float:
    """The slope of the body's up axis against its front and back walls, mm per mm.

    Heights run along the walls, from corner to corner; the end-plates of a wedge lean by
    themselves. A body too flat to show its walls falls back on the middle of its end-plates.
    """
    core = _CORE * float(profile.height[profile.inside].min())
    if core < _LEAST_CORE_MM:
        return profile.rise
    own = body.own(cloud.lps_mm)
    middle = float(np.median(profile.middle[profile.inside]))
    kept = (np.abs(own[:, 0] - middle) < core) & (np.abs(own[:, 2]) < BAND_MM)
    kept &= (own[:, 1] > profile.front - 2) & (own[:, 1] < profile.behind + 2)
    up, back = own[kept, 0] - middle, own[kept, 1]
    walls = -float(np.polyfit(up, back, 1)[0]) if len(up) > 50 else profile.rise
    return (walls + profile.rise) / 2


def _lanes(cloud: Cloud, body: Body) -> _Lanes:
    """Strips of the body from well before its front to well behind its back.

    Every voxel is shared between the lanes and strips next to it, so that none counts all or
    nothing.
    """
    own = body.own(cloud.lps_mm)
    strip = max(_STRIP_MM, cloud.grain_mm * 1.01)
    lane = max(_LANE_MM, cloud.grain_mm * 1.01)
    side = int(min(BAND_MM, 0.5 * body.radius_mm) / lane)
    reach = 1.9 * body.radius_mm + 2 * strip
    kept = (np.abs(own[:, 1]) < reach) & (np.abs(own[:, 2]) < (side + 1) * lane)
    up, back, left = own[kept].T
    lanes, strips = 2 * side + 3, 2 * int(np.ceil(reach / strip)) + 3
    a, b = left / lane + side + 1, back / strip + strips // 2
    low_a, low_b = np.floor(a).astype(np.int64), np.floor(b).astype(np.int64)
    volume, moment = np.zeros(lanes * strips), np.zeros(lanes * strips)
    for more_a, more_b in np.ndindex(2, 2):
        share_a = a - low_a if more_a else 1 - (a - low_a)
        weight = share_a * (b - low_b if more_b else 1 - (b - low_b))
        cell = np.minimum(low_a + more_a, lanes - 1) * strips + low_b + more_b
        volume += np.bincount(cell, weight, minlength=lanes * strips)
        moment += np.bincount(cell, weight * up, minlength=lanes * strips)
    middle = np.divide(moment, volume, out=np.zeros(lanes * strips), where=volume > 0)
    height = volume * cloud.voxel_mm3 / (strip * lane)
    kept_lanes = slice(1, lanes - 1)
    return _Lanes(
        np.arange(-(strips // 2), strips // 2 + 1, dtype=np.float64) * strip,
        np.arange(-side, side + 1, dtype=np.float64) * lane,
        height.reshape(lanes, strips)[kept_lanes],
        middle.reshape(lanes, strips)[kept_lanes],
    )


def _profile(lanes: _Lanes, body: Body) -> _Profile:
    """The lanes averaged from wall to wall, each between its own walls.

    The back of a body is hollow from side to side: at one distance behind the centre one lane
    is bone and the next is canal.
    """
    walls, heights, middles, sides = [], [], [], []
    for left, height, middle in zip(lanes.left, lanes.height, lanes.middle, strict=True):
        front, behind = _wall(lanes, height, body, -1), _wall(lanes, height, body, 1)
        if behind - front < max(SHORTEST_DEPTH_MM, 4 * lanes.strip_mm):
            continue
        places = front + _SHARES * (behind - front)
        walls.append((front, behind))
        sides.append(left)
        heights.append(np.interp(places, lanes.back, height))
        middles.append(np.interp(places, lanes.back, middle))
    if 2 * len(walls) < len(lanes.height):
        msg = "the body is too small to measure"
        raise NoBody(msg)
    front, behind = (float(v) for v in np.median(walls, axis=0))
    rim = min(0.25, lanes.strip_mm / (behind - front))
    lean = float(np.polyfit(sides, np.mean(middles, axis=1), 1)[0]) if len(sides) > 2 else 0.0
    height, middle = np.mean(heights, axis=0), np.mean(middles, axis=0)
    return _Profile(front, behind, height, middle, lean, rim)


def _wall(lanes: _Lanes, height: Floats, body: Body, way: int) -> float:
    """Where one lane of the body ends, mm behind its centre: at half of its height there."""
    strip, start = lanes.strip_mm, len(height) // 2
    first = int(0.4 * body.radius_mm / strip)
    last = min(int(1.8 * body.radius_mm / strip), start - 1)
    reach = max(1, round(_STEEP_MM / strip))
    for away in range(first + 1, last + 1):
        at = start + way * away
        inner = [start + way * (away - n) for n in range(1, reach + 1)]
        half = 0.5 * float(height[inner].max())
        if height[at] < half:
            inside, outside = float(height[at - way]), float(height[at])
            share = (inside - half) / (inside - outside) if inside > outside else 0.0
            return float(lanes.back[at - way]) + way * strip * min(1.0, max(0.0, share))
    return float(lanes.back[start + way * last])
