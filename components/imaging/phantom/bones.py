"""Painting one vertebra: body, arch and processes, the disc below it, and its mask."""

import numpy as np
from numpy.typing import NDArray

from components.imaging.phantom.bodies import Array, Body
from components.imaging.phantom.grid import Canvas, Rod
from components.imaging.phantom.plan import Mimic, Spine
from components.imaging.phantom.shapes import carved, haemangioma
from components.imaging.phantom.sizes import HIGHEST_LUMBAR, HIGHEST_SACRAL

CORTEX_HU = 620.0
"""Of a full voxel of shell; thick slices show less of it."""
_SHELL_MM = 0.85
_ARCH_HU = 230.0
_ARCH_SHELL_HU = 560.0
_ARCH_SHELL_MM = 1.3
_DISC_HU = 88.0
_BLOCK_HU = 420.0
_CEMENT_HU = 1900.0
_BANDED_HU = 110.0
"""How much denser the compacted band under a broken end-plate is."""


def draw_disc(canvas: Canvas, spine: Spine, upper: Body, lower: Body) -> None:
    """Fill what lies between two bodies with disc, or with bone where they are one block."""
    half = (upper.width_mm + 4) / 2, (upper.depth_mm + 4) / 2
    _, bottom = upper.middle_mm
    low = (-half[0], -half[1], bottom - 24.0)
    box = canvas.grid.box(upper.frame, low, (half[0], half[1], bottom + 8.0))
    if box is None:
        return
    x, y, z = canvas.grid.own(upper.frame, box)
    x2, y2, z2 = canvas.grid.own(lower.frame, box)
    # A little overlap: the bone is painted over it, so no gap of flesh shows between.
    below_upper = upper.edges(x, y)[1] + 0.8 - z
    above_lower = z2 - lower.edges(x2, y2)[0] + 0.8
    rim = np.minimum(_rim(x, y, upper), _rim(x2, y2, lower) + 1.0)
    depth = np.minimum(np.minimum(below_upper, above_lower), rim)
    share = np.clip(depth / np.float32(canvas.grid.spacing_mm[2]) + 0.5, 0, 1)
    ring = np.exp(-((rim / 5) ** 2)) * 22
    hu = _BLOCK_HU if upper.level in spine.fused else _DISC_HU + ring
    canvas.paint(box, np.asarray(share, np.float32), np.asarray(hu, np.float32))


def draw_vertebra(canvas: Canvas, spine: Spine, body: Body, texture: Array) -> None:
    """Paint arch and body and mark both as one vertebra."""
    rods = (*arch(body), *(_beaks(body) if body.mimic is Mimic.OSTEOPHYTES else ()))
    placed = [found for rod in rods if (found := rod.depth(canvas, body.frame))]
    # All shells before all marrow, so that no shell shows where two rods join.
    for box, depth in placed:
        canvas.paint(box, _share(canvas, depth), _ARCH_SHELL_HU)
        canvas.mark(box, depth > 0, body.label)
    for box, depth in placed:
        canvas.paint(box, _share(canvas, depth - _ARCH_SHELL_MM), _ARCH_HU)
    _draw_body(canvas, spine, body, texture)


def _share(canvas: Canvas, depth: Array) -> Array:
    voxel = np.float32(np.mean((canvas.grid.thick_mm, *canvas.grid.spacing_mm[1:])))
    return np.asarray(np.clip(depth / voxel + 0.5, 0, 1), np.float32)


def _rim(x: Array, y: Array, body: Body, waist: Array | float = 1.0) -> Array:
    """Depth in mm under the side wall; the back wall is hollowed for the canal."""
    across = x / np.float32(body.width_mm / 2)
    behind = y + 2.2 * across * across * (y < 0)
    along = behind / np.float32(body.depth_mm / 2)
    radius = (np.abs(across) ** 2.5 + np.abs(along) ** 2.5) ** np.float32(0.4)
    return np.asarray((waist - radius) * np.float32(body.depth_mm / 2), np.float32)


def _draw_body(canvas: Canvas, spine: Spine, body: Body, texture: Array) -> None:
    half = body.width_mm / 2 + 2, body.depth_mm / 2 + 3
    tall = max(body.intact.three) / 2 + 2
    box = canvas.grid.box(body.frame, (-half[0], -half[1], -tall), (half[0], half[1], tall))
    if box is None:
        return
    x, y, z = canvas.grid.own(body.frame, box)
    top, bottom = carved(body, x, y, *body.edges(x, y))
    plate = np.minimum(top - z, z - bottom)
    middle = (2 * z - top - bottom) / np.maximum(top - bottom, 1)
    waist = 1 - np.float32(0.07) * (1 - np.clip(middle, -1, 1) ** 2)
    if body.rank <= HIGHEST_SACRAL:
        waist = waist * (0.9 + np.float32(0.1) * np.clip(middle, -1, 1))
    wall = _rim(x, y, body, waist)
    voxel_up = canvas.grid.voxel_mm(body.frame.axes[2])
    voxel_side = canvas.grid.voxel_mm(body.frame.axes[1])
    share = np.clip(np.minimum(plate / voxel_up, wall / voxel_side) + 0.5, 0, 1)
    shell = np.maximum(_shell(plate, voxel_up), _shell(wall, voxel_side) * 0.8)
    marrow = _marrow(spine, body, (x, y, z), top - z, texture)
    hu = marrow + (CORTEX_HU - marrow) * shell
    canvas.paint(box, np.asarray(share, np.float32), np.asarray(hu, np.float32))
    canvas.mark_body(box, (plate > 0) & (wall > 0), body.label)


def _shell(depth: Array, voxel_mm: float) -> Array:
    """Share of shell in a voxel at *depth* mm: a thin plate, smeared by a thick voxel."""
    seen = np.hypot(_SHELL_MM, 0.58 * voxel_mm)
    return np.asarray(
        np.exp(-(((depth - 0.3) / seen) ** 2)) * (_SHELL_MM / seen) ** 0.8, np.float32
    )


def _marrow(
    spine: Spine, body: Body, own: tuple[Array, Array, Array], under: Array, texture: Array
) -> Array:
    x, y, z = own
    size = texture.shape[0]
    at = tuple(np.mod(np.rint(c * 1.0).astype(np.int16), size) for c in own)
    hu = spine.marrow_hu + texture[at] * (0.16 * spine.marrow_hu + 6)
    # The vein leaves through the middle of the back wall.
    vein = np.exp(-((x / 4) ** 2 + (z / 2.2) ** 2)) * np.clip(-y / body.depth_mm * 2, 0, 1)
    hu = hu - 0.6 * spine.marrow_hu * vein
    if body.level in spine.fractures:
        hu = hu + _BANDED_HU * np.exp(-(((under - 3.0) / 3.0) ** 2))
    if body.mimic is Mimic.HAEMANGIOMA:
        hu = haemangioma(x, y)
    if body.mimic is Mimic.CEMENT:
        blob = (x / 11) ** 2 + ((y - 1) / 9) ** 2 + (z / 5) ** 2 + 0.5 * texture[at]
        hu = np.where(blob < 1, _CEMENT_HU, hu)
    return np.asarray(hu, np.float32)


def arch(body: Body) -> tuple[Rod, ...]:
    """Pedicles, laminae, joints and processes of one vertebra."""
    w, back, h = body.width_mm / 2, -body.depth_mm / 2, body.intact.posterior_mm
    if body.rank <= HIGHEST_SACRAL:
        return _sacral(w, back, h)
    lumbar = body.rank <= HIGHEST_LUMBAR
    px = w * (0.62 if lumbar else 0.55)
    deep = back - (21.0 if lumbar else 19.0)
    rods = [_spinous(body, deep, lumbar)]
    for side in (-1.0, 1.0):
        corner = (side * px * 0.98, back - 11.0, h * 0.10)
        rods += [
            Rod((side * px, back + 4, h * 0.20), corner, (3.6 if lumbar else 2.8, 5, h * 0.24)),
            Rod(
                (side * px * 0.8, back - 14, -h * 0.12), (0.0, deep - 1, -h * 0.28), (3, 3, h * 0.3)
            ),
            Rod((side * px, back - 13, h * 0.1), (side * px, back - 12.5, h * 0.55), (4.2, 2.6, 4)),
            Rod(
                (side * px * 0.8, back - 15, -h * 0.2),
                (side * px * 0.72, back - 17, -h * 0.72),
                (4, 2.8, 4),
            ),
            _transverse(side, px, back, h, lumbar),
        ]
    return tuple(rods)


def _spinous(body: Body, deep: float, lumbar: bool) -> Rod:
    h = body.intact.posterior_mm
    if lumbar:
        return Rod((0, deep - 3, -h * 0.38), (0, deep - 21, -h * 0.48), (2.8, 4.5, h * 0.33))
    # Steepest in the middle of the chest, level again at both ends of it.
    steep = 1.0 - min(1.0, abs(body.rank - 37) / 6.0)
    fall = h * (0.55 + 0.9 * steep)
    return Rod(
        (0, deep - 2, -h * 0.30), (0, deep - 22 + 8 * steep, -h * 0.3 - fall), (2.5, 3.4, 4.6)
    )


def _transverse(side: float, px: float, back: float, h: float, lumbar: bool) -> Rod:
    start = (side * px, back - 11.0, h * 0.08)
    if lumbar:
        return Rod(start, (side * (px + 24), back - 13.0, h * 0.12), (3, 2.6, 4.5))
    return Rod(start, (side * (px + 17), back - 20.0, h * 0.2), (3, 3.4, 4.4))


def _sacral(w: float, back: float, h: float) -> tuple[Rod, ...]:
    rods = [Rod((0, back - 16, -h * 0.2), (0, back - 20, -h * 0.6), (3, 4, 7))]
    for side in (-1.0, 1.0):
        rods += [
            Rod((side * w * 0.8, 0, 0), (side * (w + 18), back * 0.9, -h * 0.2), (9, 11, h * 0.42)),
            Rod((side * w * 0.7, back - 2, 0), (side * 3, back - 17, -h * 0.3), (4, 4, h * 0.35)),
        ]
    return tuple(rods)


def _beaks(body: Body) -> tuple[Rod, ...]:
    front, h = body.depth_mm / 2, body.heights.anterior_mm / 2
    return tuple(
        Rod((x, front - 3, end * (h - 2.2)), (x * 1.1, front + 4.0, end * (h + 0.5)), (7, 2.6, 2.0))
        for end in (-1.0, 1.0)
        for x in (-8.0, 3.0)
    )


def canal_points(bodies: tuple[Body, ...]) -> NDArray[np.float64]:
    """LPS centre of the canal behind each body."""
    behind = [np.array([0.0, -b.depth_mm / 2 - 8.5, 0.0]) for b in bodies]
    return np.stack([b.frame.world(p) for b, p in zip(bodies, behind, strict=True)])
