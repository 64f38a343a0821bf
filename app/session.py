"""What a screen asks first: who is here, what may they do, and is there a case to look at."""

import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Concatenate, NoReturn, ParamSpec, TypeVar

import streamlit as st

from app.address import Address
from app.desk import COOKIE, Desks
from app.tickets import Tickets
from app.wiring import Site
from store.domain.people import Person
from store.domain.queue import Filters
from store.domain.refusal import NotAllowed
from store.staff import SignedIn
from store.unit import Reader, Unit

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("vcf_review")
FRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Installed:
    """The installation this process serves."""

    site: Site
    desks: Desks
    tickets: Tickets


_installed: list[Installed] = []


def install(installed: Installed) -> None:
    """Let the screens of this process reach *installed*."""
    _installed[:] = [installed]


def here() -> Installed:
    """The installation this process serves."""
    return _installed[0]


def desk() -> SignedIn:
    """Who is signed in; without anybody the script stops here."""
    found = here().desks.at(st.context.cookies.get(COOKIE))
    if found is None:
        st.warning(
            "You are not signed in, or were away too long. Reload the page to sign in. "
            "Decisions that were not saved yet wait in this tab and are saved then; only words "
            "that you wrote with them may have to be written again."
        )
        st.stop()
    return found


def person() -> Person:
    """The person signed in."""
    return desk().person


def ticket(case: str, address: str = "") -> str:
    """A ticket for *case*, as `tickets` gives it."""
    return tickets((case,), address)[case]


def tickets(cases: Iterable[str], address: str = "") -> dict[str, str]:
    """A ticket for each case, the same for an hour: a new one at every run would fetch anew.

    *address* is what the worklist they are opened from is narrowed to.
    """
    kept: dict[tuple[str, str], tuple[str, datetime]] = st.session_state.setdefault("tickets", {})
    now, digest = datetime.now(UTC), desk().digest
    found = {}
    for case in cases:
        key = case, address
        if key not in kept or now - kept[key][1] > FRESH:
            kept[key] = here().tickets.mint(digest, case, address), now
        found[case] = kept[key][0]
    return found


def address() -> Address:
    """What the page's address narrows the worklist to; what is not offered is said and left out."""
    try:
        return Address.of(st.query_params.to_dict())
    except NotAllowed as refusal:
        st.warning(f"{refusal} The whole list is shown.")
        return Address()


def filters(chosen: Address) -> Filters:
    """What *chosen* asks for today."""
    return chosen.filters(datetime.now(UTC).date(), here().site.settings.due_days)


def ask(question: Callable[Concatenate[Reader, P], T], *args: P.args, **kw: P.kwargs) -> T:
    """The answer to *question*, asked by the person signed in."""
    try:
        return here().site.ask(person(), question, *args, **kw)
    except NotAllowed as refusal:
        _stop(refusal)


def submit(change: Callable[Concatenate[Unit, P], T], *args: P.args, **kw: P.kwargs) -> T | None:
    """What *change* gives, done by the person signed in; None after showing why it was refused."""
    try:
        return here().site.submit(person(), change, *args, **kw)
    except NotAllowed as refusal:
        st.error(str(refusal))
        return None


def done(change: Callable[Concatenate[Unit, P], None], *args: P.args, **kw: P.kwargs) -> bool:
    """Whether *change* was done by the person signed in; why not is shown."""
    try:
        here().site.submit(person(), change, *args, **kw)
    except NotAllowed as refusal:
        st.error(str(refusal))
        return False
    return True


def _stop(refusal: NotAllowed) -> NoReturn:
    st.error(str(refusal))
    st.stop()


def apologise(error: Exception) -> bool:
    """One neutral sentence on the screen, the trace in the log."""
    reference = uuid.uuid4().hex[:8]
    log.error("defect %s on a screen", reference, exc_info=error)
    st.error(
        f"Something went wrong on our side (reference {reference}). Nothing you saved is lost. "
        "Reload the page; if it happens again, tell the system administrator the reference."
    )
    return True
