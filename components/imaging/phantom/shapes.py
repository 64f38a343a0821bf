"""End-plates carved and marrow patterned by conditions that mimic fractures."""

from collections.abc import Callable

import numpy as np

from components.imaging.phantom.bodies import Array, Body
from components.imaging.phantom.plan import Mimic

Carver = Callable[[Body, Array, Array, Array, Array], tuple[Array, Array]]


def carved(body: Body, x: Array, y: Array, top: Array, bottom: Array) -> tuple[Array, Array]:
    """Upper and lower end-plate after the mimic has had its way; the three heights stay."""
    if body.heights != body.intact:
        top = top - _buckle(body, x, y)
    carver = _CARVERS.get(body.mimic) if body.mimic else None
    return carver(body, x, y, top, bottom) if carver else (top, bottom)


def haemangioma(x: Array, y: Array) -> Array:
    """HU of sparse thick trabeculae seen end on: dots in fat."""
    dots = np.sin(x * 1.5) * np.sin(y * 1.5)
    return np.asarray(np.where(dots > 0.35, 330.0, 5.0), np.float32)


def _calm(along: Array) -> Array:
    """Nothing at the back edge, the middle and the front edge, where heights are taken."""
    return np.asarray(np.sin(np.clip(along, -1, 1) * np.pi) ** 2, np.float32)


def _buckle(body: Body, x: Array, y: Array) -> Array:
    """Small folds of a broken end-plate, mm."""
    t = y / body.depth_mm * 2
    return np.asarray(_calm(t) * (0.7 * np.sin(9.0 * t + 0.25 * x) + 0.4), np.float32)


def _pit(x: Array, y: Array, at: tuple[float, float], radius_mm: float, deep_mm: float) -> Array:
    """A smooth round hollow of *deep_mm* that ends at *radius_mm*."""
    r = np.hypot(x - at[0], y - at[1]) / np.float32(radius_mm)
    return np.asarray(np.where(r < 1, deep_mm * np.cos(r * np.pi / 2) ** 2, 0), np.float32)


def _schmorl(body: Body, x: Array, y: Array, top: Array, bottom: Array) -> tuple[Array, Array]:
    # Behind the middle, and narrower than its distance from it: the middle height is untouched.
    place = (1.0, -0.25 * body.depth_mm)
    return top - _pit(x, y, place, 0.22 * body.depth_mm, 5.0), bottom


def _cupid(body: Body, x: Array, y: Array, top: Array, bottom: Array) -> tuple[Array, Array]:
    bow = bottom
    for side in (-1.0, 1.0):
        place = (side * 0.2 * body.width_mm, -0.22 * body.depth_mm)
        bow = bow + _pit(x, y, place, 0.215 * body.depth_mm, 4.0)
    return top, bow


def _scheuermann(body: Body, x: Array, y: Array, top: Array, bottom: Array) -> tuple[Array, Array]:
    t = y / body.depth_mm * 2
    wave = _calm(t) * (0.9 * np.sin(7.3 * t + 0.3 * x) + 0.5 * np.cos(0.7 * x))
    pit = _pit(x, y, (0.0, 0.26 * body.depth_mm), 0.2 * body.depth_mm, 3.0)
    return top - pit - np.abs(wave), bottom + np.abs(wave) * 0.8


_CARVERS: dict[Mimic, Carver] = {
    Mimic.SCHMORL: _schmorl,
    Mimic.CUPID_BOW: _cupid,
    Mimic.SCHEUERMANN: _scheuermann,
}
