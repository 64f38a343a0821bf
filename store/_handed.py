"""The tables of the loop to the FLS: rows handed over, files made of them, what came back."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Text, UniqueConstraint
from sqlmodel import SQLModel

from store.columns import Utc, plain, staff, what, who


class BatchRow(SQLModel, table=True):
    """One export to the FLS; its files are made from its lines after the commit.

    `made_with` holds the settings of that day that a file depends on.
    """

    __tablename__ = "batch"

    id: str = plain(primary_key=True)
    act: str = plain(unique=True)
    at: datetime = plain(Utc)
    actor: str = staff()
    actor_name: str = staff()
    role: str = plain()
    site: str = plain(default="")
    not_referred: list[list[str]] = what(JSON)
    trail_seq: int = plain()
    trail_hash: str = plain()
    purpose: str = plain(default="DIRECT_CARE")
    made_with: dict[str, Any] = plain(JSON, default_factory=dict)


class ReferralRow(SQLModel, table=True):
    """One patient handed to the FLS. The keys make a second referral impossible.

    `open_patient` is theirs while the referral stands; `cells` is what its newest line says.
    """

    __tablename__ = "referral"

    id: str = plain(primary_key=True)
    number: int = plain(unique=True)
    case_id: str = plain(foreign_key="review_case.id", unique=True)
    open_patient: str | None = plain(foreign_key="patient.id", unique=True)
    batch_id: str = plain(foreign_key="batch.id", index=True)
    cells: dict[str, Any] = who(JSON)
    at: datetime = plain(Utc)
    withdrawn_at: datetime | None = plain(Utc, default=None)


class ReferralLineRow(SQLModel, table=True):
    """One row of one batch, never changed: what was said of a referral then.

    `said` are the words for the FLS: what changed, or why it is taken back.
    """

    __tablename__ = "referral_line"
    __table_args__ = (UniqueConstraint("referral_id", "batch_id"),)

    id: int | None = plain(default=None, primary_key=True)
    referral_id: str = plain(foreign_key="referral.id", index=True)
    batch_id: str = plain(foreign_key="batch.id", index=True)
    status: str = what()
    said: str = what(Text, default="")
    cells: dict[str, Any] = who(JSON)
    at: datetime = plain(Utc)


class BatchFileRow(SQLModel, table=True):
    """The digest of a file that was made of a batch; the same batch gives the same file."""

    __tablename__ = "batch_file"

    batch_id: str = plain(primary_key=True, foreign_key="batch.id")
    kind: str = plain(primary_key=True)
    sha256: str = plain()
    at: datetime = plain(Utc)


class ReturnRow(SQLModel, table=True):
    """A file of the FLS that a person took in: its digest and what became of its rows.

    `absent` are referrals of its batches that it left out.
    """

    __tablename__ = "fls_return"

    id: str = plain(primary_key=True)
    act: str = plain(unique=True)
    sha256: str = plain(index=True)
    batches: list[str] = plain(JSON)
    counts: dict[str, int] = plain(JSON)
    absent: list[str] = plain(JSON)
    actor: str = staff()
    actor_name: str = staff()
    role: str = plain()
    at: datetime = plain(Utc)


class AnswerRow(SQLModel, table=True):
    """What the FLS answered of a referral, never changed; one that `undoes` takes one back."""

    __tablename__ = "fls_answer"

    id: int | None = plain(default=None, primary_key=True)
    referral_id: str = plain(foreign_key="referral.id", index=True)
    return_id: str | None = plain(default=None, foreign_key="fls_return.id", index=True)
    outcome: str = what(default="")
    day: date | None = what(default=None)
    advice: str = what(default="")
    undoes: int | None = plain(default=None, unique=True, foreign_key="fls_answer.id")
    why: str = what(Text, default="")
    actor: str = staff()
    actor_name: str = staff()
    role: str = plain()
    at: datetime = plain(Utc)
