"""The script Streamlit runs for every page: who is here, and which rooms they may enter."""

from pathlib import Path

import streamlit as st

from app import session
from store.domain.people import Permission

HERE = Path(__file__).resolve().parent
ROOMS = (
    ("worklist", "Worklist", Permission.READ_CASES),
    ("review", "Review", Permission.READ_CASES),
    ("referrals", "Referrals", Permission.READ_REFERRALS),
    ("rates", "Rates", Permission.READ_RATES),
    ("trail", "Trail", Permission.READ_TRAIL),
    ("system", "System", Permission.READ_SYSTEM),
)

st.set_page_config(page_title="VCF Review", layout="wide", initial_sidebar_state="collapsed")
st.html(HERE / "page.css")
person = session.person()
rooms = [
    st.Page(HERE / "screens" / f"{name}.py", title=title, url_path=name, default=place == 0)
    for place, (name, title) in enumerate(
        (name, title) for name, title, permission in ROOMS if person.may(permission)
    )
]
here = st.navigation(rooms, position="top")
demo, who, leave = st.columns([6, 3, 1], vertical_alignment="center")
if session.here().site.settings.demo:
    demo.markdown(":orange-badge[**DEMO** – every patient is invented. Not for clinical use.]")
else:
    demo.markdown(":blue-badge[Record of review. Not a diagnostic display.]")
who.markdown(f"{person.name} · {person.role.words}")
leave.link_button("Sign out", "/sign-out", type="tertiary")
here.run()
