"""The tables of arriving: work, what is held for a person, opt-outs, and who is who."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, Text, text
from sqlmodel import SQLModel

from store.columns import Utc, plain, staff, what, who

_STANDING = "state IN ('waiting', 'running')"


class JobRow(SQLModel, table=True):
    """Something to be done in the background. Of one `key` only one stands at a time.

    A lease: past `lease_until` the worker named in `owner` has lost it, and another may take it.
    `rank` orders the queue, the lowest first.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "job_standing",
            "key",
            unique=True,
            sqlite_where=text(_STANDING),
            postgresql_where=text(_STANDING),
        ),
        Index("job_queue", "state", "rank", "queued_at", "id"),
        Index("job_ended", "state", "ended_at"),
    )

    id: str = plain(primary_key=True)
    kind: str = plain()
    key: str = plain(index=True)
    about: dict[str, Any] = plain(JSON)
    rank: int = plain(default=0)
    state: str = plain(default="waiting")
    tries: int = plain(default=0)
    owner: str = plain(default="")
    queued_at: datetime = plain(Utc)
    not_before: datetime | None = plain(Utc, default=None)
    started_at: datetime | None = plain(Utc, default=None)
    lease_until: datetime | None = plain(Utc, default=None)
    ended_at: datetime | None = plain(Utc, default=None)
    reason: str = plain(Text, default="")


class HeldRow(SQLModel, table=True):
    """Something that arrived and waits for a person: kept whole, with the reason.

    `file` names the kept bytes in the archive; `about` holds what a person needs to decide.
    """

    __tablename__ = "held"
    __table_args__ = (Index("held_open", "state", "at", "id"),)

    id: str = plain(primary_key=True)
    digest: str = plain(index=True)
    kind: str = plain()
    code: str = plain(index=True)
    reason: str = plain(Text)
    source: str = plain(default="")
    file: str = plain(default="")
    scan_id: str | None = plain(default=None, foreign_key="scan.id", index=True)
    about: dict[str, Any] = who(JSON)
    at: datetime = plain(Utc)
    state: str = plain(default="open")
    acted_by: str = staff(default="")
    acted_name: str = staff(default="")
    acted_at: datetime | None = plain(Utc, default=None)
    words: str = what(Text, default="")


class OptOutRow(SQLModel, table=True):
    """Somebody asked that their scans are left out of review and referral."""

    __tablename__ = "opt_out"

    id: str = plain(primary_key=True)
    nhs_number: str = who(index=True)
    since: date = what()
    reason: str = what(Text, default="")
    source: str = plain(default="")
    added_by: str = staff()
    added_at: datetime = plain(Utc)
    ended_by: str = staff(default="")
    ended_at: datetime | None = plain(Utc, default=None)
    ended_why: str = what(Text, default="")


class MergeRow(SQLModel, table=True):
    """Two patients were found to be one person; `moved` undoes it exactly."""

    __tablename__ = "merge"

    id: str = plain(primary_key=True)
    one: str = plain(foreign_key="patient.id", index=True)
    into: str = plain(foreign_key="patient.id", index=True)
    moved: dict[str, Any] = who(JSON)
    words: str = what(Text)
    actor: str = staff()
    actor_name: str = staff()
    at: datetime = plain(Utc)
    undone_by: str = staff(default="")
    undone_why: str = what(Text, default="")
    undone_at: datetime | None = plain(Utc, default=None)


class VersionRow(SQLModel, table=True):
    """A version of an AI product that has spoken, and who answers for its use."""

    __tablename__ = "ai_version"

    product: str = plain(primary_key=True)
    version: str = plain(primary_key=True)
    first_at: datetime = plain(Utc)
    renews: bool = plain(default=False)
    accepted_by: str = staff(default="")
    accepted_name: str = staff(default="")
    accepted_at: datetime | None = plain(Utc, default=None)
    words: str = plain(Text, default="")


class PatientEventRow(SQLModel, table=True):
    """Something that became known of a patient after they came, never changed."""

    __tablename__ = "patient_event"

    id: int | None = plain(default=None, primary_key=True)
    patient_id: str = plain(foreign_key="patient.id", index=True)
    kind: str = plain()
    before: dict[str, Any] = who(JSON)
    after: dict[str, Any] = who(JSON)
    words: str = what(Text, default="")
    actor: str = staff()
    actor_name: str = staff()
    at: datetime = plain(Utc)
