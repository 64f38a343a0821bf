"""Urgent alerts: who must be told of what, how long it waits, and who was told."""

import re
from datetime import UTC, datetime

import streamlit as st

from app import session
from store import alerts
from store.alerts import Line
from store.domain.alert import age_words, urgent_words
from store.domain.clock import local, moment_of
from store.domain.identity import age_on
from store.domain.refusal import NotAllowed

_MARKS = re.compile(r"([\\\\`*_{}\[\]()#+\-.!|<>~:$])")


def _plain(words: str) -> str:
    """*words* as a table shows them unchanged: it reads markup, and names are no markup."""
    return _MARKS.sub(r"\\\1", words)


def _who(line: Line) -> str:
    """The patient as one asks for them on the telephone."""
    born = f"born {line.born:%d/%m/%Y}" if line.born else "date of birth not given"
    age = f" ({age_on(line.born, line.scanned)})" if line.born and line.scanned else ""
    number = f"NHS {line.nhs_number}" if line.nhs_number else "no NHS number"
    hospital = f"hospital number {line.hospital_number}" if line.hospital_number else ""
    return " · ".join(filter(None, (f"{born}{age}", number, hospital)))


def _scan(line: Line) -> str:
    day = f"{line.scanned:%d/%m/%Y}" if line.scanned else "no date"
    return " · ".join(filter(None, (line.exam or "CT", f"scanned {day}", line.site)))


def _what(line: Line) -> str:
    level = line.alert.level.value if line.alert.level else "No level"
    return f"{level}: {line.alert.kind.words}"


def _raised(line: Line) -> str:
    by = f" by {line.alert.by}" if line.alert.by else ""
    return f"raised{by} on {local(line.alert.raised_at)}"


def _open(line: Line) -> None:
    """One open alert with its own form, so that nothing is noted on another."""
    one = line.alert
    with st.container(border=True, key=f"alert-{one.id}"):
        # Names come from outside: shown as text, never as markup.
        st.header(_what(line), anchor=False)
        st.text(f"{line.patient or 'Name not given'} · {_who(line)}")
        st.text(_scan(line))
        st.markdown(f"**{one.kind.hint}.**")
        waits = age_words(one.raised_at, datetime.now(UTC))
        st.text(f"Open for {waits}; {_raised(line)}.")
        with st.form(f"told {one.id}", border=False):
            words, when = st.columns([3, 1])
            told = words.text_input("Who was told, and how", key=f"words {one.id}", max_chars=500)
            at = when.text_input("When (UK time)", local(datetime.now(UTC)), key=f"when {one.id}")
            noted = st.form_submit_button("Note that they were told", type="primary")
        if st.button("Open the case", key=f"case {one.id}"):
            st.switch_page("screens/review.py", query_params={"case": one.case})
    if noted:
        _note(one.id, told, at)


def _note(alert: str, told: str, at: str) -> None:
    here = session.here()
    try:
        here.site.submit(session.person(), alerts.tell, alert, told, moment_of(at))
    except NotAllowed as refusal:
        st.error(str(refusal))
        return
    st.rerun()


def _told(lines: list[Line]) -> None:
    st.header("Told", anchor=False)
    if not lines:
        st.caption("Nobody had to be told of anything yet.")
        return
    st.table(
        [
            {
                "Patient": _plain(line.patient or "Name not given"),
                "NHS number": line.nhs_number or "none",
                "Alert": _what(line),
                "Raised": local(line.alert.raised_at),
                "Who was told, and how": _plain(line.alert.told),
                "When": local(line.alert.told_at) if line.alert.told_at else "",
                "Noted by": _plain(line.alert.told_by),
                "Since then": _since(line),
            }
            for line in lines
        ],
        hide_index=True,
    )


def _since(line: Line) -> str:
    gone = line.alert.withdrawn_at
    return f"Withdrawn {local(gone)}: tell them so" if gone else "stands"


st.title("Alerts")
lines = session.ask(alerts.alerts)
waiting = [line for line in lines if line.alert.told_at is None]
if waiting:
    st.error(f"**{urgent_words(len(waiting))}.** These are matters for today, not for the FLS.")
else:
    st.success("No urgent alert is open.")
for line in waiting:
    _open(line)
_told([line for line in lines if line.alert.told_at is not None])
