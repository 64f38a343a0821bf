"""Words and values of REALM: events, causes, outcomes, and the case record that names nobody.

Source: RCR, Standards for radiology events and learning meetings (REALM), 2020: cases are
anonymous and respectful, for education only. Nothing here scores harm or a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from store.domain.cause import Cause
from store.domain.identity import age_on
from store.domain.refusal import NotAllowed
from store.domain.report import (
    COMMUNICATION_DISCREPANCY,
    DETECTION_DISCREPANCY,
    Recommendation,
    ReportStatus,
)
from store.domain.worded import Worded

FEWEST_POINTS, MOST_POINTS = 1, 5
"""Learning points that a discussed case needs to be closed."""
LONGEST_POINT, LONGEST_TEXT = 300, 4000
"""Characters of one learning point, and of an excerpt or a question; our defaults."""


class EventType(Worded):
    """Why a case is worth looking at together."""

    DISCREPANCY = "DISCREPANCY", "Discrepancy", "What was found is not what the report says"
    GOOD_SPOT = "GOOD_SPOT", "Good spot", "Found although the AI did not, or reported fully"
    EDUCATIONAL = "EDUCATIONAL", "Educational", "Worth knowing, whoever reported it"
    SYSTEM = "SYSTEM", "System", "Something around the reporting went wrong"


class Discrepancy(Worded):
    """What kind of discrepancy it is; detection and communication are never one number."""

    DETECTION = "detection", "Detection", "The fracture is not in the report"
    COMMUNICATION = (
        "communication",
        "Communication",
        "The fracture was seen but not called one, or nothing was recommended",
    )
    PROCESS = "process", "Process", "The way of the scan or of the report went wrong"


REPORTED = frozenset(
    {
        ReportStatus.REPORTED_FULL,
        ReportStatus.REPORTED_PARTIAL,
        ReportStatus.REPORTED_UNCERTAIN,
    }
)
"""The fracture is in the report; without any recommendation it is a matter of communication."""


def discrepancy_of(status: ReportStatus, advice: Recommendation | None) -> Discrepancy | None:
    """What kind of discrepancy a judged report of a confirmed fracture is; None where it is none.

    Where nobody said what the report recommends, nothing is held against it.
    """
    if status in DETECTION_DISCREPANCY:
        return Discrepancy.DETECTION
    silent = status in REPORTED and advice is Recommendation.NONE
    if silent or status in COMMUNICATION_DISCREPANCY:
        return Discrepancy.COMMUNICATION
    return None


class Outcome(Worded):
    """What the meeting came to."""

    DISCUSSED_AGREED = "DISCUSSED_AGREED", "Discussed, agreed"
    WITHIN_NORMAL_VARIATION = (
        "DISCUSSED_WITHIN_NORMAL_VARIATION",
        "Discussed, within normal variation",
    )
    NOT_DISCUSSED = "NOT_DISCUSSED", "Not discussed"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"

    @property
    def discussed(self) -> bool:
        """Whether the meeting looked at it, and so has learning points to give."""
        return self in {Outcome.DISCUSSED_AGREED, Outcome.WITHIN_NORMAL_VARIATION}


class Addendum(Worded):
    """Whether an addendum to the report was issued."""

    PENDING = "PENDING", "Addendum pending"
    YES = "YES", "Addendum issued"
    NOT_NEEDED = "NO_NOT_NEEDED", "No addendum needed"


class CandourRoute(Worded):
    """That a case was passed on, and nothing of how grave it is: candour is judged elsewhere.

    Source: RCR, duty of candour guidance, 2022; CQC Regulation 20.
    """

    NONE = "NONE", "Not passed on"
    CLINICAL_TEAM = "SENT_TO_CLINICAL_TEAM", "Passed to the clinical team"
    GOVERNANCE = "SENT_TO_GOVERNANCE", "Passed to governance"


class Region(Worded):
    """What was scanned, as far as a case record says it."""

    CHEST = "chest", "chest"
    ABDOMEN = "abdomen-pelvis", "abdomen and pelvis"
    TAP = "TAP", "thorax, abdomen and pelvis"
    SPINE = "spine", "spine"
    OTHER = "other", "other"


_REGIONS = (
    (Region.TAP, ("tap", "cap", "thorax abdomen", "chest abdomen", "chest, abdomen")),
    (Region.SPINE, ("spine", "lumbar", "thoracic")),
    (Region.CHEST, ("chest", "thorax", "lung", "pulmonary", "ctpa")),
    (Region.ABDOMEN, ("abdo", "pelvis", "kub", "colon", "liver", "pancreas", "renal")),
)


def region_of(exam: str) -> Region:
    """The region that an examination's name speaks of; a suggestion for the chair."""
    said = exam.casefold()
    for region, words in _REGIONS:
        if any(word in said for word in words):
            return region
    return Region.OTHER


AGE_BANDS = ("under 50", *(f"{low}-{low + 4}" for low in range(50, 90, 5)), "90+", "not known")
"""The only ages a case record may hold."""


def age_band(born: date | None, scanned: date | None) -> str:
    """The band of the completed years at the scan, such as ``75-79``."""
    if born is None or scanned is None:
        return AGE_BANDS[-1]
    years = age_on(born, scanned)
    if years < 50:
        return AGE_BANDS[0]
    return "90+" if years >= 90 else f"{years - years % 5}-{years - years % 5 + 4}"


class Stage(Worded):
    """Where a case record stands on its way through a meeting."""

    PREPARED = "prepared", "to be redacted"
    RELEASED = "released", "released for the meeting"
    VOTING = "voting", "open for votes"
    REVEALED = "revealed", "revealed"
    CLOSED = "closed", "closed"
    REMOVED = "removed", "taken off the agenda"


MOVES: Mapping[Stage, frozenset[Stage]] = {
    Stage.PREPARED: frozenset({Stage.RELEASED, Stage.REMOVED}),
    Stage.RELEASED: frozenset({Stage.PREPARED, Stage.VOTING, Stage.REVEALED, Stage.REMOVED}),
    Stage.VOTING: frozenset({Stage.REVEALED}),
    Stage.REVEALED: frozenset({Stage.CLOSED}),
    Stage.CLOSED: frozenset({Stage.REVEALED}),
    Stage.REMOVED: frozenset({Stage.PREPARED}),
}
"""Where a case may go. What was revealed is never hidden again: nobody can unsee it."""

SHOWN = frozenset({Stage.VOTING, Stage.REVEALED, Stage.CLOSED})
"""Stages in which those who take part see the picture and the question."""
TOLD = frozenset({Stage.REVEALED, Stage.CLOSED})
"""Stages in which they also see the report's excerpt and what the AI found."""
IN_PACK = SHOWN | {Stage.RELEASED}
"""Stages in which a person has checked the redaction, so that a pack may hold the case."""


def check_move(old: Stage, new: Stage) -> None:
    """Raise `NotAllowed` unless a case may go from *old* to *new*."""
    if new not in MOVES[old]:
        msg = f"This case is {old.words}; it cannot become {new.words}. Reload the page."
        raise NotAllowed(msg)


def check_points(outcome: Outcome, points: int) -> None:
    """Raise `NotAllowed` unless a case with *points* learning points can be closed so."""
    if outcome.discussed and not FEWEST_POINTS <= points <= MOST_POINTS:
        msg = (
            f"A discussed case is closed with {FEWEST_POINTS} to {MOST_POINTS} learning points; "
            f"this has {points}. Write them, then close it."
        )
        raise NotAllowed(msg)


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case as REALM keeps it, for education only.

    It has no place for a patient's name or number, a date of birth or of the scan, an accession
    number, a reporter, a grade of harm or a score of anybody.

    Attributes:
        case_no: Random, such as ``R-2026-7F3K``; derived from nothing.
        age_band: One of `AGE_BANDS`.
        sex: F or M; empty where it is not said.
        question: The clinical question, redacted.
        excerpt: Of the report, redacted; empty until a person released it.
        finding: Levels, grades and shapes, in words.
        ai_finding: What the AI said, in words; told with the excerpt.
        report_said: How the report was judged, in words; told with the excerpt.
        picture: Whether a key image is there, which a person looked at.
        redaction_checked_by: Who checked the redaction; empty until somebody did.
        presented_by: The role, never the person.
        submitted_by: The role, never the person.
        whys: Why it was chosen for the meeting, as `sampling.Why` has it.
    """

    case_no: str
    meeting_id: str
    place: int
    stage: Stage
    event: EventType
    modality: str
    region: Region
    age_band: str
    sex: str
    question: str
    excerpt: str
    finding: str
    ai_finding: str
    report_said: str
    discrepancy: Discrepancy | None
    causes: tuple[Cause, ...]
    outcome: Outcome | None
    learning_points: tuple[str, ...]
    picture: bool
    redaction_checked_by: str
    addendum: Addendum
    addendum_on: date | None
    candour: CandourRoute
    incident_ref: str
    presented_by: str
    submitted_by: str
    whys: tuple[str, ...] = ()
