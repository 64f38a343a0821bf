"""A new record for each test, on either database, copied from one that was migrated once."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from postgres import Postgres
from sqlalchemy import Engine, make_url

from store.engine import open_engine
from store.migrate import upgrade


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    # The last connection to close writes the log back into the one file that is copied.
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    address = postgres.database()
    engine = open_engine(address)
    upgrade(engine)
    engine.dispose()
    return address


@contextmanager
def _copy_of(template: str) -> Iterator[str]:
    """A copy of the database *template*, gone afterwards."""
    url = make_url(template)
    name = f"t{uuid4().hex[:12]}"
    with psycopg.connect(
        host=url.host, port=url.port, user=url.username, dbname="postgres", autocommit=True
    ) as connection:
        made = f'CREATE DATABASE "{name}" TEMPLATE "{url.database}"'
        # Copying whole files is the fastest way without waiting for the disk, and before
        # version 15 the only one.
        strategy = " STRATEGY file_copy" if connection.info.server_version >= 150000 else ""
        connection.execute((made + strategy).encode())
        yield url.set(database=name).render_as_string(hide_password=False)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new, migrated and empty record."""
    if request.param == "postgresql":
        with _copy_of(request.getfixturevalue("postgres_template")) as copied:
            yield copied
    else:
        path = tmp_path / "record.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    opened = open_engine(address)
    yield opened
    opened.dispose()


@pytest.fixture
def postgres_copy(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A new, migrated and empty record on PostgreSQL."""
    with _copy_of(request.getfixturevalue("postgres_template")) as copied:
        opened = open_engine(copied)
        yield opened
        opened.dispose()


@pytest.fixture
def lone(tmp_path: Path, sqlite_template: Path) -> Iterator[Engine]:
    """A new, migrated and empty record on SQLite alone, for laws that no database changes."""
    path = tmp_path / "record.db"
    path.write_bytes(sqlite_template.read_bytes())
    opened = open_engine(f"sqlite:///{path}")
    yield opened
    opened.dispose()


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """One closed case between two repeats, so that a test need not close ten."""
    monkeypatch.setattr("store._repeats.BETWEEN", 1)
