"""What somebody must be told of today: which findings are urgent, why, and who is told."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from store.domain.describe import Acuity, Unstable
from store.domain.refusal import NotAllowed
from store.domain.rejection import REASONS, Class
from store.domain.worded import Worded

EARLIEST = timedelta(days=2)
"""Somebody may be told this long before the alert is written down; our default."""
AHEAD = timedelta(minutes=5)
"""A clock on the ward may run this far ahead of the server's; our default."""
LONGEST_TOLD = 500
"""Characters of who was told and how; our default."""


class Kind(Worded):
    """Why a finding is urgent; the hint says who must be told, and of what to think."""

    MALIGNANT = (
        "MALIGNANT",
        "Malignant fracture suspected",
        "Tell the radiologist and the clinical team today; consider the pathway for metastatic "
        "spinal cord compression",
    )
    INFECTION = (
        "INFECTION",
        "Infection suspected",
        "Tell the radiologist and the clinical team today",
    )
    UNSTABLE = (
        "ACUTE_UNSTABLE",
        "Acute fracture with signs of instability",
        "Tell the clinical team, and the spinal team by local rule, today",
    )


_BY_CODE = {"MALIGNANT": Kind.MALIGNANT, "INFECTION": Kind.INFECTION}


def urgent(state: str, code: str, acuity: Acuity, unstable: Iterable[Unstable]) -> frozenset[Kind]:
    """Why a finding in *state* is urgent; empty where it is not.

    Acute features alone are no alert; with retropulsion, a narrowed canal or new neurology they
    are, also before the finding is decided. What is no fracture is none, whatever was said of
    it. Which these are is a default of ours that a site may change.
    """
    if state == "withdrawn" or (state == "rejected" and _no_fracture(code)):
        return frozenset()
    found = {_BY_CODE[code]} if state == "rejected" and code in _BY_CODE else set()
    if acuity is Acuity.ACUTE and any(unstable):
        found.add(Kind.UNSTABLE)
    return frozenset(found)


def _no_fracture(code: str) -> bool:
    reason = REASONS.get(code)
    return reason is not None and reason.kind is Class.NOT_FRACTURE


Alert = tuple[str, Kind]
"""A finding, by its id, and why it is urgent."""


def changes(
    standing: Iterable[Alert], owed: Mapping[str, frozenset[Kind]]
) -> tuple[frozenset[Alert], frozenset[Alert]]:
    """What has to be raised and what withdrawn, so that exactly what is *owed* stands."""
    now = frozenset((finding, kind) for finding, kinds in owed.items() for kind in kinds)
    before = frozenset(standing)
    return now - before, before - now


def check_told(words: str, at: datetime | None, raised: datetime, now: datetime) -> datetime:
    """When somebody was told, *now* where *at* says nothing.

    Raises:
        NotAllowed: nobody is named, or the time cannot be right.
    """
    if not words.strip():
        msg = "Nobody is named. Write who was told, and how."
        raise NotAllowed(msg)
    if len(words) > LONGEST_TOLD:
        msg = (
            f"Who was told takes at most {LONGEST_TOLD} characters; this has {len(words)}. Cut it."
        )
        raise NotAllowed(msg)
    if at is None:
        return now
    if at.tzinfo is None:
        msg = "The time names no time zone. Enter it again."
        raise NotAllowed(msg)
    if at > now + AHEAD:
        msg = "The time of telling lies in the future. Enter when it was done."
        raise NotAllowed(msg)
    if at < raised - EARLIEST:
        msg = (
            f"The time of telling lies more than {EARLIEST.days} days before the alert. Enter the "
            "day and time again."
        )
        raise NotAllowed(msg)
    return at


def check_why(why: str) -> str:
    """*why* a note is put right, without spaces round it.

    Raises:
        NotAllowed: nothing is said, or more than `LONGEST_TOLD` characters.
    """
    if not 0 < len(why.strip()) <= LONGEST_TOLD:
        msg = f"Say why this is put right, in at most {LONGEST_TOLD} characters."
        raise NotAllowed(msg)
    return why.strip()


def age_words(raised: datetime, now: datetime) -> str:
    """How long an alert stands, in words; nothing below a minute is counted."""
    minutes = max(0, int((now - raised).total_seconds() // 60))
    for size, name in ((60 * 24, "day"), (60, "hour"), (1, "minute")):
        count = minutes // size
        if count:
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "less than a minute"


def urgent_words(count: int) -> str:
    """How many alerts are open, as every heading says it."""
    return f"{count} urgent alert{'' if count == 1 else 's'}: nobody told yet"
