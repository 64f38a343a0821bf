"""Six points and three heights of one vertebral body, from the surfaces of its end-plates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.imaging.body import Body, NoBody
from components.imaging.frame import Floats
from components.imaging.survey import BAND_MM, Survey
from store.domain.morphometry import HIGHEST_HEIGHT_MM, LOWEST_HEIGHT_MM, Heights

TALLEST = 1.45
"""Height over depth that no single vertebra reaches, a default of ours; two in one do."""
RIM = 0.05
"""Where front and back heights are read, as a share of the depth: just inside the corners."""
HALF = 0.5
_CLEAR = 0.03
"""Nearer to a wall, as a share of the depth, an end-plate may be the wall's own rounding."""
_CORNER = 0.9
"""How far about a corner an end-plate is looked at, as a share of the depth: it is seen from one
side only and needs much of it to be sure."""
_NARROW, _WIDEST = 0.25, 0.6
"""As much about the middle, and at the most where slices are thick: thick slices make steps, and
only several steps show the slope."""
_WIDER = 0.175
"""Share of the depth that each further millimetre of slice adds."""
_LEAST_KNOWN = 12
_ROUNDS = 4
_SINGULAR = 5 * float(np.finfo(np.float64).eps)
_SPREAD_MM = 0.3
"""Usual scatter of an edge between neighbouring strips."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What was measured on one vertebral body.

    Attributes:
        heights: Anterior, middle, posterior.
        points: 6 x 3, LPS mm: front top and bottom, middle top and bottom, back top and bottom.
        body: Where it stands; its centre lies halfway front to back and top to bottom.
    """

    heights: Heights
    points: Floats
    body: Body


def measured(survey: Survey, step_mm: float = 1.0) -> Shape:
    """Heights and six points of the body in *survey*, on voxels *step_mm* tall along it.

    Raises:
        NoBody: it cannot be measured; the text says why.
    """
    places = _near(step_mm).items()
    edges = [(edge, place) for place in places for edge in (survey.top, survey.bottom)]
    levels = _levels([_strips(survey, edge, *place) for edge, place in edges])
    plates = [(levels[n], levels[n + 1]) for n in (0, 2, 4)]
    heights = [top - bottom for top, bottom in plates]
    if not all(LOWEST_HEIGHT_MM <= h <= HIGHEST_HEIGHT_MM for h in heights):
        msg = f"its height of {min(heights):.0f} to {max(heights):.0f} mm cannot be right"
        raise NoBody(msg)
    front, behind = survey.ends
    if min(heights) > TALLEST * (behind - front):
        msg = f"{min(heights):.0f} mm high but {behind - front:.0f} mm deep: more than one vertebra"
        raise NoBody(msg)
    ends = (front, (front + behind) / 2, behind)
    own = [(up, back, 0.0) for back, pair in zip(ends, plates, strict=True) for up in pair]
    body = survey.body
    centre = body.lps(np.array([[sum(plates[1]) / 2, ends[1], 0.0]]))[0]
    stands = Body(centre, body.axes, body.radius_mm)
    return Shape(Heights(*heights), body.lps(np.array(own)), stands)


@dataclass(frozen=True, slots=True, eq=False)
class _Strips:
    """The strips of an end-plate about one place.

    Attributes:
        terms: n x 5, of the surface that is laid through them.
        up: Of each, mm.
        near: Its weight; 1 at the place, 0 from the farthest on.
    """

    terms: Floats
    up: Floats
    near: Floats


def _near(step_mm: float) -> dict[float, float]:
    """How far about each place, as a share of the depth, an end-plate is looked at."""
    middle = min(_WIDEST, max(_NARROW, _NARROW + _WIDER * (step_mm - 1.0)))
    return {RIM: _CORNER, HALF: middle, 1.0 - RIM: _CORNER}


def _strips(survey: Survey, edge: Floats, share: float, reach: float) -> _Strips:
    """The strips of *edge* up to *reach* about *share* of the depth, from the middle lane."""
    away = (survey.share - share) / reach
    clear = (survey.share >= _CLEAR) & (survey.share <= 1 - _CLEAR)
    used = clear & (np.abs(away) < 1) & np.isfinite(edge)
    if np.count_nonzero(used) < _LEAST_KNOWN:
        msg = "too little of it in the mask"
        raise NoBody(msg)
    back, up = away[used], edge[used]
    left = np.broadcast_to(survey.left[:, None] / BAND_MM, edge.shape)[used]
    terms = np.stack([np.ones(len(up)), left, left**2, back, back**2], axis=1)
    return _Strips(terms, up, (1 - np.abs(back) ** 3) ** 3)


def _levels(places: Sequence[_Strips]) -> list[float]:
    """How far up the end-plate lies at each of *places*, mm.

    A curved surface is laid through the strips about it, the nearest counting most; strips far
    off it (a pit, a beak, a flaw of the mask) count less with every round. All places at once,
    filled up with strips of no weight.
    """
    counts = np.array([len(one.up) for one in places])
    most = int(counts.max())
    terms = np.zeros((len(places), most, 5))
    up, near = np.zeros((2, len(places), most))
    for n, one in enumerate(places):
        terms[n, : counts[n]], up[n, : counts[n]], near[n, : counts[n]] = (
            one.terms,
            one.up,
            one.near,
        )
    filled = np.arange(most) >= counts[:, None]
    trust = np.ones(up.shape)
    found: Floats = np.zeros((len(places), 5))
    for number in range(_ROUNDS):
        weighted = (terms * (near * trust)[..., None]).transpose(0, 2, 1)
        right = weighted @ up[..., None]
        found = (np.linalg.pinv(weighted @ terms, rcond=_SINGULAR) @ right)[..., 0]
        off = np.abs(up - (terms @ found[..., None])[..., 0])
        spread = (1.4826 * _middles(np.where(filled, np.inf, off), counts) + _SPREAD_MM)[:, None]
        # First gently, so that a poor first surface throws nothing good away.
        soft = number < _ROUNDS // 2
        trust = 1 / (1 + (off / (2 * spread)) ** 2) if soft else _kept(off / (4 * spread))
    return [float(level) for level in found[:, 0]]


def _middles(values: Floats, counts: NDArray[np.int64]) -> Floats:
    """Median of the lowest *counts* of each row."""
    ordered = np.sort(values, axis=1)
    row = np.arange(len(ordered))
    middles: Floats = (ordered[row, (counts - 1) // 2] + ordered[row, counts // 2]) / 2
    return middles


def _kept(off: Floats) -> Floats:
    """Tukey's weight: 1 on the surface, 0 from 1 on."""
    return np.asarray(np.clip(1 - off**2, 0, 1) ** 2)
