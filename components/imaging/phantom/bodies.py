"""Where each vertebral body stands, and the surfaces of its end-plates."""

from dataclasses import dataclass
from math import atan2, cos, radians, sin

import numpy as np
from numpy.typing import NDArray

from components.imaging.phantom.plan import Mimic, Spine
from components.imaging.phantom.sizes import INTACT, SACRUM_LABEL
from store.domain.morphometry import Heights
from store.domain.spine import ORDER, Level

Array = NDArray[np.float32]
TOP_SHARE = 0.75
"""Share of a planted loss that the upper end-plate takes; it breaks first."""
_FOLLOW = 0.7
"""Share of a fracture's wedge angle that the spine above leans forward."""
_NARROWED = 0.45


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
    built = [level for level in ORDER if level in INTACT]
    start, end = built.index(spine.levels[0]), built.index(spine.levels[-1])
    chosen = built[max(0, start - 2) : end + 2]
    leans = _leans(spine, chosen)
    bodies: list[Body] = []
    at = np.zeros(3)
    previous: Body | None = None
    for number, level in enumerate(chosen):
        axes = _axes(leans[number], *_sideways(spine, number, len(chosen)))
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
    up, own = upper.frame.axes[2], body.frame.axes[2]
    middle = (up + own) / np.linalg.norm(up + own)
    at = upper.frame.origin + up * upper.middle_mm[1] - middle * disc_mm - own * body.middle_mm[0]
    # Discs taper towards the back, so neighbours stand flush behind rather than in the middle.
    return _moved(body, at)


def _moved(body: Body, at: NDArray[np.float64]) -> Body:
    return Body(
        body.level,
        body.label,
        Frame(at, body.frame.axes),
        body.width_mm,
        body.depth_mm,
        body.heights,
        body.intact,
        body.mimic,
    )


def _sacrum(upper: Body) -> Body:
    lean = radians(50.0)
    heights = Heights(22.0, 21.0, 21.0)
    body = Body(
        None,
        SACRUM_LABEL,
        Frame(upper.frame.origin, _axes(lean, 0.0, 0.0)),
        upper.width_mm * 0.8,
        upper.depth_mm * 0.78,
        heights,
        heights,
    )
    return _below(upper, body, 1.2)


def _disc_mm(spine: Spine, upper: Body) -> float:
    usual = INTACT[upper.level].disc_mm if upper.level else 1.5
    narrow = upper.mimic is Mimic.OSTEOPHYTES
    return usual * spine.stature * (_NARROWED if narrow else 1.0)


def _leans(spine: Spine, chosen: list[Level]) -> list[float]:
    """Forward lean of each body, radians; a wedge below leans everything above it forward."""
    leans = []
    for level in chosen:
        usual = INTACT[level].lean_degrees
        leans.append(
            radians(usual * (spine.lordosis if level.value[0] in "LS" else spine.kyphosis))
        )
    for number, level in enumerate(chosen):
        if level in spine.fractures:
            now, before = spine.heights(level), spine.intact(level)
            lost = (before.anterior_mm - now.anterior_mm) - (before.posterior_mm - now.posterior_mm)
            angle = _FOLLOW * atan2(lost, INTACT[level].depth_mm)
            for above in range(number):
                leans[above] += angle * 0.6
            for below in range(number + 1, len(chosen)):
                leans[below] -= angle * 0.4
    return leans


def _sideways(spine: Spine, number: int, count: int) -> tuple[float, float]:
    """Sideways tilt and turn about the long axis of one body, radians."""
    if not spine.scoliosis_mm:
        return 0.0, 0.0
    length_mm = count * 28.0
    place = number / max(1, count - 1)
    slope = spine.scoliosis_mm * np.pi / length_mm * cos(np.pi * place)
    return -float(slope), float(np.sin(np.pi * place)) * spine.scoliosis_mm * 0.006


def _axes(lean: float, tilt: float, turn: float) -> NDArray[np.float64]:
    up = np.array([sin(tilt), -sin(lean) * cos(tilt), cos(lean) * cos(tilt)])
    side = np.array([1.0, 0.0, 0.0]) - up[0] * up
    side /= np.linalg.norm(side)
    front = np.cross(side, up)
    side, front = side * cos(turn) + front * sin(turn), front * cos(turn) - side * sin(turn)
    return np.stack([side, front, up])
