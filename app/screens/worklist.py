"""Flagged scans, the gravest and then the oldest first; a row opens its case."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from app import session
from components.worklist_table import Column, Kind, Row, worklist_table
from store import worklist
from store.domain.arrival import Ending
from store.domain.finding import CaseState
from store.domain.genant import Grade
from store.domain.identity import age_on
from store.domain.spine import REVIEWABLE, Level
from store.worklist import Filters, Line

COLUMNS = (
    Column("worst", "AI grade", Kind.GRADE),
    Column("patient", "Patient"),
    Column("age", "Age"),
    Column("levels", "Levels"),
    Column("findings", "Decided"),
    Column("scanned", "Scanned"),
    Column("waiting", "Waiting"),
    Column("exam", "Examination"),
    Column("site", "Site"),
    Column("product", "AI product"),
    Column("state", "State"),
)
AGES = {"any age": 0, "over 7 days": 7, "over 14 days": 14, "over 30 days": 30, "over 90 days": 90}


def _filters() -> Filters:
    """The narrowing the person chose, from one row of boxes."""
    offered = session.ask(worklist.choices)
    boxes = st.columns([1.3, 1.3, 1, 1, 1.3, 1.6, 0.8], vertical_alignment="bottom")
    states = [*(s.value for s in CaseState), "all"]
    state = boxes[0].selectbox("State", states, key="state")
    site = boxes[1].selectbox("Site", ["all", *offered.sites], key="site")
    grade = boxes[2].selectbox("AI grade", ["all", "3", "2", "1"], key="grade")
    level = boxes[3].selectbox("Level", ["all", *(v.value for v in REVIEWABLE)], key="level")
    age = boxes[4].selectbox("Scan age", list(AGES), key="age")
    product = boxes[5].selectbox("AI product", ["all", *offered.products], key="product")
    mine = boxes[6].checkbox("Mine", key="mine", help="Cases you decided on last")
    days = AGES[age]
    return Filters(
        state=None if state == "all" else CaseState(state),
        site="" if site == "all" else site,
        grade=None if grade == "all" else Grade(int(grade)),
        level=None if level == "all" else Level(level),
        product="" if product == "all" else product,
        scanned_before=datetime.now(UTC).date() - timedelta(days=days) if days else None,
        mine=session.person().handle if mine else "",
    )


def _row(line: Line) -> Row:
    days = (datetime.now(UTC).date() - line.since).days
    return Row(
        line.key.id,
        {
            "worst": int(line.worst) or None,
            "patient": line.patient or "Name not given",
            "age": str(age_on(line.born, line.since)) if line.born else "–",
            "levels": ", ".join(level.value for level in line.levels) or "no level",
            "findings": f"{line.findings - line.undecided} of {line.findings}",
            "scanned": f"{line.since:%d/%m/%Y}",
            "waiting": f"{days} days" if days != 1 else "1 day",
            "exam": line.exam,
            "site": line.site,
            "product": line.product,
            "state": line.state.value,
        },
        ticket=session.ticket(line.key.id),
    )


def _failures() -> None:
    """A failure of the AI is no negative: these scans are named one by one."""
    found = session.ask(worklist.failures)
    if not found:
        return
    with st.expander(f"{len(found)} scans the AI could not analyse"):
        st.table(
            [
                {
                    "Patient": each.patient or "Name not given",
                    "Scanned": f"{each.scanned:%d/%m/%Y}" if each.scanned else "–",
                    "Examination": each.exam,
                    "Site": each.site,
                    "Why": each.reason or "no reason given",
                }
                for each in found
            ],
            hide_index=True,
        )


def _standing() -> None:
    """Every scan in sight: by state of review, and by what the AI said."""
    found = session.ask(worklist.standing)
    words = {
        Ending.POSITIVE: "flagged",
        Ending.NEGATIVE: "AI negative",
        Ending.FAILED: "AI failed",
        None: "AI not answered yet",
    }
    parts = [f"**{found.states.get(state, 0)}** {state.value}" for state in CaseState]
    parts += [f"**{found.endings.get(end, 0)}** {said}" for end, said in words.items()]
    st.markdown(" · ".join(parts))


places = st.session_state.setdefault("places", [None])
table = f"worklist-{len(places)}"
opened = (st.session_state.get(table) or {}).get("open")
if opened:
    # Before anything is asked or drawn: the reader waits for the picture, not for this page.
    st.switch_page("screens/review.py", query_params={"case": opened})
st.title("Worklist")
_standing()
filters = _filters()
session.here().desks.narrow(session.desk(), filters)
if st.session_state.get("narrowed") != filters:
    st.session_state["narrowed"] = filters
    places[:] = [None]
page = session.ask(worklist.page, filters, places[-1])
total = session.ask(worklist.count, filters)
worklist_table(
    COLUMNS,
    [_row(line) for line in page.lines],
    key=f"worklist-{len(places)}",
    caption=f"{total} cases, the gravest and then the oldest first. Arrow keys move, Enter opens.",
)
if not page.lines:
    st.info("Nothing is waiting here. Change the filters to see other cases.")
earlier, later, _ = st.columns([1, 1, 8])
if earlier.button("Earlier page", disabled=len(places) == 1):
    places.pop()
    st.rerun()
if later.button("Next page", disabled=page.next is None):
    places.append(page.next)
    st.rerun()
_failures()
