"""What comes after a case, in the order and with the filters of the tab it was opened from."""

from datetime import UTC, datetime
from typing import Any

from app.address import Address
from app.tickets import Ticket, Tickets
from app.wiring import Site
from store import cases, worklist
from store.staff import SignedIn


def ahead(site: Site, tickets: Tickets, desk: SignedIn, ticket: Ticket) -> dict[str, Any]:
    """Up to three cases after the one *ticket* opens, each with its own ticket.

    ``waiting`` is how many cases the list has, in words.
    """
    filters = Address.read(ticket.list).filters(datetime.now(UTC).date(), site.settings.due_days)
    after = site.ask(desk.person, worklist.following, ticket.case, filters)
    found = [
        {
            "case": case,
            "ticket": tickets.mint(desk.digest, case, ticket.list),
            "stack": site.ask(desk.person, cases.stack_of, case),
        }
        for case in after
    ]
    return {
        "waiting": counted(site.ask(desk.person, worklist.count, filters)),
        "ahead": found,
        "next": found[0] if found else None,
    }


def counted(number: int) -> str:
    """A count as people read it; of more than `worklist.CAP` only that it is more."""
    return f"{number:,}" if number <= worklist.CAP else f"over {worklist.CAP:,}"
