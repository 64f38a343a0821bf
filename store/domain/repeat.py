"""Hidden repeats: a reader reads a case of their own again and is not told, to see if they agree.

Of one hospital's readers nobody is compared with anybody else: only with themselves.
"""

from dataclasses import dataclass
from datetime import timedelta

from store.domain.reading import DRAWS, Outcome, Said, differences
from store.domain.spine import Level

FORGOTTEN = timedelta(days=28)
"""So long after a reading its reader no longer knows the case; our default."""
NEWEST_OF = timedelta(days=182)
"""Readings older than this are not repeated: a reader changes in half a year."""
LAPSES = timedelta(days=14)
"""A repeat that was not read by then is offered no more; our default."""
BETWEEN = 10
"""At most one in so many cases that a reader closes is followed by a repeat; our default."""
SCATTER = 7919
"""A prime that has no factor in common with `DRAWS`: the lot of repeats falls on other cases
than that of second readings, which takes the lowest draws.
"""


def drawn(draw: int, share: float) -> bool:
    """Whether the lot of repeats, which takes *share* (0.0 to 1.0), falls on the number *draw*."""
    return (draw * SCATTER) % DRAWS < share * DRAWS


@dataclass(frozen=True, slots=True)
class Pair:
    """Two readings of one case by one reader; nothing in it says which case or whose.

    Attributes:
        days: Whole days from the end of the first to the end of the second.
    """

    first: tuple[Said, ...]
    again: tuple[Said, ...]
    ended: tuple[Outcome, Outcome]
    days: int

    @property
    def apart(self) -> tuple[Level | None, ...]:
        """The levels on which the reader differs from themselves, as `differences` has them."""
        return differences(self.first, self.again, alike=self.ended[0] is self.ended[1])

    @property
    def agrees(self) -> bool:
        """Whether both readings say the same of the whole scan."""
        return not self.apart and self.ended[0] is self.ended[1]
