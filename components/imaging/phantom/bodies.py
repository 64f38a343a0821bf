"""Where each vertebral body stands, and the surfaces of its end-plates."""

from dataclasses import dataclass, replace
from math import radians

import numpy as np
from numpy.typing import NDArray

from components.imaging.phantom.plan import Mimic, Spine
from components.imaging.phantom.sizes import INTACT, SACRUM_LABEL
from components.imaging.phantom.stance import axes_of, leans, sideways
from store.domain.morphometry import Heights
from store.domain.spine import Level

Array = NDArray[np.float32]
TOP_SHARE = 0.75
"""Share of a planted loss that the upper end-plate takes; it breaks first."""
_NARROWED = 0.45
_FUSED_MM = 1.8
"""What is left of the disc between two vertebrae that are one block."""


@dataclass(frozen=True, slots=True)
class Frame:
    """An own coordinate system: *origin* in LPS mm; rows of *axes* point left, front, up."""

    origin: NDArray[np.float64]
    axes: NDArray[np.float64]

    def world(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Own coordinates (..., 3) as LPS mm."""
        return np.asarray(self.origin + points @ self.axes)


@dataclass(frozen=True, slots=True)
class Body:
    """One vertebral body in its place.

    Attributes:
        level: None for the sacrum below S1.
        intact: Its heights before a fracture; equal to `heights` when it has none.
    """

    level: Level | None
    label: int
    frame: Frame
    width_mm: float
    depth_mm: float
    heights: Heights
    intact: Heights
    mimic: Mimic | None = None

    def edges(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Own height in mm of the upper and the lower end-plate at *x* left and *y* front."""
        across, along = x / np.float32(self.width_mm / 2), y / np.float32(self.depth_mm / 2)
        before = _height(self.intact, across, along)
        if self.heights == self.intact:
            half = np.asarray(before * np.float32(0.5), np.float32)
            return half, -half
        lost = before - _height(self.heights, across, along)
        top = before / 2 - np.float32(TOP_SHARE) * lost
        bottom = -before / 2 + np.float32(1 - TOP_SHARE) * lost
        return top, bottom

    @property
    def rank(self) -> float:
        """Place in the spine, rising towards the head."""
        return INTACT[self.level].rank if self.level else float(SACRUM_LABEL)

    @property
    def six_points(self) -> NDArray[np.float64]:
        """LPS mm of front top and bottom, middle top and bottom, back top and bottom; 6 x 3."""
        y = np.array([0.5, 0.0, -0.5], np.float32) * np.float32(self.depth_mm)
        rows = [
            (0.0, b, z)
            for b, pair in zip(y, zip(*self.edges(y * 0, y), strict=True), strict=True)
            for z in pair
        ]
        return self.frame.world(np.array(rows, np.float64))

    @property
    def middle_mm(self) -> tuple[float, float]:
        """Own height of the upper and the lower end-plate at the middle."""
        zero = np.zeros(1, np.float32)
        top, bottom = self.edges(zero, zero)
        return float(top[0]), float(bottom[0])


def _height(heights: Heights, across: Array, along: Array) -> Array:
    """Height at *along* (-1 behind, +1 in front) and *across* (-1 right, +1 left).

    Exact at -1, 0 and +1 of the middle plane, and level there, so that a point placed a little
    inside the rim reads nearly the height of the rim.
    """
    a, m, p = heights.three
    t = np.clip(along, -1, 1)
    ramp = np.sin(t * np.float32(np.pi / 2))
    wide = np.clip(across * across, 0, 1)
    hollow = (1 - ramp * ramp) * (1 - wide * wide)
    mean, half, deep = (np.float32(v) for v in ((a + p) / 2, (a - p) / 2, (a + p) / 2 - m))
    return np.asarray(mean + ramp * half - deep * hollow, np.float32)


def stand(spine: Spine) -> tuple[Body, ...]:
    """Every body to draw, head to foot: the covered ones, their neighbours, and the sacrum."""
    built = list(spine.variant.levels)
    start, end = built.index(spine.levels[0]), built.index(spine.levels[-1])
    chosen = built[max(0, start - 2) : end + 2]
    forward, aside = leans(spine, chosen), sideways(spine, chosen)
    bodies: list[Body] = []
    at = np.zeros(3)
    previous: Body | None = None
    for number, level in enumerate(chosen):
        axes = axes_of(forward[number], *aside[number])
        body = _body(spine, level, Frame(at, axes))
        if previous is not None:
            body = _below(previous, body, _disc_mm(spine, previous))
        bodies.append(body)
        previous = body
    if previous is not None and previous.level is Level.S1:
        bodies.append(_sacrum(previous))
    return tuple(bodies)


def _body(spine: Spine, level: Level, frame: Frame) -> Body:
    size = INTACT[level]
    broad = 1.0 + (0.12 * spine.fractures[level].loss if level in spine.fractures else 0.0)
    wide = (spine.stature - 1) / 2 + 1
    return Body(
        level,
        size.label,
        frame,
        size.width_mm * wide * broad,
        size.depth_mm * wide * broad,
        spine.heights(level),
        spine.intact(level),
        spine.mimics.get(level),
    )


def _below(upper: Body, body: Body, disc_mm: float) -> Body:
    own_axes = body.frame.axes
    up, own = upper.frame.axes[2], own_axes[2]
    middle = (up + own) / np.linalg.norm(up + own)
    at = upper.frame.origin + up * upper.middle_mm[1] - middle * disc_mm - own * body.middle_mm[0]
    # Discs taper towards the back, so neighbours stand flush behind rather than in the middle.
    return replace(body, frame=Frame(at, own_axes))


def _sacrum(upper: Body) -> Body:
    lean = radians(50.0)
    heights = Heights(22.0, 21.0, 21.0)
    body = Body(
        None,
        SACRUM_LABEL,
        Frame(upper.frame.origin, axes_of(lean, 0.0, 0.0)),
        upper.width_mm * 0.8,
        upper.depth_mm * 0.78,
        heights,
        heights,
    )
    return _below(upper, body, 1.2)


def _disc_mm(spine: Spine, upper: Body) -> float:
    if upper.level in spine.fused:
        return _FUSED_MM
    usual = INTACT[upper.level].disc_mm if upper.level else 1.5
    narrow = upper.mimic is Mimic.OSTEOPHYTES
    return usual * spine.stature * (_NARROWED if narrow else 1.0)
