"""Outlines of a vertebra on the planes of a stack, as polygons in pixel coordinates."""

import cv2
import numpy as np

from components.imaging.frame import Box
from components.imaging.masks import Labelled
from components.imaging.sagittal import Layout

_FINE_MM = 0.5
_TOLERANCE_MM = 0.35
_LEAST_MM2 = 4.0
_HALF = 127
"""Half of a full voxel, of 255; two planes of which one is marked are half."""

Polygons = dict[str, list[list[float]]]


def outlines(
    ids: Labelled, origin: tuple[int, int, int], box: Box, number: int, layout: Layout
) -> Polygons:
    """Closed polygons by plane number, pixel centres at whole coordinates.

    Args:
        ids: Vertebra numbers.
        origin: Index in the scan's grid of the first voxel of *ids*.
        box: Where the vertebra lies in *ids*.
    """
    (_, _), (r0, _r1), (c0, _c1) = box
    fine = (
        max(1, round(layout.spacing_mm[1] / _FINE_MM)),
        max(1, round(layout.spacing_mm[2] / _FINE_MM)),
    )
    corner = origin[1] + r0, origin[2] + c0
    first = origin[0] + box[0][0]
    marked = (ids[_cut(box)] == number).view(np.uint8)
    found: Polygons = {}
    for plane, (low, high) in _planes(box, origin[0], layout):
        layers = marked[low - first : high - first]
        share = layers.sum(axis=0, dtype=np.uint8) * np.uint8(255 // len(layers))
        polygons = _polygons(share, corner, fine, layout)
        if polygons:
            found[str(plane)] = polygons
    return found


def _cut(box: Box) -> tuple[slice, slice, slice]:
    (a, b), (c, d), (e, f) = box
    return slice(a, b), slice(c, d), slice(e, f)


def _planes(box: Box, first: int, layout: Layout) -> list[tuple[int, tuple[int, int]]]:
    """Planes of the stack that the vertebra reaches, with their voxel planes inside the box."""
    low, high = box[0][0] + first, box[0][1] + first
    found = []
    for plane in range(layout.planes):
        start = layout.box[0][0] + plane * layout.merged
        a, b = max(low, start), min(high, start + layout.merged)
        # A plane merged of several voxels counts only those the mask's array holds.
        if b > a and 2 * (b - a) >= layout.merged:
            found.append((plane, (a, b)))
    return found


def _polygons(
    share: Labelled,
    corner: tuple[int, int],
    fine: tuple[int, int],
    layout: Layout,
) -> list[list[float]]:
    # A plane beside the body shows little of the vertebra's box.
    x, y, width, height = cv2.boundingRect(share)
    if not width:
        return []
    part = share[y : y + height, x : x + width]
    framed = cv2.copyMakeBorder(part, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0.0)
    size = framed.shape[1] * fine[1], framed.shape[0] * fine[0]
    smooth = cv2.resize(framed, size, interpolation=cv2.INTER_LINEAR)
    inside = (np.asarray(smooth) >= _HALF).view(np.uint8)
    contours, _ = cv2.findContours(inside, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    grain = layout.spacing_mm[1] / fine[0], layout.spacing_mm[2] / fine[1]
    polygons = []
    for contour in contours:
        if cv2.contourArea(contour) * grain[0] * grain[1] < _LEAST_MM2:
            continue
        simple = cv2.approxPolyDP(contour, _TOLERANCE_MM / min(grain), True).reshape(-1, 2)
        column = (simple[:, 0] + 0.5) / fine[1] - 1.5 + (corner[1] + x)
        row = (simple[:, 1] + 0.5) / fine[0] - 1.5 + (corner[0] + y)
        pixels = layout.pixels(np.stack([column, row], axis=1))
        polygons.append(np.round(pixels.ravel(), 1).tolist())
    return [polygon for polygon in polygons if len(polygon) >= 6]
