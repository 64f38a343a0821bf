"""The chair's desk: plan, sample, agenda, attendance and actions of a meeting."""

from datetime import date, datetime, timedelta

import streamlit as st

from app import realm_desk, session
from app.choosing import one_of
from app.screens import realm_case, realm_files_pane
from components.plain_table import plain_table
from store import attendance, identities, meetings, realm
from store.domain.clock import LOCAL
from store.domain.meeting import MEETING_MOVES, MEETINGS_A_YEAR, Meeting, MeetingStage, Owner
from store.domain.realm import CaseRecord, Stage
from store.domain.sampling import rule_words

_STEPS = {
    MeetingStage.HELD: "The meeting was held",
    MeetingStage.CLOSED: "Close the meeting",
    MeetingStage.CANCELLED: "Cancel the meeting",
    MeetingStage.PLANNED: "It is planned after all",
}


def show(meeting: Meeting | None) -> None:
    """The desk, with *meeting* on it where there is one."""
    if meeting is not None:
        _stands(meeting)
        found = session.ask(realm.agenda, meeting.id)
        _agenda(meeting, found)
        if found:
            realm_case.show(meeting, found)
        _attendance(meeting)
        _actions(meeting)
        realm_files_pane.show(meeting)
    _year()
    _plan()


def _stands(meeting: Meeting) -> None:
    st.markdown(
        f"**{meeting.id}** on **{meeting.day:%d/%m/%Y}**, {meeting.stage.words} · scans made "
        f"{meeting.since:%d/%m/%Y} to {meeting.until:%d/%m/%Y} · identities are erased on "
        f"**{meeting.erased_on:%d/%m/%Y}**"
    )
    with st.container(horizontal=True):
        if meeting.numbers is None and meeting.stage is MeetingStage.PLANNED:
            _draw(meeting)
        for stage in sorted(MEETING_MOVES[meeting.stage], key=list(MeetingStage).index):
            pressed = st.button(_STEPS[stage], key=f"{stage} {meeting.id}")
            if pressed and session.done(meetings.step, meeting.id, stage):
                st.rerun()
    if meeting.numbers is not None:
        st.caption(rule_words(meeting.numbers))


def _draw(meeting: Meeting) -> None:
    site = session.here().site
    if st.button("Draw the sample", type="primary", key=f"draw {meeting.id}"):
        seal, wanted = realm_desk.seal(site), site.settings.realm_drawn
        if session.submit(meetings.draw, meeting.id, seal, wanted) is not None:
            st.rerun()


def _agenda(meeting: Meeting, found: tuple[CaseRecord, ...]) -> None:
    if not found:
        st.info("The agenda is empty. Draw the sample, or add cases from the register.")
        return
    told = {one.case_no: one for one in session.ask(identities.notices, meeting.id)}
    plain_table(
        f"Agenda: {sum(one.stage is not Stage.REMOVED for one in found)} cases",
        ("Case", "As", "Why it is here", "Stands", "Redaction", "Picture", "Radiologist"),
        [
            (
                one.case_no,
                one.event.words,
                ", ".join(one.whys),
                one.stage.words,
                f"checked by {one.redaction_checked_by}" if one.redaction_checked_by else "–",
                "yes" if one.picture else "–",
                _told(told[one.case_no]),
            )
            for one in found
        ],
    )


def _told(one: identities.Notice) -> str:
    if not one.there:
        return "identity erased"
    return f"told {one.told_on:%d/%m/%Y}" if one.told_on else one.why_not or "not told yet"


def _attendance(meeting: Meeting) -> None:
    with st.expander("Attendance and contribution"):
        st.caption("Who was there, and how many cases they brought. No case is joined to anybody.")
        seats = session.ask(attendance.roll, meeting.day)
        with st.form(f"roll {meeting.id}", border=False):
            said = {}
            for one in seats:
                here, brought = st.columns([3, 1], vertical_alignment="center")
                there = here.checkbox(one.name, value=one.present, key=f"{one.handle} {meeting.id}")
                many = brought.number_input(
                    f"Cases brought by {one.name}",
                    0,
                    attendance.MOST_BROUGHT,
                    one.brought,
                    key=f"brought {one.handle} {meeting.id}",
                )
                said[one.handle] = there, many
            pressed = st.form_submit_button("Keep the roll")
        if pressed:
            _keep(meeting.day, said, {one.handle: (one.present, one.brought) for one in seats})


def _keep(day: date, said: dict[str, tuple[bool, int]], was: dict[str, tuple[bool, int]]) -> None:
    changed = {handle: now for handle, now in said.items() if now != was[handle]}
    for handle, (there, many) in changed.items():
        kept = session.done(
            attendance.record, day, handle, present=there, brought=many if there else 0
        )
        if not kept:
            return
    st.rerun()


def _actions(meeting: Meeting) -> None:
    with st.expander("Actions"):
        found = session.ask(meetings.actions)
        for one in found:
            words, press = st.columns([5, 1], vertical_alignment="center")
            state = f"done {one.done_on:%d/%m/%Y}" if one.done_on else f"due {one.due:%d/%m/%Y}"
            words.text(f"{one.text} · {one.owner.value} · {state} · {one.meeting_id}")
            label = "Open again" if one.done_on else "Done"
            on = None if one.done_on else _today()
            if press.button(label, key=f"done {one.id}") and session.done(
                meetings.done, one.id, on
            ):
                st.rerun()
        _act(meeting)


def _act(meeting: Meeting) -> None:
    with st.form(f"act {meeting.id}", border=False, clear_on_submit=True):
        text = st.text_input("What is to be done?", max_chars=meetings.LONGEST_ACTION)
        whose, when = st.columns(2)
        with whose:
            owner = one_of("Whose is it?", Owner, f"owner {meeting.id}", lambda one: one.value)
        due = when.date_input("Until", _today() + timedelta(days=60), format="DD/MM/YYYY")
        pressed = st.form_submit_button("Note the action")
    if pressed:
        made = session.submit(meetings.act, meeting.id, text, owner, due)
        if made is not None:
            st.rerun()


def _year() -> None:
    with st.expander("The last twelve months"):
        found = session.ask(attendance.held)
        st.markdown(f"**{len(found)}** meetings were held; {MEETINGS_A_YEAR} a year are asked.")
        if found:
            plain_table(
                "Meetings held",
                ("Day", "Present", "Cases brought"),
                [(f"{one.day:%d/%m/%Y}", one.present, one.brought) for one in found],
            )


def _plan() -> None:
    with st.expander("Plan another meeting"), st.form("plan", border=False):
        when, first, last = st.columns(3)
        today = _today()
        day = when.date_input("Day", today + timedelta(days=14), format="DD/MM/YYYY")
        since = first.date_input("Scans from", today - timedelta(days=60), format="DD/MM/YYYY")
        until = last.date_input("to", today, format="DD/MM/YYYY")
        pressed = st.form_submit_button("Plan it")
    if pressed:
        made = session.submit(meetings.plan, day, since, until)
        if made is not None:
            st.rerun()


def _today() -> date:
    return datetime.now(LOCAL).date()
