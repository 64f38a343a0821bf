"""The script Streamlit runs for every page: who is here, and which rooms they may enter."""

from pathlib import Path

import streamlit as st

from app import session
from store import alerts
from store.domain.alert import urgent_words
from store.domain.people import Permission

HERE = Path(__file__).resolve().parent
ROOMS = (
    ("worklist", "Worklist", Permission.READ_CASES),
    ("review", "Review", Permission.READ_CASES),
    ("alerts", "Alerts", Permission.READ_CASES),
    ("referrals", "Referrals", Permission.READ_REFERRALS),
    ("outcomes", "Outcomes", Permission.READ_REFERRALS),
    ("discrepancies", "Discrepancies", Permission.READ_REGISTER),
    ("realm", "REALM", Permission.TAKE_PART),
    ("rates", "Rates", Permission.READ_RATES),
    ("patients", "Patients", Permission.RESOLVE),
    ("held", "Held", Permission.RESOLVE),
    ("opt_outs", "Opt-outs", Permission.OPT_OUTS),
    ("trail", "Trail", Permission.READ_TRAIL),
    ("arrivals", "Arrivals", Permission.READ_SYSTEM),
    ("system", "System", Permission.READ_SYSTEM),
)

st.set_page_config(layout="wide", initial_sidebar_state="collapsed")
st.html(HERE / "page.css")
person = session.person()
rooms = [room for room in ROOMS if person.may(room[2])]
st.session_state["first room"] = rooms[0][0]
pages = {
    name: st.Page(HERE / "screens" / f"{name}.py", title=title, url_path=name)
    for name, title, _ in rooms
}
# The default page answers at "/" alone; a hidden one lets every room keep its own address.
home = st.Page(HERE / "screens" / "home.py", default=True, visibility="hidden")
here = st.navigation([home, *pages.values()], position="top")
# The room and nothing of a patient: titles stand in the browser's history.
st.set_page_config(page_title=f"{here.title} – VCF Review")
with st.container(key="band", horizontal=True, vertical_alignment="center"):
    if session.here().site.settings.demo:
        st.markdown(":orange-badge[**DEMO** – every patient is invented. Not for clinical use.]")
    else:
        st.markdown(":blue-badge[Record of review. Not a diagnostic display.]")
    if "alerts" in pages:
        urgent = session.ask(alerts.open_count)
        if urgent:
            st.page_link(pages["alerts"], label=f":red-badge[**{urgent_words(urgent)}**]")
    st.markdown(f"{person.name} · {person.role.words}")
    st.link_button("Sign out", "/sign-out", type="tertiary")
here.run()
