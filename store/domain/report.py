"""What the radiology report says of the fracture, as a person judged it."""

from dataclasses import dataclass
from enum import StrEnum

from store.domain.genant import Grade
from store.domain.spine import Level


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


class Discrepancy(StrEnum):
    """What a report of a confirmed fracture lacks; the two are never counted together."""

    DETECTION = "detection"
    COMMUNICATION = "communication"

    @property
    def words(self) -> str:
        """The discrepancy as people say it."""
        seen = self is Discrepancy.COMMUNICATION
        return "seen, not passed on as it should be" if seen else "not in the report"


_SPEAKS = frozenset(
    {
        ReportStatus.REPORTED_FULL,
        ReportStatus.REPORTED_PARTIAL,
        ReportStatus.REPORTED_UNCERTAIN,
        ReportStatus.KNOWN_PRIOR,
    }
)
"""The report calls it a fracture."""
_ACTIONS = frozenset(
    {Recommendation.FLS, Recommendation.DXA, Recommendation.ASSESSMENT, Recommendation.GP}
)
"""Advice that leads to care of the bone. Source: RCR AuditLive, standard 4; GP is our default."""


def discrepancies(status: ReportStatus, recommendation: Recommendation) -> frozenset[Discrepancy]:
    """What a report of that *status* lacks of a confirmed fracture.

    A fracture that is reported without any advice is seen, and not passed on. One that an earlier
    report has spoken of already lacks nothing.
    """
    if status in DETECTION_DISCREPANCY:
        return frozenset({Discrepancy.DETECTION})
    unadvised = (
        recommendation is Recommendation.NONE
        and status in _SPEAKS
        and status is not ReportStatus.KNOWN_PRIOR
    )
    if status in COMMUNICATION_DISCREPANCY or unadvised:
        return frozenset({Discrepancy.COMMUNICATION})
    return frozenset()


@dataclass(frozen=True, slots=True)
class Standards:
    """What the RCR's standards ask of a report of a confirmed fracture.

    Source: RCR AuditLive, vertebral fragility fractures, standards 1 to 4.

    Attributes:
        bones: 1, whether it comments on the bones; None without a report.
        identified: 2, whether it reports the fracture; counted of moderate and severe ones.
        term: 3, whether it says "fracture"; None where it does not speak of it at all.
        action: 4, whether it advises what leads to care of the bone.
    """

    bones: bool | None
    identified: bool | None
    term: bool | None
    action: bool | None


def standards(
    status: ReportStatus,
    recommendation: Recommendation,
    term: bool | None = None,
    action: bool | None = None,
) -> Standards:
    """What one judgement of a report comes to; *term* and *action* are a person's own word."""
    if status is ReportStatus.NO_REPORT:
        return Standards(None, None, None, None)
    speaks = status in _SPEAKS
    named = True if speaks else False if status is ReportStatus.AMBIGUOUS_TERM else None
    return Standards(
        bones=status is not ReportStatus.NOT_MENTIONED,
        identified=speaks,
        term=named if term is None else term,
        action=recommendation in _ACTIONS if action is None else action,
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said beside status and recommendation, each None where nothing was.

    Attributes:
        suggested: What the rule suggested on the screen.
        severity: The gravest that the report calls the fracture.
        levels: Those at which the report has it.
        history_only: Whether a fracture stands in the request alone.
    """

    suggested: ReportStatus | None = None
    term_ok: bool | None = None
    severity: Grade | None = None
    levels: tuple[Level, ...] | None = None
    action: bool | None = None
    history_only: bool = False


UNSAID = Judged()
"""Nothing was said beside the status."""


BIAS_NOTE = (
    "Denominator: AI-positive scans confirmed by a clinician. "
    "Fractures the AI missed are not counted."
)
"""Printed under every chart of reporting."""
