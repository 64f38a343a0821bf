"""A decision as the viewer posts it."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, FiniteFloat

from store.domain.describe import Acuity, EndPlate, Novelty, Unstable
from store.domain.finding import Act, Decision, Deed
from store.domain.genant import FractureType, Grade
from store.domain.numbering import Confidence, CountFrom, Variant
from store.domain.report import Judged, Recommendation, ReportStatus
from store.domain.spine import Level

Code = Annotated[str | None, Field(max_length=40)]
_AS_POSTED = (
    "endplate",
    "acuity",
    "unstable",
    "novelty",
    "against",
    "comment",
    "shift",
    "count_from",
    "confidence",
    "variant",
    "seconds",
    "alert",
    "told",
    "told_at",
)


class _Judged(BaseModel):
    """What goes with a report status."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    suggested: ReportStatus | None = None
    term_ok: bool | None = None
    severity: Grade | None = None
    levels: tuple[Level, ...] | None = Field(default=None, max_length=30)
    action: bool | None = None
    history_only: bool = False


class Posted(BaseModel):
    """A decision as the viewer posts it."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    act: str = Field(max_length=36)
    case: str = Field(max_length=40)
    version: int
    kind: Deed
    finding: str | None = Field(default=None, max_length=40)
    code: str = Field(default="", max_length=40)
    text: str = Field(default="", max_length=2000)
    level: Level | None = None
    grade: Grade | None = None
    type: FractureType | None = None
    status: ReportStatus | None = None
    recommendation: Recommendation | None = None
    points: tuple[tuple[FiniteFloat, FiniteFloat], ...] | None = Field(default=None, max_length=6)
    stack: str | None = Field(default=None, max_length=64)
    endplate: EndPlate | None = None
    acuity: Acuity | None = None
    unstable: tuple[Unstable, ...] | None = Field(default=None, max_length=3)
    novelty: Novelty | None = None
    against: Code = None
    comment: str | None = Field(default=None, max_length=2000)
    shift: int | None = Field(default=None, ge=-1, le=1)
    count_from: CountFrom | None = None
    confidence: Confidence | None = None
    variant: Variant | None = None
    seconds: int | None = Field(default=None, ge=0, le=86_400)
    alert: Code = None
    told: str | None = Field(default=None, max_length=500)
    told_at: AwareDatetime | None = None
    judged: _Judged | None = None

    def act_of(self) -> Act:
        """The act it stands for."""
        decision = Decision(
            deed=self.kind,
            code=self.code,
            text=self.text,
            level=self.level,
            grade=self.grade,
            shape=self.type,
            status=self.status,
            recommendation=self.recommendation,
            points=self.points or (),
            judged=Judged(**self.judged.model_dump()) if self.judged else Judged(),
            **{name: getattr(self, name) for name in _AS_POSTED},
        )
        stack = self.stack or ""
        return Act(self.act, self.case, self.version, self.finding, decision, stack)
