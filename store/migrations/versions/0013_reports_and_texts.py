"""What a report was judged to say, standard by standard, and the texts that were issued."""

import sqlalchemy as sa
from alembic import op

from store.columns import Utc

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLE = "issued"


def _text(name: str, kind: sa.types.TypeEngine[str] | None = None) -> sa.Column[str]:
    return sa.Column(name, kind or sa.String(), nullable=False, server_default="")


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def upgrade() -> None:
    """Add them; of reports judged before, nothing more is known than was said."""
    for table in ("reading", "review_case"):
        for column in (
            _text("report_suggested"),
            _flag("report_overrode"),
            sa.Column("report_term_ok", sa.Boolean(), nullable=True),
            _text("report_severity"),
            _text("report_levels"),
            sa.Column("report_action", sa.Boolean(), nullable=True),
            _flag("report_history_only"),
        ):
            op.add_column(table, column)
    op.create_table(
        TABLE,
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        _text("kind"),
        _text("template"),
        _text("text", sa.Text()),
        _text("sha256"),
        _text("code"),
        sa.Column("undoes", sa.String(), nullable=True),
        _text("words", sa.Text()),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["review_case.id"]),
        sa.PrimaryKeyConstraint("act"),
        sa.UniqueConstraint("undoes"),
    )
    op.create_index("ix_issued_case_id", TABLE, ["case_id"])
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {TABLE}_keeps_{deed.lower()} BEFORE {deed} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
            )
        return
    for name, deeds, each in (
        ("keeps", "UPDATE OR DELETE", "ROW"),
        ("keeps_all", "TRUNCATE", "STATEMENT"),
    ):
        op.execute(
            f"CREATE TRIGGER {TABLE}_{name} BEFORE {deeds} ON {TABLE} "
            f"FOR EACH {each} EXECUTE FUNCTION vcf_append_only()"
        )
