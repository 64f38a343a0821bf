"""End-plates on thick slices: smooth surfaces fitted to the voxels through the slices' own blur.

Where slices are thick, the bright shell of an end-plate fills one slice or shares two, and no
single column of voxels tells where in the slice it lies. The whole end-plate does: it bends and
leans, and where it passes from one slice into the next is seen. So one surface is sought whose
blurred picture is that of the scan.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from components.imaging.edges import LEAST_CONTRAST_HU, Plates, farthest_mm
from components.imaging.fan import Samples, Voxels
from components.imaging.frame import Floats
from components.imaging.survey import BAND_MM, Survey

THICK_MM = 1.4
"""From this distance between slices on, along the body, surfaces are fitted."""
_BLUR_MM = 0.8
"""One standard deviation of what blurs a shell besides the slice: its own thickness, the kernel."""
_INWARD_MM, _OUTWARD_MM = 4.0, 1.0
"""How far the voxels are looked at, besides half a slice; outside a neighbour may follow."""
_INNER = (0.02, 0.98)
_EVERY = 2
"""Every so many strips are read; they lie closer than slices do."""
_LEAST_COLUMNS = 40
_ROUNDS = 8
_ENOUGH_MM = 0.02
_STIFF = np.array([1e-3, 1e-3, 1e-3, 20.0, 20.0, 1e-3, 10.0, 10.0])
"""How many strips of the mask must ask for each term: it ends in steps, which are no bends."""
_LOOSE = np.array([0.5, 0.5, 0.5, 0.2, 0.2, 0.5, 0.5, 0.5])
"""How far each term may stray from the mask's, as a share of the distance between slices."""
_MARROW_HU, _SHELL = 40.0, 600.0
"""What marrow is brighter than disc, and HU times mm of the shell, to begin with."""
_SURE = np.array([40.0, 80.0, 1500.0]) ** -2.0
_LEAST_SCATTER_HU = 8.0
_GAP_MM = 0.05
_TABLE = np.arange(-16.0, 16.0, _GAP_MM)


@dataclass(frozen=True, slots=True, eq=False)
class _Blurred:
    """A thin line and a step, blurred by a slice and the rest, on the places of `_TABLE`."""

    line: Floats
    slope: Floats
    step: Floats

    def at(self, outward: Floats) -> tuple[Floats, Floats, Floats]:
        """Line, its slope and the step (1 inside), so many mm *outward* of the surface."""
        place = np.clip((outward - _TABLE[0]) / _GAP_MM, 0, len(_TABLE) - 1).astype(np.int32)
        return self.line[place], self.slope[place], self.step[place]


@lru_cache(maxsize=64)
def _blurred(wide: int) -> _Blurred:
    """For slices *wide* tenths of a millimetre thick along the body."""
    bell = np.exp(-((_TABLE / _BLUR_MM) ** 2) / 2)
    box = np.clip((wide / 20 - np.abs(_TABLE)) / _GAP_MM + 0.5, 0, 1)
    line = np.convolve(bell, box, "same")
    line /= line.sum() * _GAP_MM
    return _Blurred(line, np.gradient(line, _GAP_MM), 1 - np.cumsum(line) * _GAP_MM)


def between_mm(hu: Voxels, survey: Survey) -> float:
    """Distance along the body from layer to layer of the grid's axis that is nearest to it."""
    return float(1 / np.abs(_rises(hu, survey)[0]))


def fitted(hu: Voxels, survey: Survey) -> Plates:
    """The end-plates of *survey* as smooth surfaces in *hu*, within the walls of the body."""
    outward = np.full((2, *survey.share.shape), np.nan)
    inside = (survey.share > 0) & (survey.share < 1)
    for place, way in enumerate((1.0, -1.0)):
        edge = (survey.top, survey.bottom)[place]
        surface = _surface(hu, survey, edge, way)
        if surface is not None:
            outward[place] = np.where(inside, way * (surface - edge), np.nan)
    return Plates(survey, outward, farthest_mm(hu, survey))


def _rises(hu: Voxels, survey: Survey) -> Floats:
    """Layers of the grid per mm up, back and left along the body's axes."""
    units = hu.affine[:3, :3] / np.linalg.norm(hu.affine[:3, :3], axis=0)
    axis = int(np.abs(units.T @ survey.body.axes[0]).argmax())
    return np.asarray(np.linalg.inv(hu.affine[:3, :3])[axis] @ survey.body.axes.T)


def _terms(share: Floats, left: Floats) -> Floats:
    """What a surface is made of: a fourth power along the body, a second across it."""
    x, y = 2 * share - 1, left / BAND_MM
    return np.stack([np.ones_like(x), x, x**2, x**3, x**4, y, y**2, x * y], axis=-1)


def _surface(hu: Voxels, survey: Survey, edge: Floats, way: float) -> Floats | None:
    """One end-plate, lanes x strips, mm up; None where it is not seen."""
    share = survey.share
    left = np.broadcast_to(np.asarray(survey.left, np.float64)[:, None], share.shape)
    kept = (share > _INNER[0]) & (share < _INNER[1]) & np.isfinite(edge)
    kept[:, 1::_EVERY] = False
    if np.count_nonzero(kept) < _LEAST_COLUMNS:
        return None
    terms = _terms(share[kept], left[kept])
    first = _smooth(terms, edge[kept])
    up, read = _read(hu, survey, kept, terms @ first, way)
    picture = _blurred(round(between_mm(hu, survey) * 10))
    found = _sought(up, read, terms, first, way, picture)
    return None if found is None else _terms(share, left) @ found


def _smooth(terms: Floats, up: Floats) -> Floats:
    """The surface through the edges of the mask, strips far off it counting less."""
    trust = np.ones(len(up))
    found: Floats = np.zeros(terms.shape[1])
    for _ in range(3):
        weighted = terms * trust[:, None]
        found = np.asarray(np.linalg.solve(weighted.T @ terms + np.diag(_STIFF), weighted.T @ up))
        off = np.abs(up - terms @ found)
        trust = 1 / (1 + (off / (3 * np.median(off) + 0.2)) ** 2)
    return found


def _read(
    hu: Voxels, survey: Survey, kept: NDArray[np.bool_], start: Floats, way: float
) -> tuple[Floats, Samples]:
    """Columns x layers: where the *kept* columns cross layers about *start*, mm up, and the HU."""
    rises = _rises(hu, survey)
    lanes, strips = np.nonzero(kept)
    back, left = survey.back[strips], survey.left[lanes]
    units = hu.affine[:3, :3] / np.linalg.norm(hu.affine[:3, :3], axis=0)
    axis = int(np.abs(units.T @ survey.body.axes[0]).argmax())
    inverse = np.linalg.inv(hu.affine)
    flat = inverse[axis, :3] @ survey.body.centre + inverse[axis, 3]
    flat = flat + rises[1] * back + rises[2] * left
    between = 1 / abs(rises[0])
    low = start - (_INWARD_MM if way > 0 else _OUTWARD_MM) - between / 2
    layers = int(np.ceil((_INWARD_MM + _OUTWARD_MM) / between)) + 2
    # The first layer above the lower end of what is looked at, then one after the other.
    sign = float(np.sign(rises[0]))
    number = sign * np.ceil(sign * (flat + rises[0] * low))
    up = (number[:, None] + sign * np.arange(layers) - flat[:, None]) / rises[0]
    return up, hu.at(survey.body, up, back[:, None], left[:, None])


def _sought(
    up: Floats, read: Samples, terms: Floats, first: Floats, way: float, picture: _Blurred
) -> Floats | None:
    """The surface, as coefficients of *terms*, whose blurred picture is nearest to *read*.

    Disc, marrow and shell are sought with it, by Gauss's and Newton's steps; voxels far off
    the picture (a calcified disc, metal, a vessel) count less.
    """
    layers, between = up.shape[1], float(np.abs(up[0, 1] - up[0, 0]))
    long_terms, values = np.repeat(terms, layers, axis=0), read.reshape(-1).astype(np.float64)
    likely = np.array([*first, float(np.percentile(values, 10)), _MARROW_HU, _SHELL])
    sure = np.concatenate([(_LOOSE * between) ** -2.0, _SURE])
    found, count = likely.copy(), len(first)
    for _ in range(_ROUNDS):
        outward = (way * (up - (terms @ found[:count])[:, None])).reshape(-1)
        near = (outward > -_INWARD_MM - between / 2) & (outward < _OUTWARD_MM + between / 2)
        line, slope, step = picture.at(outward)
        _, marrow, shell = found[count:]
        off = values - (found[count] + marrow * step + shell * line)
        if not near.any():
            return None
        scatter = 1.4826 * float(np.median(np.abs(off[near]))) + _LEAST_SCATTER_HU
        trust = near / (1 + (off / (1.5 * scatter)) ** 2) / scatter**2
        # An edge further out is brighter where it was: how the picture changes with each term.
        moved = way * (marrow * line - shell * slope)
        change = np.column_stack([long_terms * moved[:, None], np.ones_like(step), step, line])
        weighted = change * trust[:, None]
        pull = weighted.T @ off + sure * (likely - found)
        ahead = np.linalg.solve(weighted.T @ change + np.diag(sure), pull)
        farthest = float(np.abs(terms @ ahead[:count]).max())
        ahead[:count] *= min(1.0, 0.4 * between / max(farthest, 1e-9))
        found = found + ahead
        if farthest < _ENOUGH_MM:
            break
    contrast = found[-1] * float(picture.line.max())
    return np.asarray(found[:count]) if contrast >= LEAST_CONTRAST_HU else None
