"""What arrived and what became of it, so that nothing refused or held is out of sight."""

import pandas as pd
import streamlit as st

from app import session
from store import arrivals, migrate
from store.domain.clock import local

st.title("System")
here = session.here().site
st.markdown(
    f"Database **{here.engine.dialect.name}**, schema **{migrate.current(here.engine)}** · "
    f"data folder **{here.settings.data.name}**"
)
found = session.ask(arrivals.receipts)
st.subheader("Everything that arrived")
if not found:
    st.info("Nothing has arrived yet. Run `vcf-review receive FOLDER`.")
else:
    st.table(
        pd.DataFrame(
            [
                {
                    "Kind": each.kind,
                    "Outcome": each.fate.value,
                    "Count": each.count,
                    "Last": local(each.last),
                    "Reason": each.reason,
                }
                for each in found
            ]
        ).set_index("Kind")
    )
