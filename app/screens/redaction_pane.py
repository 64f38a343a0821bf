"""One free text beside its redaction: what goes can be added to and taken back by keyboard."""

import re

import streamlit as st

from store.domain.redaction import Kind, Known, Span, redacted, suggested

_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
_LONGEST = 4000


def redaction_pane(heading: str, text: str, known: Known, key: str, kept: str = "") -> str:
    """*text* as it would be released: suggestions applied, as far as the person lets them.

    Every suggestion is a box that is ticked (Space changes it); more words are added by typing
    them and Enter; the result itself can be edited last. Nothing is kept here: the caller
    releases what is given back.

    Args:
        heading: What the text is.
        text: The original.
        known: What is known of the people in it.
        key: Of the widgets; another for another text.
        kept: What was released before; it is shown until a place is ticked or unticked.
    """
    st.markdown(f"**{heading}**")
    if not text.strip():
        st.caption("There is no such text in the record. Write what is to be shown.")
        return _result(heading, kept, key)
    before, after = st.columns(2)
    spans = _chosen(text, known, key)
    with before:
        st.caption("Original. What is struck through goes.")
        st.markdown(_marked(text, spans))
    with after:
        st.caption("As it will be shown. Shorten it, read every word, and mend it last.")
        untouched = kept and spans == suggested(text, known)
        # A box of its own for each choice of spans: else it would keep the words of the last one.
        return _result(
            heading, kept if untouched else redacted(text, spans), f"{key} {hash(spans)}"
        )


def _result(heading: str, text: str, key: str) -> str:
    said = st.text_area(
        f"{heading}, redacted",
        text,
        max_chars=_LONGEST,
        height=160,
        key=f"{key} result",
        label_visibility="collapsed",
    )
    return str(said)


def _chosen(text: str, known: Known, key: str) -> tuple[Span, ...]:
    """The suggestions that are ticked, and every place of the words that were added."""
    added: list[str] = st.session_state.setdefault(f"{key} added", [])
    offered = _with(text, suggested(text, known), added)
    with st.expander(f"{len(offered)} places to redact", expanded=bool(offered)):
        with st.container(horizontal=True):
            kept = tuple(
                span
                for span in offered
                if st.checkbox(
                    f"{span.kind}: {_plain(text[span.start : span.end])}",
                    value=True,
                    key=f"{key} {span.start} {span.end}",
                    width="content",
                )
            )
        with st.form(f"{key} more", clear_on_submit=True, border=False):
            typed, press = st.columns([4, 1], vertical_alignment="bottom")
            words = typed.text_input("Also redact these words, wherever they stand", max_chars=80)
            if press.form_submit_button("Redact them") and words.strip():
                added.append(words.strip())
                st.rerun()
    return kept


def _with(text: str, spans: tuple[Span, ...], added: list[str]) -> tuple[Span, ...]:
    """*spans* and the places of the *added* words that none of them covers."""
    more = list(spans)
    for words in added:
        for found in re.finditer(re.escape(words), text, re.IGNORECASE):
            start, end = found.span()
            over = [one for one in more if one.start < end and start < one.end]
            more = [one for one in more if one not in over]
            first = min(start, *(one.start for one in over), start)
            last = max(end, *(one.end for one in over), end)
            more.append(Span(first, last, over[0].kind if over else Kind.OTHER))
    return tuple(sorted(more))


def _marked(text: str, spans: tuple[Span, ...]) -> str:
    """The original with what goes struck through; whatever stands in it is shown, never run."""
    parts, at = [], 0
    for span in spans:
        inside = _plain(text[span.start : span.end])
        gap = " " if inside != inside.strip() else ""
        parts += [_plain(text[at : span.start]), f"**~~{inside.strip()}~~**{gap}"]
        at = span.end
    return "".join([*parts, _plain(text[at:])]).replace("\n", "  \n")


def _plain(text: str) -> str:
    """*text* as Markdown that shows it letter by letter."""
    return _MARKS.sub(r"\\\1", text)
