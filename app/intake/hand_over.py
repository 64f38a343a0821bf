"""From the spool into the record: a study is received whole, then its files go."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from app.intake.outcomes import Received
from app.intake.receive import Delivery, receive
from app.intake.spool import Handed, Spool, digest_of
from app.wiring import Site
from store import arrivals
from store.domain.arrival import Fate
from store.domain.people import INTAKE

log = logging.getLogger("vcf_review")
LONGEST_PAUSE = 300.0
"""Seconds between two tries while the record cannot be written."""


@dataclass(slots=True)
class HandOver:
    """Hands what is whole in *spool* to the record of *site*, one study after the other.

    Attributes:
        refused: Studies whose files are kept because a series of theirs was refused.
    """

    site: Site
    spool: Spool
    now: Callable[[], float] = time.monotonic
    refused: int = 0
    _pause: float = 0.0
    _until: float = field(default=0.0)

    def take(self, studies: Iterable[str]) -> int:
        """Receive *studies* and whatever a kill or a failure left over; how many were received.

        After a failure nothing is tried for a while: a second, then twice as long each time.
        """
        for study in studies:
            self.spool.hand(study)
        if self.now() < self._until:
            return 0
        count = 0
        for handed in self.spool.handing():
            try:
                self._receive(handed)
            except Exception:
                # It lies where it lay, and is tried again.
                self._pause = min(LONGEST_PAUSE, max(1.0, self._pause * 2))
                self._until = self.now() + self._pause
                log.exception("%s: a study could not be entered", self.spool.source)
                return count
            count += 1
        self._pause = 0.0
        self.spool.forget(time.time())
        return count

    def _receive(self, handed: Handed) -> None:
        done = receive(self.site, Delivery((handed.folder,), source=self.spool.source))
        self._count_copies(handed, done)
        said = ", ".join(f"{one.fate.value} ({one.instances} slices)" for one in done.series)
        log.info("%s: a study was received: %s", self.spool.source, said or "no CT series")
        refused = any(one.fate is Fate.REFUSED for one in done.series)
        self.refused += refused
        self.spool.done(handed, keep=refused or bool(done.defects))

    def _count_copies(self, handed: Handed, done: Received) -> None:
        """Every whole copy of a series that came while it lay in the spool has its receipt."""
        for one in done.series:
            known = self.site.ask(INTAKE, arrivals.known, one.series_uid)
            copies = handed.repeats.get(digest_of(one.series_uid), 0) // max(1, one.instances)
            for _ in range(copies if known else 0):
                why = "A copy in the same delivery."
                digest = known.digest if known else ""
                self.site.submit(INTAKE, arrivals.refuse, "series", digest, Fate.DUPLICATE, why)
