"""Everything that is not spine: skin, fat, muscle, lungs, organs, vessels, ribs and the table."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from components.imaging.phantom.bodies import Body
from components.imaging.phantom.grid import Grid
from components.imaging.phantom.organs import Blob, organs
from components.imaging.phantom.plan import Spine
from store.domain.spine import Level

Picture = NDArray[np.int16]
AIR_HU, FAT_HU, MUSCLE_HU, LUNG_HU = -1000, -100, 55, -860
_PLACES = tuple(level for level in Level if level.value[0] in "TLS" and level not in ("T13", "L6"))
_BETWEEN = {Level.T13: 11.5, Level.L6: 16.5}
_COARSE_MM = 1.5
_FINE = 4
"""Binary digits after the point when a shape is drawn between pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Trunk:
    """Where the spine runs and how wide the patient is.

    Attributes:
        z_mm: Height of each body's middle, rising; `place` its number from T1 = 0 downwards.
        front_mm, x_mm: Front wall and middle of each body.
        back_mm: LPS y of the skin of the back.
    """

    z_mm: NDArray[np.float64]
    place: NDArray[np.float64]
    x_mm: NDArray[np.float64]
    front_mm: NDArray[np.float64]
    back_mm: float
    stout: float
    contrast_hu: int
    blobs: tuple[Blob, ...]

    def at(self, z: float) -> tuple[float, float, float]:
        """Place along the spine, and its middle x and front y, at height *z*."""
        return (
            float(np.interp(z, self.z_mm, self.place)),
            float(np.interp(z, self.z_mm, self.x_mm)),
            float(np.interp(z, self.z_mm, self.front_mm)),
        )

    def half(self, place: float) -> tuple[float, float]:
        """Half width and half depth of the patient."""
        wide = np.interp(place, [-1, 1, 6, 12, 16, 19], [190, 178, 162, 152, 168, 178])
        deep = np.interp(place, [-1, 2, 8, 12, 16, 19], [88, 100, 112, 108, 108, 105])
        return float(wide) * self.stout, float(deep) * self.stout


def trunk(spine: Spine, bodies: tuple[Body, ...], stout: float) -> Trunk:
    """The patient around *bodies*."""
    real = [body for body in bodies if body.level in _PLACES or body.level in _BETWEEN][::-1]
    places = np.array([_place(b.level) for b in real if b.level])
    fronts = [b.frame.world(np.array([0.0, b.depth_mm / 2, 0.0])) for b in real]
    deepest = max(float(b.frame.world(np.array([0.0, -b.depth_mm / 2 - 52, 0.0]))[1]) for b in real)
    heights = np.array([b.frame.origin[2] for b in real])
    sides = np.array([b.frame.origin[0] for b in real])
    front = np.array([f[1] for f in fronts])
    step = float(heights[-1] - heights[0]) / max(1.0, float(places[0] - places[-1]))
    blobs = organs(
        float(sides.mean()),
        lambda z: float(np.interp(z, heights, front)),
        lambda place: float(heights[-1] - (place - places[-1]) * step),
        spine.contrast_hu - 45,
        spine.seed,
    )
    back = deepest + 10 * stout
    return Trunk(heights, places, sides, front, back, stout, round(spine.contrast_hu), blobs)


def _place(level: Level) -> float:
    """Number of a level from T1 = 0 downwards; T13 and L6 lie between two."""
    return _BETWEEN[level] if level in _BETWEEN else float(_PLACES.index(level))


@dataclass(frozen=True, slots=True)
class Brush:
    """Draws ellipses given in LPS mm on one slice of *grid*."""

    grid: Grid
    picture: Picture

    def ellipse(
        self,
        centre: tuple[float, float],
        half: tuple[float, float],
        hu: int,
        *,
        sweep: tuple[float, float] = (0, 360),
        thick_mm: float = 0.0,
    ) -> None:
        """Fill an ellipse, or with *thick_mm* draw the part of its rim within *sweep* degrees."""
        _, row, column = self.grid.spacing_mm
        x0, y0, _ = self.grid.origin_mm
        one = 1 << _FINE
        at = round((centre[0] - x0) / column * one), round((centre[1] - y0) / row * one)
        axes = max(1, round(half[0] / column * one)), max(1, round(half[1] / row * one))
        width = max(1, round(thick_mm / column)) if thick_mm else cv2.FILLED
        cv2.ellipse(
            self.picture, at, axes, 0, sweep[0], sweep[1], float(hu), width, cv2.LINE_8, _FINE
        )


def draw_flesh(grid: Grid, body: Trunk) -> Picture:
    """HU of everything but the spine, on the whole of *grid*."""
    upright = _upright(grid)
    voxels = np.empty(upright.shape, np.int16)
    for picture, z in zip(voxels, upright.axis_mm(0), strict=True):
        draw_slice(upright, picture, body, float(z))
    return voxels if upright is grid else _resampled(voxels, upright, grid)


def _upright(grid: Grid) -> Grid:
    """*grid* if its slices lie square to the patient, else a coarse one about it that does."""
    steps = grid.affine[:3, :3]
    if not np.any(steps[[0, 0, 1, 1, 2, 2], [0, 1, 0, 2, 1, 2]]):
        return grid
    ends = np.array(np.meshgrid(*((0, n - 1) for n in grid.shape))).reshape(3, -1).T
    corners = ends @ steps.T + grid.affine[:3, 3]
    low, high = corners.min(axis=0), corners.max(axis=0)
    x, y, z = (int(n) for n in np.ceil((high - low) / _COARSE_MM) + 1)
    affine = np.eye(4)
    affine[:3, :3] = np.fliplr(np.eye(3)) * _COARSE_MM
    affine[:3, 3] = low
    return Grid((z, y, x), affine, _COARSE_MM)


def _resampled(voxels: Picture, upright: Grid, grid: Grid) -> Picture:
    """The nearest of *voxels* for each voxel of *grid*; flesh need not be exact."""
    turn = np.linalg.inv(upright.affine) @ grid.affine
    found = np.empty(grid.shape, np.int16)
    _, rows, columns = (np.arange(n) for n in grid.shape)
    flat = turn[:3, 1, None, None] * rows[None, :, None] + turn[:3, 2, None, None] * columns
    most = np.array(upright.shape)[:, None, None] - 1
    for number, picture in enumerate(found):
        start = turn[:3, 3] + turn[:3, 0] * number
        place = np.clip(np.rint(flat + start[:, None, None]), 0, most).astype(np.int32)
        picture[:] = voxels[tuple(place)]
    return found


def draw_slice(grid: Grid, picture: Picture, body: Trunk, z: float) -> None:
    """Paint one slice of flesh at height *z*."""
    place, x, front = body.at(z)
    wide, deep = body.half(place)
    middle = (float(np.mean(body.x_mm)), body.back_mm - deep)
    brush = Brush(grid, picture)
    picture[:] = AIR_HU
    _table(brush, middle[0], body.back_mm)
    coat = 11.0 * body.stout**3
    brush.ellipse(middle, (wide, deep), FAT_HU)
    brush.ellipse(middle, (wide - coat, deep - coat * 0.9), MUSCLE_HU)
    inner = (wide - coat - 13, deep - coat - 11)
    brush.ellipse((middle[0], middle[1] - 6), inner, -98)
    middle = (middle[0], middle[1] - 6)
    if place < 11.6:
        _lungs(brush, middle, inner, place)
    _organs(brush, middle, inner, body.blobs, z)
    _front(brush, middle, deep - coat, place)
    _beside_spine(brush, body, place, x, front)
    _ribs(brush, body, middle, inner, z)


def _organs(
    brush: Brush,
    middle: tuple[float, float],
    inner: tuple[float, float],
    blobs: tuple[Blob, ...],
    z: float,
) -> None:
    """Organs as far as they lie within the wall."""
    cavity = np.zeros(brush.picture.shape, np.int16)
    Brush(brush.grid, cavity).ellipse(middle, inner, 1)
    around = brush.picture.copy()
    for blob in blobs:
        reach = 1 - ((z - blob.centre[2]) / blob.half[2]) ** 2
        if reach > 0.02:
            scale = reach**0.5
            half = (blob.half[0] * scale, blob.half[1] * scale)
            brush.ellipse((blob.centre[0], blob.centre[1]), half, blob.hu)
    np.copyto(brush.picture, around, where=cavity == 0)


def _front(brush: Brush, middle: tuple[float, float], deep: float, place: float) -> None:
    """Breastbone in the chest, the straight muscles of the belly below it."""
    if 0.8 < place < 8.2:
        at = (middle[0], middle[1] - deep + 9)
        brush.ellipse(at, (19, 6.5), 420)
        brush.ellipse(at, (17, 4.6), 150)
    elif place >= 8.2:
        for side in (-1, 1):
            brush.ellipse((middle[0] + side * 32, middle[1] - deep + 9), (30, 6), MUSCLE_HU)


def _table(brush: Brush, x: float, back: float) -> None:
    centre = (x, back - 236)
    brush.ellipse(centre, (270, 255), -680, sweep=(50, 130), thick_mm=14)
    brush.ellipse(centre, (270, 247), -150, sweep=(50, 130), thick_mm=2)


def _lungs(
    brush: Brush, middle: tuple[float, float], inner: tuple[float, float], place: float
) -> None:
    size = float(np.interp(place, [0, 1.5, 4, 8.5, 10.5, 11.6], [0.35, 0.7, 0.95, 1.0, 0.7, 0.1]))
    half = inner[0] * 0.48 * size, inner[1] * 0.93 * size
    for side in (-1, 1):
        at = (middle[0] + side * inner[0] * 0.52, middle[1] + 8 + (1 - size) * inner[1] * 0.5)
        brush.ellipse(at, half, LUNG_HU)
        for across, along in ((0.1, 0.0), (0.35, 0.3), (-0.3, 0.25), (0.2, -0.4), (-0.35, -0.3)):
            vessel = (at[0] + across * half[0], at[1] + along * half[1])
            brush.ellipse(vessel, (2.6, 2.2), 20)


def _beside_spine(brush: Brush, body: Trunk, place: float, x: float, front: float) -> None:
    """Muscle of the back, psoas, aorta and vena cava, which follow the spine."""
    size = float(np.interp(place, [0, 11, 16], [1.0, 1.05, 1.15]))
    brush.ellipse((x, front + 22), (30 * size, 30), MUSCLE_HU)
    for side in (-1, 1):
        brush.ellipse((x + side * 27, front + 58), (30 * size, 27), MUSCLE_HU)
        brush.ellipse((x + side * 27, front + 50), (21, 1.2), -70)
        if place > 11.5:
            bulk = float(np.interp(place, [11.5, 15, 18], [1, 20, 22]))
            brush.ellipse((x + side * (26 + bulk * 0.7), front + 16), (bulk, bulk * 1.15), 56)
    brush.ellipse((x + 2, front - 1), (24, 7), 30)
    if place < 15.3:
        spread = float(np.interp(place, [3, 6, 10, 15], [26, 22, 12, 8]))
        brush.ellipse((x + spread, front - 13), (12, 12), body.contrast_hu)
        brush.ellipse((x + spread, front - 13), (12, 12), 130, sweep=(20, 80), thick_mm=2)
    if place > 7.5:
        brush.ellipse(
            (x - 20, front - 13 - max(0.0, 10 - place) * 9),
            (12, 9),
            round(45 + (body.contrast_hu - 45) * 0.6),
        )
    if place < 10.5:
        brush.ellipse((x + 5, front - 9), (8, 5.5), 38)
    if place < 5.0:
        size = float(np.interp(place, [4.4, 5.0], [1.0, 0.1]))
        brush.ellipse((x, front - 25), (10 * size, 10.5 * size), 30)
        brush.ellipse((x, front - 25), (8.2 * size, 8.8 * size), AIR_HU)


def _ribs(
    brush: Brush, body: Trunk, middle: tuple[float, float], inner: tuple[float, float], z: float
) -> None:
    """Each rib starts at its vertebra behind and falls as it comes round the chest wall."""
    for height, place in zip(body.z_mm, body.place, strict=True):
        if place >= 12:
            continue
        end = 150.0 if place < 10 else 80.0
        at = (height + 8 - z) / 0.55
        if not 0 <= at <= end:
            continue
        low, high = max(15.0, at - 13), max(17.0, at + 13)
        half = inner[0] + 5, inner[1] + 4
        for start, stop in ((90 - high, 90 - low), (90 + low, 90 + high)):
            sweep = (start, stop)
            brush.ellipse(middle, half, 430, sweep=sweep, thick_mm=6.5)
            brush.ellipse(middle, half, 190, sweep=sweep, thick_mm=3)
