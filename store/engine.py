"""The database, opened safely: SQLite by default, PostgreSQL by its address."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text

from store._turns import Turns

__all__ = ["WRITES", "Engine", "open_engine"]

WRITES = "vcf_writes"
"""Execution option of a connection that will write."""

TURNS = "vcf_turns"
"""Execution option of an SQLite engine: the line its writers wait in."""

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    # Without it INSERT OR REPLACE slips past the triggers that keep the trail append-only.
    "recursive_triggers=ON",
    "trusted_schema=OFF",
)

WRITER_LOCK = 0x7CF
"""PostgreSQL advisory lock that puts writers in one line, as SQLite does by itself."""


def open_engine(address: str) -> Engine:
    """An engine for *address*, an SQLAlchemy URL (``sqlite:///...`` or ``postgresql+psycopg://``).

    Writers wait in one line on both databases: the trail is a chain, so there is one head.
    """
    # Parameters are patient data; they must not reach an error message.
    engine = create_engine(address, hide_parameters=True, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        engine.update_execution_options(**{TURNS: Turns()})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's type
    # The driver's own BEGIN is deferred and comes too late; ours is below.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns writer fails at once when another has written; one that
    # begins as a writer waits its turn.
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITES):
        connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})"))
    else:
        # One picture of the record for all that is asked, as SQLite gives; else a case could be
        # painted half before and half after a decision.
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
