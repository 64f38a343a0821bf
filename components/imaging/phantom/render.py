"""From a plan to voxels, a mask and the true heights."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from components.imaging.phantom.bodies import Body, Frame, stand
from components.imaging.phantom.bones import canal_points, draw_disc, draw_vertebra
from components.imaging.phantom.flesh import draw_slice, trunk
from components.imaging.phantom.grid import Canvas, Grid, Rod
from components.imaging.phantom.noise import STANDARD, Kernel, finish, texture
from components.imaging.phantom.plan import Spine
from store.domain.morphometry import Heights
from store.domain.spine import Level

MARGIN_MM = 11.0
"""How far the scan reaches beyond the outermost covered bodies."""


@dataclass(frozen=True, slots=True, eq=False)
class PhantomScan:
    """One rendered phantom.

    Attributes:
        voxels: HU, int16 (slice, row, column); slice 0 lies towards the feet.
        affine: 4 x 4, from (slice, row, column, 1) to LPS mm.
        labels: Whole vertebrae, uint8, numbered as TotalSegmentator v2 does.
        truth: Built heights of every covered vertebra from T1 to L5: distance of the end-plates
            along the body's own axis at its front edge, middle and back edge, in the middle
            plane of that body.
    """

    voxels: NDArray[np.int16]
    affine: NDArray[np.float64]
    labels: NDArray[np.uint8]
    truth: dict[Level, Heights]

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Between slices, between rows, between columns."""
        a, b, c = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(a), float(b), float(c)


def render(
    spine: Spine,
    *,
    spacing_mm: tuple[float, float, float] = (2.5, 0.9, 0.9),
    size: int = 320,
    kernel: Kernel = STANDARD,
    noise_hu: float = 18.0,
    stout: float = 1.0,
) -> PhantomScan:
    """Voxels, mask and true heights of *spine*, *size* rows and columns; a seed gives one result.

    A voxel belongs to the mask when its centre lies inside the bone.
    """
    rng = np.random.default_rng([spine.seed, 11])
    bodies = stand(spine)
    around = trunk(spine, bodies, stout)
    grid = _grid(spine, bodies, spacing_mm, size, around.back_mm)
    voxels = np.empty(grid.shape, np.int16)
    for picture, z in zip(voxels, grid.axis_mm(0), strict=True):
        draw_slice(grid, picture, around, float(z))
    canvas = Canvas(grid, voxels, np.zeros(grid.shape, np.uint8))
    _draw_spine(canvas, spine, bodies, texture(rng))
    finish(voxels, spacing_mm, kernel, noise_hu, rng)
    truth: dict[Level, Heights] = {
        level: spine.heights(level) for level in spine.levels if level != Level.S1
    }
    return PhantomScan(voxels, grid.affine, canvas.labels, truth)


def _draw_spine(
    canvas: Canvas, spine: Spine, bodies: tuple[Body, ...], grain: NDArray[np.float32]
) -> None:
    _draw_canal(canvas, bodies)
    for upper, lower in pairwise(bodies):
        draw_disc(canvas, upper, lower)
    for body in bodies:
        draw_vertebra(canvas, spine, body, grain)


def _draw_canal(canvas: Canvas, bodies: tuple[Body, ...]) -> None:
    """Fat, the sac and the cord, from body to body."""
    points = canal_points(bodies)
    here = Frame(np.zeros(3), np.eye(3))
    for radii, hu, upto in (((11, 9, 9), -55, 0), ((8.5, 6.5, 7), 22, 0), ((5, 4, 5), 42, 31)):
        for upper, (start, end) in zip(bodies, pairwise(points), strict=False):
            found = Rod(tuple(start), tuple(end), radii).depth(canvas, here)
            if found is None or upper.label < upto:
                continue
            box, depth = found
            share = np.clip(depth / np.float32(canvas.grid.spacing_mm[2]) + 0.5, 0, 1)
            canvas.paint(box, np.asarray(share, np.float32), float(hu))


def _grid(
    spine: Spine,
    bodies: tuple[Body, ...],
    spacing_mm: tuple[float, float, float],
    size: int,
    back_mm: float,
) -> Grid:
    covered = [body for body in bodies if body.level in spine.levels]
    ends = np.concatenate([_corners(body) for body in covered])
    low, high = ends[:, 2].min() - MARGIN_MM, ends[:, 2].max() + MARGIN_MM
    slices = int(np.ceil((high - low) / spacing_mm[0])) + 1
    x = float(np.mean([body.frame.origin[0] for body in covered])) - (size - 1) / 2 * spacing_mm[2]
    # The table shows behind the back; what does not fit in front is cut, as by a small field.
    y = back_mm + 26.0 - (size - 1) * spacing_mm[1]
    return Grid((slices, size, size), spacing_mm, (round(x, 3), round(y, 3), round(float(low), 3)))


def _corners(body: Body) -> NDArray[np.float64]:
    half = body.depth_mm / 2
    tall = max(body.heights.three) / 2
    return body.frame.world(np.array([(0.0, y, z) for y in (-half, half) for z in (-tall, tall)]))
