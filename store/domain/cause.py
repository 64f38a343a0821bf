"""Why a discrepancy may have come about: the pick list of a case record."""

from collections.abc import Mapping
from enum import StrEnum


class CauseGroup(StrEnum):
    """The four families of causes."""

    PERCEPTUAL = "Perceptual"
    COGNITIVE = "Cognitive"
    COMMUNICATION = "Communication"
    SYSTEM = "System"


class Cause(StrEnum):
    """Why it may have come about; several may apply. Tailored to vertebral fractures by us."""

    NOT_SEEN = "NOT_SEEN"
    SATISFACTION = "SATISFACTION"
    OUTSIDE_INTEREST = "OUTSIDE_INTEREST"
    WINDOW = "WINDOW"
    NOT_SIGNIFICANT = "NOT_SIGNIFICANT"
    DEGENERATIVE = "DEGENERATIVE"
    KNOWLEDGE = "KNOWLEDGE"
    AMBIGUOUS = "AMBIGUOUS"
    NO_SEVERITY = "NO_SEVERITY"
    NO_RECOMMENDATION = "NO_RECOMMENDATION"
    RECIPIENT = "RECIPIENT"
    NO_SAGITTAL = "NO_SAGITTAL"
    NO_PRIOR = "NO_PRIOR"
    HISTORY = "HISTORY"
    WORKLOAD = "WORKLOAD"
    REMOTE = "REMOTE"
    INTERRUPTION = "INTERRUPTION"
    TEMPLATE = "TEMPLATE"
    IT = "IT"

    @property
    def group(self) -> CauseGroup:
        """The family it belongs to."""
        return CAUSES[self][0]

    @property
    def words(self) -> str:
        """The cause as people say it."""
        return CAUSES[self][1]


_PERCEPTUAL, _COGNITIVE = CauseGroup.PERCEPTUAL, CauseGroup.COGNITIVE
CAUSES: Mapping[Cause, tuple[CauseGroup, str]] = {
    Cause.NOT_SEEN: (_PERCEPTUAL, "not seen"),
    Cause.SATISFACTION: (_PERCEPTUAL, "satisfaction of search"),
    Cause.OUTSIDE_INTEREST: (_PERCEPTUAL, "spine outside the area of interest"),
    Cause.WINDOW: (_PERCEPTUAL, "wrong window, or no bone window"),
    Cause.NOT_SIGNIFICANT: (_COGNITIVE, "seen, judged not significant"),
    Cause.DEGENERATIVE: (_COGNITIVE, "taken for degenerative change"),
    Cause.KNOWLEDGE: (_COGNITIVE, "knowledge gap"),
    Cause.AMBIGUOUS: (CauseGroup.COMMUNICATION, "ambiguous term"),
    Cause.NO_SEVERITY: (CauseGroup.COMMUNICATION, "no severity"),
    Cause.NO_RECOMMENDATION: (CauseGroup.COMMUNICATION, "no recommendation"),
    Cause.RECIPIENT: (CauseGroup.COMMUNICATION, "wrong recipient"),
    Cause.NO_SAGITTAL: (CauseGroup.SYSTEM, "no sagittal reformat"),
    Cause.NO_PRIOR: (CauseGroup.SYSTEM, "earlier scan not available"),
    Cause.HISTORY: (CauseGroup.SYSTEM, "poor history"),
    Cause.WORKLOAD: (CauseGroup.SYSTEM, "workload or fatigue"),
    Cause.REMOTE: (CauseGroup.SYSTEM, "outsourced or remote reporting"),
    Cause.INTERRUPTION: (CauseGroup.SYSTEM, "interruption"),
    Cause.TEMPLATE: (CauseGroup.SYSTEM, "template lacks a line for bones"),
    Cause.IT: (CauseGroup.SYSTEM, "IT"),
}
