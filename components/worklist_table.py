"""A worklist to walk through by keyboard: a real table, one row a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import streamlit as st

from components.viewer.static_files import mounted


class Kind(StrEnum):
    """How a column is shown: as text, on one line, or a grade as shape, letter and colour."""

    TEXT = "text"
    LINE = "line"
    GRADE = "grade"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: which cell of a row it shows, under which heading."""

    key: str
    label: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Row:
    """One case: its id and its cells as text; a grade is 0 to 3, or None for not graded.

    Attributes:
        ticket: Opens the case; with it the picture is on its way before the page has turned.
    """

    id: str
    cells: Mapping[str, str | int | None]
    ticket: str = ""


def worklist_table(
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    key: str,
    caption: str,
    selected: str | None = None,
    chosen: Sequence[str] | None = None,
) -> tuple[str, ...]:
    """The ids of the rows the reader chose; the one they opened stands in the session under *key*.

    *selected* is the row that has the focus at first; without it the first row has. *chosen* are
    rows that were chosen before; without it no row of the table can be chosen, only opened.
    """
    component = mounted("worklist", "worklist.js", "worklist.css")
    answer = component(
        key=key,
        data={
            "caption": caption,
            "columns": [
                {"key": each.key, "label": each.label, "kind": each.kind} for each in columns
            ],
            "api": "api",
            "rows": [
                {"id": row.id, "cells": dict(row.cells), "ticket": row.ticket} for row in rows
            ],
            "selected": selected,
            "chosen": None if chosen is None else list(chosen),
        },
        on_open_change=lambda: None,
        on_chosen_change=lambda: None,
    )
    now = answer.get("chosen")
    return tuple(str(each) for each in ((chosen or ()) if now is None else now))


def opened(key: str) -> str | None:
    """The id of the row of the table *key* that the reader just opened."""
    found = (st.session_state.get(key) or {}).get("open")
    return str(found) if found else None
