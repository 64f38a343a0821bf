"""Workers beside the server: started with it, started again when one dies, ended with it."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from app.wiring import Site

log = logging.getLogger("vcf_review")
_GLANCE_S = 2.0
_PATIENCE_S = 5.0


@contextmanager
def beside(site: Site) -> Iterator[None]:
    """Keep `VCF_WORKERS` workers at work meanwhile.

    A server that is killed cannot end them: each notices by itself that it is an orphan.
    """
    over = threading.Event()
    # uvicorn raises SIGTERM again once it has ended; without this nobody would end the workers.
    signal.signal(signal.SIGTERM, _leave)
    running = [_started(site) for _ in range(site.settings.workers)]
    watch = threading.Thread(target=_watch, args=(site, running, over), daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()
        for one in running:
            one.terminate()
        for one in running:
            _ended(one)


def _leave(_: int, __: FrameType | None) -> None:
    raise SystemExit(0)


def _watch(site: Site, running: list[subprocess.Popen[bytes]], over: threading.Event) -> None:
    while not over.wait(_GLANCE_S):
        for place, one in enumerate(running):
            if one.poll() is not None:
                log.warning("a worker ended (code %d) and is started again", one.returncode)
                running[place] = _started(site)


def _started(site: Site) -> subprocess.Popen[bytes]:
    folder = str(site.settings.data)
    # The demo has a record of its own, whatever database the environment names.
    told = {**os.environ, "VCF_DATABASE": site.settings.database}
    command = [sys.executable, "-m", "app.cli", "--data", folder, "work", "--beside"]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, env=told)


def _ended(one: subprocess.Popen[bytes]) -> None:
    try:
        one.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        one.kill()
        one.wait()
