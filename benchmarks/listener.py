"""P8: 300 slices by C-STORE into our listener, against dcmtk's storescp; TCP_NODELAY on both.

The two take turns; both write the same files to the same disk. Ours flushes each to the disk
before it answers, dcmtk's does not: that share is measured by a bare write and flush beside it.

    python benchmarks/listener.py [SLICES] [RUNS]
"""

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "imaging")]
GOAL = 3.0
SIDE = 512
ENVIRONMENT = {**os.environ, "TCP_NODELAY": "1", "PYTHONPATH": str(ROOT)}


def main() -> None:
    """Print the seconds of each and their ratio."""
    slices, runs = (int(one) for one in (*sys.argv[1:], "300", "5")[:2])
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        _series(top / "series", slices)
        theirs, ours, flushed = [], [], []
        for number in range(runs):
            with _dcmtk(top / f"dcmtk{number}") as port:
                theirs.append(_sent(top / "series", port))
            with _listener(top / f"ours{number}") as port:
                ours.append(_sent(top / "series", port))
            flushed.append(_flushed(top / "series", top / f"bare{number}"))
    median = statistics.median
    print(f"{slices} slices of {SIDE} x {SIDE}, {runs} runs, seconds: median (best to worst)")
    for name, figures in (("storescp", theirs), ("listener", ours), ("bare flush", flushed)):
        print(f"{name:11} {median(figures):6.2f} ({min(figures):.2f} to {max(figures):.2f})")
    without = median(ours) - median(flushed)
    print(f"listener less bare flush / storescp {without / median(theirs):.2f}")
    print(f"listener / storescp {median(ours) / median(theirs):.2f}, goal {GOAL:.1f}")


def _series(folder: Path, slices: int) -> None:
    import numpy as np
    from ct_files import write_series

    noise = np.random.default_rng(1).normal(40, 25, (4, SIDE, SIDE)).astype(np.int16)
    write_series(folder, noise[np.arange(slices) % 4])


def _sent(folder: Path, port: int) -> float:
    began = time.monotonic()
    asked = ["/usr/bin/storescu", "+sd", "+r", "-aet", "BENCH", "-aec", "VCFREVIEW"]
    subprocess.run([*asked, "127.0.0.1", str(port), folder], env=ENVIRONMENT, check=True)
    return time.monotonic() - began


@contextmanager
def _dcmtk(folder: Path) -> Iterator[int]:
    folder.mkdir()
    port = _free()
    asked = ["/usr/bin/storescp", "-aet", "VCFREVIEW", "-od", folder, str(port)]
    yield from _running(subprocess.Popen(asked, env=ENVIRONMENT), port)


@contextmanager
def _listener(data: Path) -> Iterator[int]:
    data.mkdir()
    port, file = _free(), data / "sources.toml"
    said = f'name = "ct"\nkind = "listener"\npeers = ["BENCH"]\nport = {port}\n'
    # Nothing is handed over while it is measured, as in the other.
    file.write_text(f"[[source]]\n{said}quiet_seconds = 600\n")
    told = {**ENVIRONMENT, "VCF_DATA": str(data), "VCF_SOURCES": str(file)}
    asked = [sys.executable, "-m", "app.cli", "listen"]
    yield from _running(subprocess.Popen(asked, env=told, stderr=subprocess.DEVNULL), port)


def _running(server: "subprocess.Popen[bytes]", port: int) -> Iterator[int]:
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(0.5)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _flushed(folder: Path, goal: Path) -> float:
    """Writing and flushing the same files, and the names of them, with nothing else."""
    goal.mkdir()
    contents = [path.read_bytes() for path in sorted(folder.iterdir())]
    began = time.monotonic()
    for number, content in enumerate(contents):
        with (goal / f"{number}").open("wb") as file:
            file.write(content)
            file.flush()
            os.fdatasync(file.fileno())
        handle = os.open(goal, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
    return time.monotonic() - began


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    main()
