"""Rates that can be defended: numerator, denominator and Wilson interval."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Rate:
    """*numerator* of *denominator*; a rate of nothing has no value.

    Raises:
        ValueError: the numerator is negative or larger than the denominator.
    """

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator:
            msg = f"A rate counts a part of a whole, got {self.numerator} of {self.denominator}."
            raise ValueError(msg)

    @property
    def value(self) -> float | None:
        """The fraction, or None where nothing was counted."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson 95 % interval as fractions, or None where nothing was counted.

        Source: Wilson EB, J Am Stat Assoc 1927;22:209.
        """
        if not self.denominator:
            return None
        n, p, z2 = self.denominator, self.numerator / self.denominator, Z_95**2
        centre = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = Z_95 / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
        low = 0.0 if self.numerator == 0 else centre - half
        high = 1.0 if self.numerator == n else centre + half
        return low, high


class Step(StrEnum):
    """The funnel, from arrival to referral, one scan counted once."""

    RECEIVED = "Received"
    ANALYSED = "Analysed by the AI"
    FLAGGED = "Flagged by the AI"
    REVIEWED = "Reviewed"
    CONFIRMED = "Fracture confirmed"
    UNREPORTED = "Not in the report"
    REFERRED = "Referred to the FLS"


MEANING: dict[Step, str] = {
    Step.RECEIVED: "scans accepted, of scans that arrived, copies not counted",
    Step.ANALYSED: "AI gave an answer, of scans received",
    Step.FLAGGED: "AI-positive, of scans analysed",
    Step.REVIEWED: "every finding decided, of scans flagged",
    Step.CONFIRMED: "at least one fragility fracture confirmed, of scans reviewed",
    Step.UNREPORTED: "fracture not in the report, of confirmed scans whose report was judged",
    Step.REFERRED: "exported to the FLS, of confirmed scans",
}
"""What each rate counts, and of what."""


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One step of the funnel: the scans counted, and their share of the step's denominator."""

    step: Step
    rate: Rate

    @property
    def meaning(self) -> str:
        """Numerator and denominator in words."""
        return MEANING[self.step]
