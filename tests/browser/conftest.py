"""A real Chromium, and a server with a few real or drawn scans behind it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hospitals import received_from
from needed import absent
from once import once
from playwright.sync_api import Browser, Page, expect, sync_playwright
from queues import queue_of
from running import Server

from app.demo.patients import CATALOGUE

PAIR = (("a.lead", "Anna Lead", "METABOLIC_LEAD"), ("b.lead", "Ben Second", "METABOLIC_LEAD"))
"""Two people who may both decide."""
SIZE = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if path is None:
        absent("Chromium is not installed (Debian: chromium).")
    expect.set_options(timeout=20_000)  # five seconds were too few where others are at work
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A new window of a person of its own, as large as a common screen."""
    context = chromium.new_context(viewport=SIZE, accept_downloads=True)
    one = context.new_page()
    one.set_default_timeout(30_000)
    yield one
    context.close()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where the pictures a person should look at go; kept when VCF_TEST_SHOTS names a folder."""
    import os

    named = os.environ.get("VCF_TEST_SHOTS")
    folder = Path(named) if named else tmp_path / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def hospital(folder: Path, numbers: set[int]) -> Path:
    """A data folder in *folder* with the drawn patients of these *numbers*."""
    return received_from(folder, tuple(one for one in CATALOGUE if one.number in numbers))


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with three drawn patients."""
    made = once(tmp_path_factory, "drawn", lambda folder: hospital(folder, {3, 4, 20}))
    return made / "data"


@pytest.fixture
def twice_built(tmp_path: Path) -> Iterator[Server]:
    """A server over a scan in two reconstructions, and one in a single one."""
    running = Server(hospital(tmp_path, {20, 32})).start()
    yield running
    running.stop()


@pytest.fixture
def server(drawn: Path, tmp_path: Path) -> Iterator[Server]:
    """A server over a copy of it."""
    running = Server(Path(shutil.copytree(drawn, tmp_path / "data"))).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def queued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder where twelve scans with one flag each wait for two people."""
    made = once(tmp_path_factory, "queued", lambda folder: queue_of(folder, 12, PAIR))
    return made / "data"


@pytest.fixture
def queue(queued: Path, tmp_path: Path) -> Iterator[Server]:
    """A server over a copy of it."""
    running = Server(Path(shutil.copytree(queued, tmp_path / "queue"))).start()
    yield running
    running.stop()
