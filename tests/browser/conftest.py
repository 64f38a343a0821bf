"""A real Chromium, and a server with a few real or drawn scans behind it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from needed import absent
from playwright.sync_api import Browser, Page, sync_playwright

SIZE = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if path is None:
        absent("Chromium is not installed (Debian: chromium).")
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
