"""What a reader can do, and one such deed as it left the reader's hand."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store.domain.describe import Acuity, EndPlate, Novelty, Unstable
from store.domain.genant import FractureType, Grade
from store.domain.numbering import Confidence, CountFrom, Variant
from store.domain.report import UNSAID, Judged, Recommendation, ReportStatus
from store.domain.spine import Level


class Deed(StrEnum):
    """What a reader did, as stored in the event."""

    CONFIRM = "confirm"
    REJECT = "reject"
    UNSURE = "unsure"
    REGRADE = "regrade"
    RELABEL = "relabel"
    ADD = "add"
    REPORT = "report_status"
    MEASURE = "measure"
    DESCRIBE = "describe"
    RENUMBER = "renumber"
    TOLD = "told"
    UNREADABLE = "unreadable"
    OPINION = "second_opinion"
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    UNDO = "undo"
    FLAGGED = "flagged_anew"
    CORRECTED = "report_corrected"
    GREW = "series_grew"
    REPEATED = "repeated"


BY_INTAKE = frozenset({Deed.FLAGGED, Deed.CORRECTED, Deed.GREW})
"""What arrives and changes a case; nobody can ask for it, nor for `Deed.REPEATED`."""
ENDS = frozenset({Deed.CLOSE, Deed.UNREADABLE, Deed.OPINION, Deed.WITHDRAW})
"""What ends a reading."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reader says of one finding; only the parts its deed needs are filled.

    Attributes:
        text: The reason, where the deed needs one in words.
        points: Of a measurement: six (x, y) in mm in the vertebra's own plane, as
            `morphometry.heights_of` wants them.
        unstable: Signs of an unstable fracture; None where nothing is said of them.
        shift: By how many levels all labels of the case move towards the feet.
        seconds: Whole active seconds that the reading took so far.
        told: Who was told of an alert, and how.
    """

    deed: Deed
    code: str = ""
    text: str = ""
    level: Level | None = None
    grade: Grade | None = None
    shape: FractureType | None = None
    status: ReportStatus | None = None
    recommendation: Recommendation | None = None
    points: tuple[tuple[float, float], ...] = ()
    endplate: EndPlate | None = None
    acuity: Acuity | None = None
    unstable: tuple[Unstable, ...] | None = None
    novelty: Novelty | None = None
    against: str | None = None
    comment: str | None = None
    shift: int | None = None
    count_from: CountFrom | None = None
    confidence: Confidence | None = None
    variant: Variant | None = None
    seconds: int | None = None
    alert: str | None = None
    told: str | None = None
    told_at: datetime | None = None
    judged: Judged = UNSAID


@dataclass(frozen=True, slots=True)
class Act:
    """One deed as it left a reader's hand.

    Attributes:
        act: UUID made where the key was pressed; the same act twice is one deed.
        version: The case's version that was on the screen.
        finding: None for a deed on the whole case or on a level.
        stack: Name of the picture that was on the screen; empty where none was told.
    """

    act: str
    case: str
    version: int
    finding: str | None
    decision: Decision
    stack: str = ""
