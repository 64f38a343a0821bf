"""One case on the chair's desk: redacted, released, shown, revealed and closed."""

import streamlit as st

from app import realm_desk, session
from app.choosing import one_of, worded
from app.screens import realm_identity
from app.screens.realm_table import picture
from store import meetings, realm, votes
from store.domain.cause import Cause
from store.domain.meeting import Meeting
from store.domain.people import Role
from store.domain.realm import (
    LONGEST_POINT,
    MOST_POINTS,
    Addendum,
    CandourRoute,
    CaseRecord,
    Discrepancy,
    EventType,
    Outcome,
    Region,
    Stage,
)
from store.realm import Described

_ROLES = ("", *(role.words for role in Role if role is not Role.SYSTEM))


def show(meeting: Meeting, found: tuple[CaseRecord, ...]) -> None:
    """The case that is chosen, and what can be done with it now."""
    by_no = {one.case_no: one for one in found}
    which = st.selectbox(
        "Case",
        list(by_no),
        format_func=lambda no: f"{no}, {by_no[no].stage.words}",
        key=f"case of {meeting.id}",
    )
    one = by_no[which]
    with st.container(border=True, key=f"desk-{one.case_no}"):
        st.header(one.case_no, anchor=False)
        st.text(f"{one.event.words}: {one.finding}\n{one.ai_finding} Report: {one.report_said}")
        _told(one)
        _DO[one.stage](meeting, one)
        if one.stage not in (Stage.CLOSED, Stage.REMOVED):
            _describe(one)


def _told(one: CaseRecord) -> None:
    if one.redaction_checked_by:
        left, right = st.columns([1, 2])
        with left:
            picture(one.case_no, "Key image of the case" if one.picture else None)
        with right:
            st.text(f"Question: {one.question}")
            st.text(one.excerpt)
            st.caption(f"Redaction checked by {one.redaction_checked_by}.")


def _prepare(meeting: Meeting, one: CaseRecord) -> None:
    realm_identity.show(meeting, one)
    _remove(one)


def _released(meeting: Meeting, one: CaseRecord) -> None:
    realm_identity.notify(meeting, one)
    with st.container(horizontal=True):
        if st.button("Open for votes", type="primary", key=f"vote {one.case_no}"):
            _again(session.done(votes.begin, one.case_no))
        if st.button("Show without a vote", key=f"show {one.case_no}"):
            _again(session.done(votes.begin, one.case_no, vote=False))
        if st.button("Redact it anew", key=f"anew {one.case_no}"):
            _again(session.done(realm.take_back, one.case_no))
        if st.button("Move up", key=f"up {one.case_no}"):
            _again(session.done(meetings.earlier, one.case_no))
    _remove(one)


def _voting(meeting: Meeting, one: CaseRecord) -> None:
    shown = {each.case_no: each for each in session.ask(votes.shown, meeting.id)}[one.case_no]
    st.markdown(f"**{shown.votes}** voted so far.")
    st.caption("The reveal tells everybody the answer and cannot be undone: nobody unsees it.")
    with st.container(horizontal=True):
        if st.button("Reveal the answer", type="primary", key=f"reveal {one.case_no}"):
            _again(session.submit(votes.reveal, one.case_no) is not None)
        st.button("Count again", key=f"count {one.case_no}")


def _revealed(_meeting: Meeting, one: CaseRecord) -> None:
    with st.form(f"conclude {one.case_no}", border=False):
        outcome = one_of("What the meeting came to", Outcome, f"outcome {one.case_no}", worded)
        said = (*one.learning_points, *[""] * MOST_POINTS)[:MOST_POINTS]
        points = [
            st.text_input(
                f"Learning point {place}",
                text,
                max_chars=LONGEST_POINT,
                key=f"point {place} {one.case_no}",
            )
            for place, text in enumerate(said, 1)
        ]
        pressed = st.form_submit_button("Close the case", type="primary")
    if pressed:
        given = tuple(point.strip() for point in points if point.strip())
        _again(session.done(realm.conclude, one.case_no, outcome, given))


def _closed(_meeting: Meeting, one: CaseRecord) -> None:
    st.markdown(f"**{one.outcome.words if one.outcome else ''}**")
    for point in one.learning_points:
        st.text(f"• {point}")
    if st.button("Open it again", key=f"reopen {one.case_no}"):
        _again(session.done(realm.reopen, one.case_no))


def _removed(_meeting: Meeting, one: CaseRecord) -> None:
    if st.button("Put it back on the agenda", key=f"put back {one.case_no}"):
        seal = realm_desk.seal(session.here().site)
        _again(session.done(meetings.put_back, one.case_no, seal))


def _remove(one: CaseRecord) -> None:
    with (
        st.expander("Take it off the agenda"),
        st.form(f"remove {one.case_no}", border=False),
    ):
        words = st.text_input("Why?", key=f"removed why {one.case_no}", max_chars=300)
        pressed = st.form_submit_button("Take it off")
    if pressed:
        seal = realm_desk.seal(session.here().site)
        _again(session.done(meetings.remove, one.case_no, words, seal))


def _describe(one: CaseRecord) -> None:
    with (
        st.expander("Event, causes, addendum, candour"),
        st.form(f"describe {one.case_no}", border=False),
    ):
        said = _fields(one)
        pressed = st.form_submit_button("Keep it")
    if pressed:
        _again(session.done(realm.describe, one.case_no, said))


def _fields(one: CaseRecord) -> Described:
    no = one.case_no
    first, second = st.columns(2)
    with first:
        event = one_of("Event", EventType, f"event {no}", worded, one.event)
        region = one_of("Region", Region, f"region {no}", worded, one.region)
        kinds = (None, *Discrepancy)
        kind = one_of("Kind of discrepancy", kinds, f"kind {no}", worded, one.discrepancy)
        sexes = ("", "F", "M")
        sex = one_of("Sex (may stay empty)", sexes, f"sex {no}", now=one.sex)
        role = one_of("Presented by (role)", _ROLES, f"role {no}", now=one.presented_by)
    with second:
        addendum = one_of("Addendum", Addendum, f"addendum {no}", worded, one.addendum)
        day = st.date_input(
            "Addendum on", one.addendum_on, format="DD/MM/YYYY", key=f"addendum day {no}"
        )
        route = one_of("Candour", CandourRoute, f"candour {no}", worded, one.candour)
        number = st.text_input(
            "Number of the national record (LFPSE)", one.incident_ref, key=f"lfpse {no}"
        )
    causes = st.multiselect(
        "May have come about by",
        list(Cause),
        one.causes,
        format_func=lambda each: f"{each.group.value}: {each.words}",
        key=f"causes {no}",
    )
    return Described(
        event=event,
        region=region,
        sex=sex,
        discrepancy=kind,
        causes=tuple(causes),
        addendum=addendum,
        addendum_on=day if addendum is Addendum.YES else None,
        candour=route,
        incident_ref=number,
        presented_by=role,
    )


def _again(done: bool) -> None:
    if done:
        st.rerun()


_DO = {
    Stage.PREPARED: _prepare,
    Stage.RELEASED: _released,
    Stage.VOTING: _voting,
    Stage.REVEALED: _revealed,
    Stage.CLOSED: _closed,
    Stage.REMOVED: _removed,
}
