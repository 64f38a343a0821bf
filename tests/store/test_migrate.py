from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from postgres import Postgres
from sqlalchemy import Engine, MetaData, column, insert, inspect, select
from sqlalchemy import table as sql_table
from sqlmodel import Session, SQLModel
from store_builders import LEAD, NOW, a_case, events, judge, projection, ready, recomputed, show

import store.tables
from store import audit
from store._episodes import episodes
from store._judged import JUDGED
from store.domain.referral import Exclusion, Policy
from store.domain.report import ReportStatus
from store.engine import WRITES, open_engine
from store.migrate import HERE, current, newest, upgrade


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """A database with nothing in it."""
    if request.param == "sqlite":
        return open_engine(f"sqlite:///{tmp_path / 'new.db'}")
    server: Postgres = request.getfixturevalue("postgres")
    return open_engine(server.database())


def test_a_new_database_has_the_tables_of_this_version_and_no_others(empty: Engine) -> None:
    assert current(empty) == ""
    upgrade(empty)
    assert current(empty) == newest() != ""
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    assert audit.missing_guards(empty) == ()
    assert set(inspect(empty).get_table_names()) == {*SQLModel.metadata.tables, "alembic_version"}
    assert store.tables.TrailRow.__tablename__ in SQLModel.metadata.tables
    empty.dispose()


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    case = a_case(engine)
    before = audit.verify(engine)
    upgrade(engine)
    assert current(engine) == newest()
    assert show(engine, case).id == case
    assert audit.verify(engine) == before


def test_a_record_of_the_former_version_keeps_all_it_held(empty: Engine, engine: Engine) -> None:
    case = ready(engine)
    with empty.execution_options(**{WRITES: True}).begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(HERE))
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        former = MetaData()
        former.reflect(connection)
        with engine.connect() as source:
            for table in former.sorted_tables:
                if table.name == "alembic_version":
                    continue
                if table.name == "exclusion":
                    connection.execute(insert(table).values(**_excluded(case)))
                    continue
                now = SQLModel.metadata.tables[table.name]
                gone = {c.name: LEAD.handle for c in table.c if c.name not in now.c}
                assert gone.keys() <= {"last_by", "sha256"}
                kept = [now.c[c.name] for c in table.c if c.name in now.c]
                typed = (column(c.name, c.type) for c in kept)
                then = sql_table(table.name, *typed, *map(column, gone))
                for row in source.execute(select(*kept)).mappings():
                    told = {**row, **gone}
                    if table.name == "decision":
                        told |= {side: _without(row[side]) for side in ("before", "after")}
                    connection.execute(insert(then).values(told))
    upgrade(empty)
    assert current(empty) == newest()
    # The former version asked for a status and an advice alone: no standard is known of it.
    held = show(engine, case)
    unsaid = replace(held.report, judged=replace(held.report.judged, term_ok=None, action=None))
    assert show(empty, case) == replace(held, report=unsaid)
    assert projection(empty, case) == recomputed(empty, case)
    assert _without(projection(empty, case)) == _without(projection(engine, case))
    assert [event.stack for event in events(empty, case)] == ["", "", ""]
    assert audit.verify(empty) == audit.verify(engine)
    assert audit.missing_guards(empty) == ()
    assert judge(empty, case, ReportStatus.REPORTED_FULL) == 4
    with Session(empty) as session:
        (one,) = episodes(session, Policy())
    assert one.exclusions == (Exclusion.END_OF_LIFE,), "what a coordinator set stands"
    empty.dispose()


NEWER = {*JUDGED} - {"report_status", "recommendation"}
"""What is kept of a report since its standards are."""


def _without(facts: dict[str, Any]) -> dict[str, Any]:
    """*facts* as they were kept before a report had standards, at every depth."""
    return {
        name: _without(value) if isinstance(value, dict) else value
        for name, value in facts.items()
        if name not in NEWER
    }


def _excluded(case: str) -> dict[str, object]:
    """An exclusion as a coordinator set it before acts were kept."""
    by = {"actor": "f.coord", "role": "FLS_COORD", "at": NOW}
    return {"id": 1, "case_id": case, "code": "END_OF_LIFE", "applies": True, "note": "", **by}


def test_an_upgrade_that_fails_leaves_nothing_behind(
    empty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        real = command.upgrade

        def half(config: Config, revision: str) -> None:
            real(config, revision)
            msg = "the power went"
            raise OSError(msg)

        patched.setattr("store.migrate.command.upgrade", half)
        with pytest.raises(OSError, match="the power went"):
            upgrade(empty)
    assert current(empty) == ""
    assert inspect(empty).get_table_names() == []
    upgrade(empty)
    assert current(empty) == newest()
    empty.dispose()
