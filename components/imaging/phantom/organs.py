"""Organs in front of the spine, as ellipsoids placed by vertebral level."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Along = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Blob:
    """An ellipsoid: LPS centre, half axes in mm, HU."""

    centre: tuple[float, float, float]
    half: tuple[float, float, float]
    hu: int


# Place counted from T1 = 0; left and forward of the front of the spine there; half axes; HU
# without contrast; share of the aorta's contrast.
_SOLID: tuple[tuple[float, float, float, tuple[float, float, float], int, float], ...] = (
    (7.6, 20, 58, (50, 42, 46), 42, 0.6),
    (7.2, -22, 56, (28, 32, 36), 42, 0.7),
    (6.3, 2, 27, (32, 15, 19), 42, 0.8),
    (5.3, -10, 64, (16, 16, 36), 42, 1.0),
    (5.2, 8, 44, (36, 14, 14), 42, 0.9),
    (3.7, 12, 38, (14, 40, 13), 42, 1.0),
    (3.6, -26, 48, (9, 9, 46), 42, 0.8),
    (-0.5, 22, 30, (11, 11, 40), 48, 0.5),
    (-0.5, -22, 30, (11, 11, 40), 48, 0.5),
    (10.9, -66, 32, (68, 82, 64), 58, 0.3),
    (10.9, 96, -26, (30, 44, 48), 50, 0.4),
    (11.4, 48, 52, (46, 36, 44), 28, 0.1),
    (12.6, 8, 34, (52, 11, 13), 40, 0.4),
    (13.2, -58, -38, (25, 28, 56), 34, 0.7),
    (12.7, 58, -38, (25, 28, 56), 34, 0.7),
    (18.6, 0, 96, (48, 44, 40), 12, 0.0),
)
_LOOPS = 150


def organs(middle: float, front: Along, z: Along, extra_hu: float, seed: int) -> tuple[Blob, ...]:
    """Heart and vessels, liver, spleen, kidneys, pancreas, bowel and bladder.

    Args:
        middle: LPS x of the midline.
        front: LPS y of the front of the spine at a height.
        z: Height at a place along the spine.
        extra_hu: What contrast adds to the aorta.
        seed: Decides the bowel.
    """
    made = [
        Blob((middle + left, front(z(place)) - forward, z(place)), half, round(hu + extra_hu * wet))
        for place, left, forward, half, hu, wet in _SOLID
    ]
    rng = np.random.default_rng([seed, 7])
    for _ in range(_LOOPS):
        made += _loop(rng, middle, front, z)
    return tuple(made)


def _loop(rng: np.random.Generator, middle: float, front: Along, z: Along) -> list[Blob]:
    """A piece of bowel with its wall, and gas lying in front in some."""
    high = z(float(rng.uniform(12.2, 20.0)))
    side = float(rng.uniform(-115, 115))
    # The flanks reach further back than the middle, where the great vessels run.
    nearest = 34.0 if abs(side) < 45 else 4.0
    centre = (middle + side, front(high) - float(rng.uniform(nearest, 135)), high)
    a, b, c = (float(rng.uniform(*ends)) for ends in ((9, 24), (8, 17), (9, 26)))
    inside = int(rng.choice([14, 22, 30, 120], p=[0.35, 0.35, 0.25, 0.05]))
    found = [Blob(centre, (a, b, c), 44), Blob(centre, (a - 2.5, b - 2.5, c - 2.5), inside)]
    if rng.random() < 0.3:
        risen = (centre[0], centre[1] - b * 0.35, centre[2])
        found.append(Blob(risen, (a * 0.65, b * 0.45, c * 0.65), -850))
    return found
