"""The product as people run it: its own command in its own process, on the loopback address."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ONE_READER = {"VCF_SECOND_READ_SHARE": "0", "VCF_SECOND_READ_DOUBTFUL": "0"}
"""Nothing is read twice by lot or by rule, so that a journey goes the same way every time."""
COMMAND = [sys.executable, "-m", "app.cli"]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def run(data: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """One command over the data folder *data*, to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        env={**os.environ, "VCF_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )


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
        self.process: subprocess.Popen[bytes] | None = None

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
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve"], env=environment, stdout=log, stderr=log, cwd=self.data.parent
            )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.address}/health", timeout=1) as answer:
                    if answer.status == 200:
                        return self
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.1)
        msg = f"The server did not start: {self.log.read_text()}"
        raise AssertionError(msg)

    def kill(self) -> None:
        """Take it away as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it, and wait."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
