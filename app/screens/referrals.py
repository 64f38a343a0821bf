"""The triage room for the FLS: who goes this week, who waits for a decision, who does not go."""

import uuid
from collections import Counter

import streamlit as st

from app import hl7_drop, referral_file, session, triage_json
from app.screens.batches_pane import batches
from app.triage_api import ROOM, today
from components.triage_room import triage_room, wanted
from store import known, triage
from store.domain.episode import Due
from store.domain.people import Permission
from store.domain.refusal import NotAllowed
from store.domain.triage import ORDER_WORDS, Lane
from store.triage import Episode

PAGE = 100
"""Patients of a lane that are shown at once; the rest follow as these are decided."""
_ABOUT = {
    Lane.DECIDE: "Something speaks for an exclusion, and nobody has answered yet.",
    Lane.WEEK: "The next export hands these over.",
    Lane.LATER: "Ready, and beyond this week's number.",
    Lane.HELD: "Something is missing before they can be referred or excluded.",
    Lane.NOT: "Excluded by policy, by a reader's reason or by a coordinator.",
    Lane.REFERRED: "The FLS has them.",
}


def _lane(room: triage.Room) -> Lane:
    """The lane that was chosen; at first the one with work in it."""
    asked = wanted("lane")
    if asked:
        st.session_state["triage lane"] = Lane(asked)
    first = Lane.DECIDE if room.of[Lane.DECIDE] else Lane.WEEK
    return Lane(st.session_state.setdefault("triage lane", first))


def _found(shown: tuple[Episode, ...], text: str) -> tuple[Episode, ...]:
    """Those of *shown* whose name or number has *text* in it."""
    sought = "".join(text.lower().split())
    return tuple(one for one in shown if sought in _names(one)) if sought else shown


def _names(one: Episode) -> str:
    who = one.patient
    number = who.nhs_number.digits if who.nhs_number else ""
    return "".join(f"{who.surname}{who.forename} {number} {who.hospital_number}".lower().split())


def _due(room: triage.Room) -> str:
    """What the next export tells the FLS, in words; empty where it is owed nothing."""
    owed = Counter(one.due for one in room.of[Lane.REFERRED] if one.sent)
    counts = {
        "new": len(room.of[Lane.WEEK]),
        "amended": owed[Due.AMENDED],
        "withdrawn": owed[Due.WITHDRAWN],
    }
    return ", ".join(f"{n} {words}" for words, n in counts.items() if n)


def _export(due: str) -> None:
    """One press is one batch, however often the button is pressed."""
    act = st.session_state.setdefault("export act", str(uuid.uuid4()))
    words = f"Export to the FLS: {due}" if due else "Export (nobody is ready)"
    if not st.button(words, type="primary", key=f"export {act}"):
        return
    here = session.here()
    try:
        batch = referral_file.export(here.site, session.person(), act)
        hl7_drop.hand_over(here.site, session.person())
    except NotAllowed as refusal:
        st.error(str(refusal))
        return
    st.session_state["export act"] = str(uuid.uuid4())
    st.session_state["exported"] = batch
    st.rerun()


def _week(room: triage.Room, per_week: int) -> str:
    if not per_week:
        return "No weekly number is set: whoever is ready goes with the next export."
    return f"{room.gone} of {per_week} new referrals went this week. {ORDER_WORDS}"


def _room(room: triage.Room, lane: Lane) -> None:
    text = st.session_state.get("triage find", "")
    found = _found(room.of[lane], text)
    shown = found[:PAGE]
    back = session.ask(triage.before, [one.id for one in shown])
    triage_room(
        {
            "api": "api",
            "ticket": session.ticket(ROOM),
            "may": session.person().may(Permission.REFER),
            "reader": session.person().handle,
            "lanes": [{"name": each.value, "count": len(room.of[each])} for each in Lane],
            "lane": lane.value,
            "about": _ABOUT[lane],
            "rows": triage_json.rows(lane, shown, back, today()),
            "more": len(found) - len(shown),
            "codes": triage_json.codes(),
            "today": today().isoformat(),
        }
    )


def _foot(room: triage.Room) -> None:
    with st.expander("What is referred, in which order, and who was left out"):
        policy = session.here().site.settings.policy
        st.markdown(f"Referred: {policy.words}.")
        st.markdown(_week(room, policy.per_week))
        st.markdown(f"{session.ask(known.count)} patients are on the FLS's own list.")
        mix = " · ".join(f"**{n}** {code.words}" for code, n in room.mix.items())
        st.markdown(f"Not referred: {mix or 'nobody'}.")


opened = wanted("open")
if opened:
    st.switch_page("screens/review.py", query_params={"case": opened})
st.title("Referrals to the FLS", anchor=False)
room = session.ask(triage.room, session.here().site.settings.policy, today())
exported = st.session_state.pop("exported", None)
with st.container(horizontal=True, vertical_alignment="bottom"):
    if session.person().may(Permission.REFER):
        _export(_due(room))
    st.text_input("Find in this lane", placeholder="Name or number", key="triage find", width=260)
if exported:
    st.success(f"Batch {exported[:12]} is made. Download it below.")
_room(room, _lane(room))
_foot(room)
batches()
