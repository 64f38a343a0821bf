"""One case: picture, findings and report, painted together by the viewer."""

import streamlit as st

from app import session
from components.viewer import viewer
from store import worklist

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
answer = viewer(case, session.ticket(case), key="viewer", reader=desk.person.handle)
if answer.opened and answer.opened != case:
    st.query_params["case"] = answer.opened
    st.rerun()
