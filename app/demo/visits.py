"""What an invented patient is made of: scans, the AI's answer, and the report's intent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from components.imaging.phantom import (
    BONE,
    GE,
    SOFT,
    STANDARD,
    Curve,
    Fracture,
    Maker,
    Mimic,
    Packing,
    Scanning,
)
from store.domain.arrival import Ending
from store.domain.identity import NhsNumber, UnusableNhsNumber
from store.domain.report import ReportStatus
from store.domain.spine import Level

KERNELS = (SOFT, STANDARD, BONE)
CHEST, ABDOMEN, TRUNK, LUMBAR = (
    (Level.T1, Level.L1),
    (Level.T10, Level.S1),
    (Level.T1, Level.S1),
    (Level.T12, Level.S1),
)


class Form(StrEnum):
    """The kind of file the AI's answer comes in."""

    SPINE_REPORT = "spine report"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag as the vendor gives it.

    Attributes:
        level: None for a flag on the whole exam.
        loss: The vendor's figure where it errs; None takes the true heights and a small error.
        really: The level that was measured, where the vendor names it wrongly.
    """

    level: Level | None
    loss: float | None = None
    really: Level | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the AI said of one scan."""

    form: Form
    flags: tuple[Flag, ...] = ()
    ending: Ending = Ending.POSITIVE
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Build:
    """How the scan was acquired and reconstructed."""

    maker: Maker = GE
    kernel: int = 1
    spacing_mm: tuple[float, float, float] = (2.5, 0.95, 0.95)
    size: int = 320
    noise_hu: float = 18.0
    packing: Packing = Packing.PLAIN
    missing: frozenset[int] = field(default_factory=frozenset)
    scanning: Scanning = field(default_factory=Scanning)


@dataclass(frozen=True, slots=True)
class Visit:
    """One scan.

    Attributes:
        days_ago: Before the day the hospital is written for.
        meant: The status this report was written to deserve; NO_REPORT leaves it out.
        copies: How often the same series is delivered.
        mask: Whether the AI sent a mask with it.
        also: A second reconstruction of the same scan, without a mask.
    """

    days_ago: int
    exam: str
    cover: tuple[Level, Level]
    answer: Answer
    meant: ReportStatus
    fractures: Mapping[Level, Fracture] = field(default_factory=dict)
    mimics: Mapping[Level, Mimic] = field(default_factory=dict)
    build: Build = field(default_factory=Build)
    kyphosis: float = 1.0
    scoliosis_mm: float = 0.0
    stature: float = 1.0
    stout: float = 1.0
    contrast_hu: float = 45.0
    site: str = "DEMO1"
    indication: str = ""
    specialty: str = ""
    mask: bool = True
    copies: int = 1
    curve: Curve | None = None
    also: Build | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """One invented patient.

    Attributes:
        name: DICOM form, ``Surname^Forename``.
        age: Completed years on the day the hospital is written for.
        number: Place in the catalogue; hospital number, NHS number and seeds follow from it.
        known: Whether the headers name a hospital number.
        false_digit: Whether the NHS number carries a wrong check digit.
    """

    number: int
    name: str
    sex: str
    age: int
    visits: tuple[Visit, ...]
    known: bool = True
    false_digit: bool = False

    @property
    def nhs_number(self) -> str:
        """Ten digits from the range that is never issued."""
        right = invented_number(self.number)
        if not self.false_digit:
            return right.digits
        return right.digits[:9] + str((int(right.digits[9]) + 4) % 10)

    @property
    def hospital_number(self) -> str:
        """As PatientID has it; empty where the headers do not name the patient."""
        return f"DEMO{self.number:05d}" if self.known else ""

    def born(self, today: date) -> date:
        """Birthday that makes the patient `age` on *today* and for some weeks before it."""
        birthday = date(today.year - self.age, today.month, min(today.day, 28))
        return birthday - timedelta(days=20 + 11 * self.number % 300)

    def accession(self, visit: int) -> str:
        """Accession number of one visit, counted from 0."""
        return f"DX{self.number:04d}{visit + 1}"


def invented_number(place: int) -> NhsNumber:
    """The *place*-th valid NHS number at or after 999 123 0000; none of them is ever issued."""
    found = 0
    for first in range(999_123_000, 999_999_999):
        for check in range(10):
            try:
                number = NhsNumber(f"{first}{check}")
            except UnusableNhsNumber:
                continue
            found += 1
            if found > place:
                return number
    msg = f"There are not {place} invented NHS numbers."
    raise ValueError(msg)
