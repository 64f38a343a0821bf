"""Series as they were before more of their slices came."""

import sqlalchemy as sa
from alembic import op

from store.columns import Utc

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; of a series that came before, nothing of the kind was kept."""
    op.create_table(
        "growth",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.String(), sa.ForeignKey("series.id"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("instances", sa.Integer(), nullable=False),
        sa.Column("stack", sa.String(), nullable=True),
        sa.Column("mask_digest", sa.String(), nullable=False),
        sa.Column("measured", sa.JSON(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("told_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_growth_series_id", "growth", ["series_id"])
