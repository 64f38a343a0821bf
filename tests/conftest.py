"""Parts every test may ask for: the shared clinical data, and both databases."""

import os
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
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A real PostgreSQL server on the loopback address, stopped at the end."""
    server = start(tmp_path_factory.mktemp("postgres"))
    if server is None:
        absent("PostgreSQL's programs are not installed (Debian: postgresql).")
    yield server
    server.stop()
