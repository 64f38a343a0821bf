"""The queue of background work as a pane: how much waits, how fast it goes, and what failed."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from app import session
from components.plain_table import plain_table
from store import jobs
from store.domain.alert import age_words
from store.domain.clock import local
from store.domain.people import Permission

_KINDS = {"prepare": "Picture of a series"}


def show() -> None:
    """The pane; whoever tends the queue may have what is dead tried again."""
    queue = session.ask(jobs.standing)
    st.header("Pictures to be prepared", anchor=False)
    st.markdown(
        f"**{queue.waiting}** waiting · **{queue.running}** running · "
        f"**{queue.done}** done in the last day · **{queue.dead_count}** dead"
    )
    st.text(_pace(queue))
    if queue.failures:
        plain_table(
            "Why preparation failed; up to five tries each",
            ("Reason", "Jobs"),
            [(reason, number) for reason, number in queue.failures],
        )
    for one in queue.dead:
        _dead(one)
    if queue.dead_count > len(queue.dead):
        st.text(f"The newest {len(queue.dead)} of {queue.dead_count} dead jobs are shown.")


def _pace(queue: jobs.Standing) -> str:
    if not queue.waiting + queue.running:
        return "Nothing waits."
    now = datetime.now(UTC)
    said = [f"{queue.an_hour} done in the last hour"]
    if queue.left is not None:
        said.append(f"the rest takes about {_length(queue.left)}")
    elif not queue.running:
        said.append("no worker is at work: start vcf-review work, or serve with VCF_WORKERS=1")
    if queue.oldest is not None:
        said.append(f"the oldest has waited for {age_words(queue.oldest, now)}")
    return "; ".join(said) + "."


def _length(left: timedelta) -> str:
    minutes = max(1, round(left.total_seconds() / 60))
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.0f} h"


def _dead(one: jobs.Dead) -> None:
    with st.container(border=True, key=f"dead-{one.id}"):
        kind = _KINDS.get(one.kind, one.kind)
        st.text(f"{kind} ({one.id[:10]}): given up on {local(one.since)} after {one.tries} tries.")
        st.text(one.reason)
        if not session.person().may(Permission.TEND):
            return
        with st.form(f"retry {one.id}", border=False):
            words = st.text_input("Why it should succeed now", key=f"why {one.id}", max_chars=500)
            again = st.form_submit_button("Try again")
        stands = session.submit(jobs.retry, one.id, words) if again else None
        if stands is not None:
            st.rerun()
