"""Where an end-plate lies between two slices, read from the bright shell of the bone.

A mask ends with a whole voxel: where an end-plate lies level with thick slices, its edge is up
to half a slice off over the whole of the end-plate. The scan shows the same edge as a fall from
the bright shell to the dark disc, and the fall is placed between the slices.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from components.imaging.fan import Samples, Voxels
from components.imaging.frame import Floats
from components.imaging.survey import Survey
from store.domain.spine import Level

LEAST_CONTRAST_HU = 50.0
"""Between shell and disc; where there is less the edge is not seen and the mask is kept."""
FARTHEST_MM, FARTHEST_VOXELS = 1.0, 0.75
"""No edge is moved further from the mask than the larger of the two."""
_STEP_MM = 0.5
_OUTWARD = np.arange(-3.5, 5.5, _STEP_MM)
"""Where the scan is read, mm outside the edge of the mask."""
_SHELL = (_OUTWARD >= -3.0) & (_OUTWARD <= 1.5)
_DISC_MM = 4.0
"""How far outside the shell the disc is looked for; a neighbour may follow."""
_FALLEN = 0.4
"""Share of the fall's height that marks the edge. Less than a half, because at a half it clings
to the middle between two slices; `centred` makes good for the choice."""
_INNER = (0.15, 0.85)
_LEAST_SEEN = 30


@dataclass(frozen=True, slots=True, eq=False)
class Plates:
    """The end-plates of a survey in the scan.

    Attributes:
        survey: What the mask shows.
        outward: 2 x lanes x strips, how far outside the mask's edge the shell ends, mm, for
            top and bottom; NaN where it is not seen.
        farthest_mm: How far an edge may be moved.
    """

    survey: Survey
    outward: Floats
    farthest_mm: float


def seen(hu: Voxels, survey: Survey) -> Plates:
    """The end-plates of *survey* in *hu*."""
    within = (survey.share > 0) & (survey.share < 1)
    used = within.any(axis=0)
    inside = within[:, used]
    outward = np.full((2, *within.shape), np.nan)
    for place, way in enumerate((1.0, -1.0)):
        edge = (survey.top, survey.bottom)[place][:, used]
        start = _evened(edge)
        up = (start[..., None] + way * _OUTWARD).astype(np.float32)
        read = hu.at(survey.body, up, survey.back[used, None], survey.left[:, None, None])
        outward[place][:, used] = _shell_end(_blurred(read, inside), inside) + way * (start - edge)
    return Plates(survey, outward, farthest_mm(hu, survey))


def farthest_mm(hu: Voxels, survey: Survey) -> float:
    """How far an edge of the mask may be moved."""
    return max(FARTHEST_MM, FARTHEST_VOXELS * hu.along(survey.body.axes[0]))


def centred(plates: Mapping[Level, Plates]) -> dict[Level, Plates]:
    """*plates* moved together until they lie outside the masks' edges no more than inside.

    A mask is right on average, by its own idea of where a vertebra ends; the shell shows where
    that lies between two slices. So the blur of the scan need not be known.
    """
    means = []
    for one in plates.values():
        kept = (one.survey.share > _INNER[0]) & (one.survey.share < _INNER[1])
        for side in one.outward:
            found = side[kept & np.isfinite(side)]
            if len(found) >= _LEAST_SEEN:
                means.append(float(np.mean(found)))
    middle = float(np.mean(means)) if means else 0.0
    return {level: replace(one, outward=one.outward - middle) for level, one in plates.items()}


def agreed(one: Plates, other: Plates) -> Plates:
    """The mean of two ways of seeing; where only one sees, the mask speaks for the other."""
    both = np.stack([one.outward, other.outward])
    mean = np.nan_to_num(both).mean(axis=0)
    return replace(one, outward=np.where(np.isfinite(both).any(axis=0), mean, np.nan))


def refined(plates: Plates) -> Survey:
    """The survey with its edges where the scan shows them.

    An edge that is not seen, or lies too far from the mask to be the same, stays.
    """
    known = np.abs(np.nan_to_num(plates.outward, nan=np.inf)) <= plates.farthest_mm
    top, bottom = np.where(known, plates.outward, 0.0)
    old = plates.survey
    return replace(old, top=old.top + top, bottom=old.bottom - bottom)


def _evened(edge: Floats) -> Floats:
    """Mean of *edge* over 3 lanes and 5 strips; 0 where it is not known."""
    known = np.isfinite(edge)
    total = _sums(np.where(known, edge, 0.0), 1, 2)
    count = _sums(known.astype(np.float64), 1, 2)
    return np.where(known, total / np.maximum(count, 1), 0.0)


def _blurred(read: Samples, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean over 3 lanes and 3 strips, of those *inside* the walls."""
    weight = inside[..., None].astype(np.float64)
    return _sums(read * weight, 1, 1) / np.maximum(_sums(weight, 1, 1), 1)


def _sums(values: NDArray[np.float64], lanes: int, strips: int) -> NDArray[np.float64]:
    """Sum over so many neighbours on either side, along the first two axes."""
    rows, columns = values.shape[:2]
    wide = np.zeros((rows + 2 * lanes, columns + 2 * strips, *values.shape[2:]))
    wide[lanes : lanes + rows, strips : strips + columns] = values
    some = wide[:rows].copy()
    for n in range(1, 2 * lanes + 1):
        some += wide[n : n + rows]
    total = some[:, :columns].copy()
    for n in range(1, 2 * strips + 1):
        total += some[:, n : n + columns]
    return total


def _shell_end(read: NDArray[np.float64], inside: NDArray[np.bool_]) -> Floats:
    """Where each row of *read* falls from the shell to the disc; NaN where it does not.

    The level that marks the fall is common to the whole end-plate: between two slices the
    shell looks dimmer than it is.
    """
    first = int(np.flatnonzero(_SHELL)[0])
    peak = read[..., _SHELL].argmax(axis=2) + first
    high = np.take_along_axis(read, peak[..., None], 2)
    place = np.arange(len(_OUTWARD))
    beyond = (place > peak[..., None]) & (place <= peak[..., None] + _DISC_MM / _STEP_MM)
    low = np.where(beyond, read, np.inf).min(axis=2, keepdims=True)
    disc = float(np.median(low[inside]))
    level = disc + _FALLEN * (float(np.percentile(high[inside], 75)) - disc)
    fallen = beyond & (read < level)
    under = fallen.argmax(axis=2)[..., None]
    outer = np.take_along_axis(read, under, 2)
    inner = np.take_along_axis(read, np.maximum(under - 1, 0), 2)
    share = np.clip((level - outer) / np.maximum(inner - outer, 1e-3), 0, 1)[..., 0]
    found = _OUTWARD[under[..., 0]] - _STEP_MM * share
    # Brightest where the search starts: a denser inside, cement or metal, but no shell.
    good = (peak > first) & ((high - low)[..., 0] >= LEAST_CONTRAST_HU)
    good &= (high[..., 0] > level) & fallen.any(axis=2)
    return np.where(good, found, np.nan)
