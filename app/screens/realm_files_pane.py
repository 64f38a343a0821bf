"""The files of a meeting, for the chair: taken away with a purpose, and searched before."""

from urllib.parse import urlencode

import streamlit as st

from app import session
from app.realm_pack import ALL, PURPOSES
from exports.realm_pack import LEARNING
from store import realm
from store.domain.meeting import Meeting


def show(meeting: Meeting) -> None:
    """What can be taken away of *meeting*, and what is not in it."""
    with st.expander("Files for the meeting and after it"):
        found = session.ask(realm.pack_of, meeting.id)
        st.markdown(
            f"**{len(found.cases)}** released cases go into the files; others do not. Slides, case "
            "sheets, workbook, learning points and a sheet to sign, in one archive."
        )
        said = st.selectbox(
            "What for?",
            list(PURPOSES),
            format_func=lambda word: PURPOSES[word].value,
            key=f"purpose {meeting.id}",
        )
        query = urlencode({"for": said})
        with st.container(horizontal=True):
            whole, sheet = (
                f"/api/realm/{meeting.id}/files/{one}?{query}" for one in (ALL, LEARNING)
            )
            st.link_button("Download all files", whole)
            st.link_button("Download the learning points", sheet)
        st.caption(
            "Before they are handed out every byte is searched for the people behind the cases; "
            "if one is found nothing leaves. The trail keeps what was taken, and what for."
        )
