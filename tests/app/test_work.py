"""Workers as real processes: killed, stopped and poisoned, and every picture is there once."""

import os
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from running import COMMAND, Server
from sending import rows, until, write_scan

from app.intake import probe
from app.intake.receive import Delivery, receive
from app.intake.work import Done, Worker, apart
from app.settings import Settings
from app.wiring import Site, open_site
from store import audit, cases, jobs, probing
from store.arrivals import receive_result
from store.domain.arrival import AiFinding, AiResult, Ending, Fate
from store.domain.job import LEASE, MOST_TRIES, pause
from store.domain.people import INTAKE, Person, Role
from store.domain.spine import Level
from store.jobs import Jobs

ADMIN = Person("s.admin", "Sam Admin", Role.ADMIN)
LEAD = Person("a.lead", "Ada Lead", Role.METABOLIC_LEAD)
LEASE_S = 3
COUNT = 12


def queued(folder: Path, *numbers: int) -> Site:
    """A record that has received scans of these invented patients, and prepared none."""
    site = open_site(Settings(data=folder / "data"))
    scans = folder / f"scans of {numbers[0]}"
    for number in numbers:
        write_scan(scans / f"{number}", number)
    done = receive(site, Delivery((scans,)))
    assert [one.fate for one in done.series] == ["accepted"] * len(numbers)
    return site


class Working:
    """One worker."""

    def __init__(self, data: Path, name: str) -> None:
        self.data, self.log = data, data.parent / f"{name}.log"
        told = {**os.environ, "VCF_DATA": str(data), "VCF_LEASE_SECONDS": f"{LEASE_S}"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([*COMMAND, "work"], env=told, stdout=log, stderr=log)

    def in_hand(self) -> bool:
        query = "SELECT count(*) FROM job WHERE state = 'running' AND owner LIKE ?"
        return bool(rows(self.data, query, f"%:{self.process.pid}/%")[0][0])

    def caught(self) -> bool:
        """Whether it stands still now, with work in hand."""
        self.process.send_signal(signal.SIGSTOP)
        if self.in_hand():
            return True
        self.process.send_signal(signal.SIGCONT)
        return False

    def end(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[list[Working]]:
    working: list[Working] = []
    yield working
    for one in working:
        one.end()


def done(data: Path) -> int:
    return int(rows(data, "SELECT count(*) FROM job WHERE state = 'done'")[0][0])


def test_a_worker_killed_and_one_stopped_for_longer_than_its_lease_lose_and_double_nothing(
    tmp_path: Path, workers: list[Working]
) -> None:
    site = queued(tmp_path, *range(COUNT))
    data = site.settings.data
    workers += [Working(data, "killed"), Working(data, "stopped")]
    killed, stopped = workers
    until(killed.caught, "a worker with work in hand")
    killed.process.kill()
    until(stopped.caught, "another worker with work in hand")
    assert done(data) < COUNT
    workers.append(Working(data, "third"))
    until(lambda: done(data) == COUNT, "every picture", 120)
    stopped.process.send_signal(signal.SIGCONT)
    until(lambda: "was another's in the end" in stopped.log.read_text(), "the lost lease")
    prepared = rows(data, "SELECT entity FROM trail WHERE action = 'series.prepared'")
    assert Counter(entity for (entity,) in prepared) == dict.fromkeys(
        (entity for (entity,) in rows(data, "SELECT id FROM series WHERE stack IS NOT NULL")), 1
    )
    assert len(prepared) == COUNT
    assert audit.verify(site.engine).faults == ()
    stopped.process.terminate()
    assert stopped.process.wait(10) == 0
    site.engine.dispose()


def flagged(site: Site) -> None:
    """The AI flags L1 on the only scan."""
    ((study,),) = rows(site.settings.data, "SELECT study_uid FROM scan")
    flag = (AiFinding(Level.L1, 0.32),)
    said = AiResult("P", "1", Ending.POSITIVE, flag, "JSON", "ab" * 32, study_uid=study)
    site.submit(INTAKE, receive_result, said)


def test_a_poisonous_series_dies_alone_is_shown_and_may_be_tried_again(tmp_path: Path) -> None:
    site = queued(tmp_path, 1)
    flagged(site)
    assert rows(site.settings.data, "SELECT * FROM review_case") == [], "nothing to look at yet"
    tight = open_site(Settings(data=site.settings.data, prepare_mb=1))
    ahead = [timedelta(0)]
    worker = Worker(tight, apart(tight, lambda: False), lambda: datetime.now(UTC) + ahead[0])
    for tries in range(1, MOST_TRIES + 1):
        found = worker.step()
        assert found is not None
        assert found.failure == "It needs more than 1 MB of memory."
        assert worker.step() is None
        ahead[0] = pause(tries) + timedelta(seconds=1)
    assert worker.step() is None
    queued(tmp_path, 2)
    sound = Worker(site)
    found = sound.step()
    assert found is not None
    assert found.outcome is not None
    queue = site.ask(ADMIN, jobs.standing)
    assert (queue.dead_count, queue.waiting, queue.done) == (1, 0, 1)
    assert queue.failures == (("It needs more than 1 MB of memory.", 1),)
    ((case,),) = rows(site.settings.data, "SELECT id FROM review_case")
    shown = site.ask(LEAD, cases.case, case)
    assert shown.scan.stack is None
    assert "more than 1 MB" in shown.scan.no_stack
    site.submit(ADMIN, jobs.retry, queue.dead[0].id, "The limit was too low.")
    found = sound.step()
    assert found is not None
    again = site.ask(LEAD, cases.case, case)
    assert again.scan.stack is not None
    assert again.version == shown.version + 1, "whoever has it open must see the picture first"
    assert [one.ai_level for one in again.findings] == [Level.L1]
    for one in (site, tight):
        one.engine.dispose()


def test_a_preparation_that_the_system_kills_is_told_as_such_and_dead_after_five(
    tmp_path: Path,
) -> None:
    site = queued(tmp_path, 1)
    ahead = [timedelta(0)]
    make = apart(site, lambda: False)
    worker = Worker(site, make, lambda: datetime.now(UTC) + ahead[0])
    own = os.getpid()

    def killed() -> bool:
        for server in children(own):
            for child in children(server):
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                    return True
        return False

    for tries in range(1, MOST_TRIES + 1):
        found: list[Done | None] = []
        stepping = threading.Thread(target=lambda into=found: into.append(worker.step()))
        stepping.start()
        while stepping.is_alive() and not killed():
            pass
        stepping.join()
        (one,) = found
        assert one is not None
        assert one.failure.startswith("The preparation was killed (signal 9), as the system does")
        ahead[0] = pause(tries) + timedelta(seconds=1)
    queue = site.ask(ADMIN, jobs.standing)
    assert (queue.dead_count, queue.failures[0][1]) == (1, 1)
    assert queue.dead[0].reason.startswith("The preparation was killed (signal 9)")
    site.engine.dispose()


def test_a_preparation_that_takes_too_long_is_told_and_the_queue_goes_on(tmp_path: Path) -> None:
    site = queued(tmp_path, 1)
    slow = open_site(Settings(data=site.settings.data, prepare_seconds=0))
    first = Worker(slow, apart(slow, lambda: False)).step()
    assert first is not None
    assert first.failure == "It took longer than 0 seconds."
    queued(tmp_path, 2)
    after = Worker(site).step()
    assert after is not None
    assert after.outcome is not None
    assert site.ask(ADMIN, jobs.standing).waiting == 1
    for one in (site, slow):
        one.engine.dispose()


def test_a_test_study_that_killed_its_worker_five_times_ends_and_says_so(tmp_path: Path) -> None:
    site = open_site(Settings(data=tmp_path / "data"))
    folder = tmp_path / "test study"
    folder.mkdir()
    digest = probe._made(site, folder)
    receive(site, Delivery((folder,)))
    later = datetime.now(UTC)
    queue = Jobs(site.engine, INTAKE)
    for _ in range(MOST_TRIES):
        assert queue.take("a worker that dies", later)
        later += 2 * LEASE
    ended = Worker(site, clock=lambda: later).step()
    assert ended is not None
    told = site.ask(INTAKE, probing.came, digest)
    assert told is not None
    assert (told.fate, told.reason) == (Fate.REFUSED, "Its worker died 5 times while at it.")
    assert not list(site.archive.path("series", digest).parent.iterdir())
    site.engine.dispose()


def children(pid: int) -> list[int]:
    """Processes that any thread of *pid* has begun."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def gone(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_server_brings_its_worker_and_leaves_none_behind_even_when_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VCF_WORKERS", "1")
    site = queued(tmp_path, 1)
    site.engine.dispose()
    server = Server(site.settings.data).start()
    assert server.process
    (worker,) = children(server.process.pid)
    until(lambda: done(site.settings.data) == 1, "the picture")
    server.kill()
    until(lambda: gone(worker), "the orphan to end")
    server.start()
    (worker,) = children(server.process.pid)
    server.stop()
    assert gone(worker)
