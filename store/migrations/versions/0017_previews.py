"""Pictures that AI products send beside their answers."""

import sqlalchemy as sa
from alembic import op

from store.columns import Utc

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _text(name: str, kind: sa.types.TypeEngine[str] | None = None) -> sa.Column[str]:
    return sa.Column(name, kind or sa.String(), nullable=False, server_default="")


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "preview",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("scan_id", sa.String(), nullable=True),
        sa.Column("study_uid", sa.String(), nullable=False),
        sa.Column("sop_uid", sa.String(), nullable=False),
        _text("series_uid"),
        _text("maker"),
        _text("model"),
        _text("version"),
        _text("words"),
        sa.Column("place", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("pictures", sa.JSON(), nullable=False),
        _text("refusal", sa.Text()),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        _text("source"),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"]),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_preview_scan_id", "preview", ["scan_id"])
    op.create_index("ix_preview_study_uid", "preview", ["study_uid"])
