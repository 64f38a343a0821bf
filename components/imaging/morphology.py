"""Six points and three heights of one vertebral body, from its profile front to back.

Heights are strip volume over strip area, which is exact on average; the largest minus the
smallest extent of a mask is about a millimetre too much.
"""

from dataclasses import dataclass

import numpy as np

from components.imaging.body import Body, Cloud, Floats, NoBody, find_body, tilted
from store.domain.morphometry import HIGHEST_HEIGHT_MM, LOWEST_HEIGHT_MM, Heights

BAND_MM = 6.0
"""Half width of the band about the middle of the body in which heights are taken."""
SHORTEST_DEPTH_MM = 8.0
RIM = 0.05
"""Where front and back heights are read, as a share of the depth: just inside the corners."""
_STRIP_MM = 1.0
_ROUNDS = 3


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
class _Profile:
    """Strips across the middle of a body, from front to back.

    Attributes:
        back: Where each strip lies, mm behind the body's centre.
        height: Of each strip, mm.
        middle: How far up the middle of each strip lies, mm.
    """

    back: Floats
    height: Floats
    middle: Floats


def measure(cloud: Cloud, up: Floats) -> Shape:
    """Heights and six points of the body in *cloud*; *up* points roughly to the head.

    Raises:
        NoBody: it cannot be measured; the text says why.
    """
    body = find_body(cloud, up)
    for _ in range(_ROUNDS):
        body = tilted(body, *_slopes(cloud, body))
    profile = _profile(cloud, body)
    front, behind = _walls(profile, body)
    if behind - front < SHORTEST_DEPTH_MM:
        msg = "the body is too small to measure"
        raise NoBody(msg)
    depth = behind - front
    places = front + depth * np.array([RIM, 0.5, 1.0 - RIM])
    found = [
        _at(profile, places[0], front + 0.02 * depth, front + 0.42 * depth),
        _at(profile, places[1], front + 0.3 * depth, front + 0.7 * depth),
        _at(profile, places[2], behind - 0.42 * depth, behind - 0.02 * depth),
    ]
    heights = [height for height, _ in found]
    if not all(LOWEST_HEIGHT_MM <= h <= HIGHEST_HEIGHT_MM for h in heights):
        msg = f"its height of {min(heights):.0f} to {max(heights):.0f} mm cannot be right"
        raise NoBody(msg)
    ends = [front, front + 0.5 * depth, behind]
    own = [
        (middle + sign * height / 2, end, 0.0)
        for end, (height, middle) in zip(ends, found, strict=True)
        for sign in (1, -1)
    ]
    centre = body.lps(np.array([[found[1][1], ends[1], 0.0]]))[0]
    stands = Body(centre, body.axes, body.radius_mm)
    return Shape(Heights(*heights), body.lps(np.array(own)), stands)


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


def _profile(cloud: Cloud, body: Body) -> _Profile:
    """Strips of the body from well before its front to well behind its back."""
    own = body.own(cloud.lps_mm)
    strip = max(_STRIP_MM, cloud.grain_mm * 1.01)
    flank = max(1.0, cloud.grain_mm)
    half = max(min(BAND_MM, 0.5 * body.radius_mm), flank)
    reach = 1.9 * body.radius_mm + 2 * strip
    # Soft edges keep a voxel column from counting all or nothing.
    share = np.clip((half + flank / 2 - np.abs(own[:, 2])) / flank, 0.0, 1.0)
    kept = (share > 0) & (np.abs(own[:, 1]) < reach)
    own, share = own[kept], share[kept] * cloud.voxel_mm3
    count = 2 * int(np.ceil(reach / strip)) + 3
    place = own[:, 1] / strip + count // 2
    low = np.floor(place).astype(np.int64)
    after = share * (place - low)
    both = np.concatenate([low, low + 1])
    weight = np.concatenate([share - after, after])
    volume = np.bincount(both, weight, minlength=count)
    moment = np.bincount(both, weight * np.tile(own[:, 0], 2), minlength=count)
    middle = np.divide(moment, volume, out=np.zeros(count), where=volume > 0)
    back = (np.arange(count) - count // 2) * strip
    return _Profile(back, volume / (strip * 2 * half), middle)


def _walls(profile: _Profile, body: Body) -> tuple[float, float]:
    """Where the body begins and ends, mm behind its centre, at half of its height there."""
    return _wall(profile, body, -1), _wall(profile, body, 1)


def _wall(profile: _Profile, body: Body, way: int) -> float:
    strip = float(profile.back[1] - profile.back[0])
    start = len(profile.back) // 2
    inner = profile.height[np.abs(profile.back) < 0.6 * body.radius_mm]
    if not len(inner):
        msg = "too little of it in the mask"
        raise NoBody(msg)
    lowest = 0.3 * float(np.median(inner))
    at = start
    last = round(1.8 * body.radius_mm / strip)
    while abs(at - start) < last and profile.height[at] >= lowest:
        at += way
    near = profile.height[[max(0, min(len(profile.height) - 1, at - way * n)) for n in range(1, 5)]]
    half = 0.5 * float(np.max(near))
    while at != start and profile.height[at - way] < half:
        at -= way
    inside, outside = float(profile.height[at - way]), float(profile.height[at])
    share = (inside - half) / (inside - outside) if inside > outside else 0.5
    return float(profile.back[at - way]) + way * strip * min(1.0, max(0.0, share))


def _at(profile: _Profile, place: float, low: float, high: float) -> tuple[float, float]:
    """Height and middle at *place*, by a parabola through the strips from *low* to *high*.

    Strips cut by the wall itself hold half and are left out.
    """
    strip = float(profile.back[1] - profile.back[0])
    chosen = (profile.back >= low + 0.5 * strip) & (profile.back <= high)
    chosen |= (profile.back <= high - 0.5 * strip) & (profile.back >= low) & chosen
    back = profile.back[chosen]
    if len(back) < 2:
        nearest = int(np.argmin(np.abs(profile.back - place)))
        return float(profile.height[nearest]), float(profile.middle[nearest])
    degree = 2 if len(back) >= 6 else 1
    height = np.polyfit(back - place, profile.height[chosen], degree)[-1]
    middle = np.polyfit(back - place, profile.middle[chosen], 1)[-1]
    return float(height), float(middle)
