"""The rows of an FLS referral workbook, and what the batch they go in is."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from exports.cells import local
from exports.columns import Column
from exports.fls_words import FoundBy, PatientClass, RowStatus
from store.domain.codes import SEXES
from store.domain.describe import Acuity
from store.domain.genant import Grade
from store.domain.identity import NhsNumber, NhsNumberStatus
from store.domain.numbering import Confidence
from store.domain.outcome import Advice, Outcome
from store.domain.people import Role
from store.domain.report import ReportStatus


def _of(words: type[StrEnum]) -> tuple[str, ...]:
    return tuple(getattr(word, "words", word.value) for word in words)


def grade_words(grade: Grade) -> str:
    """*grade* as the FLS reads it, such as ``2 moderate``."""
    return f"{grade.value} {grade.name.lower()}"


_YES_NO = ("Y", "N")
_GRADES = tuple(grade_words(grade) for grade in Grade if grade)
_REPORT = tuple(status.words for status in ReportStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRow:
    """One patient-episode. The fields stand in the order of the 46 columns.

    `batch` is written from the batch itself when the workbook is made, so that they agree.
    The last three columns are for the FLS to fill in.
    """

    referral_id: Annotated[str, Column("Referral ID", "Stable for life; quote it in answers")]
    row_status: Annotated[
        RowStatus, Column("Row status", "NEW, AMENDED or WITHDRAWN", 13, _of(RowStatus))
    ]
    batch: Annotated[
        str, Column("Batch ID / exported at / exported by", "Which export, when and by whom", 27)
    ] = ""
    nhs_number: Annotated[
        NhsNumber | None, Column("NHS number", "Ten digits as text, 3-3-4; check digit right")
    ]
    nhs_status: Annotated[
        NhsNumberStatus,
        Column(
            "NHS number status",
            "01 verified, 02 not traced, 03 trace required, 04 no match, 05 to be resolved, "
            "06 in progress, 07 not present, 08 postponed",
            10,
            _of(NhsNumberStatus),
        ),
    ]
    hospital_number: Annotated[str, Column("Hospital number", "As text; leading zeros kept")] = ""
    surname: Annotated[str, Column("Surname", "As the images name the patient", 18)]
    forename: Annotated[str, Column("Forename", "As the images name the patient", 16)]
    title: Annotated[str, Column("Title", "Where a source gave one", 8)] = ""
    born: Annotated[date | None, Column("Date of birth", "dd/mm/yyyy", 12)]
    age: Annotated[int | None, Column("Age at scan", "Completed years on the scan date", 8)]
    sex: Annotated[str, Column("Sex", "As received, in words; never inferred", 14, SEXES)] = ""
    postcode: Annotated[str, Column("Postcode", "Where a source gave one", 11)] = ""
    phone: Annotated[str, Column("Phone", "Where a source gave one", 16)] = ""
    gp_practice: Annotated[
        str, Column("GP practice code", "V81997, V81998 and V81999 mean none or not known", 11)
    ] = ""
    gp_name: Annotated[str, Column("GP practice name", "Where a source gave one", 22)] = ""
    site: Annotated[str, Column("Site (ODS)", "Where the scan was made", 12)]
    patient_class: Annotated[
        PatientClass | None,
        Column(
            "Patient class at scan", "Where the patient was when scanned", 13, _of(PatientClass)
        ),
    ] = None
    specialty: Annotated[str, Column("Requesting specialty", "Who asked for the scan", 18)] = ""
    requester: Annotated[str, Column("Requester", "Who asked for the scan", 18)] = ""
    scanned: Annotated[date, Column("Scan date", "dd/mm/yyyy", 12)]
    modality: Annotated[str, Column("Modality", "Of the scan", 10)] = "CT"
    exam: Annotated[str, Column("Exam description", "As the scanner sent it", 22)] = ""
    accession: Annotated[str, Column("Accession number", "As text; leading zeros kept", 16)] = ""
    indication: Annotated[str, Column("Indication (short)", "Why the scan was asked for", 28)] = ""
    levels: Annotated[
        str,
        Column(
            "Vertebral levels",
            "From head to foot, confirmed only; approximately, where nobody counted",
            16,
        ),
    ]
    fractures: Annotated[int, Column("Number of fractures", "Confirmed levels", 10)]
    worst_grade: Annotated[
        Grade, Column("Worst grade", "Genant 1 mild, 2 moderate, 3 severe", 12, _GRADES)
    ]
    detail: Annotated[
        str,
        Column(
            "Detail per level",
            "Level, grade, shape, measured loss of height with its band; measured by machine "
            "unless it says by a person",
            30,
        ),
    ]
    certainty: Annotated[
        Confidence | None,
        Column(
            "Level certainty", "Whether the count of levels may be one out", 14, _of(Confidence)
        ),
    ] = None
    new_or_old: Annotated[
        str,
        Column(
            "New or old",
            "New since, or present on, the date of an earlier scan; or no earlier scan",
            20,
        ),
    ] = ""
    acuity: Annotated[
        Acuity | None, Column("Acuity on CT", "What the CT itself shows", 15, _of(Acuity))
    ] = None
    in_report: Annotated[
        ReportStatus | None,
        Column("In routine report?", "As a person judged it", 24, _REPORT),
    ]
    report_advised: Annotated[
        bool | None, Column("Report recommended FLS/DXA", "Y or N", 13, _YES_NO)
    ] = None
    short_code_sent: Annotated[
        bool | None,
        Column("Short code already sent", "Y: a referral may already be on its way", 11, _YES_NO),
    ] = None
    found_by: Annotated[FoundBy, Column("Found by", "Who saw it first", 15, _of(FoundBy))]
    ai_product: Annotated[str, Column("AI product and version", "That flagged the scan", 20)] = ""
    confirmed_by: Annotated[
        str, Column("Confirmed by (name, role)", "Who confirmed the fracture on the images", 22)
    ]
    confirmed_at: Annotated[datetime, Column("Confirmed at", "UK time", 17)]
    index_date: Annotated[
        date,
        Column("Index date", "Date of the scan: an incidental fracture's own is not known", 12),
    ]
    due: Annotated[
        date,
        Column(
            "90-day date",
            "FLS assessment is due by then (FLS-DB KPI4). The days are counted from the export",
            25,
        ),
    ]
    exclusion_checks: Annotated[
        str, Column("Exclusion checks", "What was looked for before referral, and when", 30)
    ] = ""
    comments: Annotated[
        str, Column("Comments", "Urgent alerts of the scan: who was told, and when", 30)
    ] = ""
    outcome: Annotated[
        Outcome | None,
        Column("FLS outcome", "For the FLS to fill in", 19, _of(Outcome), fill_in=True),
    ] = None
    outcome_date: Annotated[
        date | None, Column("Outcome date", "For the FLS to fill in; dd/mm/yyyy", 12, fill_in=True)
    ] = None
    advice: Annotated[
        Advice | None,
        Column(
            "DXA/treatment recommended", "For the FLS to fill in", 19, _of(Advice), fill_in=True
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class NotReferredRow:
    """A case that was looked at and not referred: its number and why, nothing of the patient."""

    case_id: Annotated[str, Column("Referral or case ID", "Of this workstation", 24)]
    reason: Annotated[str, Column("Reason", "Every reason, not only the first", 90)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One export: who made it, when, what for, and where the trail stood.

    Attributes:
        exported_at: Aware.
        policy: What the site refers, in words.
        trail_sequence: Number of the last entry of the trail when the batch was made.
        trail_hash: Its hash; held here it shows later that the trail was not cut.
    """

    batch_id: str
    exported_at: datetime
    exported_by: str
    role: Role
    site: str
    trail_sequence: int
    trail_hash: str
    purpose: str = "DIRECT_CARE"
    policy: str = ""

    @property
    def label(self) -> str:
        """Number, time and person in one line."""
        return f"{self.batch_id} / {local(self.exported_at):%d/%m/%Y %H:%M} / {self.exported_by}"
