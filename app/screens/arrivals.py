"""Whether scans, results and reports still come, each way in against its own rhythm."""

from datetime import datetime

import streamlit as st

from app import health, session
from components import arrival_chart
from components.charts import CONFIG
from components.plain_table import plain_table
from store import health as record

_MARKS = {health.State.ALARM: "▲ ALARM", health.State.NOTE: "● look", health.State.WELL: "✓ well"}

st.title("Arrivals", anchor=False)
here, person = session.here().site, session.person()
found = health.lines(here, person)
alarms = [line for line in found if line.state is health.State.ALARM]
for line in alarms:
    st.error(f"{line.name}: {line.words}")
if not alarms:
    st.success("No alarm. Everything that usually comes has come.")
plain_table(
    "How each part does",
    ("What", "State", "In words"),
    [(line.name, _MARKS[line.state], line.words) for line in found],
)
ways = [way for way in session.ask(record.ways) if way.hours]
if ways:
    st.header("What came, day by day", anchor=False)
for way in ways:
    name = health.way_name(way.source, way.kind)
    st.subheader(name, anchor=False)
    chart = arrival_chart.daily(way.hours, datetime.now().astimezone().date())
    st.plotly_chart(chart, theme=None, config=CONFIG, key=f"{way.source} {way.kind}")
    with st.expander("The same as a table"):
        days = arrival_chart.per_day(way.hours)
        rows = [(f"{day:%d/%m/%Y}", count) for day, count in days.items()]
        plain_table(f"{name}, day by day", ("Day", "How many"), rows)
faults = session.ask(record.faults)
if faults:
    plain_table(
        "Refused or held in the last seven days, by reason",
        ("Kind", "Outcome", "Count", "Reason"),
        [(each.kind, each.fate, each.count, each.reason) for each in faults],
    )
