"""What was sent to the PACS of closed cases."""

import sqlalchemy as sa
from alembic import op

from store.columns import Utc

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "assessment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("closed_at", Utc(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("sent_at", Utc(), nullable=True),
        sa.Column("sent_to", sa.String(), nullable=False, server_default=""),
        sa.Column("sha256", sa.String(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["case_id"], ["review_case.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "closed_at"),
    )
    op.create_index("ix_assessment_case_id", "assessment", ["case_id"])
