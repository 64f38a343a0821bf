"""What a phantom spine holds: levels, curve, planted fractures, and shapes that mimic them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from components.imaging.phantom.sizes import INTACT, shrunk
from store.domain.genant import FractureType, Grade, grade
from store.domain.morphometry import Heights
from store.domain.spine import ORDER, Level

SHARES: dict[FractureType, tuple[float, float, float]] = {
    FractureType.WEDGE: (1.0, 0.45, 0.04),
    FractureType.BICONCAVE: (0.25, 1.0, 0.10),
    FractureType.CRUSH: (1.0, 1.0, 0.95),
}
"""How much of the planted loss each height takes: anterior, middle, posterior; our choice."""


class Mimic(StrEnum):
    """A shape or texture that is no fragility fracture but can be taken for one."""

    PHYSIO_WEDGE = "physiological wedging"
    SHORT = "short vertebra"
    SCHEUERMANN = "Scheuermann's disease"
    SCHMORL = "Schmorl's node"
    CUPID_BOW = "Cupid's bow"
    OSTEOPHYTES = "osteophytes and a narrow disc below"
    HAEMANGIOMA = "haemangioma"
    CEMENT = "cement in the body"


class Variant(StrEnum):
    """How many vertebrae the chest and the loins have."""

    USUAL = "12 thoracic, 5 lumbar"
    THIRTEEN_RIBS = "13 thoracic, 5 lumbar"
    ELEVEN_RIBS = "11 thoracic, 5 lumbar"
    SIX_LUMBAR = "12 thoracic, 6 lumbar"
    FOUR_LUMBAR = "12 thoracic, 4 lumbar"

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels that can be built, head to foot."""
        added, lacking = _VARIANTS[self]
        spare = {Level.T13, Level.L6} - added
        return tuple(lv for lv in ORDER if lv in INTACT and lv not in spare | lacking)


_VARIANTS: dict[Variant, tuple[set[Level], set[Level]]] = {
    Variant.USUAL: (set(), set()),
    Variant.THIRTEEN_RIBS: ({Level.T13}, set()),
    Variant.ELEVEN_RIBS: (set(), {Level.T12}),
    Variant.SIX_LUMBAR: ({Level.L6}, set()),
    Variant.FOUR_LUMBAR: (set(), {Level.L5}),
}


@dataclass(frozen=True, slots=True)
class Curve:
    """A scoliosis, convex to the left.

    Attributes:
        cobb_degrees: Between the upper end-plate of *upper* and the lower one of *lower*.
        turn_degrees: Of the apex about its long axis.

    Raises:
        ValueError: *upper* does not lie above *lower*.
    """

    upper: Level
    lower: Level
    cobb_degrees: float
    turn_degrees: float = 0.0

    def __post_init__(self) -> None:
        if ORDER.index(self.upper) >= ORDER.index(self.lower):
            msg = f"A curve goes from its upper to its lower end, got {self.upper} to {self.lower}."
            raise ValueError(msg)


_FACTORS: dict[Mimic, tuple[float, float, float]] = {
    Mimic.PHYSIO_WEDGE: (0.91, 0.97, 1.0),
    Mimic.SHORT: (0.87, 0.87, 0.87),
    Mimic.SCHEUERMANN: (0.82, 0.92, 1.0),
}


@dataclass(frozen=True, slots=True)
class Fracture:
    """One planted fracture.

    Attributes:
        loss: Largest loss against the intact vertebra, a fraction from 0.0 to 0.7.

    Raises:
        ValueError: the loss lies outside 0.0 to 0.7.
    """

    shape: FractureType
    loss: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.loss <= 0.7:
            msg = f"A planted loss is a fraction from 0.0 to 0.7, got {self.loss:g}."
            raise ValueError(msg)

    @property
    def grade(self) -> Grade:
        """Genant's grade of the planted loss."""
        return grade(self.loss)


@dataclass(frozen=True, slots=True)
class Spine:
    """The plan of one phantom.

    Attributes:
        levels: Those wholly inside the scan, head to foot.
        kyphosis, lordosis: Multiples of the usual curve; 0.0 is straight.
        scoliosis_mm: Sideways wander of the middle of the spine, patient left positive.
        stature: Multiple of the usual heights.
        marrow_hu: Mean of the marrow of intact bodies.
        contrast_hu: Density of the aorta.
        variant: Numbers of thoracic and lumbar vertebrae.
        curve: A scoliosis of stated angle, in place of `scoliosis_mm`.
        fused: Vertebrae that are one block with the vertebra below.
        screwed: Vertebrae with a metal screw through each pedicle.
    """

    levels: tuple[Level, ...]
    fractures: Mapping[Level, Fracture] = field(default_factory=dict)
    mimics: Mapping[Level, Mimic] = field(default_factory=dict)
    seed: int = 0
    kyphosis: float = 1.0
    lordosis: float = 1.0
    scoliosis_mm: float = 0.0
    stature: float = 1.0
    marrow_hu: float = 130.0
    contrast_hu: float = 45.0
    variant: Variant = Variant.USUAL
    curve: Curve | None = None
    fused: frozenset[Level] = frozenset()
    screwed: frozenset[Level] = frozenset()

    def intact(self, level: Level) -> Heights:
        """The heights this vertebra has, or had before it broke."""
        heights = shrunk(INTACT[level].heights, (self.stature,) * 3)
        mimic = self.mimics.get(level)
        return shrunk(heights, _FACTORS.get(mimic, (1.0, 1.0, 1.0))) if mimic else heights

    def heights(self, level: Level) -> Heights:
        """The heights this vertebra is built with: the truth."""
        broken = self.fractures.get(level)
        if broken is None:
            return self.intact(level)
        a, m, p = SHARES[broken.shape]
        loss = broken.loss
        return shrunk(self.intact(level), (1 - loss * a, 1 - loss * m, 1 - loss * p))


def marrow_at(age: int) -> float:
    """Usual marrow density in HU at *age*: about 180 at 40, falling to 70 at 90.

    Source: order of Jang S et al., Radiology 2019;291:360 (L1 attenuation by age).
    """
    return max(65.0, 180.0 - 2.2 * max(0, age - 40))


def plan(
    first: Level,
    last: Level,
    *,
    fractures: Mapping[Level, Fracture] | None = None,
    mimics: Mapping[Level, Mimic] | None = None,
    seed: int = 0,
    age: int = 70,
    kyphosis: float = 1.0,
    lordosis: float = 1.0,
    scoliosis_mm: float = 0.0,
    stature: float = 1.0,
    contrast_hu: float = 45.0,
    variant: Variant = Variant.USUAL,
    curve: Curve | None = None,
    fused: Collection[Level] = (),
    screwed: Collection[Level] = (),
) -> Spine:
    """A spine covered from *first* to *last*, both from T1 to S1.

    Raises:
        ValueError: the levels are out of order or out of reach, or a planted one is not covered.
    """
    built = list(variant.levels)
    if first not in built or last not in built or built.index(first) > built.index(last):
        msg = (
            f"A phantom of {variant} covers levels from T1 to S1, head to foot; "
            f"got {first} to {last}."
        )
        raise ValueError(msg)
    levels = tuple(built[built.index(first) : built.index(last) + 1])
    strange = [
        lv for lv in (*(fractures or {}), *(mimics or {}), *fused, *screwed) if lv not in levels
    ]
    if strange:
        msg = f"{', '.join(strange)} lies outside {first} to {last}. Cover it or plant elsewhere."
        raise ValueError(msg)
    return Spine(
        levels,
        dict(fractures or {}),
        dict(mimics or {}),
        seed,
        kyphosis,
        lordosis,
        scoliosis_mm,
        stature,
        marrow_at(age),
        contrast_hu,
        variant,
        curve,
        frozenset(fused),
        frozenset(screwed),
    )
