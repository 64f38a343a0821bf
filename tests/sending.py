"""What a hospital sends, and the programs that receive it: real dcmtk, real processes."""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from needed import absent
from running import COMMAND, free_port

from components.imaging.phantom import GE, Identity, PhantomScan, Study, plan, render, write_dicom
from components.imaging.phantom import uid as made_uid
from store.domain.spine import Level

STORESCU = Path("/usr/bin/storescu")
"""dcmtk's own: pynetdicom puts another of the same name into the environment."""
PEER = "CTSCAN1"


@cache
def _scan() -> PhantomScan:
    return render(plan(Level.L1, Level.L2, seed=4), spacing_mm=(5.0, 2.0, 2.0), size=120)


def write_scan(folder: Path, number: int) -> list[Path]:
    """The CT of invented patient *number*, a file a slice."""
    who = Identity(f"DEMO^N{number}", f"DEMO-{number}", "", date(1950, 5, 5), "F")
    uids = made_uid(f"study {number}"), made_uid(f"series {number}")
    study = Study(*uids, f"A{number:05}", date(2026, 10, 3), "CT", "Demo", GE, "STANDARD")
    write_dicom(_scan(), folder, who, study)
    return sorted(path for path in folder.iterdir() if path.is_file())


def storescu(
    port: int,
    *paths: Path,
    calling: str = PEER,
    called: str = "VCFREVIEW",
    more: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """dcmtk's sender, to its end; its exit code is not to be trusted alone."""
    if not STORESCU.exists():
        absent("dcmtk's storescu is not installed (Debian: dcmtk).")
    where = ["-aet", calling, "-aec", called, *more, "127.0.0.1", str(port)]
    # Without it every object takes 40 ms more.
    environment = {**os.environ, "TCP_NODELAY": "1"}
    asked = [STORESCU, "-v", "+sd", "+r", "-R", *where, *paths]
    return subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)


class Receiving:
    """One of our own receiving commands, running over the data folder *data*."""

    def __init__(
        self,
        data: Path,
        verb: str,
        sources: str,
        *,
        prefix: tuple[str, ...] = (),
        more: tuple[str, ...] = (),
    ) -> None:
        self.data, self.verb, self.prefix, self.more = data, verb, prefix, more
        self.file = data.parent / "sources.toml"
        self.file.write_text(sources)
        self.log = data.parent / f"{verb}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What the command is told."""
        told = {"VCF_DATA": str(self.data), "VCF_SOURCES": str(self.file)}
        return {**os.environ, **told}

    def start(self, ready: str = "") -> "Receiving":
        """Start it and wait until its log says *ready*."""
        self.log.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.prefix, *COMMAND, self.verb, *self.more],
                env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip
        until(lambda: ready in self.said() or self.process_ended(), f"{self.verb} to say {ready}")
        assert not self.process_ended(), self.said()
        return self

    def __enter__(self) -> "Receiving":
        return self

    def __exit__(self, *_: object) -> None:
        if not self.process_ended():
            self.kill()

    def said(self) -> str:
        """Everything it has logged."""
        return self.log.read_text()

    def process_ended(self) -> bool:
        """Whether it is over."""
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """Take it away as a power cut would."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """End it as a service is ended; its exit code."""
        assert self.process
        self.process.terminate()
        return self.process.wait(20)


def listener(data: Path, **more: object) -> tuple[int, str]:
    """A port, and the file of sources with a listener on it."""
    port = free_port()
    lines = "".join(f"{key} = {value}\n" for key, value in more.items())
    text = f'[[source]]\nname = "ct"\nkind = "listener"\npeers = ["{PEER}"]\nport = {port}\n{lines}'
    return port, text if "quiet_seconds" in text else text + "quiet_seconds = 1\n"


def rows(data: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What the record answers to *query*."""
    with sqlite3.connect(data / "record.db", timeout=20) as record:
        return record.execute(query, values).fetchall()


def until(what: Callable[[], object], words: str, seconds: float = 60.0) -> None:
    """Wait until *what* is true."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {words}"
        time.sleep(0.1)


def spooled(data: Path) -> list[Path]:
    """Every object that still lies in a spool."""
    return [path for path in (data / "files" / "inbox").rglob("*.dcm") if path.is_file()]


def copied(folder: Path, goal: Path) -> Path:
    """A copy of *folder*, for what is about to be spoilt."""
    return Path(shutil.copytree(folder, goal))
