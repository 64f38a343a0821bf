"""Pictures cut along the vertebrae: the straightened spine, and each body's own middle plane."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from components.imaging.body import Body
from components.imaging.frame import Box, Floats, points_lps, shifted
from components.imaging.masks import Labels, number_of
from components.imaging.pixels import Int16
from components.imaging.sampling import flat, hu_on, nearest_on
from components.imaging.straighten import (
    BEHIND_MM,
    Curve,
    UnusableCurve,
    curve_through,
    middle_column,
)
from components.imaging.vertebrae import Vertebra
from components.imaging.volume import Volume
from store.domain.spine import Level, craniocaudal

OWN_PIXEL_MM = 0.5
OWN_FRONT_MM, OWN_BEHIND_MM, OWN_HALF_MM = 35.0, 45.0, 45.0
"""What a body's own picture shows before, behind, and above or below its centre."""
_LEAST_MM2 = 4.0
_TOLERANCE_PX = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Where the vertebral bodies stand.

    Attributes:
        centres: LPS mm, by level.
        lefts: Their own directions to the left; empty where only centres are known.
        source: What they come from: "mask" or "centroids".
    """

    centres: Mapping[Level, Floats]
    lefts: Mapping[Level, Floats]
    source: str

    @classmethod
    def of(cls, bones: Sequence[Vertebra]) -> Self:
        """The bodies that were found among *bones*; the rest is left out.

        Of a vertebra without a measured body only the middle of its mask is known, which lies
        behind the body and would bend a curve.
        """
        found = {bone.level: bone.shape.body for bone in bones if bone.shape is not None}
        return cls(
            {level: body.centre for level, body in found.items()},
            {level: body.axes[2] for level, body in found.items()},
            "mask",
        )

    def curve(self, step_mm: float) -> Curve | None:
        """The curve along the bodies, or None where they make none."""
        levels = craniocaudal(frozenset(self.centres))
        centres = np.array([self.centres[level] for level in levels]).reshape(-1, 3)
        lefts = np.array([self.lefts[level] for level in levels]) if self.lefts else None
        try:
            return curve_through(centres, lefts, step_mm)
        except UnusableCurve:
            return None


def straight_levels(seen: Seen, curve: Curve, pixel_mm: float) -> list[dict[str, object]]:
    """Where the centre of each level lies on the straightened picture."""
    middle = middle_column(pixel_mm)
    levels = craniocaudal(frozenset(seen.centres))
    return [
        {"level": level.value, "row": round(float(row), 1), "column": middle}
        for level, row in zip(levels, curve.rows, strict=True)
    ]


def straight_outlines(
    curve: Curve, labels: Labels, affine: Floats, pixel_mm: float
) -> dict[str, dict[str, list[list[float]]]]:
    """Outlines on the straightened pictures, by level and picture; polygons in pixels.

    Args:
        curve: As the pictures were cut.
        labels: The mask.
        affine: Of the grid in which `labels.box` counts.
        pixel_mm: Side of a pixel.
    """
    own = shifted(affine, labels.box)
    cut = nearest_on(labels.ids, own, curve.surfaces(pixel_mm))
    # The stairs of the mask's voxels are no shape of the bone: half a voxel is evened out.
    tall, deep = (float(mm) / pixel_mm for mm in np.linalg.norm(affine[:3, 1:3], axis=0))
    blur = max(0.8, deep), max(0.8, tall)
    found: dict[str, dict[str, list[list[float]]]] = {}
    for level, box in labels.boxes.items():
        top, bottom = _rows(curve, own, box)
        planes = {
            str(place): polygons
            for place, picture in enumerate(cut)
            if (polygons := _polygons(picture[top:bottom] == number_of(level), pixel_mm, blur, top))
        }
        if planes:
            found[level.value] = planes
    return found


def _rows(curve: Curve, affine: Floats, box: Box) -> tuple[int, int]:
    """The rows of the straightened picture that may show what lies in *box*."""
    ends = np.array([[a, b, c] for a in box[0] for b in box[1] for c in box[2]], dtype=float)
    heights = points_lps(affine, ends)[:, 2]
    # Off the curve its rows lean: what hangs below a body may show some rows further.
    lean = np.abs(curve.up[:, 1]).max() * BEHIND_MM + np.abs(curve.up[:, 0]).max() * 10.0
    near = np.flatnonzero(
        (curve.points[:, 2] > heights.min() - lean) & (curve.points[:, 2] < heights.max() + lean)
    )
    return (int(near[0]), int(near[-1]) + 1) if len(near) else (0, 0)


def _polygons(
    inside: NDArray[np.bool_], pixel_mm: float, blur: tuple[float, float], first: int
) -> list[list[float]]:
    """Closed outlines of *inside*, whose top row is row *first*, evened by *blur*."""
    if not len(inside):
        return []
    x, y, width, height = cv2.boundingRect(inside.view(np.uint8))
    if not width:
        return []
    part = inside[y : y + height, x : x + width].view(np.uint8) * np.uint8(255)
    edge = 4
    framed = cv2.copyMakeBorder(part, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=0.0)
    double = cv2.resize(framed, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    smooth = cv2.GaussianBlur(double, (0, 0), sigmaX=blur[0], sigmaY=blur[1]) >= 127
    contours, _ = cv2.findContours(smooth.view(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    polygons = []
    for contour in contours:
        if cv2.contourArea(contour) * (pixel_mm / 2) ** 2 < _LEAST_MM2:
            continue
        simple = cv2.approxPolyDP(contour, _TOLERANCE_PX, True).reshape(-1, 2)
        pixels = (simple + 0.5) / 2 - 0.5 - edge + (x, y + first)
        polygons.append(np.round(pixels.ravel(), 1).tolist())
    return [polygon for polygon in polygons if len(polygon) >= 6]


def own_plane(body: Body, points: Floats, volume: Volume) -> tuple[dict[str, object], Int16]:
    """The middle plane of *body*, front left and head up, and where its six *points* lie on it.

    Returns:
        What the viewer must know, without the picture's place in the file; and the picture.
    """
    rows = round(2 * OWN_HALF_MM / OWN_PIXEL_MM) + 1
    columns = round((OWN_FRONT_MM + OWN_BEHIND_MM) / OWN_PIXEL_MM) + 1
    up, back, left = body.axes
    corner = body.centre + up * OWN_HALF_MM - back * OWN_FRONT_MM
    surface = flat(corner, -up * OWN_PIXEL_MM, back * OWN_PIXEL_MM, (rows, columns))
    centre = OWN_FRONT_MM / OWN_PIXEL_MM, OWN_HALF_MM / OWN_PIXEL_MM
    placed = body.own(points) / OWN_PIXEL_MM
    meta: dict[str, object] = {
        "rows": rows,
        "columns": columns,
        "mm_per_pixel": OWN_PIXEL_MM,
        "centre": list(centre),
        "points": [
            [round(float(centre[0] + b), 2), round(float(centre[1] - u), 2)] for u, b, _ in placed
        ],
        "lean_degrees": round(float(np.degrees(np.arcsin(np.clip(up[0], -1, 1)))), 1),
        "turn_degrees": round(float(np.degrees(np.arctan2(left[1], left[0]))), 1),
    }
    return meta, hu_on(volume.hu, volume.affine, [surface])[0]
