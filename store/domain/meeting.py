"""REALM meetings: their stages, actions, and what each person is asked to give them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from store.domain.people import Role
from store.domain.refusal import NotAllowed
from store.domain.sampling import Numbers
from store.domain.worded import Worded

MEETINGS_A_YEAR = 6
"""Meetings a year at least. Source: RCR, REALM standards, audit template XR-704."""
ATTENDED = 0.5
"""Share of a year's meetings that each radiologist attends at least. Source: as above."""
CONTRIBUTED = 1
"""Cases that each radiologist contributes a year at least. Source: as above."""
KEPT_DAYS = 90
"""Days after the meeting until the link to the identity is erased; our default."""


class MeetingStage(Worded):
    """Where a meeting stands."""

    PLANNED = "planned", "planned"
    HELD = "held", "held"
    CLOSED = "closed", "closed"
    CANCELLED = "cancelled", "cancelled"


MEETING_MOVES: Mapping[MeetingStage, frozenset[MeetingStage]] = {
    MeetingStage.PLANNED: frozenset({MeetingStage.HELD, MeetingStage.CANCELLED}),
    MeetingStage.HELD: frozenset({MeetingStage.PLANNED, MeetingStage.CLOSED}),
    MeetingStage.CLOSED: frozenset({MeetingStage.HELD}),
    MeetingStage.CANCELLED: frozenset({MeetingStage.PLANNED}),
}
"""Where a meeting may go; every step can be taken back."""


def check_meeting_move(old: MeetingStage, new: MeetingStage) -> None:
    """Raise `NotAllowed` unless a meeting may go from *old* to *new*."""
    if new not in MEETING_MOVES[old]:
        msg = f"This meeting is {old.words}; it cannot become {new.words}. Reload the page."
        raise NotAllowed(msg)


class Owner(StrEnum):
    """Whose an action is: a role or a body, never a person."""

    RADIOLOGY = "Radiology department"
    BONE_LEAD = Role.METABOLIC_LEAD.words
    CHAIR = Role.REALM_CHAIR.words
    FLS = "FLS"
    PACS = "PACS team"
    AUDIT = Role.AUDIT_LEAD.words
    EDUCATION = "Education lead"
    MANAGEMENT = "Radiology management"


@dataclass(frozen=True, slots=True)
class Action:
    """Something to be done after a meeting."""

    id: str
    meeting_id: str
    text: str
    owner: Owner
    due: date
    done_on: date | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting.

    Attributes:
        id: Such as ``M-2026-04``; it is the seed of the lot as well.
        since, until: First and last day of the scans that it draws its cases from.
        numbers: Of its sample; None until it was drawn.
        erased_on: The day from which nobody can tell whose its cases are.
    """

    id: str
    day: date
    stage: MeetingStage
    since: date
    until: date
    numbers: Numbers | None
    erased_on: date


@dataclass(frozen=True, slots=True)
class Share:
    """What one person was at in the last twelve months, of what there was; for themselves.

    Attributes:
        meetings: Meetings held meanwhile.
    """

    attended: int
    contributed: int
    meetings: int

    @property
    def words(self) -> str:
        """As it is said to that person, with what is asked of each."""
        part = f"{100 * self.attended / self.meetings:.0f} %" if self.meetings else "no meeting yet"
        cases = "1 case" if self.contributed == 1 else f"{self.contributed} cases"
        return (
            f"You were at {self.attended} of {self.meetings} meetings in the last twelve months "
            f"({part}; {100 * ATTENDED:.0f} % are asked) and brought {cases} ({CONTRIBUTED} a year "
            "is asked)."
        )


def erased_on(day: date, kept_days: int) -> date:
    """The day on which the link of a case of the meeting of *day* is erased."""
    return day + timedelta(days=kept_days)


NOTICE = """Subject: Radiology events and learning meeting on {day:%d/%m/%Y}

Dear colleague,

One of the cases of our next meeting on {day:%d/%m/%Y} is a scan that you reported. It was chosen \
{how}. Nobody else is told that the scan was yours, and the case is shown without patient, \
reporter, date or place.

The meeting is for learning alone: nothing is scored, and no count is kept of any person. You need \
not say that the case is yours. If you would like to see it beforehand, or to say something about \
it, please answer this message.

The chair of the meeting
"""


def notice(day: date, *, by_lot: bool) -> str:
    """The standard e-mail to a radiologist whose scan is shown on *day*; it names no case."""
    how = "by lot" if by_lot else "by a rule that looks at the scan alone, or by a colleague"
    return NOTICE.format(day=day, how=how)
