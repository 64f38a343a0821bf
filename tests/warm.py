"""The product's commands, each in a process of its own that finds the modules loaded already.

Loading them takes two seconds of a processor, and the tests run hundreds of commands. So one
process loads them and forks for each command; what the command does is its own from there on.
The cold start is what `test_cli.py` and `test_wheel.py` show.
"""

import atexit
import os
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "app.cli",
        "app.server",
        "app.demo.work",
        "components.charts",
        "pandas",
        "plotly.graph_objects",
    ]
)
_running: list[BaseProcess] = []


def command(
    arguments: list[str], environment: Mapping[str, str], folder: Path, out: Path, err: Path
) -> BaseProcess:
    """``vcf-review`` with *arguments*, begun in *folder*; it adds what it says to *out*, *err*."""
    given = (arguments, dict(environment), folder, out, err)
    begun = _FORKS.Process(target=_become, args=given)
    begun.start()
    _running[:] = [one for one in (*_running, begun) if one.is_alive()]
    return begun


def _become(
    arguments: list[str], environment: dict[str, str], folder: Path, out: Path, err: Path
) -> None:
    from app.cli import main

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, path in ((1, out), (2, err)):
        with path.open("ab") as file:
            os.dup2(file.fileno(), number)
    sys.argv = ["vcf-review", *arguments]
    raise SystemExit(main(arguments))


@atexit.register
def _end() -> None:
    # Python waits for its children at the end; one that a broken test left would never end.
    for one in _running:
        if one.is_alive():
            one.kill()
