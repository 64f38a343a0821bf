"""From a plan to voxels, masks and the true heights."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from components.imaging.phantom.bodies import Body, Frame, stand
from components.imaging.phantom.bones import canal_points, draw_disc, draw_vertebra
from components.imaging.phantom.flesh import Trunk, draw_flesh, trunk
from components.imaging.phantom.grid import Canvas, Grid, Rod
from components.imaging.phantom.metal import draw_screws, streak
from components.imaging.phantom.noise import STANDARD, Kernel, finish, texture
from components.imaging.phantom.plan import Spine
from components.imaging.phantom.scanning import Scanning, grid_of, whole_in
from components.imaging.phantom.sizes import HIGHEST_LUMBAR
from store.domain.morphometry import Heights
from store.domain.spine import Level

USUAL = Scanning()
_SHEET_MM = 1.05
"""Thickest sheet that stands for all of its thickness."""


@dataclass(frozen=True, slots=True, eq=False)
class Planted:
    """Where a vertebral body truly stands.

    Attributes:
        points: 6 x 3, LPS mm: front top and bottom, middle top and bottom, back top and bottom.
        axes: 3 x 3, rows point up, back and left along the body's own axes.
    """

    points: NDArray[np.float64]
    axes: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PhantomScan:
    """One rendered phantom.

    Attributes:
        voxels: HU, int16 (slice, row, column); slice 0 lies towards the feet unless turned.
        affine: 4 x 4, from (slice, row, column, 1) to LPS mm; sheared under a tilted gantry.
        labels: Whole vertebrae, uint8, numbered as TotalSegmentator v2 does.
        truth: Built heights of every covered vertebra from T1 to L6 that lies wholly inside:
            distance of the end-plates along the body's own axis at its front edge, middle and
            back edge, in the middle plane of that body.
        solid: Which voxels of *labels* are vertebral body; None where nobody asked.
        planted: The six points of those in *truth*.
        thickness_mm, tilt_degrees: As `Scanning` has them.
    """

    voxels: NDArray[np.int16]
    affine: NDArray[np.float64]
    labels: NDArray[np.uint8]
    truth: dict[Level, Heights]
    solid: NDArray[np.bool_] | None = None
    planted: dict[Level, Planted] = field(default_factory=dict)
    thickness_mm: float | None = None
    tilt_degrees: float = 0.0

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Between slices along their normal, between rows, between columns."""
        step, row, column = self.affine[:3, :3].T
        normal = np.cross(row, column)
        between = abs(float(normal @ step)) / float(np.linalg.norm(normal))
        return between, float(np.linalg.norm(row)), float(np.linalg.norm(column))

    @property
    def bodies(self) -> NDArray[np.uint8]:
        """*labels* without arches and processes."""
        return self.labels if self.solid is None else self.labels * self.solid


def render(
    spine: Spine,
    *,
    spacing_mm: tuple[float, float, float] = (2.5, 0.9, 0.9),
    size: int = 320,
    kernel: Kernel = STANDARD,
    noise_hu: float = 18.0,
    stout: float = 1.0,
    scanning: Scanning = USUAL,
) -> PhantomScan:
    """Voxels, mask and true heights of *spine*, *size* rows and columns; a seed gives one result.

    A voxel belongs to the mask when its centre lies inside the bone.
    """
    rng = np.random.default_rng([spine.seed, 11])
    bodies = stand(spine)
    around = trunk(spine, bodies, stout)
    grid = grid_of(spine, bodies, scanning, spacing_mm, size, around.back_mm)
    canvas = _painted(grid, spine, bodies, around, texture(rng), scanning.thickness_mm)
    if spine.screwed:
        streak(canvas.voxels, grid.spacing_mm, rng)
    finish(canvas.voxels, spacing_mm, kernel, noise_hu, rng)
    return _stored(canvas, spine, bodies, scanning)


def _painted(
    grid: Grid,
    spine: Spine,
    bodies: tuple[Body, ...],
    around: Trunk,
    grain: NDArray[np.float32],
    thickness_mm: float | None,
) -> Canvas:
    """Everything on *grid*: the mean of thin sheets through the thickness of each slice."""
    flesh = draw_flesh(grid, around)
    whole = _canvas(grid, flesh.copy())
    _draw_spine(whole, spine, bodies, grain)
    if thickness_mm is None:
        return whole
    sheets = int(np.ceil(thickness_mm / _SHEET_MM))
    total = np.zeros(grid.shape, np.float32)
    for number in range(sheets):
        aside = ((number + 0.5) / sheets - 0.5) * thickness_mm
        affine = grid.affine.copy()
        affine[:3, 3] += grid.across * aside
        sheet = _canvas(Grid(grid.shape, affine, thickness_mm / sheets), flesh.copy())
        _draw_spine(sheet, spine, bodies, grain)
        total += sheet.voxels
    return Canvas(grid, np.rint(total / sheets).astype(np.int16), whole.labels, whole.solid)


def _canvas(grid: Grid, flesh: NDArray[np.int16]) -> Canvas:
    return Canvas(grid, flesh, np.zeros(grid.shape, np.uint8), np.zeros(grid.shape, np.bool_))


def _stored(
    canvas: Canvas, spine: Spine, bodies: tuple[Body, ...], scanning: Scanning
) -> PhantomScan:
    """The scan as it is stored, with the truth about where the patient lies."""
    order = scanning.storage.value
    lying, affine = np.eye(4), np.eye(4)
    lying[:3, :3] = scanning.patient
    seen = lying @ canvas.grid.affine
    # The usual way of reformatted pictures: rows run to the feet.
    down = [axis == 0 and order[0] != 0 for axis in order]
    ways = tuple(a != b for a, b in zip(down, scanning.backward, strict=True))
    affine[:3, 3] = seen[:3, 3]
    for place, axis in enumerate(order):
        affine[:3, place] = -seen[:3, axis] if ways[place] else seen[:3, axis]
        if ways[place]:
            affine[:3, 3] += seen[:3, axis] * (canvas.grid.shape[axis] - 1)
    cut = tuple(slice(None, None, -1 if way else 1) for way in ways)
    planted: dict[Level, Planted] = {
        body.level: Planted(
            body.six_points @ scanning.patient.T,
            body.frame.axes[[2, 1, 0]] * [[1], [-1], [1]] @ scanning.patient.T,
        )
        for body in bodies
        if body.level in spine.levels and body.level != Level.S1 and whole_in(canvas.grid, body)
    }
    return PhantomScan(
        np.ascontiguousarray(canvas.voxels.transpose(order)[cut]),
        affine,
        np.ascontiguousarray(canvas.labels.transpose(order)[cut]),
        {level: spine.heights(level) for level in planted},
        np.ascontiguousarray(canvas.solid.transpose(order)[cut]),
        planted,
        scanning.thickness_mm,
        scanning.tilt_degrees,
    )


def _draw_spine(
    canvas: Canvas, spine: Spine, bodies: tuple[Body, ...], grain: NDArray[np.float32]
) -> None:
    _draw_canal(canvas, bodies)
    for upper, lower in pairwise(bodies):
        draw_disc(canvas, spine, upper, lower)
    for body in bodies:
        draw_vertebra(canvas, spine, body, grain)
    for body in bodies:
        if body.level in spine.screwed:
            draw_screws(canvas, body)


def _draw_canal(canvas: Canvas, bodies: tuple[Body, ...]) -> None:
    """Fat, the sac and the cord, from body to body."""
    points = canal_points(bodies)
    here = Frame(np.zeros(3), np.eye(3))
    for radii, hu, upto in (
        ((11, 9, 9), -55, 0),
        ((8.5, 6.5, 7), 22, 0),
        ((5, 4, 5), 42, HIGHEST_LUMBAR),
    ):
        for upper, (start, end) in zip(bodies, pairwise(points), strict=False):
            found = Rod(tuple(start), tuple(end), radii).depth(canvas, here)
            if found is None or upper.rank < upto:
                continue
            box, depth = found
            share = np.clip(depth / np.float32(canvas.grid.spacing_mm[2]) + 0.5, 0, 1)
            canvas.paint(box, np.asarray(share, np.float32), float(hu))
