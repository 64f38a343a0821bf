"""The funnel from arrival to referral, each step with its denominator and interval."""

from datetime import date
from urllib.parse import urlencode

import streamlit as st

from app import session
from components import charts
from components.plain_table import plain_table
from store import rates, versions
from store.domain.people import Permission
from store.domain.rates import FunnelRow
from store.domain.report import BIAS_NOTE
from store.versions import AiVersion

HEADS = (
    "Step",
    "Numerator",
    "Denominator",
    "Per cent",
    "95 % interval",
    "What is counted, and of what",
)


def _cells(row: FunnelRow) -> tuple[object, ...]:
    rate = row.rate
    low, high = rate.interval or (None, None)
    return (
        row.step.value,
        rate.numerator,
        rate.denominator,
        f"{rate.value * 100:.1f} %" if rate.value is not None else "–",
        "nothing counted" if low is None else f"{low * 100:.1f}–{(high or 0) * 100:.1f} %",
        row.meaning,
    )


def _asked() -> tuple[date | None, date | None, str, tuple[str, str] | None]:
    first, last, where, which = st.columns([1, 1, 1.4, 3])
    start = first.date_input("Scans from", value=None, format="DD/MM/YYYY", key="from")
    end = last.date_input("to", value=None, format="DD/MM/YYYY", key="to")
    site = where.selectbox("Site", ["all", *session.ask(rates.sites)], key="rate site")
    by_name = {one.name: (one.product, one.version) for one in known}
    name = which.selectbox("AI product and version", ["all", *by_name], key="rate version")
    return start, end, "" if site == "all" else site, by_name.get(name)


def _renewed() -> None:
    """Every new version that nobody has answered for yet, with a form for those who may."""
    for one in (each for each in known if each.due):
        with st.container(border=True, key=f"version-{one.product}-{one.version}"):
            st.warning(one.notice)
            if session.person().may(Permission.VALIDATE):
                _accept(one)


def _accept(one: AiVersion) -> None:
    with st.form(f"accept {one.name}", border=False):
        words = st.text_input(
            f"What was looked at before {one.name} is relied on",
            max_chars=versions.LONGEST_WORDS,
            autocomplete="off",
        )
        pressed = st.form_submit_button(f"Accept {one.name}")
    if pressed and session.done(versions.accept, one.product, one.version, words):
        st.rerun()


st.title("Rates", anchor=False)
known = session.ask(versions.versions)
_renewed()
start, end, site, version = _asked()
funnel = session.ask(rates.funnel, start, end, site, version)
st.plotly_chart(charts.funnel(funnel), theme=None, config=charts.CONFIG)
plain_table("The same numbers as a table", HEADS, [_cells(row) for row in funnel])
left_out = session.ask(rates.opted_out, start, end, site)
if left_out:
    st.caption(f"Opted out, and in none of these numbers: {left_out} scans.")
st.caption(BIAS_NOTE)
asked = {"from": start, "to": end, "site": site}
if version:
    asked |= {"product": version[0], "version": version[1]}
query = urlencode({name: value for name, value in asked.items() if value})
st.link_button("Download as workbook", f"/api/rates?{query}")
