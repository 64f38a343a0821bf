"""Measurements by people, the picture of each decision, and what a series is made of."""

import sqlalchemy as sa
from alembic import op

from store.columns import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLE = "remeasurement"


def upgrade() -> None:
    """Add them; what was decided and received before keeps empty fields: it is not known."""
    op.add_column("decision", sa.Column("stack", sa.String(), nullable=False, server_default=""))
    for name in ("step_mm", "thickness_mm", "cover_mm"):
        op.add_column("series", sa.Column(name, sa.Float(), nullable=True))
    for name in ("image_type", "lossy"):
        op.add_column("series", sa.Column(name, sa.String(), nullable=False, server_default=""))
    tilt = sa.Column("tilt_degrees", sa.Float(), nullable=False, server_default="0")
    op.add_column("series", tilt)
    op.add_column("series", sa.Column("pictured_at", Utc(), nullable=True))
    op.create_table(
        TABLE,
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("stack", sa.String(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("anterior_mm", sa.Float(), nullable=False),
        sa.Column("middle_mm", sa.Float(), nullable=False),
        sa.Column("posterior_mm", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["act"], ["decision.act"]),
        sa.ForeignKeyConstraint(["case_id"], ["review_case.id"]),
        sa.PrimaryKeyConstraint("act"),
    )
    op.create_index("ix_remeasurement_case_id", TABLE, ["case_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_keeps_{deed.lower()} BEFORE {deed} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
        )


def _postgresql() -> None:
    op.execute(
        f"CREATE TRIGGER {TABLE}_keeps BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION vcf_append_only()"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_keeps_all BEFORE TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION vcf_append_only()"
    )
