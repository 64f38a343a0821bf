"""Who was told of an alert, as it was noted and as it was put right: both are kept."""

import sqlalchemy as sa
from alembic import op

from store.columns import Utc

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE = "telling"


def upgrade() -> None:
    """Add the table; the database itself refuses to change or remove its rows."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("told_at", Utc(), nullable=True),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("was_at", Utc(), nullable=True),
        sa.Column("was_by", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["review_case.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_telling_alert_id", TABLE, ["alert_id"])
    op.create_index("ix_telling_case_id", TABLE, ["case_id"])
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
