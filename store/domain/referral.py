"""Whether a patient with a confirmed fracture is referred to the FLS, and if not, why.

What is urgent never goes the FLS's way alone. A malignant or infected fracture is not referred at
all. An acute unstable fracture is a fragility fracture still: its patient is held until somebody
was told of the alert, and then goes to the FLS as well, with the telling in the referral.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from store.domain.describe import Acuity, EndPlate, Novelty, Unstable
from store.domain.exclusion import BY_READER as BY_READER
from store.domain.exclusion import Exclusion as Exclusion
from store.domain.genant import FractureType, Grade
from store.domain.identity import Patient, age_on
from store.domain.numbering import Confidence
from store.domain.report import Recommendation, ReportStatus
from store.domain.spine import Level

CLOCK = timedelta(days=90)
"""Time from index date to FLS assessment. Source: FLS-DB KPI4."""


class Wait(StrEnum):
    """What has to be done before a patient can be referred or excluded."""

    NOT_CLOSED = "findings still to be decided"
    REPORT_UNJUDGED = "report status not set"
    NO_REPORT = "no radiology report yet"
    NO_BIRTH_DATE = "date of birth missing"
    NO_SCAN_DATE = "scan date missing"
    NO_NHS_NUMBER = "no valid NHS number; trace the patient"
    NO_NAME = "name missing"
    ALERT_OPEN = "urgent alert: nobody was told yet (see Alerts)"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the local FLS takes; defaults a site may change.

    Attributes:
        lowest_age: Completed years at the scan. Source: FLS-DB inclusion, 50.
        fewest_mild: Fewer mild fractures than this and nothing graver is held. Source of the
            rule: Nottingham, two or fewer mild fractures are not referred; 1 switches it off.
        needs_nhs_number: Whether a patient without one is held.
        lowest_grade: A patient whose gravest fracture is milder is held.
        refer_cancer: Whether scans for cancer are referred like any other: then they are no hint.
        ask: Whether a hint that nobody has answered keeps a patient waiting.
        per_week: New referrals that the FLS takes in a week; 0 is any number.
        area: GP practices of the commissioned area; none named, none is outside.
        words_of: Local words of a hint, beside those of the rule.
        specialties: Requesting specialties that scan for cancer.
    """

    lowest_age: int = 50
    fewest_mild: int = 1
    needs_nhs_number: bool = True
    lowest_grade: Grade = Grade.MILD
    refer_cancer: bool = False
    ask: bool = True
    per_week: int = 0
    area: frozenset[str] = frozenset()
    words_of: tuple[tuple[Exclusion, tuple[str, ...]], ...] = ()
    specialties: tuple[str, ...] = ("370", "800")

    @property
    def words(self) -> str:
        """What is referred, as the workbook says it."""
        return "; ".join(self._said())

    def _said(self) -> Iterator[str]:
        yield f"aged {self.lowest_age} and over at the scan"
        if self.lowest_grade > Grade.MILD:
            yield f"at least one {self.lowest_grade.name.lower()} fracture"
        if self.fewest_mild > 1:
            yield f"at least {self.fewest_mild} mild fractures, or one graver"
        if self.needs_nhs_number:
            yield "with a valid NHS number"
        yield f"scans for cancer {'referred too' if self.refer_cancer else 'decided by a person'}"
        if self.area:
            yield f"GP practices of the area ({len(self.area)})"
        if self.per_week:
            yield f"at most {self.per_week} new referrals a week"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient with at least one confirmed fracture on one scan, as the record has them.

    Attributes:
        open_alerts: Urgent alerts of the scan of which nobody was told.
        code_on: When the report's short code referred the patient already.
        unanswered: Hints that wait for a person.
    """

    grades: tuple[Grade, ...]
    closed: bool
    born: date | None
    scanned: date | None
    died: date | None
    named: bool
    nhs_number: bool
    report_status: ReportStatus | None
    referred_on: date | None = None
    exclusions: tuple[Exclusion, ...] = field(default=())
    open_alerts: int = 0
    code_on: date | None = None
    unanswered: tuple[Exclusion, ...] = ()


@dataclass(frozen=True, slots=True)
class Fracture:
    """One confirmed fracture as the FLS reads it.

    Attributes:
        loss: A fraction, None where unmeasured.
        by_person: Whether a person measured the heights that the loss comes from.
        acuity: None in batches from before it was asked.
        against: Day of the earlier scan that *novelty* was said against.
    """

    level: Level
    grade: Grade
    shape: FractureType | None
    loss: float | None
    by_person: bool = False
    endplate: EndPlate | None = None
    acuity: Acuity | None = None
    unstable: tuple[Unstable, ...] = ()
    novelty: Novelty | None = None
    against: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is handed to the FLS of one patient, frozen at the moment of export.

    Attributes:
        earlier_scan: Day of the newest earlier scan of the patient in the record.
        approximate: Whether the levels were counted by the AI alone, or may be one out.
        certainty: How sure a person is of the count; None where nobody said.
        alerts: Urgent alerts of the scan that somebody was told of, in words.
        indexed: Day of the first scan that shows one of the fractures; None in batches from
            before scans were merged, where it is the day of the scan.
        patient_class: As the report's message gave it (HL7 PV1-2).
        coded_on: Day of a text with the site's short code, which refers the patient by itself.
        study_uid: Of the scan; empty in batches from before it was told.
    """

    patient: Patient
    scanned: date
    site: str
    exam: str
    accession: str
    indication: str
    specialty: str
    requester: str
    fractures: tuple[Fracture, ...]
    report_status: ReportStatus
    recommendation: Recommendation
    found_by: tuple[str, ...]
    product: str
    confirmed_by: str
    confirmed_at: datetime
    checked: tuple[str, ...]
    earlier_scan: date | None = None
    approximate: bool = False
    certainty: Confidence | None = None
    alerts: tuple[str, ...] = ()
    indexed: date | None = None
    patient_class: str = ""
    coded_on: date | None = None
    study_uid: str = ""

    @property
    def index_date(self) -> date:
        """The day from which the 90 days run."""
        return self.indexed or self.scanned


@dataclass(frozen=True, slots=True)
class Refer:
    """Ready to be exported."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Not to be exported, and why, in words a coordinator can act on."""

    reasons: tuple[str, ...]


def decide(candidate: Candidate, policy: Policy) -> Refer | Hold:
    """Apply *policy* to *candidate*; every reason is given, not only the first."""
    asked = (f"decide: {code.words}?" for code in candidate.unanswered) if policy.ask else ()
    reasons = (*waits(candidate, policy), *excluded(candidate, policy), *asked)
    return Hold(reasons) if reasons else Refer()


def waits(c: Candidate, policy: Policy) -> tuple[str, ...]:
    """What has to be done first, in words."""
    table = (
        (not c.closed, Wait.NOT_CLOSED),
        (c.open_alerts > 0, Wait.ALERT_OPEN),
        (c.report_status is None, Wait.REPORT_UNJUDGED),
        (c.report_status is ReportStatus.NO_REPORT, Wait.NO_REPORT),
        (c.born is None, Wait.NO_BIRTH_DATE),
        (c.scanned is None, Wait.NO_SCAN_DATE),
        (not c.named, Wait.NO_NAME),
        (policy.needs_nhs_number and not c.nhs_number, Wait.NO_NHS_NUMBER),
    )
    return tuple(wait.value for applies, wait in table if applies)


def excluded(c: Candidate, policy: Policy) -> tuple[str, ...]:
    """Why the patient is not referred: facts of policy first, then what people and readers set."""
    found = [words for _, words in facts_against(c, policy)]
    return (*found, *(e.words for e in c.exclusions if e.words not in found))


def facts_against(c: Candidate, policy: Policy) -> tuple[tuple[Exclusion, str], ...]:
    """What the record and the site's policy exclude without anybody's decision, in words."""
    age = age_on(c.born, c.scanned) if c.born and c.scanned else None
    young = age is not None and age < policy.lowest_age
    worst = max(c.grades, default=Grade.NONE)
    few = worst <= Grade.MILD and len(c.grades) < policy.fewest_mild
    below = bool(c.grades) and worst < policy.lowest_grade
    sent = f"already referred {c.referred_on:%d/%m/%Y}" if c.referred_on else ""
    code = f"already referred by the report's code {c.code_on:%d/%m/%Y}" if c.code_on else ""
    table = (
        (young, Exclusion.UNDER_50, f"aged {age} at the scan, below {policy.lowest_age}"),
        (c.died is not None, Exclusion.DECEASED, Exclusion.DECEASED.words),
        (few or below, Exclusion.MILD_ONLY, _too_mild(worst)),
        (bool(sent), Exclusion.DUPLICATE_OPEN, sent),
        (bool(code) and not sent, Exclusion.DUPLICATE_OPEN, code),
    )
    return tuple((each, words) for applies, each, words in table if applies)


def _too_mild(worst: Grade) -> str:
    return Exclusion.MILD_ONLY.words if worst <= Grade.MILD else "no severe fracture"


def due(index_date: date) -> date:
    """The 90-day date of a fracture found on *index_date*."""
    return index_date + CLOCK
