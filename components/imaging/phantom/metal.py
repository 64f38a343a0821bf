"""Screws, and the streaks that metal throws across a slice."""

import numpy as np
from numpy.typing import NDArray

from components.imaging.phantom.bodies import Body
from components.imaging.phantom.grid import Canvas, Rod

METAL_HU = 3071.0
_SEEN_HU = 2500
_STREAK_HU = 260.0
_REACH_MM = 38.0


def draw_screws(canvas: Canvas, body: Body) -> None:
    """A screw through each pedicle, ending in the body; it belongs to the vertebra."""
    w, back, high = body.width_mm / 2, -body.depth_mm / 2, 0.15 * body.intact.posterior_mm
    for side in (-1.0, 1.0):
        head = (side * w * 0.66, back - 19.0, high)
        tip = (side * w * 0.34, 0.22 * body.depth_mm, high)
        found = Rod(head, tip, (2.9, 2.9, 2.9)).depth(canvas, body.frame)
        if found is None:
            continue
        box, depth = found
        share = np.clip(depth / np.float32(canvas.grid.spacing_mm[2]) + 0.5, 0, 1)
        canvas.paint(box, np.asarray(share, np.float32), METAL_HU)
        canvas.mark(box, depth > 0, body.label)


def streak(
    voxels: NDArray[np.int16], spacing_mm: tuple[float, float, float], rng: np.random.Generator
) -> None:
    """Throw bright and dark rays from the metal in each slice, in place.

    A likeness: rays of random strength that fade with the distance, and a dark bar across.
    """
    rows, columns = voxels.shape[1:]
    down, right = (np.arange(n, dtype=np.float32) for n in (rows, columns))
    for picture in voxels:
        metal = np.argwhere(picture > _SEEN_HU)
        if not len(metal):
            continue
        middle = metal.mean(axis=0)
        y = ((down - middle[0]) * np.float32(spacing_mm[1]))[:, None]
        x = ((right - middle[1]) * np.float32(spacing_mm[2]))[None, :]
        angle, away = np.arctan2(y, x), np.hypot(y, x)
        strong = min(1.0, len(metal) * spacing_mm[1] * spacing_mm[2] / 80.0)
        rays = sum(
            np.cos(count * angle + np.float32(rng.uniform(0, 2 * np.pi))) for count in (3, 7, 12)
        )
        bar = -1.5 * np.exp(-((y / 4.0) ** 2))
        change = _STREAK_HU / 2 * strong * np.exp(-away / _REACH_MM) * (rays + bar)
        mixed = np.where(picture > _SEEN_HU, picture, picture + change)
        picture[:] = np.rint(np.clip(mixed, -1024, METAL_HU)).astype(np.int16)
