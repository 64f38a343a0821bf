"""How fast an archive is taken in, and how long the rest takes, in words."""

import time
from collections.abc import Callable


class Pace:
    """Counts from its making on."""

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._total, self._clock, self._start = total, clock, clock()

    def words(self, read: int, skipped: int, series: int) -> str:
        """The pace, and an estimate from the files that were read, not from those skipped."""
        gone = max(self._clock() - self._start, 1e-6)
        left = self._total - read - skipped
        said = f"{series / gone:.1f} series/s"
        return f"{said}, about {_length(gone * left / read)} left" if read and left else said


def _length(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
