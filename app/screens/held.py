"""What arrived and waits for a person: why, what release would do, and who decided before."""

import streamlit as st

from app import session
from app.intake.report_messages import read_again
from app.settings import UnusableSetting
from components.plain_table import plain_table
from store import held, messages
from store.domain.clock import local
from store.domain.refusal import Unusable
from store.domain.wording import LONGEST_WORDS
from store.held import Held

_NOTHING = "choose"


def _from(one: Held) -> str:
    way = f" by {one.source}" if one.source else " by hand"
    return f"{one.kind}, came on {local(one.at)}{way}"


def _one(one: Held) -> None:
    """One held thing with its own form, so that nothing is decided on another."""
    with st.container(border=True, key=f"held-{one.id}"):
        # Names come from outside: shown as text, never as markup.
        st.header(_from(one), anchor=False)
        st.text(one.reason)
        for name, said in one.shown:
            st.text(f"{name}: {said}")
        with st.form(f"decide {one.id}", border=False):
            choice = _choice(one)
            words = st.text_input(
                "Why", key=f"words {one.id}", max_chars=LONGEST_WORDS, autocomplete="off"
            )
            left, right = st.columns(2)
            released = bool(one.does) and left.form_submit_button(
                "Release", type="primary", help=one.does, key=f"release {one.id}"
            )
            discarded = right.form_submit_button(
                "Discard", help="It is left out for good; its line stays.", key=f"discard {one.id}"
            )
        st.caption(f"Release: {one.does}" if one.does else "It can only be discarded.")
    share = session.here().site.settings.unaided_share
    if released:
        if one.code != messages.REFUSED or not words.strip() or _read_again(one):
            _decide(session.submit(held.release, one.id, words, choice, share))
    elif discarded:
        _decide("It is left out." if session.done(held.discard, one.id, words) else None)


def _read_again(one: Held) -> bool:
    """Whether a refused message could be read now; why not is shown."""
    try:
        read_again(session.here().site, one.file, one.source)
    except (Unusable, UnusableSetting) as refusal:
        st.error(f"It still cannot be read. {refusal}")
        return False
    return True


def _choice(one: Held) -> str:
    """The key of the chosen way; the first is never chosen by itself."""
    if not one.choices:
        return ""
    words = {_NOTHING: "Choose", **{each.key: each.words for each in one.choices}}
    chosen = st.selectbox("To", list(words), format_func=words.__getitem__, key=f"to {one.id}")
    return "" if chosen == _NOTHING else str(chosen)


def _decide(done: str | None) -> None:
    if done is not None:
        st.session_state["held done"] = done
        st.rerun()


def _decided() -> None:
    found = session.ask(held.decided)
    st.header("Decided", anchor=False)
    if not found:
        st.caption("Nothing was decided yet.")
        return
    plain_table(
        "What was decided on what was held",
        ("What", "Why it was held", "Decision", "By", "When", "Why"),
        [
            (
                one.kind,
                one.reason,
                one.state,
                one.by,
                local(one.when) if one.when else "",
                one.words,
            )
            for one in found
        ],
    )


st.title("Held", anchor=False)
st.markdown(
    "What arrived and cannot be right as it is. It is in no list and no rate until somebody "
    "decides."
)
done = st.session_state.pop("held done", "")
if done:
    st.success(done)
waiting = session.ask(held.open_ones)
if not waiting:
    st.success("Nothing is held.")
elif len(waiting) == held.PAGE:
    st.warning(f"The oldest {held.PAGE} are listed.")
for each in waiting:
    _one(each)
_decided()
