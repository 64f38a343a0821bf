"""The table of assessments: what was, or is about to be, sent to the PACS of a closed case."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import SQLModel

from store.columns import Utc, plain, what


class AssessmentRow(SQLModel, table=True):
    """One closing of one case as it is sent: frozen first, so that a second try is the same."""

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("case_id", "closed_at"),)

    id: str = plain(primary_key=True)
    case_id: str = plain(foreign_key="review_case.id", index=True)
    closed_at: datetime = plain(Utc)
    said: dict[str, Any] = what(JSON)
    made_at: datetime = plain(Utc)
    sent_at: datetime | None = plain(Utc, default=None)
    sent_to: str = plain(default="")
    sha256: str = plain(default="")
