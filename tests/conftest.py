"""Parts every test may ask for: the shared clinical data, and both databases."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from needed import absent
from postgres import Postgres, start

ROOT = Path(__file__).resolve().parent.parent


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
