"""Short-lived signed tickets: who may fetch and decide which case, from which session."""

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer

from store.domain.refusal import NotAllowed

LIFE_SECONDS = 8 * 3600
"""A working day; the session it is bound to ends earlier, and then so does the ticket."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket allows: one case, for one signed-in session.

    Attributes:
        list: Filters and order of the worklist the case was opened from, as its address has them.
    """

    session: str
    case: str
    list: str = ""


class Tickets:
    """Mints and reads tickets with one installation's key."""

    def __init__(self, key: bytes) -> None:
        self._signer = URLSafeTimedSerializer(key, salt="case-ticket")

    def mint(self, session: str, case: str, address: str = "") -> str:
        """A ticket for *case*, bound to the session known by the digest *session*.

        *address* is where in the worklist it was opened, so that each tab goes on in its own list.
        """
        return str(self._signer.dumps([session[:16], case, address]))

    def read(self, text: str) -> Ticket:
        """What *text* allows.

        Raises:
            NotAllowed: it was not signed here, or it has run out.
        """
        try:
            session, case, address = self._signer.loads(text, max_age=LIFE_SECONDS)
        except (BadSignature, ValueError, TypeError):
            msg = "The ticket for this case has run out. Reload the page."
            raise NotAllowed(msg) from None
        return Ticket(str(session), str(case), str(address))
