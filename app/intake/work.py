"""Works the queue: takes a job, makes its picture, and lets that take effect once."""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from app.intake.apart import Failed, Limits, Stopped, made_apart
from app.intake.picture import Made, made_of
from app.realm_desk import Daily
from app.wiring import Site
from store import preparing, probing
from store.arrivals import Outcome
from store.domain.job import MOST_TRIES, SIGNS, LeaseLost
from store.domain.people import INTAKE
from store.domain.refusal import Unusable
from store.jobs import Job, Jobs

log = logging.getLogger("vcf_review")
_IDLE_S, _TROUBLE_S = 1.0, 5.0
_PRUNED = timedelta(hours=6)
"""So often an idle worker removes what was done long ago."""
_DEADLY = f"Its worker died {MOST_TRIES} times while at it."
Make = Callable[[Mapping[str, Any]], Made]


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one job here.

    Attributes:
        outcome: None where it failed, or was another's in the end.
        mask: What is said of masks and centres that came with the series.
        failure: Why it failed; empty otherwise.
    """

    job: Job
    outcome: Outcome | None
    mask: str = ""
    failure: str = ""


@dataclass(slots=True)
class Worker:
    """One worker on the queue of *site*.

    Attributes:
        make: Makes the picture of a job; in this process unless another way is given.
        clock: Tells the time, UTC.
    """

    site: Site
    make: Make | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    jobs: Jobs = field(init=False)
    name: str = field(init=False)
    _pruned: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        lease = timedelta(seconds=self.site.settings.lease_seconds)
        self.jobs = Jobs(self.site.engine, INTAKE, lease)
        self.name = f"{socket.gethostname()[:20]}:{os.getpid()}"

    def step(self, among: Sequence[str] | None = None) -> Done | None:
        """Do the most urgent job, of those *among* where given; None where none is due.

        Raises:
            Stopped: the worker is to end; the job in hand was given back.
        """
        try:
            job = self.jobs.take(self.name, self.clock(), among)
            return None if job is None else self._worked(job)
        except (Stopped, KeyboardInterrupt):
            # By its name: Ctrl-C may come between the taking of a job and the hearing of it.
            self.jobs.leave(self.name, self.clock())
            raise

    def tidy(self) -> None:
        """Remove jobs that were done long ago, now and then."""
        now = self.clock()
        if self._pruned is None or now - self._pruned > _PRUNED:
            self._pruned = now
            self.jobs.prune(now)

    def _worked(self, job: Job) -> Done:
        try:
            with self._alive(job):
                return self._do(job)
        except LeaseLost:
            log.warning("job %s was another's in the end; this work is put away", job.id)
            return Done(job, None)

    def _do(self, job: Job) -> Done:
        if job.kind == probing.KIND:
            return self._prove(job)
        share = self.site.settings.unaided_share
        if job.tries > MOST_TRIES:
            return self._failed(job, _DEADLY)
        try:
            made = (self.make or self._make)(job.about)
        except Unusable as refusal:
            why = str(refusal)
            said = self.site.submit(INTAKE, preparing.unpicturable, job, why, (), share)
            return Done(job, said)
        except Failed as failure:
            return self._failed(job, str(failure))
        except Exception as error:
            reference = uuid.uuid4().hex[:8]
            log.exception("defect %s while preparing a series", reference)
            return self._failed(
                job, f"A defect of this software ({type(error).__name__}). Report it."
            )
        said = self.site.submit(
            INTAKE, preparing.pictured, job, made.picture, made.held, unaided_share=share
        )
        return Done(job, said, _words(made))

    def _prove(self, job: Job) -> Done:
        """Make the picture of a test study, note that it could be made, and remove it."""
        why, name = _DEADLY if job.tries > MOST_TRIES else "", ""
        try:
            if not why:
                name = (self.make or self._make)(job.about).picture.stack or ""
        except Stopped:
            raise
        except Exception:
            log.exception("the picture of a test study could not be made")
            why = "No picture could be made of the test study. Look into the worker's log."
        said = self.site.submit(INTAKE, probing.pictured, job, why)
        self.site.archive.remove("series", job.about["digest"])
        if name:
            self.site.archive.remove("stacks", name)
        return Done(job, said)

    def _make(self, about: Mapping[str, Any]) -> Made:
        return made_of(self.site.archive, about)

    def _failed(self, job: Job, why: str) -> Done:
        state = self.site.submit(
            INTAKE, preparing.failed, job, why, self.site.settings.unaided_share
        )
        log.warning("job %s failed (%s): %s", job.id, state.value, why)
        return Done(job, None, failure=why)

    @contextmanager
    def _alive(self, job: Job) -> Iterator[None]:
        """Give signs of life while the job is in hand."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(self.jobs.lease.total_seconds() / SIGNS):
                try:
                    self.jobs.renew(job, self.clock())
                except Exception:
                    # The database may come back in time; if not, the lease is lost.
                    log.exception("a sign of life could not be given")

        heart = threading.Thread(target=beat, daemon=True)
        heart.start()
        try:
            yield
        finally:
            over.set()
            heart.join()


def apart(site: Site, stopping: Callable[[], bool]) -> Make:
    """A way to make pictures in a process of their own, within the limits of the settings."""
    told = site.settings
    limits = Limits(told.prepare_mb, told.prepare_seconds)
    return lambda about: made_apart(site.archive.folder, about, limits, stopping)


def _words(made: Made) -> str:
    said = [f"{one.kind} held: {one.reason}" for one in made.held]
    if made.used:
        said.insert(0, "used" if made.used == "mask" else "centroids used")
    return "; ".join(said)


def _rest(worker: Worker, pause: Callable[[float], bool]) -> bool:
    """Nothing is due: tidy up, wait a moment; whether it is over."""
    worker.tidy()
    return pause(_IDLE_S)


def work(site: Site, pause: Callable[[float], bool], orphaned: Callable[[], bool]) -> None:
    """Work the queue until *pause*, which waits so many seconds, says that it is over."""

    def stopping() -> bool:
        return pause(0) or orphaned()

    worker, daily = Worker(site, apart(site, stopping)), Daily(site)
    while not stopping():
        try:
            daily(worker.clock())
            if worker.step() is None and _rest(worker, pause):
                return
        except Stopped:
            return
        except Exception:
            # A database that is away for a while must not end the worker.
            log.exception("the queue could not be worked; tried again in %d s", _TROUBLE_S)
            if pause(_TROUBLE_S):
                return
