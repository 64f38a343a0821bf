"""What arrived and what became of it, so that nothing refused or held is out of sight."""

import streamlit as st

from app import session
from app.screens import queue_pane
from components.plain_table import plain_table
from store import arrivals, floods, migrate, versions
from store.domain.clock import local

st.title("System", anchor=False)
here = session.here().site
st.markdown(
    f"Database **{here.engine.dialect.name}**, schema **{migrate.current(here.engine)}** · "
    f"data folder **{here.settings.data.name}**"
)
for alarm in session.ask(floods.floods).words:
    st.error(alarm)
for version in session.ask(versions.versions):
    if version.due:
        st.warning(version.notice)
queue_pane.show()
found = session.ask(arrivals.receipts)
st.header("Everything that arrived", anchor=False)
if not found:
    st.info("Nothing has arrived yet. Run `vcf-review receive FOLDER`.")
else:
    plain_table(
        "What arrived, and what became of it",
        ("Kind", "Outcome", "Count", "Last", "Reason"),
        [(each.kind, each.fate.value, each.count, local(each.last), each.reason) for each in found],
    )
