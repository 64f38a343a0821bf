"""REALM: the meeting's table for those who take part, and the chair's desk behind it."""

import streamlit as st

from app import session
from app.choosing import one_of
from app.screens import realm_chair, realm_table
from store import meetings
from store.domain.meeting import Meeting
from store.domain.people import Permission

TABLE, DESK = "Table of the meeting", "Chair's desk"


def _chosen(found: tuple[Meeting, ...]) -> Meeting:
    by_id = {one.id: one for one in found}
    which = st.selectbox(
        "Meeting",
        list(by_id),
        format_func=lambda one: f"{one}, {by_id[one].day:%d/%m/%Y}, {by_id[one].stage.words}",
        key="meeting",
    )
    return by_id[which]


st.title("REALM", anchor=False)
chairs = session.person().may(Permission.CHAIR)
known = session.ask(meetings.meetings, session.here().site.settings.realm_days)
left, right = st.columns([1, 2])
with left:
    view = one_of("View", (DESK, TABLE), "view") if chairs else TABLE
with right if chairs else left:
    chosen = _chosen(known) if known else None
if view == DESK:
    realm_chair.show(chosen)
elif chosen is None:
    st.info("No meeting is planned yet.")
else:
    realm_table.show(chosen)
