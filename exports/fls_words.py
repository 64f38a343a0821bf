"""The words an FLS referral is written in, where the rules of the record have none of their own.

Source: columns and lists as a fracture liaison service's spreadsheet needs them; a site may
use fewer, never others, or the answers cannot be read back.
"""

from enum import StrEnum


class RowStatus(StrEnum):
    """Whether the row is the first word on a patient."""

    NEW = "NEW"
    AMENDED = "AMENDED"
    WITHDRAWN = "WITHDRAWN"


class PatientClass(StrEnum):
    """Where the patient was when scanned."""

    OUT_PATIENT = "out-patient"
    IN_PATIENT = "in-patient"
    EMERGENCY = "ED"
    GP = "GP"
    PRIVATE = "private"


class FoundBy(StrEnum):
    """Who saw the fracture first."""

    AI = "AI + confirmed"
    READER = "reader added"
    REPORT = "report text"
