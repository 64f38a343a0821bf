"""A small invented hospital behind a running server, made once for all tests of the application."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from clerk import Clerk
from running import Server, run

from app.demo.hospital import write_hospital
from app.demo.patients import CATALOGUE

STAFF = (
    ("a.lead", "Anna Lead", "METABOLIC_LEAD"),
    ("b.lead", "Ben Lead", "METABOLIC_LEAD"),
    ("f.coord", "Fay Coord", "FLS_COORD"),
    ("au.dit", "Alan Audit", "AUDIT_LEAD"),
    ("ad.min", "Ada Admin", "ADMIN"),
)
SHOWN = (1, 14, 20)
"""Of the catalogue: a wedge, a flag without a level, and a name with markup and a formula."""


@pytest.fixture(scope="session")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the scanners of three invented patients delivered."""
    folder = tmp_path_factory.mktemp("delivery")
    patients = tuple(patient for patient in CATALOGUE if patient.number in SHOWN)
    write_hospital(folder, lambda *_: None, patients=patients, workers=1)
    return folder


@pytest.fixture(scope="session")
def received_once(delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that has received them."""
    data = tmp_path_factory.mktemp("hospital") / "data"
    for handle, name, role in STAFF:
        assert run(data, "staff", "add", handle, name, role).returncode == 0
    done = run(data, "receive", delivery)
    assert done.returncode == 0, done.stderr
    return data


@pytest.fixture
def data(received_once: Path, tmp_path: Path) -> Path:
    """A copy of that data folder for one test."""
    return Path(shutil.copytree(received_once, tmp_path / "data"))


@pytest.fixture
def server(data: Path) -> Iterator[Server]:
    """A server over the copy."""
    running = Server(data).start()
    yield running
    running.stop()


@pytest.fixture
def lead(server: Server) -> Iterator[Clerk]:
    """The metabolic bone lead, signed in."""
    with Clerk(server, "a.lead") as clerk:
        yield clerk
