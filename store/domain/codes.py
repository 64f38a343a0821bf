"""Codes as systems send them, in words; what was sent is kept, and nothing is inferred.

Each value is stored as it came; which system it is of decides what it means.
"""

from enum import StrEnum


class System(StrEnum):
    """Whose code it is."""

    DICOM = "DICOM"
    HL7 = "HL7"
    ENGLAND = "England"
    WALES = "Wales"


SEX: dict[System, dict[str, str]] = {
    System.DICOM: {"M": "male", "F": "female", "O": "other"},
    System.HL7: {
        "M": "male",
        "F": "female",
        "O": "other",
        "U": "not known",
        "A": "ambiguous",
        "N": "not applicable",
    },
    System.ENGLAND: {"0": "not known", "1": "male", "2": "female", "9": "not specified"},
    System.WALES: {"F": "female", "M": "male", "U": "not known", "Z": "not specified"},
}
"""Sources: DICOM PS3.3 C.7.1.1; HL7 table 0001; NHS Data Dictionary, PERSON GENDER CODE CURRENT;
NHS Wales Data Dictionary, Sex."""

PATIENT_CLASS: dict[str, str] = {
    "E": "emergency department",
    "I": "in-patient",
    "O": "out-patient",
    "P": "pre-admission",
    "R": "recurring patient",
    "B": "obstetrics",
    "C": "private",
    "N": "not applicable",
    "U": "not known",
}
"""Source: HL7 table 0004, which PV1-2 is of in England and Wales alike."""


def sex_words(value: str, system: str) -> str:
    """A code for sex in words; one that its system has not is told as it came."""
    known = SEX.get(System(system), {}) if system in tuple(System) else {}
    return known.get(value.upper(), f"“{value}” ({system})") if value else "not given"


def class_words(value: str) -> str:
    """A patient class in words; one that is not known is told as it came, and none as nothing."""
    return PATIENT_CLASS.get(value.upper(), f"“{value}”") if value else ""
