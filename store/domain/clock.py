"""Moments as people read them; inside, everything is UTC."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from store.domain.refusal import NotAllowed

LOCAL = ZoneInfo("Europe/London")
_FORM = "%d/%m/%Y %H:%M"


def local(moment: datetime) -> str:
    """*moment* on the wall clock: 22/11/2026 14:03."""
    return moment.astimezone(LOCAL).strftime(_FORM)


def moment_of(words: str) -> datetime:
    """The moment, UTC, that *words* name on the wall clock, as `local` writes it.

    Raises:
        NotAllowed: they are no day and time.
    """
    try:
        found = datetime.strptime(" ".join(words.split()), _FORM)  # noqa: DTZ007 - set below
    except ValueError:
        msg = "This is no day and time. Write it like 22/11/2026 14:03."
        raise NotAllowed(msg) from None
    return found.replace(tzinfo=LOCAL).astimezone(UTC)
