"""Which of several reconstructions of one scan shows the spine best, and why."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

FINEST_MM = 0.5
"""Thinner slices show no more of a vertebra than these, only more noise."""
FINE_MM = 1.5
"""Up to here an end-plate lies within half a millimetre of its measured place."""
MEDIUM_MM = 3.0
"""Up to here heights can be measured; beyond, a loss of 20 % is lost between two slices."""
ENOUGH_COVER = 0.6
"""Share of the longest cover that the best must have: a vertebra outside cannot be reviewed."""

_FLAT = frozenset({"MIP", "MINIP", "PROJECTION IMAGE", "VRT", "SSD", "CURVED"})
"""ImageType values of pictures in which several depths lie over one another."""
_LUNG = re.compile(
    r"LUNG|EDGE|ULTRA|^L$|^Y[ABCD]$"  # GE, Philips
    r"|^B[78]\d|^[BU]L\d|^[BHUQ][RV][78]\d"  # Siemens: B70 and sharper, Bl57, Br76
    r"|^FC(5\d|8\d)"  # Canon
)
"""Kernels that sharpen beyond bone: their overshoot moves the edge of an end-plate."""


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """One way in which a scan was made into slices.

    Attributes:
        slices: How many.
        step_mm: Between slices along their normal.
        thickness_mm: Of a slice; None where none is stated.
        cover_mm: From the first slice to the last.
        kernel: As the scanner names it; empty where it does not.
        description: Of the series, for a person; never decides.
        image_type: Values of ImageType in upper case.
        lossy: Name of the compression that lost detail; empty when none did.
        tilt_degrees: Of the gantry.
        measured: The AI's own mask lies on these slices.
    """

    slices: int
    step_mm: float
    thickness_mm: float | None = None
    cover_mm: float = 0.0
    kernel: str = ""
    description: str = ""
    image_type: tuple[str, ...] = ()
    lossy: str = ""
    tilt_degrees: float = 0.0
    measured: bool = False

    @property
    def depth_mm(self) -> float:
        """How much of the patient one slice blurs into one number: thickness or step."""
        return max(self.step_mm, self.thickness_mm or 0.0)

    @property
    def flat(self) -> str:
        """The kind of projection that it is; empty for true slices."""
        return next((value for value in self.image_type if value in _FLAT), "")

    @property
    def lung(self) -> bool:
        """Whether its kernel sharpens beyond bone."""
        return bool(_LUNG.search(self.kernel.upper().strip()))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reconstruction stands among the others.

    Attributes:
        number: Which of those given, from 0.
        why: For the first, what it is; for the others, what the first has over it.
    """

    number: int
    why: str


def order(found: Sequence[Reconstruction]) -> list[Place]:
    """The places of *found*, best for the spine first.

    The rule, each step only where those before it are level: true slices before projections;
    what the AI measured on; at least `ENOUGH_COVER` of the longest; slices that show heights
    well, or at all; a soft or bone kernel before a lung kernel; nothing lost in compression; the
    thinner slices, down to `FINEST_MM`; the longer cover; the upright gantry. Beyond that the
    order in which they were given.
    """
    longest = max((one.cover_mm for one in found), default=0.0)
    keys = [[step.key(one, longest) for step in _STEPS] for one in found]
    places = sorted(range(len(found)), key=lambda n: keys[n])
    return [
        Place(n, _itself(found[n]) if n == places[0] else _lost(found, keys, places[0], n))
        for n in places
    ]


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of the rule: lower keys are better, and what to say of the one that loses."""

    key: Callable[[Reconstruction, float], float]
    words: Callable[[Reconstruction, Reconstruction], str]


def _coarseness(one: Reconstruction) -> int:
    return (one.depth_mm > FINE_MM + 0.01) + (one.depth_mm > MEDIUM_MM + 0.01)


def _thick(one: Reconstruction, best: Reconstruction) -> str:
    return f"slices of {one.depth_mm:.2f} mm where {best.depth_mm:.2f} mm are to be had"


def _short(one: Reconstruction, best: Reconstruction) -> str:
    return f"it covers {one.cover_mm:.0f} mm, another {best.cover_mm:.0f} mm"


_STEPS = (
    _Step(
        lambda one, _: bool(one.flat),
        lambda one, _: f"a projection ({one.flat}), no slices",
    ),
    _Step(
        lambda one, _: not one.measured,
        lambda *_: "the AI measured on another",
    ),
    _Step(lambda one, longest: one.cover_mm < ENOUGH_COVER * longest, _short),
    _Step(lambda one, _: _coarseness(one), _thick),
    _Step(
        lambda one, _: one.lung,
        lambda one, _: f"kernel {one.kernel} sharpens beyond bone",
    ),
    _Step(
        lambda one, _: bool(one.lossy),
        lambda one, _: f"detail was lost in compression ({one.lossy})",
    ),
    _Step(lambda one, _: round(max(one.depth_mm, FINEST_MM), 2), _thick),
    _Step(lambda one, _: -round(one.cover_mm), _short),
    _Step(
        lambda one, _: round(one.tilt_degrees),
        lambda one, _: f"the gantry was tilted by {one.tilt_degrees:.0f} degrees",
    ),
)


def _lost(found: Sequence[Reconstruction], keys: list[list[float]], best: int, number: int) -> str:
    """What decided between the *best* and another."""
    for n, step in enumerate(_STEPS):
        if keys[number][n] != keys[best][n]:
            return step.words(found[number], found[best])
    return "the same in everything that counts"


def _itself(one: Reconstruction) -> str:
    """What the best is, in the words of a choice."""
    parts = [f"slices of {one.depth_mm:.2f} mm", f"{one.cover_mm:.0f} mm of the patient"]
    if one.kernel:
        parts.append(f"kernel {one.kernel}")
    return ", ".join(parts)
