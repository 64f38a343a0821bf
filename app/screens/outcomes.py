"""What became of every patient with a confirmed fracture: the loop to the FLS and back."""

import hashlib
import uuid
from datetime import datetime

import streamlit as st

from app import session
from app.screens.batches_pane import batches
from components.plain_table import plain_table
from exports.fls_return import Return, read_return
from store import outcomes, standings
from store.domain.clock import LOCAL, local
from store.domain.loop import KPI_CAVEAT, Stage, due_on, kpi3, kpi4
from store.domain.outcome import TICKABLE, Fate
from store.domain.people import Permission
from store.domain.rates import Rate
from store.domain.refusal import NotAllowed, Unusable
from store.outcomes import Preview
from store.standings import Standing

LARGEST_MB = 20
MOST = 200
"""Rows of a table that are shown."""


def _lost() -> None:
    lost = [one for one in everybody if one.place.lost]
    if not lost:
        st.success(
            f"**No lost case.** {len(everybody)} patients, and each is where they should be."
        )
        return
    st.error(f"**{len(lost)} lost.** Each needs somebody to act; the list must be empty.")
    rows = [(_who(one), one.place.lost, one.place.words, _due(one)) for one in lost[:MOST]]
    plain_table("Lost cases", ("Patient", "Why listed", "Where they stand", "90-day date"), rows)
    _more(len(lost))


def _who(one: Standing) -> str:
    named = " · ".join(filter(None, (one.patient, one.nhs_number, one.referral)))
    return named or f"case {one.cases[0][:10]}"


def _due(one: Standing) -> str:
    if one.at.index_date is None:
        return "no scan date"
    due = due_on(one.at.index_date)
    left = (due - today).days
    words = f"{left} days left" if left >= 0 else f"{-left} days over"
    return f"{due:%d/%m/%Y} ({words})"


def _more(count: int) -> None:
    if count > MOST:
        st.caption(f"The first {MOST} of {count} are shown.")


def _clock() -> None:
    st.header("The 90 days", anchor=False)
    counted = {stage: [one for one in everybody if one.place.stage is stage] for stage in Stage}
    st.markdown(" · ".join(f"**{len(of)}** {stage.value}" for stage, of in counted.items() if of))
    open_ones = [*counted[Stage.SENT], *counted[Stage.READY], *counted[Stage.HELD]]
    rows = [
        (_who(one), _due(one), one.place.stage.value, one.place.words)
        for one in sorted(open_ones, key=lambda one: _due_key(one))[:MOST]
    ]
    if not rows:
        st.caption("Nobody waits.")
        return
    plain_table("Who still waits", ("Patient", "90-day date", "Stage", "Words"), rows)
    _more(len(open_ones))


def _due_key(one: Standing) -> str:
    return one.at.index_date.isoformat() if one.at.index_date else ""


def _figures() -> None:
    st.header("FLS-DB figures", anchor=False)
    sent = [one.at for one in everybody if one.at.sent_on]
    whole = st.number_input(
        "All patients whom the FLS identified in the period (for FLS-DB KPI3)",
        min_value=0,
        value=None,
        step=1,
        key="kpi3 whole",
    )
    rows = [_figure("FLS-DB KPI4: assessed within 90 days", kpi4(sent, today))]
    if whole is not None:
        try:
            rows.insert(0, _figure("FLS-DB KPI3: identified, spine", kpi3(sent, int(whole))))
        except ValueError:
            st.warning("Fewer patients than were accepted from here. Check the number.")
    heads = ("Figure", "Numerator", "Denominator", "Per cent", "95 % interval (Wilson)")
    plain_table("Figures of this workstation", heads, rows)
    st.caption(KPI_CAVEAT)


def _figure(name: str, rate: Rate) -> tuple[object, ...]:
    low, high = rate.interval or (None, None)
    return (
        name,
        rate.numerator,
        rate.denominator,
        f"{rate.value * 100:.1f} %" if rate.value is not None else "–",
        "nothing counted" if low is None else f"{low * 100:.1f}–{(high or 0) * 100:.1f} %",
    )


def _upload() -> None:
    st.header("What the FLS answered", anchor=False)
    if not session.person().may(Permission.REFER):
        return
    round_ = st.session_state.setdefault("return round", 0)
    file = st.file_uploader(
        "The workbook that came back, filled in (.xlsx or .csv). Nothing is written yet.",
        type=["xlsx", "xlsm", "csv", "txt"],
        max_upload_size=LARGEST_MB,
        key=f"returned {round_}",
    )
    taken = st.session_state.pop("taken in", None)
    if taken:
        st.success(taken)
    if file is None:
        return
    content = file.getvalue()
    try:
        found = read_return(content)
    except Unusable as refusal:
        st.error(str(refusal))
        return
    _preview(found, hashlib.sha256(content).hexdigest())


def _preview(found: Return, digest: str) -> None:
    seen = session.ask(outcomes.preview, found.rows, found.batches)
    st.markdown(
        f"**{len(seen.rows)} row{'' if len(seen.rows) == 1 else 's'}**: "
        + ", ".join(f"{count} {fate.value}" for fate, count in seen.counts.items())
        + (f"; **{len(seen.absent)}** of the batch are not in the file" if seen.absent else "")
    )
    before = next((one for one in session.ask(outcomes.returns) if one.sha256 == digest), None)
    if before:
        st.info(f"This very file was taken in on {local(before.at)} by {before.by}.")
    for words in found.left_aside:
        st.warning(words)
    rows = [
        (one.row.place, one.row.referral or "–", one.fate.value, one.why or "–",
         one.row.answer.words if one.row.answer else "–")
        for one in sorted(seen.rows, key=lambda one: list(Fate).index(one.fate))[:MOST]
    ]  # fmt: skip
    heads = ("Row", "Referral", "What becomes of it", "Why", "Answer")
    plain_table("Every row of the file", heads, rows)
    _more(len(seen.rows))
    if seen.absent:
        st.warning(
            f"Not in the file: {', '.join(seen.absent[:MOST])}. They stay without an answer."
        )
    _accept(found, digest, seen)


def _accept(found: Return, digest: str, seen: Preview) -> None:
    changed = [one.row.place for one in seen.rows if one.fate in TICKABLE]
    act = st.session_state.setdefault("return act", str(uuid.uuid4()))
    with st.form(f"accept {act}", border=False):
        ticked = (
            st.multiselect("Changed since, and taken in all the same", changed) if changed else []
        )
        pressed = st.form_submit_button("Accept what is shown", type="primary")
    if not pressed:
        return
    here = session.here().site
    try:
        counts = here.submit(
            session.person(), outcomes.accept, act, digest, found.rows, found.batches,
            seen.mark, ticked,
        )  # fmt: skip
    except NotAllowed as refusal:
        st.error(str(refusal))
        return
    st.session_state["return act"] = str(uuid.uuid4())
    st.session_state["return round"] += 1
    taken = counts.get(Fate.TAKE.value, 0) + len(ticked)
    st.session_state["taken in"] = f"Taken in: {taken} answers of {sum(counts.values())} rows."
    st.rerun()


def _history() -> None:
    given = session.ask(outcomes.history)
    if not given:
        st.caption("No answer has been taken in yet.")
        return
    rows = [
        (one.referral, one.answer.words, f"{local(one.at)}, {one.by}",
         "stands" if one.stands else (f"taken back ({one.undone})" if one.undone else "replaced"))
        for one in given[:MOST]
    ]  # fmt: skip
    plain_table("Answers", ("Referral", "Answer", "Taken in", "State"), rows)
    standing = {f"{one.referral}: {one.answer.words}": one.id for one in given if one.stands}
    if not standing or not session.person().may(Permission.REFER):
        return
    with st.expander("Take an answer back"), st.form("take back", border=False):
        chosen = st.selectbox("Answer", list(standing))
        why = st.text_input("Why", max_chars=200, autocomplete="off")
        pressed = st.form_submit_button("Take back")
    if pressed and session.done(outcomes.take_back, standing[chosen], why):
        st.rerun()


st.title("Outcomes", anchor=False)
site = session.here().site
everybody = session.ask(standings.standings, site.settings.policy)
today = datetime.now(LOCAL).date()
_lost()
_upload()
_history()
_clock()
_figures()
batches()
