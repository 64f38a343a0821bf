"""The row of filters above the worklist, and how it and the page's address follow each other."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

import streamlit as st

from app import session
from app.address import ALL, OPEN, Address
from app.ahead import counted
from components.charts import MARKS, ageing_bar
from store import preferences, standing
from store.domain.finding import CaseState
from store.domain.queue import Assigned, Band, Only, Sort
from store.domain.spine import REVIEWABLE
from store.preferences import Preference

LAST = "worklist address"
"""What this tab narrowed the list to last; nobody else's tab sees it."""

ORDERS = {
    Sort.GRAVEST.value: "Gravest first",
    Sort.OLDEST.value: "Oldest, due first",
    Sort.NEWEST.value: "Newest first",
}
_LABELS = {
    "state": "State",
    "waited": "Waiting",
    "assigned": "Assigned to",
    "only": "Only",
    "grade": "AI grade",
    "level": "Level",
    "site": "Site",
    "product": "AI product",
    "sort": "Order",
}


def narrowed() -> Address:
    """What the list is narrowed to, drawn as counts and boxes; the page's address says the same."""
    address = _from_page()
    _headline(address)
    offered = _offered(address)
    values: dict[str, str] = {}
    with st.container(horizontal=True, key="filters"):
        for name, label in _LABELS.items():
            values[name] = st.selectbox(
                label,
                offered[name],
                key=_key(name),
                format_func=partial(_said, name),
                width=165 if name == "sort" else 122,
            )
    found = Address(**values)
    _to_page(found)
    return found


def _said(name: str, value: str) -> str:
    if name == "sort":
        return ORDERS[value]
    return {"": "any", OPEN: "to be read"}.get(value, value)


def show(address: Address) -> None:
    """Narrow the list to *address* from the next run on."""
    _to_page(address)
    for name in _LABELS:
        st.session_state.pop(_key(name), None)


def _key(name: str) -> str:
    return f"filter {name}"


def _from_page() -> Address:
    """The address, with the boxes set to it where it came from elsewhere: a link, Back, a reload.

    Coming back without one, a tab finds its own last list; a new tab begins with the default view.
    """
    entering = _key("state") not in st.session_state
    address = session.address()
    if entering and not address.query():
        address = st.session_state.get(LAST) or _first()
        _to_page(address)
    if entering or address != st.session_state.get(LAST):
        for name in _LABELS:
            st.session_state[_key(name)] = getattr(address, name)
        st.session_state[LAST] = address
    return address


def _to_page(address: Address) -> None:
    if st.query_params.to_dict() != address.query():
        st.query_params.from_dict(address.query())
    st.session_state[LAST] = address


def _first() -> Address:
    kept = session.ask(preferences.mine, Preference.VIEWS)
    for view in kept.get("views", ()):
        if view["name"] == kept.get("default"):
            return Address.of(view["filters"])
    return Address()


def _offered(address: Address) -> dict[str, Sequence[str]]:
    found = session.ask(standing.choices)
    return {
        "state": [OPEN, *(state.value for state in CaseState), ALL],
        "waited": ["", *(band.value for band in Band)],
        "assigned": ["", *(who.value for who in Assigned)],
        "only": ["", *(only.value for only in Only)],
        "grade": ["", "3", "2", "1"],
        "level": ["", *(level.value for level in REVIEWABLE)],
        "site": _with(found.sites, address.site),
        "product": _with(found.products, address.product),
        "sort": list(ORDERS),
    }


def _with(values: Sequence[str], one: str) -> list[str]:
    """*values* behind nothing, and *one* of an old address that no case has any more."""
    return ["", *values, *([one] if one and one not in values else [])]


def _headline(address: Address) -> None:
    """How long the open cases wait and what needs something of its own: each count a button."""
    due_days = session.here().site.settings.due_days
    found = session.ask(standing.waiting, due_days)
    with st.container(horizontal=True, key="headline", vertical_alignment="center"):
        st.html(ageing_bar(found.bands), width=170)
        for band in (Band.BREACHED, Band.AT_RISK, Band.IN_TIME):
            _count(f"{MARKS[band]} {band.value}", found.bands[band], address, waited=band.value)
        _count("assigned to me", found.mine, address, assigned=Assigned.ME.value)
        for only in Only:
            _count(only.value, found.only[only], address, only=only.value)


def _count(words: str, number: int, address: Address, **change: str) -> None:
    on = all(getattr(address, name) == value for name, value in change.items())
    wanted = replace(address, **dict.fromkeys(change, "")) if on else replace(Address(), **change)
    kind: Literal["primary", "secondary", "tertiary"] = (
        "primary" if on else "tertiary" if not number else "secondary"
    )
    if st.button(f"{words} **{counted(number)}**", key=f"count {words}", type=kind):
        show(wanted)
        st.rerun()
