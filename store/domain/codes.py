"""Codes as systems send them, in words; what was sent is kept, and nothing is inferred.

Each value is stored as it came; which system it is of decides what it means.
"""

from enum import StrEnum


class System(StrEnum):
    """Whose code it is."""

    DICOM = "DICOM"
    HL7 = "HL7"
    ENGLAND = "England"
    PHENOTYPIC = "phenotypic"
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
    System.PHENOTYPIC: {"1": "male", "2": "female", "9": "indeterminate", "X": "not known"},
    System.WALES: {"F": "female", "M": "male", "U": "not known", "Z": "not specified"},
}
"""Sources: DICOM PS3.3 C.7.1.1; HL7 table 0001; NHS Data Dictionary, PERSON GENDER CODE CURRENT;
NHS Data Dictionary, PERSON PHENOTYPIC SEX; NHS Wales Data Dictionary, Sex."""

NATIONS: dict[str, tuple[System, ...]] = {
    "England": (System.ENGLAND, System.PHENOTYPIC),
    "Wales": (System.WALES,),
}
"""By what a site is set to: the code sets of its systems, beside the standard's own."""

SEXES: tuple[str, ...] = tuple(dict.fromkeys(word for one in SEX.values() for word in one.values()))
"""Every meaning that a code for sex can have, in words."""

NO_PRACTICE: dict[str, str] = {
    "V81997": "no registered practice",
    "V81998": "not applicable",
    "V81999": "not known",
}
"""Codes in the place of a GP practice that are none. Source: NHS ODS, default codes."""

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


def sex_system(value: str, sent_by: System, nation: str) -> System:
    """Whose code for sex *value* is: of the standard it was *sent_by*, else of the nation's sets.

    One that none of them has stays the sender's, and is told as it came.
    """
    asked = (sent_by, *NATIONS[nation])
    return next((one for one in asked if value.upper() in SEX[one]), sent_by)


def practice_words(value: str) -> str:
    """The code of a GP practice; of one that stands for none, with what it means."""
    meaning = NO_PRACTICE.get(value.upper())
    return f"{value} ({meaning})" if meaning else value


def sex_words(value: str, system: str) -> str:
    """A code for sex in words; one that its system has not is told as it came."""
    known = SEX.get(System(system), {}) if system in tuple(System) else {}
    return known.get(value.upper(), f"“{value}” ({system})") if value else "not given"


def class_words(value: str) -> str:
    """A patient class in words; one that is not known is told as it came, and none as nothing."""
    return PATIENT_CLASS.get(value.upper(), f"“{value}”") if value else ""
