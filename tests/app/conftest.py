"""A small invented hospital behind a running server, made once for all tests of the application."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from clerk import Clerk
from once import once
from running import Server, enrolled, run

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
    patients = tuple(patient for patient in CATALOGUE if patient.number in SHOWN)
    return once(
        tmp_path_factory,
        "delivery",
        lambda folder: write_hospital(folder, lambda *_: None, patients=patients, workers=1),
    )


@pytest.fixture(scope="session")
def received_once(delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that has received them."""

    def receive(folder: Path) -> None:
        done = run(enrolled(folder / "data", STAFF), "receive", delivery)
        assert done.returncode == 0, done.stderr

    return once(tmp_path_factory, "received", receive) / "data"


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
