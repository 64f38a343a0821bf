"""Every vertebra of a mask: measured, or the reason why not."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from components.imaging.body import Cloud, NoBody, cloud_of
from components.imaging.edges import agreed, centred, refined, seen
from components.imaging.fan import Voxels
from components.imaging.frame import Box, Floats, indices, shifted
from components.imaging.masks import Labels, number_of
from components.imaging.morphology import Shape, measured
from components.imaging.plates import THICK_MM, between_mm, fitted
from components.imaging.survey import Survey, survey
from components.imaging.volume import Volume
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

    def without_shape(self, reason: str) -> Self:
        """The same, not measured for *reason*; a reason of its own stays."""
        return replace(self, shape=None, unmeasured=self.unmeasured or reason)


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """The whole grid of the scan."""

    affine: Floats
    shape: tuple[int, int, int]

    def along(self, direction: Floats) -> float:
        """Extent of one voxel along a unit *direction* in LPS, mm."""
        return float(np.linalg.norm(self.affine[:3, :3].T @ direction))

    def touched_by(self, cloud: Cloud, part: NDArray[np.bool_]) -> bool:
        """Whether *part* of *cloud* lies in the first or last plane, row or column."""
        index = np.rint(indices(self.affine, cloud.lps_mm[part]))
        thin = np.array(cloud.thinned)
        return bool(np.any((index < thin) | (index >= np.array(self.shape) - thin)))


def vertebrae(
    labels: Labels, affine: Floats, whole: tuple[int, int, int], volume: Volume | None = None
) -> list[Vertebra]:
    """The vertebrae of *labels*, head to foot.

    Args:
        labels: On the grid of the scan.
        affine: Of the whole grid, (plane, row, column) to LPS mm.
        whole: Shape of the whole grid; what touches its edge is not measured.
        volume: The scan about the labels; without it the mask alone is measured.
    """
    own = shifted(affine, labels.box)
    parts = {
        level: labels.ids[_cut(box)] == number_of(level) for level, box in labels.boxes.items()
    }
    clouds = {level: cloud_of(part, own, labels.boxes[level]) for level, part in parts.items()}
    ups = _ups({level: cloud.lps_mm.mean(axis=0) for level, cloud in clouds.items()})
    surveys: dict[Level, Survey] = {}
    reasons = {level: "not one of T1 to L6" for level in parts if level not in REVIEWABLE}
    for level in parts.keys() - reasons.keys():
        mask = _padded(parts[level], own, labels.boxes[level])
        try:
            surveys[level] = survey(clouds[level], mask, ups[level])
        except NoBody as reason:
            reasons[level] = str(reason)
    if volume is not None:
        surveys = _sharpened(surveys, volume)
    grid = _Grid(affine, whole)
    return [
        _one(level, box, clouds[level], surveys.get(level) or reasons[level], grid)
        for level, box in labels.boxes.items()
    ]


def _cut(box: Box) -> tuple[slice, slice, slice]:
    (a, b), (c, d), (e, f) = box
    return slice(a, b), slice(c, d), slice(e, f)


def _padded(part: NDArray[np.bool_], affine: Floats, box: Box) -> Voxels:
    """*part*, which lies at *box* of the grid with *affine*, with one empty voxel about it."""
    (a, b), (c, d), (e, f) = box
    around = ((a - 1, b + 1), (c - 1, d + 1), (e - 1, f + 1))
    return Voxels(np.pad(part.view(np.uint8), 1), shifted(affine, around))


def _sharpened(surveys: dict[Level, Survey], volume: Volume) -> dict[Level, Survey]:
    """*surveys* with their end-plates placed between the slices."""
    hu = Voxels(volume.hu, volume.affine)
    shells = centred({level: seen(hu, found) for level, found in surveys.items()})
    surfaces = centred(
        {
            level: fitted(hu, found)
            for level, found in surveys.items()
            if between_mm(hu, found) >= THICK_MM
        }
    )
    return {
        level: refined(agreed(shell, surfaces[level]) if level in surfaces else shell)
        for level, shell in shells.items()
    }


def _one(level: Level, box: Box, cloud: Cloud, found: Survey | str, grid: _Grid) -> Vertebra:
    """One vertebra, from its survey or the reason why there is none."""
    middle: Floats = cloud.lps_mm.mean(axis=0)
    try:
        shape = (
            measured(found, grid.along(found.body.axes[0])) if isinstance(found, Survey) else None
        )
    except NoBody as reason:
        found, shape = str(reason), None
    if shape is None:
        cut = level in REVIEWABLE and grid.touched_by(cloud, np.ones(len(cloud.lps_mm), bool))
        return Vertebra(level, box, middle, None, CUT if cut else str(found))
    own = shape.body.own(cloud.lps_mm)
    near = np.hypot(own[:, 1], own[:, 2]) < _BODY_REACH * shape.body.radius_mm
    if grid.touched_by(cloud, near):
        return Vertebra(level, box, shape.body.centre, None, CUT)
    return Vertebra(level, box, shape.body.centre, shape, "")


def _ups(centres: dict[Level, Floats]) -> dict[Level, Floats]:
    """Direction to the head at each vertebra, from the centres above and below."""
    levels = list(centres)
    usual = _to_the_head(np.array(list(centres.values())))
    ups = {}
    for n, level in enumerate(levels):
        above = centres[levels[max(0, n - 1)]]
        below = centres[levels[min(len(levels) - 1, n + 1)]]
        way = above - below
        length = float(np.linalg.norm(way))
        steep = length > 5.0 and float(way @ usual) > 0.5 * length
        ups[level] = way / length if steep else usual
    return ups


def _to_the_head(centres: Floats) -> Floats:
    """The usual way from vertebra to vertebra; two or one say too little about it."""
    steps = -np.diff(centres, axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    ways = steps[lengths > 5.0] / lengths[lengths > 5.0, None]
    usual: Floats = np.median(ways, axis=0) if len(ways) >= 2 else np.zeros(3)
    length = float(np.linalg.norm(usual))
    return usual / length if length > 0.5 else np.array([0.0, 0.0, 1.0])
