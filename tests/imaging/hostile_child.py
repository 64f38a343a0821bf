"""Reads files under the limits of a hostile one, and prints what became of each.

Run as a program of its own: limits of memory and time hold for a whole process, so each path that
comes in is read by a fork, and its answer goes out in one line.
"""

import gc
import os
import resource
import sys
from pathlib import Path

from components.imaging.header import sort_files
from components.imaging.pixels import slice_hu
from store.domain.refusal import Unusable

MOST_SECONDS = 2
MOST_BYTES = 300 << 20


def limit() -> None:
    """From here on the process may take 2 seconds and 300 MB more."""
    gc.collect()
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    resource.setrlimit(resource.RLIMIT_CPU, (int(used + MOST_SECONDS) + 1, resource.RLIM_INFINITY))
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    room = pages * resource.getpagesize() + MOST_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (room, resource.RLIM_INFINITY))


def fate(path: Path) -> str:
    """The reason or refusal of the file at *path*, or the words for its pixels."""
    sorting = sort_files([path])
    if sorting.aside:
        return sorting.aside[0].reason
    if not sorting.series:
        return "taken for a result"
    one = sorting.series[0].instances[0]
    try:
        shape = slice_hu(one, (0, one.rows), (0, one.columns)).shape
    except Unusable as refusal:
        return str(refusal)
    return f"read {shape}; {sorting.series[0].refusal}"


def answer(path: Path) -> str:
    """What a process under the limits says of *path*, or how it ended."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        limit()
        try:
            said = fate(path)
        except MemoryError:
            said = "MemoryError"
        os.write(into, said.encode())
        os._exit(0)
    os.close(into)
    _, status = os.waitpid(child, 0)
    with os.fdopen(out) as answered:
        return answered.read() if status == 0 else f"ended by signal {status & 0x7F}"


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(answer(Path(line.strip())) + "\n")
        sys.stdout.flush()
