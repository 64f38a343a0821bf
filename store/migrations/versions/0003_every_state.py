"""Indexes for the worklist over every state: without them a page sorts all cases of a site."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXES = {
    "case_site": "site",
    "case_grade": "worst_grade",
    "case_product": "product",
    "case_mine": "last_by",
}


def upgrade() -> None:
    """Add them."""
    for name, column in INDEXES.items():
        op.create_index(name, "review_case", [column, "rank", "waiting_since", "id"])
