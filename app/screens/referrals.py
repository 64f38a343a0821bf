"""Who goes to the FLS, who is held and why, and what was exported."""

import uuid

import streamlit as st

from app import referral_file, session
from components.worklist_table import Column, Kind, Row, worklist_table
from store import referrals
from store.domain.clock import local
from store.domain.people import Permission
from store.domain.referral import Hold
from store.domain.refusal import NotAllowed
from store.referrals import Line

COLUMNS = (
    Column("worst", "Grade", Kind.GRADE),
    Column("patient", "Patient"),
    Column("nhs", "NHS number"),
    Column("born", "Born"),
    Column("scanned", "Scanned"),
    Column("levels", "Levels"),
    Column("site", "Site"),
    Column("verdict", "FLS referral"),
)


def _row(line: Line) -> Row:
    return Row(
        line.case,
        {
            "worst": int(line.worst),
            "patient": line.patient,
            "nhs": line.nhs_number or "none",
            "born": f"{line.born:%d/%m/%Y}" if line.born else "–",
            "scanned": f"{line.scanned:%d/%m/%Y}" if line.scanned else "–",
            "levels": ", ".join(level.value for level in line.levels),
            "site": line.site,
            "verdict": _verdict(line),
        },
    )


def _verdict(line: Line) -> str:
    if line.referred_on:
        return f"Referred {line.referred_on:%d/%m/%Y}"
    if isinstance(line.verdict, Hold):
        return f"Held: {'; '.join(line.verdict.reasons)}"
    return "Ready"


def _export(ready: int) -> None:
    """One press is one batch, however often the button is pressed."""
    act = st.session_state.setdefault("export act", str(uuid.uuid4()))
    words = f"Export {ready} to the FLS" if ready else "Export (nobody is ready)"
    if not st.button(words, type="primary", key=f"export {act}"):
        return
    here = session.here()
    try:
        batch = referral_file.export(here.site, session.person(), act)
    except NotAllowed as refusal:
        st.error(str(refusal))
        return
    st.session_state["export act"] = str(uuid.uuid4())
    st.session_state["exported"] = batch
    st.rerun()


def _batches() -> None:
    st.header("Exports", anchor=False)
    found = session.ask(referrals.batches)
    if not found:
        st.caption("Nothing has been exported yet.")
    for batch in found:
        when, link = st.columns([5, 1], vertical_alignment="center")
        when.markdown(
            f"**{batch.id[:12]}** · {local(batch.at)} · {batch.by} · {len(batch.referrals)} "
            f"referred, {len(batch.not_referred)} held · SHA-256 `{batch.sha256[:16]}…`"
        )
        link.link_button("Download", f"/api/exports/{batch.id}")


st.title("Referrals to the FLS", anchor=False)
lines = session.ask(referrals.lines, session.here().site.settings.policy)
ready = sum(not isinstance(line.verdict, Hold) for line in lines)
gone = sum(line.referred_on is not None for line in lines)
st.markdown(
    f"**{ready}** ready · **{len(lines) - ready - gone}** held · **{gone}** referred before"
)
if session.person().may(Permission.REFER):
    _export(ready)
exported = st.session_state.pop("exported", None)
if exported:
    st.success(f"Batch {exported[:12]} is made. Download it below.")
worklist_table(
    COLUMNS,
    [_row(line) for line in lines],
    key="referrals",
    caption="Patients with a confirmed fracture, ready ones first. Enter chooses one.",
)
_batches()
