"""Where every patient with a confirmed fracture stands until the FLS has answered.

Nobody is nowhere: a patient is answered for, with the FLS, excluded, held by something that
somebody must do, or ready; and whoever stays there too long is on the list of lost cases, which
must be empty.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from store.domain.outcome import Answer, Outcome
from store.domain.rates import Rate
from store.domain.referral import CLOCK


class Stage(StrEnum):
    """Where a patient stands."""

    ANSWERED = "answered by the FLS"
    SENT = "with the FLS"
    EXCLUDED = "not referred"
    HELD = "held"
    READY = "ready"
    NOWHERE = "in no list"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a patient may stand where they stand; defaults of ours.

    Attributes:
        reply_days: From the row that was sent to an answer.
        ready_days: From the confirmation to the export.
    """

    reply_days: int = 28
    ready_days: int = 14


@dataclass(frozen=True, slots=True)
class Position:
    """What the record says of one patient.

    Attributes:
        index_date: The day the 90 days run from.
        confirmed_on: The day the newest of their scans was closed with a fracture.
        against: Why they are not referred, in words.
        waits: What somebody must do first, in words.
        sent_on: The day of the newest row that stands.
        absent_on: The day of the newest file that left the row out.
        known: Whether triage knows of them at all.
    """

    index_date: date | None = None
    confirmed_on: date | None = None
    against: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    sent_on: date | None = None
    answer: Answer | None = None
    absent_on: date | None = None
    known: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """Where a patient stands, in words, and why that is too long; empty where it is not."""

    stage: Stage
    words: str
    lost: str = ""


def due_on(index_date: date) -> date:
    """The last day on which an assessment is within the 90 days. Source: FLS-DB KPI4."""
    return index_date + CLOCK


def place(at: Position, today: date, patience: Patience) -> Place:
    """Where *at* is on *today*; every position is in exactly one stage."""
    stage = stage_of(at)
    words = _words(at, stage)
    return Place(stage, words, _lost(at, stage, today, patience))


def stage_of(at: Position) -> Stage:
    """The first that applies: an answer counts for more than what was done since."""
    table = (
        (at.sent_on is not None and at.answer is not None, Stage.ANSWERED),
        (at.sent_on is not None, Stage.SENT),
        (bool(at.against), Stage.EXCLUDED),
        (not at.known, Stage.NOWHERE),
        (bool(at.waits), Stage.HELD),
    )
    return next((stage for applies, stage in table if applies), Stage.READY)


def _words(at: Position, stage: Stage) -> str:
    said = {
        Stage.ANSWERED: at.answer.words if at.answer else "",
        Stage.SENT: f"sent {at.sent_on:%d/%m/%Y}" if at.sent_on else "",
        Stage.EXCLUDED: "; ".join(at.against),
        Stage.HELD: "; ".join(at.waits),
        Stage.READY: "waits for the next export",
        Stage.NOWHERE: "confirmed, and in no list of triage",
    }
    return said[stage]


def _lost(at: Position, stage: Stage, today: date, patience: Patience) -> str:
    match stage:
        case Stage.SENT if at.absent_on is not None:
            return f"left out of the file that came back on {at.absent_on:%d/%m/%Y}"
        case Stage.SENT if _longer(at.sent_on, today, patience.reply_days):
            return f"no reply for {_days(at.sent_on, today)} days"
        case Stage.READY if _longer(at.confirmed_on, today, patience.ready_days):
            return f"ready, and not exported for {_days(at.confirmed_on, today)} days"
        case Stage.HELD if at.index_date is not None and due_on(at.index_date) < today:
            return "held, and the 90 days are over"
        case Stage.NOWHERE:
            return "tell the system administrator"
    return ""


def _longer(since: date | None, today: date, days: int) -> bool:
    return since is not None and today - since > timedelta(days=days)


def _days(since: date | None, today: date) -> int:
    return (today - since).days if since else 0


KPI_CAVEAT = (
    "Of the referrals of this workstation, not of FLS-DB: the index date is the day of the scan, "
    "as the day of an incidental fracture is not known, and the outcome date is taken for the day "
    "of the assessment."
)
_FINAL = frozenset(Outcome) - {Outcome.ACCEPTED, Outcome.UNREACHED}
"""Answers after which there will be no assessment."""


def kpi4(referred: Iterable[Position], today: date) -> Rate:
    """FLS-DB KPI4: assessed within 90 days, of those assessed or due by *today*.

    Those whom the FLS will not see (died, declined, known, redirected) are not counted; those
    who did not answer are, once their 90 days are over.
    """
    within = whole = 0
    for one in referred:
        if one.index_date is None or (one.answer and one.answer.outcome in _FINAL):
            continue
        accepted = one.answer is not None and one.answer.outcome is Outcome.ACCEPTED
        day = one.answer.on if accepted and one.answer else None
        if not accepted and due_on(one.index_date) >= today:
            continue
        whole += 1
        within += day is not None and day <= due_on(one.index_date)
    return Rate(within, whole)


def kpi3(referred: Iterable[Position], all_patients: int) -> Rate:
    """FLS-DB KPI3: patients with a spine fracture, of *all_patients* that the FLS identified.

    Raises:
        ValueError: fewer patients than were accepted from here.
    """
    accepted = sum(
        one.answer is not None and one.answer.outcome is Outcome.ACCEPTED for one in referred
    )
    return Rate(accepted, all_patients)
