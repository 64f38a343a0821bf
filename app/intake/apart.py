"""A picture made in a process of its own, so that a poisonous series kills nothing but that."""

import ctypes
import logging
import os
import resource
import signal
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from app import quiet
from app.intake.picture import Made, made_of
from store.archive import Archive
from store.domain.refusal import Unusable

log = logging.getLogger("vcf_review")
_CONTEXT = get_context("forkserver")
_LOADED = ["app.intake.apart", "app.cli"]
"""Loaded once, by the server that children are forked from; a child then starts in a moment."""
_GLANCE_S = 0.25
_KILL_ME_TOO = 1  # prctl's PR_SET_PDEATHSIG


class Failed(RuntimeError):
    """The picture could not be made this time; the text says why and names nobody."""


class Stopped(RuntimeError):
    """The worker is to end; the job is for another."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one preparation may use.

    Attributes:
        memory_mb: Above what the program itself takes, megabytes of address space.
        seconds: By the wall clock.
    """

    memory_mb: int
    seconds: float


def made_apart(
    folder: Path, about: Mapping[str, Any], limits: Limits, stopping: Callable[[], bool]
) -> Made:
    """What `made_of` gives for the archive in *folder*.

    Raises:
        Unusable: no honest picture can be made of the series.
        Failed: it took too much memory or time, died, or met a defect.
        Stopped: *stopping* said so.
    """
    _CONTEXT.set_forkserver_preload(_LOADED)
    ours, theirs = _CONTEXT.Pipe()
    child = _CONTEXT.Process(target=_child, args=(theirs, folder, dict(about), limits.memory_mb))
    child.start()
    theirs.close()
    try:
        kind, said = _answer(ours, time.monotonic() + limits.seconds, stopping, limits)
    except EOFError:
        child.join()
        raise Failed(_ended(child.exitcode or 0)) from None
    finally:
        child.kill()
        child.join()
        ours.close()
    if kind == "made":
        made: Made = said
        return made
    raise (Unusable if kind == "unusable" else Failed)(said)


def _ended(code: int) -> str:
    if code == -signal.SIGKILL:
        return (
            "The preparation was killed (signal 9), as the system does when memory runs out. "
            "Lower VCF_PREPARE_MB or the number of workers."
        )
    how = f"signal {-code}" if code < 0 else f"code {code}"
    return f"The preparation ended by itself ({how})."


def _answer(
    pipe: Connection, until: float, stopping: Callable[[], bool], limits: Limits
) -> tuple[str, Any]:
    while not pipe.poll(min(_GLANCE_S, max(0.0, until - time.monotonic()))):
        if stopping():
            raise Stopped
        if time.monotonic() >= until:
            return "failed", f"It took longer than {limits.seconds:.0f} seconds."
    answer: tuple[str, Any] = pipe.recv()
    return answer


def _child(pipe: Connection, folder: Path, about: dict[str, Any], memory_mb: int) -> None:
    quiet.hush()
    _bound(memory_mb)
    threading.Thread(target=_end_with, args=(pipe,), daemon=True).start()
    try:
        answer: tuple[str, object] = "made", made_of(Archive(folder), about)
    except Unusable as refusal:
        answer = "unusable", str(refusal)
    except MemoryError:
        answer = "failed", f"It needs more than {memory_mb:,} MB of memory."
    except Exception as error:
        reference = uuid.uuid4().hex[:8]
        log.exception("defect %s while preparing a series", reference)
        answer = "failed", f"A defect of this software ({type(error).__name__}). Report it."
    pipe.send(answer)


def _bound(memory_mb: int) -> None:
    """Limit this process; what the program itself takes comes on top."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker to handle
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + (memory_mb << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    ctypes.CDLL(None).prctl(_KILL_ME_TOO, signal.SIGKILL)


def _end_with(pipe: Connection) -> None:
    """End this process when the worker at the other end of *pipe* is no more."""
    try:
        pipe.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)
