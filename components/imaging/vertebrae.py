"""Every vertebra of a mask: measured, or the reason why not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.imaging.body import Cloud, NoBody, cloud_of
from components.imaging.frame import Box, Floats, indices, shifted
from components.imaging.masks import Labels, number_of
from components.imaging.morphology import Shape, measure
from store.domain.spine import REVIEWABLE, Level

CUT = "cut by the edge of the scan"
_BODY_REACH = 1.3
"""What lies this many radii off the middle of a body is arch or process, which may be cut."""


@dataclass(frozen=True, slots=True, eq=False)
class Vertebra:
    """One vertebra of the mask.

    Attributes:
        centre: Of its body where that is known, else of its mask; LPS mm.
        shape: None where it was not measured.
        unmeasured: Why not; empty otherwise.
    """

    level: Level
    box: Box
    centre: Floats
    shape: Shape | None
    unmeasured: str


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """The whole grid of the scan."""

    affine: Floats
    shape: tuple[int, int, int]

    def touched_by(self, cloud: Cloud, part: NDArray[np.bool_]) -> bool:
        """Whether *part* of *cloud* lies in the first or last plane, row or column."""
        index = np.rint(indices(self.affine, cloud.lps_mm[part]))
        thin = np.array(cloud.thinned)
        return bool(np.any((index < thin) | (index >= np.array(self.shape) - thin)))


def vertebrae(labels: Labels, affine: Floats, whole: tuple[int, int, int]) -> list[Vertebra]:
    """The vertebrae of *labels*, head to foot.

    Args:
        labels: On the grid of the scan.
        affine: Of the whole grid, (plane, row, column) to LPS mm.
        whole: Shape of the whole grid; what touches its edge is not measured.
    """
    own = shifted(affine, labels.box)
    clouds = {
        level: cloud_of(labels.ids[_cut(box)] == number_of(level), own, box)
        for level, box in labels.boxes.items()
    }
    centres = {level: cloud.lps_mm.mean(axis=0) for level, cloud in clouds.items()}
    ups = _ups(centres)
    return [
        _one(level, labels, clouds[level], ups[level], _Grid(affine, whole))
        for level in labels.boxes
    ]


def _cut(box: Box) -> tuple[slice, slice, slice]:
    (a, b), (c, d), (e, f) = box
    return slice(a, b), slice(c, d), slice(e, f)


def _one(level: Level, labels: Labels, cloud: Cloud, up: Floats, grid: _Grid) -> Vertebra:
    box = labels.boxes[level]
    middle: Floats = cloud.lps_mm.mean(axis=0)
    if level not in REVIEWABLE:
        return Vertebra(level, box, middle, None, "not one of T1 to L6")
    try:
        shape = measure(cloud, up)
    except NoBody as reason:
        why = CUT if grid.touched_by(cloud, np.ones(len(cloud.lps_mm), bool)) else str(reason)
        return Vertebra(level, box, middle, None, why)
    own = shape.body.own(cloud.lps_mm)
    near = np.hypot(own[:, 1], own[:, 2]) < _BODY_REACH * shape.body.radius_mm
    if grid.touched_by(cloud, near):
        return Vertebra(level, box, shape.body.centre, None, CUT)
    return Vertebra(level, box, shape.body.centre, shape, "")


def _ups(centres: dict[Level, Floats]) -> dict[Level, Floats]:
    """Direction to the head at each vertebra, from the centres above and below."""
    levels = list(centres)
    ups = {}
    for n, level in enumerate(levels):
        above = centres[levels[max(0, n - 1)]]
        below = centres[levels[min(len(levels) - 1, n + 1)]]
        way = above - below
        length = float(np.linalg.norm(way))
        steep = length > 5.0 and way[2] > 0.5 * length
        ups[level] = way / length if steep else np.array([0.0, 0.0, 1.0])
    return ups
