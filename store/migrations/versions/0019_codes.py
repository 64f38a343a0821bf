"""Whose code for sex a patient has, and what reports say of sex and GP practice."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; who has no code has no system either."""
    for name in ("sex", "sex_system", "gp_practice"):
        op.add_column("report", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE patient SET sex_system = '' WHERE sex = ''")
