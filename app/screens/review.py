"""One case: picture, findings and report, painted together by the viewer."""

import streamlit as st

from app import session
from components.viewer import viewer
from store import worklist

desk = session.desk()
address = session.address()
case = st.query_params.get("case", "")
if not case:
    waiting = session.ask(worklist.page, session.filters(address)).lines
    mine = [line for line in waiting if not line.theirs and (line.mine or not line.reading)]
    if not mine:
        st.info("Nothing is waiting. Choose a case from the worklist.")
        st.stop()
    case = mine[0].key.id
    st.query_params["case"] = case
ticket = session.ticket(case, address.text())
answer = viewer(case, ticket, key="viewer", reader=desk.person.handle)
if answer.opened and answer.opened != case:
    st.query_params["case"] = answer.opened
    st.rerun()
