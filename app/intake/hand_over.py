"""From the spool into the record: a study is received whole, then its files go."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from app.intake.entry import Entry
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
MOST_FAILURES = 8


class NotEntered(Exception):
    """A defect kept something of a study out of the record; it is tried again."""


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
    _failures: Counter[str] = field(default_factory=Counter)
    _until: float = 0.0

    def take(self, studies: Iterable[str]) -> int:
        """Receive *studies* and whatever a kill or a failure left over; how many were received.

        After a failure nothing is tried for a while: a second, then twice as long each time.
        """
        for study in studies:
            self.spool.hand(study)
        if self.now() < self._until:
            return 0
        count, failed = 0, 0
        for handed in self.spool.handing():
            try:
                self._receive(handed)
                count += 1
            except Exception:
                # It lies where it lay.
                log.exception("%s: a study was not entered", self.spool.source)
                self._failures[handed.folder.name] += 1
                failed = max(failed, self._failures[handed.folder.name])
        self._until = self.now() + min(LONGEST_PAUSE, 2.0**failed) if failed else 0.0
        self.spool.forget(time.time())
        return count

    def _receive(self, handed: Handed) -> None:
        done = receive(self.site, Delivery((handed.folder,), source=self.spool.source))
        # While the record answers, a study that failed often is at fault itself: it waits for
        # a person to send it again.
        self._count_copies(handed, done)
        if done.defects and self._failures[handed.folder.name] < MOST_FAILURES:
            raise NotEntered
        said = ", ".join(f"{one.fate.value} ({one.instances} slices)" for one in done.series)
        log.info("%s: a study was received: %s", self.spool.source, said or "no CT series")
        refused = any(one.fate is Fate.REFUSED for one in done.series)
        self.refused += refused
        self.spool.done(handed, keep=refused)

    def _count_copies(self, handed: Handed, done: Received) -> None:
        """Every whole copy of a series that came while it lay in the spool has its receipt."""
        why = "A copy in the same delivery."
        for one in done.series:
            known = self.site.ask(INTAKE, arrivals.known, one.series_uid)
            if known is None or done.defects:
                continue
            entry = Entry(self.site, self.spool.source)
            copies = handed.repeats.get(digest_of(one.series_uid), 0) // max(1, one.instances)
            for _ in range(copies):
                entry.submit(arrivals.refuse, "series", known.digest, Fate.DUPLICATE, why)
