"""The triage room: lanes, a list of patients, and one of them beside it, worked by keys."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.viewer.static_files import mounted

KEY = "triage"


def triage_room(data: Mapping[str, Any]) -> None:
    """Show *data*; what the coordinator asked of the page stands in `wanted` at the next run."""
    component = mounted("triage", "triage.js", "triage.css")
    component(
        key=KEY,
        data=dict(data),
        on_lane_change=lambda: None,
        on_open_change=lambda: None,
        on_refresh_change=lambda: None,
    )


def wanted(what: str) -> str:
    """What the coordinator just asked for: the ``lane`` to show, or the case to ``open``."""
    found = (st.session_state.get(KEY) or {}).get(what)
    return str(found) if found else ""
