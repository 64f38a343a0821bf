"""Six-point morphometry: from three heights a vertebra to a suggested grade.

Every figure here is a suggestion with a band; the reader's grade is the one that counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import dist
from statistics import median_high

from store.domain.genant import LOWEST_LOSS, FractureType, Grade, grade, near_threshold
from store.domain.spine import GRADEABLE, Level, craniocaudal, usual_order

LOWEST_HEIGHT_MM = 2.0
HIGHEST_HEIGHT_MM = 60.0
_PLACES = ("front", "middle", "back")
REFERENCE_REACH = 3
"""An intact neighbour further than this many levels away is no reference; our default."""
FARTHEST_STEP_MM, THICKEST_MM = 3.05, 4.0
"""Slices further apart or thicker than this give no heights; our default, on phantoms.

Source: `benchmarks/accuracy.py`; at 4 mm half of all losses are off by more than 5 points.
"""
HEIGHT_LIMITS_MM = ((1.55, 0.7), (2.05, 1.1), (2.55, 1.4), (FARTHEST_STEP_MM, 1.8))
"""Up to so many mm between slices, 95 % of heights lie within so many mm of the truth.

Source: `benchmarks/accuracy.py`, phantoms, three kernels, noise of 10 to 28 HU.
"""


@dataclass(frozen=True, slots=True)
class Heights:
    """Anterior, middle and posterior height of one vertebral body, in mm.

    Raises:
        ValueError: a height lies outside 2 to 60 mm, which no vertebra has.
    """

    anterior_mm: float
    middle_mm: float
    posterior_mm: float

    def __post_init__(self) -> None:
        for height in self.three:
            if not LOWEST_HEIGHT_MM <= height <= HIGHEST_HEIGHT_MM:
                msg = (
                    f"A vertebral height lies between {LOWEST_HEIGHT_MM:g} and "
                    f"{HIGHEST_HEIGHT_MM:g} mm, got {height:g}. Check the unit and the mask."
                )
                raise ValueError(msg)

    @property
    def three(self) -> tuple[float, float, float]:
        """Anterior, middle, posterior."""
        return self.anterior_mm, self.middle_mm, self.posterior_mm


def heights_of(points_mm: Sequence[tuple[float, float]]) -> Heights:
    """The heights that six points of a person give: the distances of the three pairs.

    Args:
        points_mm: (x, y) in a body's own mid-sagittal plane, x to the back and y downwards:
            front top, front bottom, middle top, middle bottom, back top, back bottom.

    Raises:
        ValueError: not six pairs; a top not above its bottom; the pairs not in order from front
            to back; a height no vertebra has. The text gives the figures.
    """
    if len(points_mm) != 6:
        msg = f"Six points make the heights of a vertebra, got {len(points_mm)}. Place all six."
        raise ValueError(msg)
    pairs = tuple(zip(points_mm[::2], points_mm[1::2], strict=True))
    for place, (top, bottom) in zip(_PLACES, pairs, strict=True):
        # Written so that NaN is refused as well.
        if not top[1] < bottom[1]:
            msg = (
                f"The {place} upper point lies {top[1] - bottom[1]:.1f} mm below the lower one; "
                "it must lie above it. Move the points of this pair."
            )
            raise ValueError(msg)
    for row, name in ((0, "upper"), (1, "lower")):
        front, middle, back = (pair[row][0] for pair in pairs)
        if not front < middle < back:
            msg = (
                f"The {name} points lie {front:.1f}, {middle:.1f} and {back:.1f} mm towards the "
                "back; they must go from front to back. Move the points that have crossed."
            )
            raise ValueError(msg)
    anterior, middle, posterior = (dist(top, bottom) for top, bottom in pairs)
    return Heights(anterior, middle, posterior)


class Basis(StrEnum):
    """What the heights of a vertebra were compared with."""

    TWO_NEIGHBOURS = "nearest intact vertebrae above and below"
    ONE_NEIGHBOUR = "nearest intact vertebra on one side"
    NO_REFERENCE = "no intact vertebra within 3 levels"


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the heights suggest for one vertebra.

    Attributes:
        heights: As measured.
        vendor_loss: 1 - min(Ha, Hm) / Hp, a fraction; blind to crush fractures.
        losses: Anterior, middle, posterior loss against the reference, fractions of at least
            0.0; None without a reference.
        reference: The heights an intact vertebra would have here; None without a reference.
        basis: Where the reference came from.
        gradeable: Whether Genant grading covers the level (T4-L4).
    """

    heights: Heights
    vendor_loss: float
    losses: tuple[float, float, float] | None
    reference: tuple[float, float, float] | None
    basis: Basis
    gradeable: bool

    @property
    def loss(self) -> float | None:
        """The largest loss against the reference, a fraction."""
        return max(self.losses) if self.losses else None

    @property
    def grade(self) -> Grade | None:
        """Suggested Genant grade; None without a reference or outside T4-L4."""
        return grade(self.loss) if self.loss is not None and self.gradeable else None

    @property
    def fracture_type(self) -> FractureType | None:
        """Suggested shape; None when no grade of fracture is suggested."""
        return shape(self.losses) if self.losses and self.grade else None

    @property
    def near(self) -> bool:
        """Whether the loss lies near a boundary between grades."""
        return self.loss is not None and near_threshold(self.loss)

    @property
    def crush_hidden(self) -> bool:
        """Whether neighbours show a grade of loss that the vendor formula is too blind to flag.

        Source: by calculation; Ha 16, Hm 15.5, Hp 17 mm between neighbours of 24, 23.5, 25 mm
        lose 9 % by that formula and a third against the neighbours.
        """
        return bool(self.grade) and self.vendor_loss < LOWEST_LOSS[Grade.MILD]


def unsuitable_for_heights(step_mm: float, thickness_mm: float) -> str:
    """Why a scan gives no heights, or nothing.

    Args:
        step_mm: From sample to sample, head to foot.
        thickness_mm: Over which each sample averages, head to foot.
    """
    if step_mm <= FARTHEST_STEP_MM and thickness_mm <= THICKEST_MM:
        return ""
    if thickness_mm > THICKEST_MM:
        said = f"Slices of {thickness_mm:.1f} mm are too thick for heights"
    else:
        said = f"Slices {step_mm:.1f} mm apart are too far apart for heights"
    return (
        f"{said}: an end-plate may lie {max(step_mm, thickness_mm) / 2:.1f} mm off."
        f" Heights need slices at most 3 mm apart and {THICKEST_MM:g} mm thick."
    )


def height_limits_mm(step_mm: float) -> float | None:
    """Within how many mm of the truth 95 % of heights lie; None where none are taken."""
    return next((within for upto, within in HEIGHT_LIMITS_MM if step_mm <= upto), None)


def vendor_loss(heights: Heights) -> float:
    """1 - min(Ha, Hm) / Hp as a fraction, not below 0.0.

    Source: HealthOST formula, FDA K213944.
    """
    return _loss(min(heights.anterior_mm, heights.middle_mm), heights.posterior_mm)


def shape(losses: tuple[float, float, float]) -> FractureType:
    """Crush if the posterior wall lost a grade's worth, else the shape of the larger loss.

    A default of ours on Genant's three shapes; the reader chooses.
    """
    anterior, middle, posterior = losses
    if posterior >= LOWEST_LOSS[Grade.MILD]:
        return FractureType.CRUSH
    return FractureType.BICONCAVE if middle > anterior else FractureType.WEDGE


def assess(
    spine: Mapping[Level, Heights], order: tuple[Level, ...] | None = None
) -> dict[Level, Assessment]:
    """What *spine* suggests for each of its vertebrae.

    *order* is every vertebra that this spine has, from head to foot: neighbours are counted by
    it. Unless it is given, T13 and L6 are there where *spine* names them.

    The most deformed vertebra is set aside first and the rest compared anew, until none of
    those left has lost a grade's worth of height; they are the intact ones. References are
    interpolated by level between them, because heights grow towards the feet.
    """
    chain = order or usual_order(frozenset(spine))
    place = {level: number for number, level in enumerate(chain)}
    intact = {level for level in spine if level in GRADEABLE}
    while True:
        deformity = {
            level: _deformity(level, spine, intact, place) for level in craniocaudal(intact)
        }
        worst = max(deformity, key=deformity.__getitem__, default=None)
        if worst is None or deformity[worst] < LOWEST_LOSS[Grade.MILD]:
            break
        intact.discard(worst)
    return {level: _assess_one(level, spine, intact, place) for level in craniocaudal(set(spine))}


def _deformity(
    level: Level, spine: Mapping[Level, Heights], intact: set[Level], place: Mapping[Level, int]
) -> float:
    """Loss by which a vertebra is judged not intact: against those around it, or within itself.

    Measured against the (upper) median of all within reach, not against the nearest two: where
    two neighbours are fractured alike, each makes the other look half as deformed as it is.
    """
    around = [
        spine[other].three
        for other in intact - {level}
        if abs(place[other] - place[level]) <= REFERENCE_REACH
    ]
    if not around:
        return vendor_loss(spine[level])
    typical = (median_high(heights) for heights in zip(*around, strict=True))
    return max(_loss(h, r) for h, r in zip(spine[level].three, typical, strict=True))


def _loss(height: float, reference: float) -> float:
    """The part of *reference* that *height* lacks.

    The difference is taken first: 20 of 25 mm lack exactly 0.2 so, and less by 1 - 20/25.
    """
    return max(0.0, (reference - height) / reference)


def _assess_one(
    level: Level, spine: Mapping[Level, Heights], intact: set[Level], place: Mapping[Level, int]
) -> Assessment:
    reference, basis = _reference(level, spine, intact - {level}, place)
    heights = spine[level]
    losses = None
    if reference is not None:
        ratios = [_loss(h, r) for h, r in zip(heights.three, reference, strict=True)]
        losses = (ratios[0], ratios[1], ratios[2])
    return Assessment(
        heights, vendor_loss(heights), losses, reference, basis, gradeable=level in GRADEABLE
    )


def _reference(
    level: Level, spine: Mapping[Level, Heights], intact: set[Level], place: Mapping[Level, int]
) -> tuple[tuple[float, float, float] | None, Basis]:
    away = {other: place[other] - place[level] for other in intact}
    above = max((s for s in away.values() if -REFERENCE_REACH <= s < 0), default=None)
    below = min((s for s in away.values() if 0 < s <= REFERENCE_REACH), default=None)
    at = {step: spine[other].three for other, step in away.items()}
    if above is not None and below is not None:
        share = above / (above - below)
        pairs = zip(at[above], at[below], strict=True)
        a, m, p = (up + (down - up) * share for up, down in pairs)
        return (a, m, p), Basis.TWO_NEIGHBOURS
    one = above if above is not None else below
    return (at[one], Basis.ONE_NEIGHBOUR) if one is not None else (None, Basis.NO_REFERENCE)
