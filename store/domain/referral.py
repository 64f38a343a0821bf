"""Whether a patient with a confirmed fracture is referred to the FLS, and if not, why.

What is urgent never goes the FLS's way alone. A malignant or infected fracture is not referred at
all. An acute unstable fracture is a fragility fracture still: its patient is held until somebody
was told of the alert, and then goes to the FLS as well, with the telling in the referral.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from store.domain.describe import Acuity, EndPlate, Novelty, Unstable
from store.domain.genant import FractureType, Grade
from store.domain.identity import Patient, age_on
from store.domain.numbering import Confidence
from store.domain.report import Recommendation, ReportStatus
from store.domain.spine import Level

CLOCK = timedelta(days=90)
"""Time from index date to FLS assessment. Source: FLS-DB KPI4."""


class Exclusion(StrEnum):
    """Why a patient is not referred; a coordinator may set one, and may undo it."""

    UNDER_50 = "UNDER_50"
    DECEASED = "DECEASED"
    KNOWN_FLS = "KNOWN_FLS"
    ON_TREATMENT = "ON_TREATMENT"
    CANCER_CT = "CANCER_CT"
    MALIGNANT_FRACTURE = "MALIGNANT_FRACTURE"
    HIGH_ENERGY = "HIGH_ENERGY"
    MILD_ONLY = "MILD_ONLY"
    END_OF_LIFE = "END_OF_LIFE"
    DEPENDENCY = "DEPENDENCY"
    OUT_OF_AREA = "OUT_OF_AREA"
    PATIENT_OBJECTED = "PATIENT_OBJECTED"
    DUPLICATE_OPEN = "DUPLICATE_OPEN"
    OLD_KNOWN = "OLD_KNOWN"
    LOCAL = "LOCAL"

    @property
    def words(self) -> str:
        """The exclusion as people say it."""
        return _WORDS[self]


_WORDS = {
    Exclusion.UNDER_50: "aged under the referral age at the scan",
    Exclusion.DECEASED: "has died",
    Exclusion.KNOWN_FLS: "already known to the FLS",
    Exclusion.ON_TREATMENT: "on osteoporosis treatment",
    Exclusion.CANCER_CT: "scanned for cancer",
    Exclusion.MALIGNANT_FRACTURE: "malignant or infected fracture, urgent route",
    Exclusion.HIGH_ENERGY: "high-energy trauma",
    Exclusion.MILD_ONLY: "mild fractures only",
    Exclusion.END_OF_LIFE: "end of life",
    Exclusion.DEPENDENCY: "significant dependency",
    Exclusion.OUT_OF_AREA: "GP practice outside the commissioned area",
    Exclusion.PATIENT_OBJECTED: "patient objected",
    Exclusion.DUPLICATE_OPEN: "already referred",
    Exclusion.OLD_KNOWN: "all levels known and referred before",
    Exclusion.LOCAL: "private, overseas, prison or other local rule",
}


BY_READER: dict[str, Exclusion] = {
    "MALIGNANT": Exclusion.MALIGNANT_FRACTURE,
    "INFECTION": Exclusion.MALIGNANT_FRACTURE,
    "TRAUMA_HIGH": Exclusion.HIGH_ENERGY,
}
"""A reader's reason for rejecting one fracture that holds back the whole patient."""


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
    """

    lowest_age: int = 50
    fewest_mild: int = 1
    needs_nhs_number: bool = True

    @property
    def words(self) -> str:
        """What is referred, as the workbook says it."""
        mild = f"; at least {self.fewest_mild} mild fractures, or one graver"
        number = "; with a valid NHS number" if self.needs_nhs_number else ""
        return (
            f"aged {self.lowest_age} and over at the scan"
            f"{mild if self.fewest_mild > 1 else ''}{number}"
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient with at least one confirmed fracture on one scan, as the record has them.

    Attributes:
        open_alerts: Urgent alerts of the scan of which nobody was told.
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
    reasons = (*_waits(candidate, policy), *_excluded(candidate, policy))
    return Hold(reasons) if reasons else Refer()


def _waits(c: Candidate, policy: Policy) -> tuple[str, ...]:
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


def _excluded(c: Candidate, policy: Policy) -> tuple[str, ...]:
    age = age_on(c.born, c.scanned) if c.born and c.scanned else None
    young = age is not None and age < policy.lowest_age
    few = max(c.grades, default=Grade.NONE) <= Grade.MILD and len(c.grades) < policy.fewest_mild
    referred = f"already referred {c.referred_on:%d/%m/%Y}" if c.referred_on else ""
    table = (
        (young, f"aged {age} at the scan, below {policy.lowest_age}"),
        (c.died is not None, Exclusion.DECEASED.words),
        (few, Exclusion.MILD_ONLY.words),
        (bool(referred), referred),
    )
    found = [words for applies, words in table if applies]
    return (*found, *(e.words for e in c.exclusions if e.words not in found))


def due(index_date: date) -> date:
    """The 90-day date of a fracture found on *index_date*."""
    return index_date + CLOCK
