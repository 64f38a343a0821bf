"""The product as people run it: its own command in its own process, on the loopback address."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import SystemRandom

import warm

from app.settings import Settings
from app.wiring import open_site
from store.domain.people import INTAKE, Person, Role
from store.staff import enrol

ONE_READER = {"VCF_SECOND_READ_SHARE": "0", "VCF_SECOND_READ_DOUBTFUL": "0"}
"""Nothing is read twice by lot or by rule, so that a journey goes the same way every time."""
COMMAND = [sys.executable, "-m", "app.cli"]


def free_port() -> int:
    """A port nobody listens on, below those the system deals out, which could be taken again."""
    while True:
        port = SystemRandom().randrange(15_000, 32_000)
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


def run(data: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """One command over the data folder *data*, to its end."""
    words = [*map(str, arguments)]
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        begun = warm.command(words, {**os.environ, "VCF_DATA": str(data)}, Path.cwd(), out, err)
        begun.join()
        assert begun.exitcode is not None
        return subprocess.CompletedProcess(
            words, begun.exitcode, out.read_text("utf-8"), err.read_text("utf-8")
        )


def enrolled(data: Path, staff: Iterable[tuple[str, str, str]]) -> Path:
    """The data folder *data*, where *staff* may sign in: handle, name and role of each."""
    site = open_site(Settings(data=data))
    for handle, name, role in staff:
        site.submit(INTAKE, enrol, Person(handle, name, Role(role)))
    site.engine.dispose()
    return data


def received(data: Path, *arguments: str | Path) -> list[dict[str, object]]:
    """What ``receive --json`` says of every series."""
    done = run(data, "receive", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


class Server:
    """A running server over one data folder."""

    def __init__(self, data: Path, port: int | None = None) -> None:
        self.data = data
        self.port = port or free_port()
        self.log = data.parent / f"{data.name}-{self.port}.log"
        self.process: BaseProcess | None = None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Server":
        """Start it and wait until it is sound."""
        environment = {
            **ONE_READER,
            "VCF_WORKERS": "0",
            **os.environ,
            "VCF_DATA": str(self.data),
            "VCF_PORT": str(self.port),
        }
        self.process = warm.command(["serve"], environment, self.data.parent, self.log, self.log)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.address}/health", timeout=1) as answer:
                    if answer.status == 200:
                        return self
            except OSError:
                assert self.process.is_alive(), self.log.read_text()
                time.sleep(0.1)
        msg = f"The server did not start: {self.log.read_text()}"
        raise AssertionError(msg)

    def kill(self) -> None:
        """Take it away as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.join()

    def stop(self) -> None:
        """End it, and wait."""
        if self.process is not None and self.process.is_alive():
            self.process.terminate()
            self.process.join(10)
            if self.process.is_alive():
                self.kill()
