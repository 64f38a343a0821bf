"""Genant's semiquantitative grade of a vertebral fracture."""

from enum import IntEnum, StrEnum


class Grade(IntEnum):
    """Grade by loss of height; the order is the gravity."""

    NONE = 0
    MILD = 1
    MODERATE = 2
    SEVERE = 3


class FractureType(StrEnum):
    """Shape of the loss."""

    WEDGE = "wedge"
    BICONCAVE = "biconcave"
    CRUSH = "crush"


LOWEST_LOSS: dict[Grade, float] = {Grade.SEVERE: 0.40, Grade.MODERATE: 0.25, Grade.MILD: 0.20}
"""Smallest loss of each grade, as a fraction of the reference height.

Source: Genant HK et al., J Bone Miner Res 1993;8:1137; RadElement RDES150.
"""

READER_BAND = 0.125
"""Half width of the 95 % limits of agreement between readers on CT, as a fraction.

Source: Buckens CF et al., Eur Radiol 2013 (limits of agreement +-12.5 percentage points).
"""

NEAR = 0.05
"""A loss this close to a threshold is marked as near it; a default a site may change."""


def grade(loss: float) -> Grade:
    """Grade a *loss* of height, given as a fraction from 0.0 to 1.0.

    A loss that sits on a boundary takes the graver grade.

    Raises:
        ValueError: *loss* lies outside 0.0 to 1.0.
    """
    if not 0.0 <= loss <= 1.0:
        msg = f"Height loss is a fraction from 0.0 to 1.0, got {loss:g}. Was a percentage passed?"
        raise ValueError(msg)
    return next((g for g, lowest in LOWEST_LOSS.items() if loss >= lowest), Grade.NONE)


def near_threshold(loss: float) -> bool:
    """Whether *loss* (a fraction) lies within `NEAR` of a boundary between grades."""
    return any(abs(loss - lowest) <= NEAR + 1e-12 for lowest in LOWEST_LOSS.values())


def band(loss: float) -> tuple[float, float]:
    """Lowest and highest *loss* that readers of the same scan may find, fractions in 0.0 to 1.0."""
    return max(0.0, loss - READER_BAND), min(1.0, loss + READER_BAND)
