"""The tables of reviewing: readings, claims, alerts, and what each person set for themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Text
from sqlmodel import SQLModel

from store.columns import Utc, plain, staff, what, who


class ReadingRow(SQLModel, table=True):
    """One person's reading of one case; findings and decisions name the reading they are of.

    Nothing of a first reading leaves the store for anybody else until the second is closed.
    """

    __tablename__ = "reading"
    __table_args__ = (Index("reading_by_reader", "reader", "kind", "closed_at"),)

    case_id: str = plain(primary_key=True, foreign_key="review_case.id")
    number: int = plain(primary_key=True)
    kind: str = plain()
    reader: str = staff(default="")
    reader_name: str = staff(default="")
    opened_at: datetime | None = plain(Utc, default=None)
    closed_at: datetime | None = plain(Utc, default=None)
    outcome: str = what(default="")
    seconds: int = plain(default=0)
    opinion: bool = plain(default=False)
    words: str = what(Text, default="")
    label_shift: int = what(default=0)
    count_from: str = what(default="")
    confidence: str = what(default="")
    variant: str = what(default="")
    report_status: str = what(default="")
    recommendation: str = what(default="")
    report_by: str = staff(default="")
    report_at: datetime | None = plain(Utc, default=None)
    report_suggested: str = what(default="")
    report_overrode: bool = plain(default=False)
    report_term_ok: bool | None = what(default=None)
    report_severity: str = what(default="")
    report_levels: str = what(default="")
    report_action: bool | None = what(default=None)
    report_history_only: bool = what(default=False)


class RepeatRow(SQLModel, table=True):
    """A closed case that its first reader is shown once more, under a name of its own.

    What is said in it lies in the reading of kind repeat; its steps are counted by `version`, so
    that the case keeps its own.

    Attributes:
        id: What the reader's screen calls the case; it looks like any case's.
        looked_at: When the reader last opened it.
        claimed_at: When their claim on it was last renewed; None without one.
        sent: Whether any other case would have gone on to a second reader.
    """

    __tablename__ = "repeat"
    __table_args__ = (Index("repeat_by_reader", "reader", "made_at"),)

    id: str = plain(primary_key=True)
    case_id: str = plain(foreign_key="review_case.id", unique=True)
    reader: str = staff()
    made_at: datetime = plain(Utc)
    version: int = plain(default=0)
    looked_at: datetime | None = plain(Utc, default=None)
    claimed_at: datetime | None = plain(Utc, default=None)
    sent: bool = plain(default=False)


class ClaimRow(SQLModel, table=True):
    """Who works on a case now. A lease: past `until` it holds nobody up."""

    __tablename__ = "claim"

    case_id: str = plain(primary_key=True, foreign_key="review_case.id")
    handle: str = staff(index=True)
    name: str = staff()
    since: datetime = plain(Utc)
    until: datetime = plain(Utc)


class TakeoverRow(SQLModel, table=True):
    """Somebody took a case over from whoever held it, and why; rows are only added."""

    __tablename__ = "takeover"

    id: int | None = plain(default=None, primary_key=True)
    case_id: str = plain(foreign_key="review_case.id", index=True)
    at: datetime = plain(Utc)
    handle: str = staff()
    name: str = staff()
    whose: str = staff()
    whose_name: str = staff()
    words: str = what(Text)


class AlertRow(SQLModel, table=True):
    """Something urgent a reader saw, which stands open until somebody was told of it."""

    __tablename__ = "alert"
    __table_args__ = (Index("alert_open", "told_at", "raised_at"),)

    id: str = plain(primary_key=True)
    case_id: str = plain(foreign_key="review_case.id", index=True)
    reading: int = plain()
    finding_id: str = plain()
    kind: str = what()
    raised_by: str = staff()
    raised_name: str = staff()
    raised_at: datetime = plain(Utc)
    told: str = staff(Text, default="")
    told_at: datetime | None = plain(Utc, default=None)
    told_by: str = staff(default="")
    withdrawn_at: datetime | None = plain(Utc, default=None)


class TellingRow(SQLModel, table=True):
    """Who was told of an alert as noted on its screen, and what put that right; never changed."""

    __tablename__ = "telling"

    id: int | None = plain(default=None, primary_key=True)
    alert_id: str = plain(foreign_key="alert.id", index=True)
    case_id: str = plain(foreign_key="review_case.id", index=True)
    at: datetime = plain(Utc)
    handle: str = staff()
    name: str = staff()
    told: str = staff(Text, default="")
    told_at: datetime | None = plain(Utc, default=None)
    was: str = staff(Text, default="")
    was_at: datetime | None = plain(Utc, default=None)
    was_by: str = staff(default="")
    why: str = what(Text, default="")


class IssuedRow(SQLModel, table=True):
    """One text that was issued from a case, or that an earlier one was issued in error.

    Never changed. `code` is the short code in the text: whoever reads it refers the patient.

    Attributes:
        undoes: The act of the text that was issued in error; `words` then say why.
    """

    __tablename__ = "issued"

    act: str = plain(primary_key=True)
    case_id: str = plain(foreign_key="review_case.id", index=True)
    kind: str = plain(default="")
    template: str = plain(default="")
    text: str = who(Text, default="")
    sha256: str = plain(default="")
    code: str = plain(default="")
    undoes: str | None = plain(default=None, unique=True)
    words: str = what(Text, default="")
    actor: str = staff()
    actor_name: str = staff()
    role: str = plain()
    at: datetime = plain(Utc)


class PreferenceRow(SQLModel, table=True):
    """What one person set for themselves: keys, columns, saved views."""

    __tablename__ = "preference"

    handle: str = staff(primary_key=True)
    name: str = plain(primary_key=True)
    value: dict[str, Any] = plain(JSON)
    at: datetime = plain(Utc)


class StaffRow(SQLModel, table=True):
    """Someone who may sign in."""

    __tablename__ = "staff"

    handle: str = staff(primary_key=True)
    name: str = staff()
    role: str = plain()
    active: bool = plain(default=True)


class SignInRow(SQLModel, table=True):
    """A signed-in browser; the cookie holds the secret, the table only its digest."""

    __tablename__ = "sign_in"

    digest: str = plain(primary_key=True)
    handle: str = staff(foreign_key="staff.handle", index=True)
    at: datetime = plain(Utc)
    seen_at: datetime = plain(Utc)
    ended_at: datetime | None = plain(Utc, default=None)
