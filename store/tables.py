"""All tables: what arrived (`store._received`), who reviews (`store._reviewing`), what came of it.

Those of REALM stand apart (`store._realm_tables`), so that few modules can name them.

States and counts on `ReviewCase` and `FindingRow` are projections of the append-only
`DecisionRow`s, written in the same transaction, so that a worklist page is one indexed query.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, Text, UniqueConstraint, text
from sqlmodel import SQLModel

from store import _realm_tables as _realm_tables
from store._arriving import HeldRow, JobRow, MergeRow, OptOutRow, PatientEventRow, VersionRow
from store._assessing import AssessmentRow
from store._handed import (
    AnswerRow,
    BatchFileRow,
    BatchRow,
    ReferralLineRow,
    ReferralRow,
    ReturnRow,
)
from store._received import (
    GrowthRow,
    MeasurementRow,
    PatientRow,
    PreviewRow,
    ReceiptRow,
    ReportRow,
    ResultRow,
    ScanRow,
    SearchKey,
    SeriesRow,
    StudyRow,
)
from store._reviewing import (
    AlertRow,
    ClaimRow,
    IssuedRow,
    PreferenceRow,
    ReadingRow,
    RepeatRow,
    SignInRow,
    StaffRow,
    TakeoverRow,
    TellingRow,
)
from store._triaging import KnownRow, TriageRow
from store.columns import Utc, plain, staff, what

__all__ = [
    "AlertRow",
    "AnswerRow",
    "AssessmentRow",
    "BatchFileRow",
    "BatchRow",
    "ClaimRow",
    "DecisionRow",
    "FindingRow",
    "GrowthRow",
    "HeldRow",
    "IssuedRow",
    "JobRow",
    "KnownRow",
    "MeasurementRow",
    "MergeRow",
    "OptOutRow",
    "PatientEventRow",
    "PatientRow",
    "PreferenceRow",
    "PreviewRow",
    "ReadingRow",
    "ReceiptRow",
    "ReferralLineRow",
    "ReferralRow",
    "RemeasurementRow",
    "RepeatRow",
    "ReportRow",
    "ResultRow",
    "ReturnRow",
    "ReviewCase",
    "ScanRow",
    "SearchKey",
    "SeriesRow",
    "SignInRow",
    "StaffRow",
    "StudyRow",
    "TakeoverRow",
    "TellingRow",
    "TrailRow",
    "TriageRow",
    "VersionRow",
]


_OPEN = "state NOT IN ('closed', 'withdrawn')"
_REPORT_DUE = "state = 'closed' AND (report_changed OR (confirmed > 0 AND report_status = ''))"


def _some(name: str, where: str, *columns: str) -> Index:
    """An index of some of the rows: the few that a view of the worklist is about."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class ReviewCase(SQLModel, table=True):
    """A scan in the room, with what the worklist sorts and filters by.

    `reading` is the number of the reading in force. `kind` and `draw` decide which cases are read
    without the AI's answer or twice; they never leave the store with a case.
    """

    __tablename__ = "review_case"
    __table_args__ = (
        Index("case_queue", "state", "rank", "waiting_since", "id"),
        Index("case_queue_site", "site", "state", "rank", "waiting_since", "id"),
        Index("case_queue_grade", "worst_grade", "state", "rank", "waiting_since", "id"),
        Index("case_queue_product", "product", "state", "rank", "waiting_since", "id"),
        Index("case_all", "rank", "waiting_since", "id"),
        Index("case_site", "site", "rank", "waiting_since", "id"),
        Index("case_grade", "worst_grade", "rank", "waiting_since", "id"),
        Index("case_product", "product", "rank", "waiting_since", "id"),
        Index("case_time", "waiting_since", "id"),
        Index("case_state_time", "state", "waiting_since", "id"),
        _some("case_open", _OPEN, "rank", "waiting_since", "id"),
        _some("case_open_site", _OPEN, "site", "rank", "waiting_since", "id"),
        _some("case_open_grade", _OPEN, "worst_grade", "rank", "waiting_since", "id"),
        _some("case_open_product", _OPEN, "product", "rank", "waiting_since", "id"),
        _some("case_open_time", _OPEN, "waiting_since", "id"),
        _some("case_open_site_time", _OPEN, "site", "waiting_since", "id"),
        _some("case_assigned", "assigned_to <> ''", "assigned_to", "rank", "waiting_since", "id"),
        _some("case_deferred", "deferred_until IS NOT NULL", "rank", "waiting_since", "id"),
        _some("case_alerts", "open_alerts > 0", "rank", "waiting_since", "id"),
        _some("case_report_due", _REPORT_DUE, "state", "rank", "waiting_since", "id"),
    )

    id: str = plain(primary_key=True)
    scan_id: str = plain(foreign_key="scan.id", unique=True)
    version: int = plain(default=0)
    state: str = what()
    rank: int = what()
    worst_grade: int = what()
    waiting_since: date = what()
    site: str = plain()
    product: str = plain()
    confirmed: int = what(default=0)
    fragility: int = what(default=0)
    closed_at: datetime | None = plain(Utc, default=None)
    report_status: str = what(default="")
    recommendation: str = what(default="")
    report_by: str = staff(default="")
    report_at: datetime | None = plain(Utc, default=None)
    report_changed: bool = plain(default=False)
    report_suggested: str = what(default="")
    report_overrode: bool = plain(default=False)
    report_term_ok: bool | None = what(default=None)
    report_severity: str = what(default="")
    report_levels: str = what(default="")
    report_action: bool | None = what(default=None)
    report_history_only: bool = what(default=False)
    reading: int = plain(default=1)
    kind: str = plain(default="flag")
    draw: int = plain(default=0)
    outcome: str = what(default="")
    first_reader: str = staff(default="")
    second_reader: str = staff(default="")
    assigned_to: str = staff(default="")
    deferred_until: date | None = plain(default=None)
    deferred_why: str = what(default="")
    open_alerts: int = what(default=0)
    opted_out: bool = what(default=False)


class FindingRow(SQLModel, table=True):
    """One flag of the AI, or one fracture a reader added, as it stands now."""

    __tablename__ = "finding"
    __table_args__ = (Index("finding_by_level", "level", "case_id"),)

    id: str = plain(primary_key=True)
    case_id: str = plain(foreign_key="review_case.id", index=True)
    reading: int = plain(default=1)
    place: int = plain()
    source: str = plain()
    state: str = what()
    level: str | None = what(default=None)
    grade: int | None = what(default=None)
    shape: str | None = what(default=None)
    code: str = what(default="")
    text: str = what(Text, default="")
    endplate: str = what(default="")
    acuity: str = what(default="")
    unstable: str = what(default="")
    novelty: str = what(default="")
    against: str = what(default="")
    comment: str = what(Text, default="")
    ai_level: str | None = what(default=None)
    ai_loss: float | None = what(default=None)
    ai_grade: int | None = what(default=None)
    ai_formula: str = what(default="")
    decided_by: str = staff(default="")
    decided_at: datetime | None = plain(Utc, default=None)


class DecisionRow(SQLModel, table=True):
    """One deed on one case, never changed. `before` and `after` hold the finding's state."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("case_id", "version"),)

    act: str = plain(primary_key=True)
    case_id: str = plain(foreign_key="review_case.id", index=True)
    version: int = plain()
    reading: int = plain(default=1)
    finding_id: str | None = plain(default=None)
    deed: str = plain()
    before: dict[str, Any] = what(JSON)
    after: dict[str, Any] = what(JSON)
    undoes: str | None = plain(default=None)
    stack: str = plain(default="")
    actor: str = staff()
    actor_name: str = staff()
    role: str = plain()
    at: datetime = plain(Utc)


class RemeasurementRow(SQLModel, table=True):
    """A person's points of one vertebra, never changed; who and when stand in the decision.

    `points` are six [x, y] in mm in the vertebra's own plane of the picture `stack`.
    """

    __tablename__ = "remeasurement"

    act: str = plain(primary_key=True, foreign_key="decision.act")
    case_id: str = plain(foreign_key="review_case.id", index=True)
    level: str = what()
    stack: str = plain()
    points: list[list[float]] = what(JSON)
    anterior_mm: float = what()
    middle_mm: float = what()
    posterior_mm: float = what()


class TrailRow(SQLModel, table=True):
    """One line of the trail. No foreign keys: the trail outlives what it speaks of."""

    __tablename__ = "trail"

    seq: int = plain(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: str = plain()
    actor: str = staff(index=True)
    role: str = plain()
    action: str = plain(index=True)
    entity: str = plain(index=True)
    outcome: str = plain()
    detail: str = what(Text)
    prev_hash: str = plain(unique=True)
    hash: str = plain(unique=True)
