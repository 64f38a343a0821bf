"""Behind a case: whose it is, opened with a reason, to redact it and to write to somebody."""

from datetime import datetime

import streamlit as st

from app import realm_desk, session
from app.screens.redaction_pane import redaction_pane
from components.imaging.key_image import UnsafeSource
from store import identities, realm
from store.domain.clock import LOCAL
from store.domain.meeting import Meeting, notice
from store.domain.realm import CaseRecord
from store.domain.refusal import NotAllowed
from store.domain.sampling import Why
from store.identities import Notice, Whose


def show(meeting: Meeting, one: CaseRecord) -> None:
    """What is needed to redact and release a case; it wants the identity opened."""
    link = _link(meeting, one)
    if not link.there:
        st.warning("The identity behind this case was erased; it cannot be released any more.")
    elif not link.open:
        _open(one)
    else:
        seal = realm_desk.seal(session.here().site)
        whose = session.ask(identities.identity, one.case_no, seal)
        _whose(whose)
        _draw(one, whose)
        _release(one, whose)
        _reporter(one, whose)
        notify(meeting, one)


def _link(meeting: Meeting, one: CaseRecord) -> Notice:
    found = session.ask(identities.notices, meeting.id)
    return next(each for each in found if each.case_no == one.case_no)


def _open(one: CaseRecord) -> None:
    with st.form(f"open {one.case_no}", border=False):
        st.caption("Whose this case is can be read for half an hour; the trail keeps that it was.")
        words = st.text_input("What do you need it for?", "Redaction", key=f"for {one.case_no}")
        pressed = st.form_submit_button("Open the identity", type="primary")
    if pressed and session.done(identities.open_up, one.case_no, words):
        st.rerun()


def _whose(whose: Whose) -> None:
    born = f"born {whose.born:%d/%m/%Y}" if whose.born else ""
    scanned = f"scanned {whose.scanned:%d/%m/%Y}" if whose.scanned else ""
    number = f"accession {whose.accession}" if whose.accession else ""
    name = ", ".join(filter(None, (whose.surname, whose.forename)))
    with st.expander("Whose it is, and the report as it came"):
        # From outside: shown as text, never as markup.
        st.text(" · ".join(filter(None, (name, born, whose.exam, scanned, number, whose.site))))
        st.text(f"Indication: {whose.indication or 'not given'}")
        st.text(whose.report or "No report has arrived.")


def _release(one: CaseRecord, whose: Whose) -> None:
    known = realm_desk.known(whose, realm_desk.places(session.here().site))
    no = one.case_no
    asked = redaction_pane("Clinical question", whose.indication, known, f"q {no}", one.question)
    told = redaction_pane("Excerpt of the report", whose.report, known, f"e {no}", one.excerpt)
    with st.form(f"release {no}", border=False):
        read = st.checkbox(
            "I read both texts: they name no patient, colleague, place, number or day.",
            key=f"read {no}",
        )
        looked = one.picture and st.checkbox(
            "I looked at the key image: it shows no word and no face.", key=f"looked {no}"
        )
        pressed = st.form_submit_button("Release the case", type="primary")
    if pressed and not read:
        st.error("Read both texts and say so; then release the case.")
    elif pressed and one.picture and not looked:
        st.error("Look at the key image and say so; then release the case.")
    elif pressed:
        seal = realm_desk.seal(session.here().site)
        if session.done(realm.release, no, asked, told, seal):
            st.rerun()


def _draw(one: CaseRecord, whose: Whose) -> None:
    here = session.here().site
    words = "Sagittal CT of the spine in a bone window"
    with st.container(horizontal=True):
        label = "Render the key image anew" if one.picture else "Render the key image"
        if st.button(label, key=f"picture {one.case_no}"):
            try:
                realm_desk.draw_picture(here, session.person(), one.case_no, whose, words)
            except (NotAllowed, UnsafeSource) as refusal:
                st.error(str(refusal))
            else:
                st.rerun()
        away = one.picture and st.button("Take the image away", key=f"no picture {one.case_no}")
        if away and session.done(realm.drop_picture, one.case_no):
            st.rerun()
    if one.picture:
        st.caption("Look at the image: it must show no word and no face.")
        st.html(
            f'<img src="/api/realm/pictures/{one.case_no}" alt="{words}" '
            'style="max-width:100%;max-height:50vh;display:block">'
        )


def _reporter(one: CaseRecord, whose: Whose) -> None:
    with st.form(f"reporter {one.case_no}", border=False):
        name = st.text_input(
            "Radiologist to write to (kept sealed, erased with the identity)",
            whose.reporter,
            key=f"reporter of {one.case_no}",
            autocomplete="off",
        )
        pressed = st.form_submit_button("Keep it")
    seal = realm_desk.seal(session.here().site)
    if pressed and session.done(identities.name_reporter, one.case_no, name, seal):
        st.rerun()


def notify(meeting: Meeting, one: CaseRecord) -> None:
    """The standard message to the radiologist, and the day on which it was sent."""
    link = _link(meeting, one)
    if not link.there:
        return
    if link.settled:
        said = f"written to on {link.told_on:%d/%m/%Y}" if link.told_on else link.why_not
        st.caption(f"Radiologist: {said}.")
    with st.expander("Write to the radiologist before the meeting"):
        st.code(notice(meeting.day, by_lot=Why.DRAWN.value in one.whys), language=None)
        with st.form(f"told {one.case_no}", border=False):
            day = st.date_input(
                "Sent on",
                link.told_on or datetime.now(LOCAL).date(),
                format="DD/MM/YYYY",
                key=f"told on {one.case_no}",
            )
            why = st.text_input(
                "Or why nobody can be written to", link.why_not, key=f"untold {one.case_no}"
            )
            pressed = st.form_submit_button("Note it")
        if pressed:
            on = None if why.strip() else day
            if session.done(identities.told, one.case_no, on, why):
                st.rerun()
