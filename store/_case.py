"""One case as the review room paints it: the values, frozen."""

from dataclasses import dataclass
from datetime import date, datetime

from store._alerts import Alert
from store._answers import Answer
from store._claimed import Held
from store._measured import Spine
from store._pictures import Elsewhere, Pictured
from store._previewed import Sent
from store._timeline import Timeline
from store.domain.describe import Acuity, EndPlate, Novelty, Unstable
from store.domain.finding import CaseState, Deed, Proposal, Source, State
from store.domain.genant import FractureType, Grade
from store.domain.identity import Patient
from store.domain.numbering import Numbering
from store.domain.reading import Kind
from store.domain.report import UNSAID, Judged, Recommendation, ReportStatus
from store.domain.spine import Level


@dataclass(frozen=True, slots=True)
class Scan:
    """The scan and what was done with it."""

    scanned: date | None
    exam: str
    site: str
    accession: str
    study_uid: str
    maker: str
    kernel: str
    stack: str | None
    no_stack: str


@dataclass(frozen=True, slots=True)
class Version:
    """What one of two readers said; nobody is told which of them."""

    state: State
    grade: Grade | None
    shape: FractureType | None
    code: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding as it stands.

    Attributes:
        against: The earlier scan that *novelty* was said against: its day (ISO) or case.
        against_day: Its day, where known.
        offered: What a plain confirmation accepts.
        versions: While two readings are adjudicated: what each said at this level, None for
            nothing; empty where they agree.
    """

    id: str
    source: Source
    state: State
    level: Level | None
    grade: Grade | None
    shape: FractureType | None
    code: str
    text: str
    endplate: EndPlate | None
    acuity: Acuity
    unstable: tuple[Unstable, ...]
    novelty: Novelty | None
    against: str
    against_day: date | None
    comment: str
    ai_level: Level | None
    ai_loss: float | None
    ai_grade: Grade | None
    ai_formula: str
    offered: Proposal | None
    decided_by: str
    decided_at: datetime | None
    versions: tuple[Version | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """One version of a report as it came.

    Attributes:
        status: P preliminary, F final, C corrected, A with an addendum.
        day: When it was said, on the wall clock, as exactly as it tells.
        by: By what it was joined to the scan.
    """

    id: str
    status: str
    day: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class PriorReport:
    """The report that stands of an earlier scan of the same patient."""

    scanned: date | None
    exam: str
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """The report text that stands, and what a person said of it.

    Attributes:
        issues: Every version, the one that stands first.
        patient_class: As the report's message gave it.
        sex: As it gave it, a code of `sex_system`.
        changed: Whether another text came after a person had judged one.
        judged: What the person said beside, with what the rule had suggested.
        overrode: Whether they chose another status than the rule suggested.
        priors: Reports of the patient's earlier scans, the latest first.
    """

    text: str | None
    status: ReportStatus | None
    recommendation: Recommendation | None
    judged_by: str
    judged_at: datetime | None
    changed: bool
    issues: tuple[Issue, ...] = ()
    patient_class: str = ""
    judged: Judged = UNSAID
    overrode: bool = False
    priors: tuple[PriorReport, ...] = ()
    sex: str = ""
    sex_system: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading that is shown.

    Attributes:
        mine: Whether it is the asking person's own, or may become it.
        unaided: Whether the AI's answer is kept from it.
    """

    number: int
    kind: Kind
    mine: bool
    unaided: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """Who closed a reading, when, and the words they left."""

    by: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Case:
    """Everything one painting of the room needs, read in one transaction.

    Attributes:
        answers: Every flag of every AI product, in the order in which they came.
        previews: Pictures that AI products sent with their answers; none where those are hidden.
        pictures: Every reconstruction of the scan, the one shown first.
        elsewhere: Set where the newest step was made on another picture than the first.
        numbering: How the levels are counted and named.
        alerts: Those that stand and that this person may see, the oldest first.
        barred: Why this person may not decide; empty where they may.
        may: Deeds on the whole case that are possible now.
        undecided: How many findings nobody has decided on.
        closed: Set where the case is closed or withdrawn, or this person closed their reading.
    """

    id: str
    version: int
    state: CaseState
    patient: Patient
    scan: Scan
    products: tuple[str, ...]
    answers: tuple[Answer, ...]
    previews: tuple[Sent, ...]
    findings: tuple[Finding, ...]
    spine: Spine
    pictures: tuple[Pictured, ...]
    elsewhere: Elsewhere | None
    report: Report
    referred_on: date | None
    reading: Reading
    barred: str
    may: tuple[Deed, ...]
    undecided: int
    closed: Closed | None
    claim: Held | None
    timeline: Timeline
    numbering: Numbering
    alerts: tuple[Alert, ...]
