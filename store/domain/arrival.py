"""What arrives: series, AI results and reports, and what became of each."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from store.domain.genant import Grade
from store.domain.identity import Patient
from store.domain.morphometry import Heights
from store.domain.reconstruction import Reconstruction
from store.domain.spine import Level


class Fate(StrEnum):
    """What became of something that arrived."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    HELD = "held"
    REFUSED = "refused"
    IGNORED = "ignored"


class Ending(StrEnum):
    """How the AI's analysis of a scan ended."""

    POSITIVE = "AI_POSITIVE"
    NEGATIVE = "AI_NEGATIVE"
    FAILED = "AI_FAILED"


@dataclass(frozen=True, slots=True)
class SeriesHeader:
    """What the DICOM headers of one series say, read once and trusted from here on.

    Attributes:
        digest: SHA-256 over the sorted SOP Instance UIDs and pixel digests; the same files
            give the same digest in any order.
        site: ODS code where the institution gives one, else the institution's name.
        frame_uid: FrameOfReferenceUID, empty when absent.
    """

    study_uid: str
    series_uid: str
    frame_uid: str
    digest: str
    patient: Patient
    scanned: date | None
    accession: str
    site: str
    modality: str
    exam: str
    series_description: str
    manufacturer: str
    model: str
    kernel: str
    instances: int
    requester: str = ""
    specialty: str = ""
    indication: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """A picture that is still to be made.

    Attributes:
        key: Tells it from every other picture: of which series, with which overlays, and how.
        about: What the worker needs to know; digests and labels, never a name of a patient.
    """

    key: str
    about: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Picture:
    """What preparing a series gave: the stack's name and the heights, or why there is none.

    Attributes:
        work: Set where it is still to be prepared.
        facts: How the series was reconstructed; None where that is not known.
    """

    stack: str | None
    heights: dict[Level, Heights]
    unmeasured: dict[Level, str]
    mask_digest: str = ""
    refusal: str = ""
    facts: Reconstruction | None = None
    work: Work | None = None


@dataclass(frozen=True, slots=True)
class AiFinding:
    """One flag of the AI.

    Attributes:
        level: None for an exam-level flag.
        loss: The vendor's own figure, a fraction from 0.0 to 1.0.
        formula: How the vendor computes it, in words.
        heights: The vendor's own heights, where given.
        probability: How sure the vendor is, a fraction from 0.0 to 1.0.
        tracking_id: The vendor's name of the finding; *tracking_uid* tells it from all others.
    """

    level: Level | None
    loss: float | None = None
    grade: Grade | None = None
    formula: str = ""
    heights: Heights | None = None
    probability: float | None = None
    tracking_id: str = ""
    tracking_uid: str = ""


@dataclass(frozen=True, slots=True)
class AiResult:
    """What an AI product said of one scan.

    Attributes:
        study_uid: Empty where the file names no scan; it is then matched by where it lay.
        reason: Why the analysis failed; empty otherwise.
        threshold_rule: The rule by which the product flags, in words ("loss > 20 %").
        format: Which of the accepted formats it came in.
        digest: SHA-256 of the file, or of the row for a table.
        family: Kind of algorithm, in words.
        patient: Whose scan it says it is of, where the file names anybody.
        references: SOP Instance UIDs of the pictures and segmentations it points at.
    """

    product: str
    version: str
    ending: Ending
    findings: tuple[AiFinding, ...]
    format: str
    digest: str
    study_uid: str = ""
    series_uid: str = ""
    accession: str = ""
    reason: str = ""
    threshold_rule: str = ""
    family: str = ""
    patient: Patient | None = None
    references: tuple[str, ...] = ()


PRELIMINARY = "P"
AFTER_FINAL = frozenset("CA")
"""Corrected and addended: they replace the final report. Source: HL7 v2 OBR-25."""


@dataclass(frozen=True, slots=True)
class RadiologyReport:
    """The text a radiologist wrote, and what tells which scan it is of.

    Attributes:
        status: P preliminary, F final, C corrected, A with an addendum (HL7 OBR-25).
        reported: The day of the report; `reported_at` the moment, where it is known.
        scanned: The day of the examination, where the report names it.
        nhs_number: Ten digits that hold together, or empty.
        sex: As received, a code of `sex_system` (`codes.System`); empty where it says none.
        gp_practice: Code of the patient's GP practice, as received.
        raw: Digest of the message it was read from, kept in the archive; empty for a table.
    """

    text: str
    digest: str
    study_uid: str = ""
    accession: str = ""
    status: str = "F"
    reported: date | None = None
    reported_at: datetime | None = None
    scanned: date | None = None
    nhs_number: str = ""
    hospital_number: str = ""
    patient_class: str = ""
    site: str = ""
    raw: str = ""
    source: str = ""
    sex: str = ""
    sex_system: str = ""
    gp_practice: str = ""
