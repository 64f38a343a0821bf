"""Who is at which desk: the signed-in session behind a cookie."""

from datetime import UTC, datetime, timedelta

from app.wiring import Site
from store import staff
from store.domain.people import INTAKE, Person
from store.staff import SignedIn

COOKIE = "vcf_session"
DESK = "vcf.desk"
"""Where the doors leave who is asking, for the routes behind them."""

NOTE_EVERY = timedelta(minutes=5)
"""How often use is noted; idle time is counted from the last note."""


class Desks:
    """The desks of one installation. What is kept here may be lost without harm."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._noted: dict[str, datetime] = {}

    def at(self, secret: str | None) -> SignedIn | None:
        """Who is signed in with the cookie *secret*; the record is asked every time."""
        if not secret:
            return None
        now = datetime.now(UTC)
        found = self.site.ask(INTAKE, staff.signed_in, secret, now)
        if (
            found is not None
            and now - self._noted.get(found.digest, now - NOTE_EVERY) >= NOTE_EVERY
        ):
            self._noted[found.digest] = now
            self.site.submit(found.person, staff.stay, found.digest)
        return found

    def everyone(self) -> tuple[Person, ...]:
        """Everyone who may sign in."""
        return self.site.ask(INTAKE, staff.everyone)

    def sign_in(self, handle: str) -> str:
        """A new session for *handle*: the cookie's value."""
        return self.site.submit(INTAKE, staff.sign_in, handle)
