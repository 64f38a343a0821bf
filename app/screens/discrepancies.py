"""The register: what reports left out or did not call a fracture, good spots, and nominations."""

from datetime import date

import streamlit as st

from app import realm_desk, session
from app.choosing import one_of, worded
from components.charts import rate_words
from components.worklist_table import Column, Kind, Row, opened, worklist_table
from store import discrepancies, meetings, rates
from store.discrepancies import Asked, Line, Which
from store.domain.clock import local
from store.domain.meeting import MeetingStage
from store.domain.people import Permission
from store.domain.realm import Discrepancy, EventType
from store.domain.report import BIAS_NOTE

COLUMNS = (
    Column("worst", "Grade", Kind.GRADE),
    Column("scanned", "Scanned"),
    Column("site", "Site"),
    Column("exam", "Examination"),
    Column("levels", "Levels"),
    Column("kind", "Kind"),
    Column("status", "What the report says"),
    Column("stands", "REALM"),
)
ALL = "all"
_SPOTS = "Good spots"
_KINDS = {"Discrepancies": None, Discrepancy.DETECTION.words: Discrepancy.DETECTION}
_KINDS[Discrepancy.COMMUNICATION.words] = Discrepancy.COMMUNICATION


def _asked() -> Asked:
    what, which, first, last, where = st.columns([1.3, 1.4, 1, 1, 1])
    kind = what.selectbox("Show", [*_KINDS, _SPOTS], key="register kind")
    with which:
        state = one_of("State", Which, "register state", lambda each: each.value)
    since = first.date_input("Scans from", value=None, format="DD/MM/YYYY", key="register from")
    until = last.date_input("to", value=None, format="DD/MM/YYYY", key="register to")
    site = where.selectbox("Site", [ALL, *session.ask(rates.sites)], key="register site")
    return Asked(
        kind=_KINDS.get(kind),
        which=state,
        since=since if isinstance(since, date) else None,
        until=until if isinstance(until, date) else None,
        site="" if site == ALL else site,
        spots=kind == _SPOTS,
    )


def _counts(asked: Asked) -> None:
    found = session.ask(discrepancies.counts, asked.since, asked.until, asked.site)
    st.markdown(
        f"**Detection** {rate_words(found.detection)} · "
        f"**Communication** {rate_words(found.communication)} · "
        f"**Good spots** {found.spots} · "
        f"**On an agenda** {found.taken.numerator} of {found.taken.denominator} discrepancies"
    )
    st.caption(
        f"{BIAS_NOTE} Of confirmed scans whose report was judged. In brackets: Wilson 95 % "
        "interval. Nothing here is counted by person, and nothing can be."
    )


def _row(line: Line) -> Row:
    said = ", ".join(one.event.words for one in line.nominations)
    stands = "On an agenda" if line.taken else f"Nominated: {said}" if said else "–"
    return Row(
        line.case,
        {
            "worst": int(line.worst),
            "scanned": f"{line.scanned:%d/%m/%Y}" if line.scanned else "–",
            "site": line.site,
            "exam": line.exam,
            "levels": ", ".join(level.value for level in line.levels) or "–",
            "kind": line.kind.words if line.kind else EventType.GOOD_SPOT.words,
            "status": line.status.words,
            "stands": stands,
        },
    )


def _page(asked: Asked) -> None:
    start = st.session_state.get("register start", 0) if _same(asked) else 0
    st.session_state["register start"] = start
    page = session.ask(discrepancies.register, asked, start)
    if not page.lines:
        st.info("Nothing of this kind is in the register.")
        return
    worklist_table(
        COLUMNS,
        [_row(line) for line in page.lines],
        key="register",
        caption=f"{page.count} cases, the newest scan first. Enter chooses one.",
    )
    if page.count > discrepancies.PAGE:
        back, on, _ = st.columns([1, 1, 6])
        step = discrepancies.PAGE
        if back.button("Newer", disabled=start == 0):
            _turn(start - step)
        if on.button("Older", disabled=start + step >= page.count):
            _turn(start + step)


def _same(asked: Asked) -> bool:
    same = st.session_state.get("register asked") == asked
    st.session_state["register asked"] = asked
    return bool(same)


def _turn(start: int) -> None:
    st.session_state["register start"] = max(0, start)
    st.rerun()


def _chosen() -> None:
    """One case with its nominations; every form is bound to it."""
    pressed = opened("register")
    if pressed:
        st.session_state["register chosen"] = pressed
    case = st.session_state.get("register chosen")
    line = session.ask(discrepancies.of_case, case) if case else None
    if line is None:
        st.caption("Choose a case in the table (Enter) to nominate it for a meeting.")
        return
    with st.container(border=True, key=f"chosen-{line.case}"):
        when = f"{line.scanned:%d/%m/%Y}" if line.scanned else "no date"
        st.header(f"{line.exam or 'CT'} of {when}", anchor=False)
        st.text(f"{line.status.words}. {', '.join(level.value for level in line.levels)}")
        if st.button("Open the case", key=f"open {line.case}"):
            st.switch_page("screens/review.py", query_params={"case": line.case})
        for one in line.nominations:
            st.text(f"Nominated as {one.event.words.lower()} by a {one.role.words.lower()}, "
                    f"{local(one.at)}: {one.words}")  # fmt: skip
        if line.taken:
            st.caption("It went to a meeting, and is not shown twice.")
        else:
            _nominate(line)
            _withdraw(line)
            if session.person().may(Permission.CHAIR):
                _add(line)


def _nominate(line: Line) -> None:
    with st.form(f"nominate {line.case}", border=False):
        what, why = st.columns([1, 3])
        with what:
            event = one_of("Nominate as", EventType, f"as {line.case}", worded)
        words = why.text_input(
            "Why is it worth looking at?",
            key=f"why {line.case}",
            max_chars=discrepancies.LONGEST_WORDS,
            help="Say what can be learnt. Name nobody.",
        )
        pressed = st.form_submit_button("Nominate")
    if pressed:
        made = session.submit(discrepancies.nominate, line.case, event, words)
        if made is not None:
            st.rerun()


def _withdraw(line: Line) -> None:
    if not line.nominations:
        return
    by_words = {f"{one.event.words}: {one.words}": one.id for one in line.nominations}
    with st.expander("Take a nomination back"), st.form(f"withdraw {line.case}", border=False):
        which = st.selectbox("Which", list(by_words), key=f"which {line.case}")
        words = st.text_input("Why?", key=f"withdrawn why {line.case}", max_chars=500)
        pressed = st.form_submit_button("Take it back")
    if pressed and session.done(discrepancies.withdraw, by_words[which], words):
        st.rerun()


def _add(line: Line) -> None:
    """The chair may put it on the agenda of a meeting that is still to come."""
    coming = [one for one in session.ask(meetings.meetings) if one.stage is MeetingStage.PLANNED]
    if not coming:
        return
    by_words = {f"{one.id}, {one.day:%d/%m/%Y}": one.id for one in coming}
    with st.expander("Put it on an agenda"), st.form(f"add {line.case}", border=False):
        which = st.selectbox("Meeting", list(by_words), key=f"meeting {line.case}")
        event = one_of("As", EventType, f"event {line.case}", worded)
        words = st.text_input("Why is it added?", key=f"added why {line.case}", max_chars=300)
        pressed = st.form_submit_button("Put it on the agenda")
    if pressed:
        seal = realm_desk.seal(session.here().site)
        given = by_words[which], line.case, event, words, seal
        if session.submit(meetings.add, *given) is not None:
            st.rerun()


st.title("Discrepancies", anchor=False)
asked = _asked()
_counts(asked)
_page(asked)
_chosen()
