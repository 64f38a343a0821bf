"""The review room in the browser: one component that shows a case and takes decisions.

Pixels, records and decisions travel over this server's own routes; the page only says which case
is open and with which ticket, and hears when the reader moved to another.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from components.viewer.static_files import mounted


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader did that the page must follow: `opened` is the case now on the screen."""

    opened: str | None


def viewer(case: str, ticket: str, *, key: str, reader: str = "") -> Answer:
    """Show *case*, and say to which other case the reader has moved on since.

    The page follows by calling again with that case and its ticket; until then the same answer
    comes back, so a rerun that was cut short loses nothing. *reader* is any mark that differs
    between people: a decision one person left unsaved in this tab is then never sent in the name
    of the next.
    """
    component = mounted("viewer", "viewer.js", "viewer.css")
    component(
        key=key,
        data={"case": case, "ticket": ticket, "api": "api", "reader": reader},
        on_opened_change=partial(_note_move, key),
    )
    return Answer(_move_to_follow(key, case))


def _note_move(key: str) -> None:
    st.session_state[_slot(key)] = st.session_state[key]["opened"]


def _move_to_follow(key: str, case: str) -> str | None:
    """The case a reader moved to from *case*; a move from elsewhere is old news and forgotten."""
    move: dict[str, Any] | None = st.session_state.get(_slot(key))
    if move and case in move["trail"] and move["to"] != case:
        return str(move["to"])
    st.session_state.pop(_slot(key), None)
    return None


def _slot(key: str) -> str:
    return f"{key} moved"
