"""The tables of triage: what coordinators did, and whom the FLS knows already."""

from datetime import date, datetime

from sqlalchemy import JSON, Text
from sqlmodel import SQLModel

from store.columns import Utc, plain, staff, what, who


class TriageRow(SQLModel, table=True):
    """One act of a coordinator on one patient, never changed; undone by another that names it.

    It hangs on a case, so that it follows its scan when patients are merged or parted.
    """

    __tablename__ = "triage_act"

    number: int | None = plain(default=None, primary_key=True)
    act: str = plain(unique=True)
    case_id: str = plain(foreign_key="review_case.id", index=True)
    step: str = plain()
    code: str = what(default="")
    answered: list[str] = what(JSON, default_factory=list)
    note: str = who(Text, default="")
    day: date | None = what(default=None)
    source: str = who(Text, default="")
    undoes: int | None = plain(default=None)
    actor: str = staff()
    actor_name: str = staff()
    role: str = plain()
    at: datetime = plain(Utc)


class KnownRow(SQLModel, table=True):
    """A patient whom the FLS knows, by its own list."""

    __tablename__ = "known_fls"

    nhs_number: str = who(primary_key=True)
    since: date | None = what(default=None)
    source: str = plain(default="")
    added_by: str = staff()
    added_at: datetime = plain(Utc)
