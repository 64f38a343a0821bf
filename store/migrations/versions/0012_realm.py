"""REALM: nominations, meetings with their nameless cases, sealed links, votes and attendance."""

import sqlalchemy as sa
from alembic import op

from store.columns import Utc

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _text(name: str, *, long: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text() if long else sa.String(), nullable=False)


def _key(table: str, column: str, name: str = "") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name or column], [f"{table}.{column}"])


def upgrade() -> None:
    """Add them all."""
    _of_the_record()
    _meetings()
    _cases()
    _votes()


def _of_the_record() -> None:
    op.create_table(
        "realm_nomination",
        *(_text(name) for name in ("id", "case_id", "event", "role")),
        _text("words", long=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("withdrawn_at", Utc(), nullable=True),
        _text("withdrawn_why", long=True),
        _key("review_case", "id", "case_id"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_realm_nomination_case_id", "realm_nomination", ["case_id"])
    op.create_table(
        "realm_taken",
        _text("case_id"),
        _key("review_case", "id", "case_id"),
        sa.PrimaryKeyConstraint("case_id"),
        sqlite_with_rowid=False,
    )


def _meetings() -> None:
    op.create_table(
        "realm_meeting",
        *(_text(name) for name in ("id", "stage")),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("day", "since", "until")),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_realm_meeting_day", "realm_meeting", ["day"])
    op.create_table(
        "realm_action",
        *(_text(name) for name in ("id", "meeting_id", "owner")),
        _text("text", long=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        _key("realm_meeting", "id", "meeting_id"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_realm_action_meeting_id", "realm_action", ["meeting_id"])
    op.create_table(
        "realm_attendance",
        sa.Column("day", sa.Date(), nullable=False),
        _text("handle"),
        sa.Column("brought", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "handle"),
    )


_SHORT = (
    *("case_no", "meeting_id", "stage", "event", "modality", "region", "age_band", "sex"),
    *("report_said", "discrepancy", "outcome", "redaction_checked_by", "addendum", "candour"),
    *("incident_ref", "presented_by", "submitted_by"),
)


def _cases() -> None:
    op.create_table(
        "realm_case",
        *(_text(name) for name in _SHORT),
        *(_text(name, long=True) for name in ("question", "excerpt", "finding", "ai_finding")),
        _text("words", long=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("addendum_on", sa.Date(), nullable=True),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("causes", "whys")),
        _key("realm_meeting", "id", "meeting_id"),
        sa.PrimaryKeyConstraint("case_no"),
    )
    op.create_index("ix_realm_case_meeting_id", "realm_case", ["meeting_id"])
    op.create_table(
        "realm_link",
        _text("case_no"),
        _text("sealed", long=True),
        sa.Column("opened_until", Utc(), nullable=True),
        sa.Column("notified_on", sa.Date(), nullable=True),
        _text("not_notified_why", long=True),
        _key("realm_case", "case_no"),
        sa.PrimaryKeyConstraint("case_no"),
    )
    op.create_table(
        "realm_picture",
        _text("case_no"),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        _text("words", long=True),
        _text("checked_by"),
        _key("realm_case", "case_no"),
        sa.PrimaryKeyConstraint("case_no"),
    )
    op.create_table(
        "realm_point",
        _text("case_no"),
        sa.Column("place", sa.Integer(), nullable=False),
        _text("text", long=True),
        _key("realm_case", "case_no"),
        sa.PrimaryKeyConstraint("case_no", "place"),
    )


def _votes() -> None:
    op.create_table(
        "realm_ballot",
        *(_text(name) for name in ("case_no", "salt")),
        sa.Column("tally", sa.JSON(), nullable=False),
        _key("realm_case", "case_no"),
        sa.PrimaryKeyConstraint("case_no"),
    )
    op.create_table(
        "realm_vote",
        *(_text(name) for name in ("case_no", "voter", "seen", "would_report", "level")),
        sa.Column("grade", sa.Integer(), nullable=True),
        _key("realm_case", "case_no"),
        sa.PrimaryKeyConstraint("case_no", "voter"),
        sqlite_with_rowid=False,
    )
