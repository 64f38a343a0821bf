"""Who did what and when; the chain is checked on demand."""

import streamlit as st

from app import session
from app.wiring import anchors
from components.plain_table import plain_table
from store import audit, trail
from store.domain.clock import local
from store.domain.people import Role

st.title("Trail", anchor=False)
actors, actions = session.ask(trail.names)
who, what, which, check = st.columns([1, 1, 2, 1], vertical_alignment="bottom")
actor = who.selectbox("Person", ["all", *actors])
action = what.selectbox("Action", ["all", *actions])
entity = which.text_input("Case, batch or other subject")
if check.button("Verify the chain"):
    with st.spinner("Walking the whole trail…"):
        site = session.here().site
        verdict = audit.verify(site.engine, anchors(site.settings))
    if verdict.faults:
        st.error("\n\n".join(verdict.faults))
    else:
        st.success(
            f"{verdict.lines} lines, each continues the one before. Head {verdict.head.hash}."
        )
before = st.session_state.setdefault("trail places", [None])
lines = session.ask(
    trail.page,
    before[-1],
    "" if actor == "all" else actor,
    "" if action == "all" else action,
    entity.strip(),
)
with st.container(height=560, border=False, key="trail"):
    plain_table(
        "Who did what, the newest first",
        ("Line", "When", "Person", "Role", "Action", "Subject", "Outcome", "Detail"),
        [
            (
                line.seq,
                local(line.at),
                line.actor,
                Role(line.role).words,
                line.action,
                line.entity,
                line.outcome,
                "" if line.detail == "{}" else line.detail,
            )
            for line in lines
        ],
    )
newer, older, _ = st.columns([1, 1, 8])
if newer.button("Newer", disabled=len(before) == 1):
    before.pop()
    st.rerun()
if older.button("Older", disabled=len(lines) < trail.PAGE):
    before.append(lines[-1].seq)
    st.rerun()
