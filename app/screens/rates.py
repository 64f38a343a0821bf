"""The funnel from arrival to referral, each step with its denominator and interval."""

from datetime import date
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from app import session
from components import charts
from store import rates
from store.domain.rates import FunnelRow
from store.domain.report import BIAS_NOTE


def _cells(row: FunnelRow) -> dict[str, str | int]:
    rate = row.rate
    interval = rate.interval
    return {
        "Step": row.step.value,
        "Numerator": rate.numerator,
        "Denominator": rate.denominator,
        "Per cent": f"{rate.value * 100:.1f} %" if rate.value is not None else "–",
        "95 % interval": (
            f"{interval[0] * 100:.1f}–{interval[1] * 100:.1f} %" if interval else "nothing counted"
        ),
        "What is counted, and of what": row.meaning,
    }


def _asked() -> tuple[date | None, date | None, str]:
    first, last, where, _ = st.columns([1, 1, 1.4, 3])
    start = first.date_input("Scans from", value=None, format="DD/MM/YYYY", key="from")
    end = last.date_input("to", value=None, format="DD/MM/YYYY", key="to")
    site = where.selectbox("Site", ["all", *session.ask(rates.sites)], key="rate site")
    return start, end, "" if site == "all" else site


st.title("Rates")
start, end, site = _asked()
funnel = session.ask(rates.funnel, start, end, site)
st.plotly_chart(charts.funnel(funnel), theme=None, config=charts.CONFIG)
st.table(pd.DataFrame([_cells(row) for row in funnel]).set_index("Step"))
st.caption(BIAS_NOTE)
asked = {"from": start, "to": end, "site": site}
query = urlencode({name: value for name, value in asked.items() if value})
st.link_button("Download as workbook", f"/api/rates?{query}")
