"""Which versions of AI products have spoken, and who accepted a new one after looking at it."""

import sqlalchemy as sa
from alembic import op

from store.columns import Utc

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _text(name: str, kind: sa.types.TypeEngine[str] | None = None) -> sa.Column[str]:
    return sa.Column(name, kind or sa.String(), nullable=False, server_default="")


def upgrade() -> None:
    """Add them; versions that spoke before have nobody to tell of them."""
    op.create_table(
        "ai_version",
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("first_at", Utc(), nullable=False),
        sa.Column("renews", sa.Boolean(), nullable=False),
        _text("accepted_by"),
        _text("accepted_name"),
        sa.Column("accepted_at", Utc(), nullable=True),
        _text("words", sa.Text()),
        sa.PrimaryKeyConstraint("product", "version"),
    )
    op.execute(
        "INSERT INTO ai_version (product, version, first_at, renews)"
        " SELECT product, version, MIN(received_at), FALSE FROM ai_result"
        " GROUP BY product, version"
    )
