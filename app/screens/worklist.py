"""The worklist: what is to be read, in a fixed order; a row opens its case."""

import streamlit as st

from app import list_filters, list_lines, list_views, session
from app.address import Address
from app.ahead import counted
from components.plain_table import plain_table
from components.worklist_table import worklist_table
from store import search, standing, worklist
from store.domain.arrival import Ending
from store.domain.finding import CaseState
from store.domain.people import Permission
from store.domain.queue import Sort
from store.worklist import Line

FOUND = "patients found"
CHOSEN = "worklist chosen"


def _standing() -> None:
    """Every scan in sight: by state of review, and by what the AI said."""
    found = session.ask(standing.standing)
    words = {
        Ending.POSITIVE: "flagged",
        Ending.NEGATIVE: "AI negative",
        Ending.FAILED: "AI failed",
        None: "AI not answered yet",
    }
    parts = [f"**{counted(found.states.get(state, 0))}** {state.value}" for state in CaseState]
    parts += [f"**{counted(found.endings.get(end, 0))}** {said}" for end, said in words.items()]
    st.markdown(" · ".join(parts))


def _failures() -> None:
    """A failure of the AI is no negative: these scans are named one by one."""
    found = session.ask(standing.failures)
    if not found:
        return
    with st.expander(f"{len(found)} scans the AI could not analyse"):
        plain_table(
            "Scans the AI could not analyse",
            ("Patient", "Scanned", "Examination", "Site", "Why"),
            [
                (
                    each.patient or "Name not given",
                    f"{each.scanned:%d/%m/%Y}" if each.scanned else "–",
                    each.exam,
                    each.site,
                    each.reason or "no reason given",
                )
                for each in found
            ],
        )


def _search() -> None:
    """Looks for a patient; what is typed goes into no address, log or title."""
    if not session.person().may(Permission.FIND_PATIENTS):
        return
    with (
        st.form("find", border=False, enter_to_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        text = st.text_input(
            "Find a patient", placeholder="Name, NHS, hospital or accession number", width=330
        )
        asked = st.form_submit_button("Find")
    if asked and text.strip():
        found = session.submit(search.find, text)
        if found is not None:
            ids = tuple(line.key.id for line in found.lines)
            st.session_state[FOUND] = ids, found.more, found.outside
    if FOUND in st.session_state and st.button("Back to the list"):
        del st.session_state[FOUND]
        st.rerun()


def _found() -> tuple[tuple[Line, ...], str]:
    ids, more, outside = st.session_state[FOUND]
    lines = session.ask(worklist.named, ids)
    words = f"{len(lines)} case{'' if len(lines) == 1 else 's'} found, the newest first."
    if more:
        words = f"More than {search.MOST} found; type more to narrow it. {words}"
    if outside:
        words += f" {outside} more scans of these patients are not in the room."
    return lines, words


def _listed(address: Address, places: list[worklist.Key | None]) -> tuple[worklist.Page, str]:
    filters = session.filters(address)
    page = session.ask(worklist.page, filters, places[-1])
    total = counted(session.ask(worklist.count, filters))
    order = list_filters.ORDERS[filters.sort.value].lower()
    if filters.sort is Sort.GRAVEST:
        order += ", then the oldest"
    keys = "Arrow keys move, Enter opens, Space chooses."
    return page, f"{total[:1].upper()}{total[1:]} cases, {order}. {keys}"


def _back() -> None:
    st.session_state["places"].pop()


def _table(finding: bool, page: int, turn: int) -> str:
    """The table's name: a new one for another page, and after a deed, when nothing is chosen."""
    return f"found {turn}" if finding else f"worklist {page} {turn}"


places: list[worklist.Key | None] = st.session_state.setdefault("places", [None])
finding = FOUND in st.session_state
turn: int = st.session_state.setdefault(list_views.TURN, 0)
table = _table(finding, len(places), turn)
opened = (st.session_state.get(table) or {}).get("open")
if opened:
    # Before anything is asked or drawn: the reader waits for the picture, not for this page.
    wanted = st.session_state.get(list_filters.LAST, Address()).query()
    st.switch_page("screens/review.py", query_params={**wanted, "case": opened})
shown = list_views.shown_columns()
top = st.container(horizontal=True, vertical_alignment="bottom", key="tools")
top.title("Worklist", width="stretch")
_standing()
address = list_filters.narrowed()
if st.session_state.get("narrowed") != address:
    st.session_state["narrowed"], st.session_state[CHOSEN] = address, {}
    places[:] = [None]
chosen: dict[str, list[str]] = st.session_state.setdefault(CHOSEN, {})
with top:
    _search()
    list_views.views_box(address, shown)
    list_views.columns_box(shown)
if FOUND in st.session_state:
    lines, caption = _found()
    later = None
else:
    page, caption = _listed(address, places)
    lines, later = page.lines, page.next
table = _table(FOUND in st.session_state, len(places), turn)
before = st.container()
picked = worklist_table(
    list_lines.columns(shown),
    list_lines.rows(lines, address.text()),
    key=table,
    caption=caption,
    chosen=chosen.get(table, []),
)
chosen[table] = list(picked)
with before:
    list_views.many_box([case for each in chosen.values() for case in each])
if not lines and FOUND in st.session_state:
    st.info("Nobody in the room has this name or number. Check the spelling, or type less of it.")
elif not lines:
    st.info("Nothing is waiting here. Change the filters to see other cases.")
if FOUND not in st.session_state:
    back, on, _ = st.columns([1, 1, 8])
    # Turned before the next run and not within this one: everything would be asked twice.
    back.button("Earlier page", disabled=len(places) == 1, on_click=_back)
    on.button("Next page", disabled=later is None, on_click=places.append, args=(later,))
_failures()
