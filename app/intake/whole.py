"""A delivery taken in to its end: its scans received, and their pictures made here and now."""

import time
from collections.abc import Callable

from app.intake.outcomes import Received, SeriesOutcome
from app.intake.receive import Delivery, Tick, receive
from app.intake.work import Done, Worker
from app.wiring import Site
from store import preparing
from store.domain.arrival import Fate
from store.domain.job import STANDING
from store.domain.people import INTAKE

_GLANCE_S = 0.5


def take_in(site: Site, delivery: Delivery, tick: Tick = lambda *_: None) -> Received:
    """Receive *delivery* and prepare the pictures of its scans in this process."""
    done = receive(site, delivery, tick)
    finish(site, done, tick)
    return done


def finish(
    site: Site,
    done: Received,
    tick: Tick = lambda *_: None,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Make the pictures that *done* waits for, and say in it what came of them.

    What another worker has in hand is waited for; what failed is left to the workers.
    """
    waiting = {one.job: one for one in done.series if one.job}
    total, worker = len(waiting), Worker(site)
    while waiting:
        tick("Preparing scans", total - len(waiting), total)
        found = worker.step(tuple(waiting))
        if found is not None:
            if found.outcome or found.failure:
                _said(done, waiting.pop(found.job.id), found)
        elif not _by_others(site, waiting):
            sleep(_GLANCE_S)
    if total:
        tick("Preparing scans", total, total)


def _said(done: Received, series: SeriesOutcome, found: Done) -> None:
    if found.outcome is None:
        series.reason, done.defects = found.failure, done.defects + 1
        return
    _take_over(series, found.outcome.fate, found.outcome.reason, found.outcome.case)
    series.mask = found.mask


def _by_others(site: Site, waiting: dict[str, SeriesOutcome]) -> bool:
    """Whether any of *waiting* was settled by other workers; those are taken out of it."""
    settled = []
    for job, series in waiting.items():
        came = site.ask(INTAKE, preparing.came_of, job)
        if came is None or came.state not in STANDING:
            settled.append(job)
            if came is not None:
                _take_over(series, came.fate, came.reason, came.case)
    for job in settled:
        del waiting[job]
    return bool(settled)


def _take_over(series: SeriesOutcome, fate: Fate, reason: str, case: str | None) -> None:
    """What came of the picture, where that says more than what came of the files."""
    series.case = case or series.case
    masked = fate is Fate.ACCEPTED and reason and series.fate is Fate.DUPLICATE
    if fate is Fate.REFUSED or masked:
        series.fate, series.reason = fate, reason
