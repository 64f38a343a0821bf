"""The register of opt-outs: who is left out, since when and why; and who was referred before."""

from datetime import datetime

import streamlit as st

from app import session
from components.plain_table import plain_table
from store import opt_outs
from store.domain.clock import LOCAL, local
from store.domain.identity import UnusableNhsNumber
from store.domain.refusal import NotAllowed
from store.opt_outs import Entry


def _warn() -> None:
    """Nothing takes a name back from the FLS by itself."""
    gone = session.ask(opt_outs.referred)
    if not gone:
        return
    st.error(
        f"{len(gone)} of them were referred to the FLS before. Tell the FLS: nothing here takes "
        "a referral back."
    )
    plain_table(
        "Referred before they opted out",
        ("Referral", "Patient", "NHS number", "Referred", "Opted out since"),
        [
            (
                one.referral,
                one.patient,
                one.nhs_number,
                f"{one.referred_on:%d/%m/%Y}",
                f"{one.since:%d/%m/%Y}",
            )
            for one in gone
        ],
    )


def _add() -> None:
    with st.form("opt-out", border=True, clear_on_submit=False):
        number, since = st.columns(2)
        digits = number.text_input("NHS number", autocomplete="off")
        day = since.date_input("Since", value=datetime.now(LOCAL).date(), format="DD/MM/YYYY")
        reason = st.text_input("Reason", max_chars=opt_outs.LONGEST)
        source = st.text_input("Where it is known from", max_chars=opt_outs.LONGEST)
        pressed = st.form_submit_button("Leave this patient's scans out")
    if not pressed:
        return
    here = session.here().site
    try:
        done = here.submit(session.person(), opt_outs.add, digits, day, reason, source)
    except (NotAllowed, UnusableNhsNumber) as refusal:
        st.error(str(refusal))
        return
    stood = "It stood already." if done.before else f"{done.scans} scans are left out by it."
    st.success(stood)


def _lift(standing: list[Entry]) -> None:
    if not standing:
        return
    by_words = {f"{one.nhs_number}, since {one.since:%d/%m/%Y}": one for one in standing}
    with st.form("lift", border=True):
        chosen = st.selectbox("Opt-out that ends", list(by_words))
        words = st.text_input("Why it ends", max_chars=opt_outs.LONGEST)
        pressed = st.form_submit_button("Lift it")
    if pressed:
        back = session.submit(opt_outs.lift, by_words[chosen].id, words)
        if back is not None:
            st.success(f"Lifted; {back} scans are back where they were.")


st.title("Opt-outs", anchor=False)
st.markdown(
    "Scans of these patients are in no list, search, rate or referral. Everything said of them is "
    "kept, and is there again when the opt-out is lifted. Urgent alerts stay visible."
)
_add()
_warn()
entries = session.ask(opt_outs.entries)
_lift([one for one in entries if one.ended_at is None])
plain_table(
    "The register",
    ("NHS number", "Since", "Reason", "Source", "Scans left out", "Entered", "Ended"),
    [
        (
            one.nhs_number,
            f"{one.since:%d/%m/%Y}",
            one.reason,
            one.source,
            one.scans,
            f"{local(one.added_at)}, {one.added_by}",
            f"{local(one.ended_at)}: {one.ended_why}" if one.ended_at else "–",
        )
        for one in entries
    ],
)
