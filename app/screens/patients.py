"""Who is who: two records that are one person, and reports that no scan here fits."""

import streamlit as st

from app import session
from components.plain_table import plain_table
from store import foldings, merges, reports, search
from store.domain.clock import local
from store.merges import Known
from store.reports import Waiting


def _merge() -> None:
    st.header("Two records of one person", anchor=False)
    text = st.text_input(
        "Look for a patient by name or number", key="merge text", autocomplete="off"
    )
    found = session.submit(merges.look, text) if text else None
    if found is None:
        return
    if len(found) < 2:
        st.caption("Two records must be found by what you type; a surname often finds both.")
        return
    by_words = {_words(one): one for one in found}
    with st.form("merge", border=True):
        goes = st.selectbox("This record", list(by_words), key="goes")
        stays = st.selectbox("is the same person as", list(by_words), index=1, key="stays")
        why = st.text_input("How you know", key="merge why")
        pressed = st.form_submit_button("Merge the first into the second")
    if pressed:
        merged = session.submit(merges.merge, by_words[goes].id, by_words[stays].id, why)
        if merged is not None:
            st.rerun()


def _words(one: Known) -> str:
    many = "1 scan" if one.scans == 1 else f"{one.scans} scans"
    return f"{one.words} · {one.site or 'no site'} · {many}"


def _merged() -> None:
    made = session.ask(merges.merges)
    if not made:
        return
    standing = {f"{one.one} → {one.into}": one for one in made if one.stands}
    if standing:
        with st.form("part", border=True):
            chosen = st.selectbox("Merge that was wrong", list(standing))
            why = st.text_input("How you know", key="part why")
            pressed = st.form_submit_button("Part the two again")
        if pressed:
            before = session.ask(merges.merges)
            session.submit(merges.undo, standing[chosen].id, why)
            if session.ask(merges.merges) != before:
                st.rerun()
    plain_table(
        "Records that were merged",
        ("This record", "is", "Why", "By", "When", "Parted because"),
        [
            (one.one, one.into, one.why, one.by, local(one.at), one.undone_why or "–")
            for one in made
        ],
    )


def _folded() -> None:
    """Studies that were taken for one examination; one that is another becomes its own item."""
    st.header("Studies taken for one examination", anchor=False)
    found = session.ask(foldings.folded)
    if not found:
        st.caption("No study was put to the scan of another.")
        return
    by_words = {
        f"{one.patient} · {one.exam} · "
        f"{f'{one.scanned:%d/%m/%Y}' if one.scanned else 'no date'} · by {one.why}": one
        for one in found
    }
    with st.form("unfold", border=True):
        chosen = st.selectbox("Study", list(by_words), key="unfold which")
        why = st.text_input("Why it is another examination", key="unfold why")
        pressed = st.form_submit_button("Make it an item of its own")
    st.caption(
        "This is not taken back. Where it was wrong, withdraw the new case with a reason (key .)."
    )
    if pressed:
        said = session.submit(foldings.part, by_words[chosen].key, why)
        if said is not None:
            st.session_state["unfolded"] = said
            st.rerun()


def _reports() -> None:
    st.header("Reports that wait for a scan", anchor=False)
    waiting = session.ask(reports.waiting)
    if not waiting.count:
        st.caption("No report waits.")
        return
    shown = len(waiting.oldest)
    more = f"; the oldest {shown} are listed" if shown < waiting.count else ""
    st.markdown(f"**{waiting.count}** wait{more}.")
    _attach(waiting.oldest)
    plain_table(
        "Waiting reports, the oldest first",
        ("Came", "From", "Accession", "NHS number", "Hospital number", "Scanned", "Why it waits"),
        [
            (
                local(one.at),
                one.source or one.site or "by hand",
                one.accession or "–",
                one.nhs_number or "–",
                one.hospital_number or "–",
                f"{one.scanned:%d/%m/%Y}" if one.scanned else "–",
                one.why,
            )
            for one in waiting.oldest
        ],
    )


def _number(one: Waiting) -> str:
    return one.accession or one.nhs_number or one.hospital_number or "no number"


def _scans(label: str, key: str) -> dict[str, str]:
    """Cases that somebody looks for, by the words one chooses them by."""
    text = st.text_input(label, key=key, autocomplete="off")
    found = session.submit(search.find, text) if text else None
    return {
        f"{one.patient} · {one.exam} · {one.since:%d/%m/%Y} · {one.accession}": one.key.id
        for one in (found.lines if found else ())
    }


def _detach() -> None:
    """A report at the wrong scan waits again, and is joined to nothing by itself any more."""
    st.header("A report at the wrong scan", anchor=False)
    cases = _scans("The scan it is at, by name or number", "detach text")
    if not cases:
        return
    case = st.selectbox("Scan it is at", list(cases))
    held = {words: each for each, words in session.ask(reports.of_case, cases[case])}
    if not held:
        st.caption("No report is at this scan.")
        return
    with st.form("detach", border=True):
        report = st.selectbox("Report to take off", list(held))
        why = st.text_input("How you know", key="detach why")
        pressed = st.form_submit_button("Take the report off this scan")
    if pressed:
        session.submit(reports.detach, held[report], why)
        if len(session.ask(reports.of_case, cases[case])) < len(held):
            st.rerun()


def _attach(waiting: tuple[Waiting, ...]) -> None:
    by_words = {f"{_number(one)}, {local(one.at)}, {one.id[:6]}": one for one in waiting}
    report = st.selectbox("Report", list(by_words), key="report")
    cases = _scans("Its scan, by name or number", "attach text")
    if not cases:
        return
    with st.form("attach", border=True):
        case = st.selectbox("Scan", list(cases))
        why = st.text_input("How you know", key="attach why")
        pressed = st.form_submit_button("Attach the report to the scan")
    if pressed:
        before = session.ask(reports.waiting).count
        session.submit(reports.attach, by_words[report].id, cases[case], why)
        if session.ask(reports.waiting).count < before:
            st.rerun()


st.title("Patients and reports", anchor=False)
parted = st.session_state.pop("unfolded", "")
if parted:
    st.success(parted)
_merge()
_merged()
_folded()
_reports()
_detach()
