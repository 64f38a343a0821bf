"""Readings of their own, claims, alerts, the whole decision, and what people set for themselves."""

import sqlalchemy as sa
from alembic import op

from store.columns import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXTS = {
    "review_case": ("outcome", "first_reader", "second_reader", "assigned_to"),
    "finding": ("endplate", "acuity", "unstable", "novelty", "against"),
}
TAKEN_OVER = ("handle", "name", "whose", "whose_name")


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default=default)


def _number(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=str(default))


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _moment(name: str, *, needed: bool = False) -> sa.Column[object]:
    return sa.Column(name, Utc(), nullable=not needed)


def upgrade() -> None:
    """Add them; every case there is has one reading, the first."""
    for table, names in TEXTS.items():
        for name in names:
            op.add_column(table, _text(name))
    comment = sa.Column("comment", sa.Text(), nullable=False, server_default="")
    op.add_column("finding", comment)
    op.add_column("review_case", _text("kind", "flag"))
    for table, name, default in (
        ("review_case", "reading", 1),
        ("review_case", "draw", 0),
        ("review_case", "open_alerts", 0),
        ("finding", "reading", 1),
        ("decision", "reading", 1),
    ):
        op.add_column(table, _number(name, default))
    op.add_column("review_case", _flag("report_changed"))
    op.add_column("review_case", sa.Column("deferred_until", sa.Date(), nullable=True))
    _tables()
    op.execute(
        "INSERT INTO reading (case_id, number, kind, reader, reader_name, opened_at, closed_at, "
        "outcome, report_status, recommendation, report_by, report_at) "
        "SELECT id, 1, 'first', last_by, COALESCE((SELECT max(actor_name) FROM decision "
        "WHERE case_id = review_case.id AND actor = last_by), last_by), "
        "(SELECT min(at) FROM decision WHERE case_id = review_case.id), closed_at, "
        "CASE WHEN closed_at IS NULL THEN '' ELSE 'read' END, "
        "report_status, recommendation, report_by, report_at FROM review_case"
    )
    op.execute(
        "UPDATE review_case SET first_reader = last_by, outcome = 'read' "
        "WHERE closed_at IS NOT NULL"
    )


def _tables() -> None:
    op.create_table(
        "reading",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        _text("reader"),
        _text("reader_name"),
        _moment("opened_at"),
        _moment("closed_at"),
        _text("outcome"),
        _number("seconds"),
        _flag("opinion"),
        sa.Column("words", sa.Text(), nullable=False, server_default=""),
        _number("label_shift"),
        *(_text(name) for name in ("count_from", "confidence", "variant")),
        *(_text(name) for name in ("report_status", "recommendation", "report_by")),
        _moment("report_at"),
        sa.ForeignKeyConstraint(["case_id"], ["review_case.id"]),
        sa.PrimaryKeyConstraint("case_id", "number"),
    )
    op.create_index("reading_by_reader", "reading", ["reader", "kind", "closed_at"])
    op.create_table(
        "claim",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        _moment("since", needed=True),
        _moment("until", needed=True),
        sa.ForeignKeyConstraint(["case_id"], ["review_case.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("ix_claim_handle", "claim", ["handle"])
    op.create_table(
        "takeover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        _moment("at", needed=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in TAKEN_OVER),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["review_case.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_takeover_case_id", "takeover", ["case_id"])
    op.create_table(
        "alert",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("reading", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("raised_by", sa.String(), nullable=False),
        sa.Column("raised_name", sa.String(), nullable=False),
        _moment("raised_at", needed=True),
        sa.Column("told", sa.Text(), nullable=False, server_default=""),
        _moment("told_at"),
        _text("told_by"),
        _moment("withdrawn_at"),
        sa.ForeignKeyConstraint(["case_id"], ["review_case.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_alert_case_id", "alert", ["case_id"])
    op.create_index("alert_open", "alert", ["told_at", "raised_at"])
    op.create_table(
        "preference",
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        _moment("at", needed=True),
        sa.PrimaryKeyConstraint("handle", "name"),
    )
