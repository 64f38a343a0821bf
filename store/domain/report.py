"""What the radiology report says of the fracture, as a person judged it."""

from enum import StrEnum


class ReportStatus(StrEnum):
    """Set by a person, never by the machine alone."""

    REPORTED_FULL = "REPORTED_FULL"
    REPORTED_PARTIAL = "REPORTED_PARTIAL"
    REPORTED_UNCERTAIN = "REPORTED_UNCERTAIN"
    AMBIGUOUS_TERM = "AMBIGUOUS_TERM"
    NEGATIVE_STATEMENT = "NEGATIVE_STATEMENT"
    BONES_COMMENTED_NO_VF = "BONES_COMMENTED_NO_VF"
    NOT_MENTIONED = "NOT_MENTIONED"
    KNOWN_PRIOR = "KNOWN_PRIOR"
    NO_REPORT = "NO_REPORT"

    @property
    def words(self) -> str:
        """The status as people say it."""
        return _WORDS[self]


_WORDS = {
    ReportStatus.REPORTED_FULL: "Reported with level and severity",
    ReportStatus.REPORTED_PARTIAL: "Reported, level or grade missing",
    ReportStatus.REPORTED_UNCERTAIN: "Reported as possible",
    ReportStatus.AMBIGUOUS_TERM: "Described without the word fracture",
    ReportStatus.NEGATIVE_STATEMENT: "Report says no fracture",
    ReportStatus.BONES_COMMENTED_NO_VF: "Bones commented on, fracture not",
    ReportStatus.NOT_MENTIONED: "Spine not mentioned",
    ReportStatus.KNOWN_PRIOR: "Already reported on an earlier study",
    ReportStatus.NO_REPORT: "No report yet",
}

DETECTION_DISCREPANCY = frozenset(
    {
        ReportStatus.NOT_MENTIONED,
        ReportStatus.BONES_COMMENTED_NO_VF,
        ReportStatus.NEGATIVE_STATEMENT,
    }
)
"""The confirmed fracture is not in the report."""

COMMUNICATION_DISCREPANCY = frozenset({ReportStatus.AMBIGUOUS_TERM})
"""The fracture was seen but not called one."""


class Recommendation(StrEnum):
    """What the report advises."""

    NONE = "none"
    FLS = "FLS"
    DXA = "DXA"
    ASSESSMENT = "osteoporosis assessment"
    GP = "GP"
    MRI = "MRI"
    OTHER = "other"


BIAS_NOTE = (
    "Denominator: AI-positive scans confirmed by a clinician. "
    "Fractures the AI missed are not counted."
)
"""Printed under every chart of reporting."""
