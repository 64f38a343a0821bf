"""Parts every test may ask for: the shared clinical data, and both databases."""

import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from needed import absent
from postgres import Postgres, start

ROOT = Path(__file__).resolve().parent.parent
# How long one example takes says how busy the machine is, and nothing of the law.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
BUDGET = {"app": 300, "browser": 500, "imaging": 350, "store": 450, "rules": 40}
"""Seconds a folder's tests may take, one after the other, on a quiet machine; 60 for others."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the folders cost against their budget, and which modules cost most."""
    folders: Counter[str] = Counter()
    modules: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for one in reports:
            if isinstance(one, pytest.TestReport):
                module = Path(one.nodeid.partition("::")[0])
                folders[module.parent.name] += one.duration
                modules[module.name] += one.duration
    if len(folders) > 1:
        told = (f"{name} {took:.0f} of {BUDGET.get(name, 60)}" for name, took in folders.items())
        terminalreporter.write_line("seconds by folder: " + ", ".join(sorted(told)))
        slow = (f"{name} {took:.0f}" for name, took in modules.most_common(12))
        terminalreporter.write_line("slowest modules: " + ", ".join(slow))


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """Put the main module back: Streamlit's test of a screen leaves its script in that place.

    Every process begun later would run that script first, and die of it.
    """
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real CTs beside the checkout; clinical data never lives in it."""
    folder = Path(os.environ.get("VCF_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        absent(f"Real CTs are not here: {folder.name} was looked for beside the checkout.")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server on the loopback address, stopped at the end."""
    # Not under pytest's own folder: another run of pytest takes the rights to that away.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    server = start(folder)
    if server is None:
        absent("PostgreSQL's programs are not installed (Debian: postgresql).")
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)
