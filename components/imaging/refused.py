"""Why no picture can be made of a series."""

from store.domain.refusal import Unusable

FEWEST_SLICES = 8
"""Fewer do not show one vertebra."""


class UnusableSeries(Unusable):
    """The series cannot be made into a picture. The text says why, with its numbers."""
