"""The spine made straight: a picture that follows its curve, so that every level's middle shows.

Rows are equally spaced along the curve, columns run from front to back square to it. Distances
along the curve and off it are true near it; between neighbouring rows they stretch away from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from components.imaging.frame import Floats
from components.imaging.sampling import Surface, hu_on
from components.imaging.stack_file import decode_plane, open_plane, read_meta, write_stack
from store.domain.refusal import Unusable

OFFSETS_MM = tuple(float(mm) for mm in range(-8, 9, 2))
"""Where the pictures lie to the left of the curve; right is negative."""
FRONT_MM, BEHIND_MM = 45.0, 60.0
BEYOND_MM = 30.0
"""The curve goes straight on by this much above the highest and below the lowest centre."""
FEWEST_CLICKS, MOST_CLICKS = 3, 40
CLOSEST_MM = 4.0


class UnusableCurve(Unusable):
    """No curve can be laid through these points. The text says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A curve along the spine, from head to foot.

    Attributes:
        points: n x 3, LPS mm, equally spaced.
        up, back, left: n x 3 unit vectors square to each other; up follows the curve.
        rows: Fractional index of each centre that it was laid through.
    """

    points: Floats
    up: Floats
    back: Floats
    left: Floats
    rows: Floats

    def surfaces(self, pixel_mm: float) -> list[Surface]:
        """The pictures along it, right to left, front at the left edge."""
        columns = round((FRONT_MM + BEHIND_MM) / pixel_mm) + 1
        start = self.points - self.back * (middle_column(pixel_mm) * pixel_mm)
        middle = Surface(start, self.back * pixel_mm, columns)
        return [middle.moved(self.left * mm) for mm in OFFSETS_MM]


def middle_column(pixel_mm: float) -> int:
    """The column in which the curve itself lies."""
    return round(FRONT_MM / pixel_mm)


def curve_through(centres: Floats, lefts: Floats | None, step_mm: float) -> Curve:
    """The smooth curve through *centres*, n x 3 LPS mm, head to foot.

    Args:
        centres: Of vertebral bodies; each the next one down.
        lefts: Their own directions to the left; None takes the patient's.
        step_mm: Between its points.

    Raises:
        UnusableCurve: fewer than two centres, or two at one place.
    """
    if len(centres) < 2:
        msg = "A curve needs two vertebral centres or more."
        raise UnusableCurve(msg)
    gaps = np.linalg.norm(np.diff(centres, axis=0), axis=1)
    if gaps.min() < CLOSEST_MM:
        msg = f"Two centres lie {gaps.min():.1f} mm apart; vertebrae are further from each other."
        raise UnusableCurve(msg)
    knots = np.concatenate([[0.0], np.cumsum(gaps)])
    fine = np.linspace(-BEYOND_MM, knots[-1] + BEYOND_MM, 40 * len(centres) + 200)
    dense = _spline(knots, centres, fine)
    run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(dense, axis=0), axis=1))])
    even = np.arange(0.0, run[-1], step_mm)
    points = _between(even, run, dense)
    up = -np.gradient(points, axis=0)
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    rows = np.interp(np.interp(knots, fine, run), even, np.arange(len(even)))
    usual = np.array([1.0, 0.0, 0.0])
    wanted = np.repeat(usual[None], len(points), axis=0)
    if lefts is not None:
        wanted = _between(np.arange(len(points), dtype=float), rows, _evened(lefts))
    left = wanted - up * np.sum(wanted * up, axis=1, keepdims=True)
    left /= np.linalg.norm(left, axis=1, keepdims=True)
    return Curve(points, up, np.cross(up, left), left, rows)


def _between(at: Floats, places: Floats, values: Floats) -> Floats:
    """Each column of *values*, given at *places*, between them; constant beyond."""
    return np.stack([np.interp(at, places, column) for column in values.T], axis=1)


def _evened(lefts: Floats) -> Floats:
    """Each direction averaged with those above and below: one level's turn is hard to see."""
    wide = np.concatenate([lefts[:1], lefts, lefts[-1:]])
    mean: Floats = wide[:-2] + 2 * wide[1:-1] + wide[2:]
    return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True))


def _spline(knots: Floats, values: Floats, at: Floats) -> Floats:
    """The natural cubic spline through *values* at *knots*, straight on beyond them."""
    h = np.diff(knots)
    slopes = np.diff(values, axis=0) / h[:, None]
    count = len(knots)
    matrix = np.eye(count)
    right = np.zeros_like(values)
    for n in range(1, count - 1):
        matrix[n, n - 1 : n + 2] = h[n - 1], 2 * (h[n - 1] + h[n]), h[n]
        right[n] = 6 * (slopes[n] - slopes[n - 1])
    bend = np.linalg.solve(matrix, right)
    part = np.clip(np.searchsorted(knots, at) - 1, 0, count - 2)
    held = np.clip(at, knots[0], knots[-1])
    t = (held - knots[part])[:, None]
    first = slopes[part] - h[part, None] * (2 * bend[part] + bend[part + 1]) / 6
    third = (bend[part + 1] - bend[part]) / (6 * h[part, None])
    inner = values[part] + t * (first + t * (bend[part] / 2 + t * third))
    speed = first + t * (bend[part] + 3 * t * third)
    return np.asarray(inner + speed * (at - held)[:, None])


def from_clicks(path: Path, points: Sequence[tuple[float, float, float]]) -> bytes:
    """A stack file with the straightened pictures of the stack at *path*.

    Args:
        path: A prepared stack.
        points: (plane, column, row) pixels of vertebral centres as a reader clicked them.

    Raises:
        UnusableCurve: too few or too many points, off the picture, or too close together.
        UnusableStack: the stack cannot be read.
    """
    meta = read_meta(path)
    planes, rows, columns = (int(str(meta[key])) for key in ("planes", "rows", "columns"))
    across, pixel = float(str(meta["plane_mm"])), float(str(meta["mm_per_pixel"]))
    clicked = np.asarray(points, dtype=np.float64).reshape(-1, 3)
    if not FEWEST_CLICKS <= len(clicked) <= MOST_CLICKS:
        msg = f"{len(clicked)} points; a curve takes {FEWEST_CLICKS} to {MOST_CLICKS}."
        raise UnusableCurve(msg)
    size = np.array([planes, columns, rows])
    if not np.isfinite(clicked).all() or (clicked < -0.5).any() or (clicked > size - 0.5).any():
        msg = "A point lies off the picture. Click on the vertebral bodies."
        raise UnusableCurve(msg)
    # Millimetres of the stack's own axes: left, back and up. Nothing else of the patient matters.
    affine = np.diag([across, 0.0, 0.0, 1.0])
    affine[2, 1], affine[1, 2] = -pixel, pixel
    centres = clicked[np.argsort(clicked[:, 2])] * (across, pixel, -pixel)
    curve = curve_through(centres, None, pixel)
    hu = np.stack([decode_plane(open_plane(path, n), rows, columns) for n in range(planes)])
    pictures = hu_on(hu, affine, curve.surfaces(pixel))
    index = curve.points / (across, pixel, -pixel)
    target = BytesIO()
    write_stack(target, {"straight": straight_meta(curve, pixel, index, "clicks")}, pictures)
    return target.getvalue()


def straight_meta(curve: Curve, pixel_mm: float, index: Floats, source: str) -> dict[str, object]:
    """What a viewer must know of the straightened pictures.

    Args:
        index: Plane, column and row in the true stack of each point of *curve*.
        source: What the curve was laid through: "mask", "centroids" or "clicks".
    """
    surface = curve.surfaces(pixel_mm)[0]
    return {
        "first": 0,
        "planes": len(OFFSETS_MM),
        "rows": len(curve.points),
        "columns": surface.columns,
        "mm_per_pixel": round(pixel_mm, 6),
        "middle": len(OFFSETS_MM) // 2,
        "offset_mm": list(OFFSETS_MM),
        "source": source,
        "levels": [],
        "outlines": {},
        "curve": [[round(float(v), 1) for v in place] for place in index],
    }
