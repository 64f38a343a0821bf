"""Urgent alerts: who must be told of what, how long it waits, and who was told."""

from datetime import UTC, datetime

import streamlit as st

from app import session
from components.plain_table import plain_table
from store import alerts
from store.alerts import Line
from store.domain.alert import age_words, urgent_words
from store.domain.clock import local, moment_of
from store.domain.identity import age_on
from store.domain.refusal import NotAllowed


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
        for before in _before(line):
            st.text(before)
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
    moment = _moment(at)
    if moment and session.done(alerts.tell, alert, told, moment):
        st.rerun()


def _told(lines: list[Line]) -> None:
    st.header("Told", anchor=False)
    if not lines:
        st.caption("Nobody was told of an alert yet.")
        return
    plain_table(
        "Alerts that somebody was told of, the newest first",
        (
            "Patient",
            "NHS number",
            "Alert",
            "Raised",
            "Who was told, and how",
            "When",
            "Noted by",
            "Since then",
        ),
        [
            (
                line.patient or "Name not given",
                line.nhs_number or "none",
                _what(line),
                local(line.alert.raised_at),
                line.alert.told,
                local(line.alert.told_at) if line.alert.told_at else "",
                line.alert.told_by,
                _since(line),
            )
            for line in lines
        ],
    )
    with st.expander("Put right who was told", key="put right"):
        _put_right({line.alert.id: line for line in lines})


def _put_right(lines: dict[str, Line]) -> None:
    """The form is bound to one alert and to what was noted of it when it was drawn."""
    which = st.selectbox(
        "Which alert", list(lines), format_func=lambda one: _named(lines[one]), key="which alert"
    )
    one = lines[which].alert
    drawn = f"{one.id} {len(lines[which].noted)}"
    with st.form(f"put right {drawn}", border=False):
        words, when = st.columns([3, 1])
        told = words.text_input(
            "Who was told, and how", one.told, key=f"now {drawn}", max_chars=500
        )
        moment = local(one.told_at) if one.told_at else ""
        at = when.text_input("When (UK time)", moment, key=f"moment {drawn}")
        why = st.text_input("Why is it put right?", key=f"why {drawn}", max_chars=500)
        st.caption("What was noted before is kept, and stands in the history of the case.")
        with st.container(horizontal=True):
            mended = st.form_submit_button("Put it right", type="primary")
            nobody = st.form_submit_button("Nobody was told: open the alert again")
    if mended and not told.strip():
        st.error("Nobody is named. Write who was told, or open the alert again.")
    elif mended or nobody:
        _correct(lines[which], "" if nobody else told, at, why)


def _correct(line: Line, told: str, at: str, why: str) -> None:
    one = line.alert
    # The field shows minutes; left as it stands, the moment is the one that was noted.
    moment = one.told_at if one.told_at and at == local(one.told_at) else _moment(at)
    if moment and session.done(alerts.correct, one.id, one.told, told, moment, why):
        st.rerun()


def _moment(words: str) -> datetime | None:
    """What *words* name; None after saying why they name nothing."""
    try:
        return moment_of(words)
    except NotAllowed as refusal:
        st.error(str(refusal))
        return None


def _named(line: Line) -> str:
    told = f", told {local(line.alert.told_at)}" if line.alert.told_at else ""
    return f"{line.patient or 'Name not given'}, {_what(line)}{told}"


def _before(line: Line) -> list[str]:
    """What was noted and is not what stands, the oldest first."""
    return [one.before for one in line.noted if one.was]


def _since(line: Line) -> str:
    gone = line.alert.withdrawn_at
    stands = f"Withdrawn {local(gone)}: tell them so" if gone else "stands"
    return ". ".join((stands, *_before(line)))


st.title("Alerts", anchor=False)
lines = session.ask(alerts.alerts)
waiting = [line for line in lines if line.alert.told_at is None]
if waiting:
    st.error(f"**{urgent_words(len(waiting))}.** These are matters for today, not for the FLS.")
else:
    st.success("No urgent alert is open.")
for line in waiting:
    _open(line)
_told([line for line in lines if line.alert.told_at is not None])
