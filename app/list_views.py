"""Saved views and chosen columns of one person, and the deeds done to many cases at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

from app import list_filters, session
from app.address import Address
from app.list_lines import COLUMNS, FIRST
from app.preferences import checked
from store import assignments, preferences
from store.assignments import LONGEST_DAYS, LONGEST_WHY, Done
from store.domain.people import Permission
from store.domain.refusal import NotAllowed
from store.preferences import Preference

CHOSEN = "worklist columns"
TURN = "worklist turn"
"""Counts deeds, so that the table after one is a new one."""


def shown_columns() -> list[str]:
    """The columns of this tab, else the person's own."""
    kept = session.ask(preferences.mine, Preference.COLUMNS).get("shown", FIRST)
    return list(st.session_state.get(CHOSEN) or kept)


def columns_box(shown: Sequence[str]) -> None:
    """Which columns there are, in the order they are chosen."""
    labels = {column.key: column.label for column in COLUMNS}
    with st.popover("Columns"):
        chosen = st.multiselect(
            "Columns, in order",
            list(labels),
            default=[name for name in shown if name in labels],
            format_func=lambda name: labels[name],
            help="Taken away and chosen again, a column stands last.",
        )
        if st.button("Use and keep these columns", disabled=not chosen) and _keep(
            Preference.COLUMNS, {"shown": chosen}
        ):
            st.session_state[CHOSEN] = None
            st.rerun()


def views_box(address: Address, shown: Sequence[str]) -> None:
    """The person's own views: to look at, keep, rename, delete, begin with."""
    kept = session.ask(preferences.mine, Preference.VIEWS)
    views = {view["name"]: view for view in kept.get("views", [])}
    default = kept.get("default", "")
    with st.popover("Views"):
        for place, (name, view) in enumerate(views.items()):
            words = f"{name} (begins a new tab)" if name == default else name
            if st.button(words, key=f"view {place}", width="stretch"):
                _open(view)
        st.markdown("**Keep what is shown now**")
        # A form: nothing runs between the words and Enter, and no press falls into a run.
        with st.form("keep view", border=False, enter_to_submit=True):
            name = st.text_input("Name of the view", max_chars=40, help="Not a patient's name.")
            first = st.checkbox("Begin a new tab with it")
            asked = st.form_submit_button("Save this view")
        if asked and _named(name, ()):
            views[name.strip()] = {
                "name": name.strip(), "filters": address.query(), "columns": list(shown),
            }  # fmt: skip
            _keep_views(views.values(), name.strip() if first else default)
        if views:
            _changes(views, default)


def _changes(views: Mapping[str, Mapping[str, Any]], default: str) -> None:
    st.markdown("**Change a view**")
    which = st.selectbox("View", list(views))
    with st.form("rename view", border=False, enter_to_submit=True):
        new = st.text_input("New name", max_chars=40)
        asked = st.form_submit_button("Rename")
    if asked and _named(new, views):
        renamed = [{**v, "name": new.strip()} if n == which else v for n, v in views.items()]
        _keep_views(renamed, new.strip() if which == default else default)
    others = [view for name, view in views.items() if name != which]
    with st.container(horizontal=True):
        if st.button("Delete"):
            _keep_views(others, "" if which == default else default)
        if st.button("Begin new tabs with it", disabled=which == default):
            _keep_views(views.values(), which)


def _named(name: str, taken: Collection[str]) -> bool:
    """Whether *name* may be given to a view; why not is shown."""
    if name.strip() and name.strip() not in taken:
        return True
    st.error("Another view has this name." if name.strip() else "Type a name for the view.")
    return False


def _open(view: Mapping[str, Any]) -> None:
    try:
        list_filters.show(Address.of(view["filters"]))
    except NotAllowed:
        st.error("This view asks for something that is not offered any more. Delete it.")
        return
    st.session_state[CHOSEN] = view["columns"] or None
    st.rerun()


def _keep_views(views: Any, default: str) -> None:  # noqa: ANN401 - any iterable of views
    if _keep(Preference.VIEWS, {"views": list(views), "default": default}):
        st.rerun()


def _keep(name: Preference, value: Mapping[str, Any]) -> bool:
    try:
        told = checked(name, value)
    except ValueError:
        st.error("This cannot be kept. At most 30 views, with names of at most 40 letters.")
        return False
    return session.done(preferences.keep, name, told)


def many_box(chosen: Sequence[str]) -> None:
    """What may be done to many cases at once: nothing that decides on any of them."""
    if not session.person().may(Permission.REVIEW):
        return
    said = st.session_state.pop("many said", "")
    if said:
        st.success(said)
    if not chosen:
        return
    people = {person.handle: person.name for person in session.ask(assignments.colleagues)}
    handles = [session.person().handle, *(h for h in people if h != session.person().handle), ""]
    with st.container(horizontal=True, vertical_alignment="bottom", key="many"):
        st.markdown(f"**{len(chosen)} chosen**")
        to = st.selectbox(
            "Assign to", handles, format_func=lambda h: people.get(h, "nobody"), width=180
        )
        if st.button("Assign"):
            _told("assigned", session.submit(assignments.assign, chosen, to))
        _putting_off(chosen)
        if st.button("Back into the queue"):
            _told("put back", session.submit(assignments.resume, chosen))


def _putting_off(chosen: Sequence[str]) -> None:
    today = datetime.now(UTC).date()
    with (
        st.form("put off", border=False, enter_to_submit=True, width="content"),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        until = st.date_input(
            "Put off until",
            today + timedelta(days=7),
            min_value=today + timedelta(days=1),
            max_value=today + timedelta(days=LONGEST_DAYS),
            format="DD/MM/YYYY",
            width=140,
        )
        why = st.text_input("Why", max_chars=LONGEST_WHY, width=220, help="Not a patient's name.")
        asked = st.form_submit_button("Put off")
    if asked:
        _told("put off", session.submit(assignments.defer, chosen, until, why))


def _told(words: str, done: Done | None) -> None:
    if done is None:
        return
    left = {
        "being read by somebody": done.read,
        "closed or withdrawn": done.ended,
        "in a second reading, which is taken up and not handed out": done.blind,
    }
    parts = [f"{done.done} {words}", *(f"{n} left out: {why}" for why, n in left.items() if n)]
    st.session_state["many said"] = "; ".join(parts) + "."
    st.session_state["worklist chosen"] = {}
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    st.rerun()
