"""What was sent to the FLS, batch by batch, and the files of each."""

from collections import Counter
from functools import partial

import streamlit as st

from app import hl7_drop, session
from app.batch_files import kinds_of
from app.formats import KINDS
from store import referrals
from store.domain.clock import local
from store.referrals import Batch

SHOWN = 20


def batches() -> None:
    """The newest exports with a download for each of their files."""
    st.header("Exports", anchor=False)
    found = session.ask(referrals.batches)
    if not found:
        st.caption("Nothing has been exported yet.")
    site = session.here().site
    if any(map(partial(hl7_drop.waits, site), found)) and st.button(
        "Put waiting HL7 into its folder"
    ):
        hl7_drop.hand_over(site, session.person())
    for batch in found[:SHOWN]:
        when, *links = st.columns([4, *(1 for _ in kinds_of(batch))], vertical_alignment="center")
        when.markdown(f"**{batch.id[:12]}** · {local(batch.at)} · {batch.by}  \n{_words(batch)}")
        for kind, link in zip(kinds_of(batch), links, strict=True):
            words = "Download" if kind == "xlsx" else f"Download {KINDS[kind].words}"
            link.link_button(words, f"/api/exports/{batch.id}?kind={kind}")


def _words(batch: Batch) -> str:
    counts = Counter(row.status.value for row in batch.referrals)
    dropped = hl7_drop.words(session.here().site, batch)
    told = ", ".join(f"{count} {status.lower()}" for status, count in sorted(counts.items()))
    digest = f" · SHA-256 `{batch.sha256[:16]}…`" if batch.sha256 else ""
    return f"{told or 'no row'} · {len(batch.not_referred)} not referred{digest}" + (
        f" · {dropped}" if dropped else ""
    )
