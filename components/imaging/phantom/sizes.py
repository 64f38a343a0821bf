"""Usual sizes of vertebrae and discs, and their label numbers."""

from dataclasses import dataclass

from store.domain.morphometry import Heights
from store.domain.spine import Level


@dataclass(frozen=True, slots=True)
class Size:
    """One intact vertebra.

    Attributes:
        label: Its number in the mask. Source: TotalSegmentator v2, task `total`, which has no
            number for T13 and L6; theirs are our own.
        rank: Place in the spine, rising towards the head: the label of a usual level.
        width_mm, depth_mm: Of the body at its end-plates, side to side and front to back.
        disc_mm: Height of the disc below, at its middle.
        lean_degrees: Forward lean of the body's upward axis in a usual spine.
    """

    label: int
    rank: float
    heights: Heights
    width_mm: float
    depth_mm: float
    disc_mm: float
    lean_degrees: float


_ROWS: tuple[tuple[Level, int, float, float, float, float, float, float], ...] = (
    # level, label, posterior mm, anterior / posterior, width, depth, disc, lean
    (Level.C6, 45, 13.6, 0.99, 24.0, 15.5, 4.5, 24.0),
    (Level.C7, 44, 14.8, 0.98, 26.0, 16.0, 4.4, 26.0),
    (Level.T1, 43, 16.3, 0.97, 28.0, 16.8, 3.8, 26.0),
    (Level.T2, 42, 17.3, 0.97, 27.5, 18.0, 3.6, 23.0),
    (Level.T3, 41, 17.9, 0.97, 26.5, 19.5, 3.5, 20.0),
    (Level.T4, 40, 18.5, 0.96, 26.0, 21.0, 3.6, 16.0),
    (Level.T5, 39, 19.1, 0.955, 26.5, 22.5, 3.8, 12.0),
    (Level.T6, 38, 19.7, 0.95, 27.5, 24.0, 4.0, 7.5),
    (Level.T7, 37, 20.3, 0.945, 28.5, 25.5, 4.3, 3.0),
    (Level.T8, 36, 20.9, 0.945, 29.5, 26.5, 4.6, -1.0),
    (Level.T9, 35, 21.6, 0.95, 31.0, 27.5, 5.0, -5.0),
    (Level.T10, 34, 22.6, 0.955, 33.0, 28.5, 5.5, -8.5),
    (Level.T11, 33, 23.8, 0.95, 36.0, 29.0, 6.1, -11.5),
    (Level.T12, 32, 25.2, 0.945, 39.0, 29.5, 6.9, -13.5),
    (Level.T13, 113, 25.8, 0.95, 40.0, 30.0, 7.4, -13.5),
    (Level.L1, 31, 26.3, 0.955, 41.0, 30.5, 7.9, -13.0),
    (Level.L2, 30, 27.0, 0.975, 43.0, 31.5, 9.0, -9.0),
    (Level.L3, 29, 27.2, 1.00, 45.0, 32.5, 9.8, -2.0),
    (Level.L4, 28, 26.8, 1.025, 47.0, 33.5, 10.4, 7.0),
    (Level.L5, 27, 24.6, 1.13, 49.5, 34.0, 9.6, 19.0),
    (Level.L6, 126, 24.4, 1.14, 50.0, 33.0, 6.0, 27.0),
    (Level.S1, 26, 25.5, 1.15, 50.0, 31.0, 1.5, 37.0),
)
_HOLLOW = 0.955
"""Middle height over the mean of the other two in an intact body: slightly hollow end-plates."""


_RANKS = {Level.T13: 31.5, Level.L6: 26.5}


def _size(row: tuple[Level, int, float, float, float, float, float, float]) -> Size:
    level, label, posterior, ratio, width, depth, disc, lean = row
    heights = Heights(posterior * ratio, posterior * (1 + ratio) / 2 * _HOLLOW, posterior)
    rank = _RANKS.get(level, float(label))
    return Size(label, rank, heights, width, depth, disc, lean)


INTACT: dict[Level, Size] = {row[0]: _size(row) for row in _ROWS}
"""Plausible sizes of an adult spine, growing towards the feet; chosen, not measured."""

SACRUM_LABEL = 25
HIGHEST_LUMBAR, HIGHEST_SACRAL = INTACT[Level.L1].rank, INTACT[Level.S1].rank


def shrunk(heights: Heights, by: tuple[float, float, float]) -> Heights:
    """*heights* each multiplied by its factor."""
    a, m, p = (height * factor for height, factor in zip(heights.three, by, strict=True))
    return Heights(a, m, p)
