"""Moments as people read them; inside, everything is UTC."""

from datetime import datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/London")


def local(moment: datetime) -> str:
    """*moment* on the wall clock: 22/11/2026 14:03."""
    return f"{moment.astimezone(LOCAL):%d/%m/%Y %H:%M}"
