"""Why a patient is not referred: the codes, what a coordinator must say with each, and its key."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from store.domain.refusal import NotAllowed


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

    @property
    def key(self) -> str:
        """The key that sets it, after the key that opens the list."""
        return _KEYS[self]

    @property
    def evidence(self) -> "Evidence":
        """What is said with it beside the note."""
        return _EVIDENCE.get(self, Evidence())


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a coordinator says with an exclusion.

    Attributes:
        day: What the day means; empty where none is asked.
        source: What the words mean; empty where none are asked.
        needed: Whether it cannot be set without them.
        offered: Words to choose from, the most usual first.
    """

    day: str = ""
    source: str = ""
    needed: bool = False
    offered: tuple[str, ...] = ()


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
_KEYS = dict(
    zip(
        (
            Exclusion.CANCER_CT,
            Exclusion.KNOWN_FLS,
            Exclusion.ON_TREATMENT,
            Exclusion.END_OF_LIFE,
            Exclusion.DEPENDENCY,
            Exclusion.OUT_OF_AREA,
            Exclusion.OLD_KNOWN,
            Exclusion.MILD_ONLY,
            Exclusion.DECEASED,
            Exclusion.PATIENT_OBJECTED,
            Exclusion.HIGH_ENERGY,
            Exclusion.MALIGNANT_FRACTURE,
            Exclusion.UNDER_50,
            Exclusion.DUPLICATE_OPEN,
            Exclusion.LOCAL,
        ),
        "1234567890hmudl",
        strict=True,
    )
)
"""The frequent ones are digits. Source: almost half of what an FLS does not take is a cancer CT
(Ong 2021)."""
_EVIDENCE = {
    Exclusion.DECEASED: Evidence(
        "Checked on",
        "Where it was checked",
        needed=True,
        offered=("PDS", "PAS", "GP practice", "family"),
    ),
    Exclusion.KNOWN_FLS: Evidence("Known since", "Known from", offered=("FLS list", "FLS letter")),
    Exclusion.ON_TREATMENT: Evidence("On it since", "Drug, and where it is written"),
    Exclusion.OUT_OF_AREA: Evidence("", "GP practice", needed=True),
    Exclusion.PATIENT_OBJECTED: Evidence("Objected on", "How it was said"),
    Exclusion.END_OF_LIFE: Evidence("", "Where it is written"),
}

BY_READER: dict[str, Exclusion] = {
    "MALIGNANT": Exclusion.MALIGNANT_FRACTURE,
    "INFECTION": Exclusion.MALIGNANT_FRACTURE,
    "TRAUMA_HIGH": Exclusion.HIGH_ENERGY,
}
"""A reader's reason for rejecting one fracture that holds back the whole patient."""


def check_evidence(code: Exclusion, day: date | None, source: str, today: date) -> None:
    """Raise `NotAllowed` where *code* is set without what must be said with it."""
    asked = code.evidence
    if asked.needed and asked.day and day is None:
        msg = f"“{code.words}” needs the day it was checked. Write it and set it again."
        raise NotAllowed(msg)
    if asked.needed and asked.source and not source.strip():
        msg = f"“{code.words}” needs: {asked.source.lower()}. Write it and set it again."
        raise NotAllowed(msg)
    if day is not None and day > today:
        msg = "The day lies in the future. Correct it and set it again."
        raise NotAllowed(msg)
