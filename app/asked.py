"""What the viewer's routes ask of every request: a ticket of its own session, a body of bounds."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.desk import DESK
from app.tickets import Ticket, Tickets
from store.domain.refusal import NotAllowed
from store.staff import SignedIn

LARGEST_BODY_BYTES = 64 * 1024
TICKET = "x-review-ticket"


def ticket(tickets: Tickets, request: Request) -> Ticket | None:
    """The ticket of *request*, where it is one and belongs to the session that sends it."""
    desk: SignedIn = request.scope[DESK]
    try:
        found = tickets.read(request.headers.get(TICKET, ""))
    except NotAllowed:
        return None
    return found if desk.digest.startswith(found.session) else None


def opens(tickets: Tickets, request: Request, case_id: str) -> bool:
    """Whether the ticket of *request* opens the case."""
    found = ticket(tickets, request)
    return found is not None and found.case == case_id


async def body(request: Request) -> bytes | None:
    """What was sent; None, and the rest unread, when it is longer than any act."""
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > LARGEST_BODY_BYTES:
            return None
    return bytes(read)


def again() -> Response:
    """What whoever has no ticket is told."""
    return JSONResponse({"error": "You are not signed in for this case. Sign in again."}, 401)
