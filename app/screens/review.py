"""One case: picture, findings and report, painted together by the viewer."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from app import session
from components.viewer import viewer
from store import worklist

FRESH = timedelta(hours=1)

desk = session.desk()
shared = session.here()
case = st.query_params.get("case", "")
if not case:
    waiting = session.ask(worklist.page, shared.desks.filters(desk)).lines
    if not waiting:
        st.info("Nothing is waiting. Choose a case from the worklist.")
        st.stop()
    case = waiting[0].key.id
    st.query_params["case"] = case
tickets: dict[str, tuple[str, datetime]] = st.session_state.setdefault("tickets", {})
now = datetime.now(UTC)
# One ticket a session and case: a new one at every run would make the viewer fetch anew.
if case not in tickets or now - tickets[case][1] > FRESH:
    tickets[case] = shared.tickets.mint(desk.digest, case), now
answer = viewer(case, tickets[case][0], key="viewer", reader=desk.person.handle)
if answer.opened and answer.opened != case:
    st.query_params["case"] = answer.opened
    st.rerun()
