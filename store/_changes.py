"""What one deed changed of a case: every row of it before and after, kept whole in the event.

An event that holds all of its change can be taken back whole, and the events alone give the
tables again. Rows are named as ``findings/f_1``; a row that was not there is None.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlmodel import Session, SQLModel, col

from store._judged import BY_WHOM, JUDGED
from store.columns import Utc
from store.domain.finding import State
from store.tables import AlertRow, FindingRow, ReadingRow, ReviewCase
from store.unit import Unit

Kept = dict[str, dict[str, Any] | None]
"""Rows by name, each with the columns that changed."""

_CASE = (
    "state",
    "confirmed",
    "fragility",
    "closed_at",
    *JUDGED,
    *BY_WHOM,
    "report_changed",
    "reading",
    "outcome",
    "first_reader",
    "second_reader",
    "open_alerts",
)
_KEYS = {"id", "case_id", "number"}
_TABLES: dict[str, tuple[type[SQLModel], str]] = {
    "readings": (ReadingRow, "number"),
    "findings": (FindingRow, "id"),
    "alerts": (AlertRow, "id"),
}


def _columns(table: type[SQLModel]) -> tuple[str, ...]:
    if table is ReviewCase:
        return _CASE
    return tuple(name for name in table.model_fields if name not in _KEYS)


_MOMENTS: dict[type[SQLModel], frozenset[str]] = {
    table: frozenset(c.name for c in inspect(table).columns if isinstance(c.type, Utc))
    for table in (ReviewCase, ReadingRow, FindingRow, AlertRow)
}


def world(session: Session, case: ReviewCase) -> Kept:
    """Everything of *case* that a deed may change, as it stands."""
    session.flush()
    rows: Kept = {"case": _row(case)}
    for name, (table, key) in _TABLES.items():
        found = session.execute(
            select(table).where(col(table.case_id) == case.id)  # type: ignore[attr-defined]  # each has one
        ).scalars()
        rows.update({f"{name}/{getattr(row, key)}": _row(row) for row in found})
    return rows


def _row(row: SQLModel) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in _columns(type(row))}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def changed(before: Kept, after: Kept) -> tuple[Kept, Kept]:
    """What is different between two worlds, as the one and the other have it."""
    was: Kept = {}
    now: Kept = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            was[name], now[name] = _spoken(old), _spoken(new)
            continue
        columns = [column for column in new if old.get(column) != new[column]]
        if columns:
            was[name] = {column: old[column] for column in columns}
            now[name] = {column: new[column] for column in columns}
    return was, now


def _spoken(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """*row* without its empty columns: a new row has many."""
    return None if row is None else {k: v for k, v in row.items() if v not in ("", None)}


def restore(unit: Unit, case: ReviewCase, was: Mapping[str, Any]) -> None:
    """Bring the rows that *was* names back to what it says of them."""
    for name, row in was.items():
        kind, _, key = name.partition("/")
        if kind == "case":
            _set(case, row)
        elif kind in _TABLES:
            table, _key = _TABLES[kind]
            held = unit.session.get_one(table, (case.id, int(key)) if table is ReadingRow else key)
            if row is not None:
                _set(held, row)
            else:
                _unmake(unit, held, was)
    unit.session.flush()


def _set(row: SQLModel, columns: Mapping[str, Any]) -> None:
    moments = _MOMENTS[type(row)]
    for name, value in columns.items():
        moment = name in moments and value is not None
        setattr(row, name, datetime.fromisoformat(value) if moment else value)


def _unmake(unit: Unit, row: SQLModel, was: Mapping[str, Any]) -> None:
    """Take back a row that was made: what a person said stays to be seen as withdrawn."""
    if isinstance(row, AlertRow):
        row.withdrawn_at = unit.now
    elif isinstance(row, FindingRow) and was.get(f"readings/{row.reading}", ...) is not None:
        row.state, row.decided_by, row.decided_at = State.WITHDRAWN.value, "", None
    else:
        unit.session.delete(row)
