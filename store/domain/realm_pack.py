"""What a meeting's files are made of: frozen words and pictures, nobody's identity among them.

Only what has been released by a person goes in. Names of staff stand on the attendance sheet and
nowhere else, and nothing joins that sheet to a case.
"""

from dataclasses import dataclass
from datetime import date, datetime

EDUCATION_ONLY = (
    "A REALM is for education only: no blame, no error rate, no harm score, nobody is named. "
    "Candour and incidents are dealt with elsewhere."
)
"""Printed on every file. Source: RCR standards for radiology events and learning meetings."""

BIASES = (
    "These cases were chosen, so they give no error rate, certainly not of a person. Readers who "
    "know the answer see it more easily (hindsight); who attends and what is sent in differ."
)
"""Printed beside the numbers. Source: RCR Lifelong learning and building teams using peer
feedback; biases of learning from discrepancies meetings."""


@dataclass(frozen=True, slots=True)
class KeyImage:
    """A picture that a person looked at and found to name nobody.

    Attributes:
        png: Bytes of a PNG without any chunk of metadata.
        words: What it is, for those who do not see it; of level and grade it says nothing.
    """

    png: bytes
    words: str


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """One anonymous case: what is shown first, and the answer that is shown after it.

    Attributes:
        case_no: Random, such as ``R-2026-7F3K``.
        event: Discrepancy, good spot, educational or system, in words.
        examination: Modality and region, such as ``CT chest``.
        age_band: Such as ``70-74``.
        sex: Empty where it is not shown.
        question: Clinical question, redacted and checked.
        excerpt: Of the report, redacted and checked.
        image: First picture; None where none was released.
        finding: The answer: levels, grades, type.
        report_said: How the report was judged, in words.
        kinds: Of discrepancy: detection, communication, process.
        causes: In words.
        votes: Of the blind vote, choice and count; empty where nobody voted.
        learning_points: One to five.
        outcome: Of the discussion, in words; empty before it.
    """

    case_no: str
    event: str
    examination: str
    age_band: str
    sex: str
    question: str
    excerpt: str
    image: KeyImage | None
    finding: str
    report_said: str
    kinds: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    votes: tuple[tuple[str, int], ...] = ()
    learning_points: tuple[str, ...] = ()
    outcome: str = ""
    good_spot: bool = False


@dataclass(frozen=True, slots=True)
class Theme:
    """One finding of the department as a whole.

    Attributes:
        title: Such as ``VCF not mentioned``.
        count: How many scans of the period.
        of: Of how many; what they are stands in *of_words*.
        of_words: The denominator in words.
        shown: How many of *count* are cases of this meeting.
        rule: The sampling rule in words.
    """

    title: str
    count: int
    of: int
    of_words: str
    shown: int
    rule: str

    @property
    def left_out(self) -> int:
        """How many were counted and not shown."""
        return self.count - self.shown


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do, with the role that owns it."""

    text: str
    owner_role: str
    due: date | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Pack:
    """One meeting, as its files show it.

    Attributes:
        meeting_no: Such as ``M-2026-04``; names the files.
        held_on: Day of the meeting.
        place: Where it is held; empty where it is not said.
        department: As it wants to be called.
        period: Of the cases, in words.
        agenda: Items besides the cases.
        cases: In the order they are shown.
        themes: Of the department.
        learning_points: Of the meeting as a whole.
        actions: With the role that owns each.
        attendees: Names to sign beside; on the attendance sheet only.
        made_at: Aware; stands in the files' properties in place of the clock.
        demo: Whether the patients are invented.
    """

    meeting_no: str
    held_on: date
    department: str
    period: str
    made_at: datetime
    agenda: tuple[str, ...] = ()
    cases: tuple[CaseSheet, ...] = ()
    themes: tuple[Theme, ...] = ()
    learning_points: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    attendees: tuple[str, ...] = ()
    place: str = ""
    demo: bool = False

    @property
    def good_spots(self) -> tuple[CaseSheet, ...]:
        """Where somebody saw what others, or the AI, did not."""
        return tuple(case for case in self.cases if case.good_spot)
