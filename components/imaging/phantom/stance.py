"""How each vertebra leans, tilts and turns in a curved spine."""

from collections.abc import Sequence
from math import atan2, cos, radians, sin

import numpy as np
from numpy.typing import NDArray

from components.imaging.phantom.plan import Curve, Spine
from components.imaging.phantom.sizes import INTACT
from store.domain.spine import Level

_FOLLOW = 0.7
"""Share of a fracture's wedge angle that the spine above leans forward."""
_UPRIGHT_AGAIN = 4.0
"""Levels beyond the ends of a curve after which the spine stands upright again."""


def leans(spine: Spine, chosen: Sequence[Level]) -> list[float]:
    """Forward lean of each body, radians; a wedge below leans everything above it forward."""
    found = []
    for level in chosen:
        share = spine.lordosis if level.value[0] in "LS" else spine.kyphosis
        found.append(radians(INTACT[level].lean_degrees * share))
    for number, level in enumerate(chosen):
        if level in spine.fractures:
            now, before = spine.heights(level), spine.intact(level)
            lost = (before.anterior_mm - now.anterior_mm) - (before.posterior_mm - now.posterior_mm)
            angle = _FOLLOW * atan2(lost, INTACT[level].depth_mm)
            for above in range(number):
                found[above] += angle * 0.6
            for below in range(number + 1, len(chosen)):
                found[below] -= angle * 0.4
    return found


def sideways(spine: Spine, chosen: Sequence[Level]) -> list[tuple[float, float]]:
    """Tilt to the left and turn about its long axis of each body, radians."""
    if spine.curve is not None:
        levels = spine.variant.levels
        return [_curved(spine.curve, levels, level) for level in chosen]
    count = len(chosen)
    return [_wandering(spine.scoliosis_mm, count, number) for number in range(count)]


def _wandering(scoliosis_mm: float, count: int, number: int) -> tuple[float, float]:
    place = number / max(1, count - 1)
    slope = scoliosis_mm * np.pi / (count * 28.0) * cos(np.pi * place)
    return -float(slope), float(np.sin(np.pi * place)) * scoliosis_mm * 0.006


def _curved(curve: Curve, levels: Sequence[Level], level: Level) -> tuple[float, float]:
    """The end vertebrae of a curve tilt most, against each other; its apex turns most."""
    upper, lower, own = (levels.index(lv) for lv in (curve.upper, curve.lower, level))
    along = (own - upper) / (lower - upper)
    half = radians(curve.cobb_degrees / 2)
    if 0.0 <= along <= 1.0:
        turn = radians(curve.turn_degrees) * sin(np.pi * along)
        return -half * cos(np.pi * along), turn
    beyond = min(1.0, max(upper - own, own - lower) / _UPRIGHT_AGAIN)
    tilt = half * cos(np.pi / 2 * beyond) ** 2
    return (-tilt if own < upper else tilt), 0.0


def axes_of(lean: float, tilt: float, turn: float) -> NDArray[np.float64]:
    """3 x 3, rows point left, front and up of a body that leans forward, tilts left and turns."""
    up = np.array([sin(tilt), -sin(lean) * cos(tilt), cos(lean) * cos(tilt)])
    side = np.array([1.0, 0.0, 0.0]) - up[0] * up
    side /= np.linalg.norm(side)
    front = np.cross(side, up)
    side, front = side * cos(turn) + front * sin(turn), front * cos(turn) - side * sin(turn)
    return np.stack([side, front, up])
