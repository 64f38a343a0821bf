"""What coordinators decide of patients, act by act; and whom the FLS knows already."""

import sqlalchemy as sa
from alembic import op

from store.columns import Utc

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ACTS = sa.table(
    "triage_act",
    *(sa.column(name) for name in ("act", "case_id", "step", "code", "note", "actor")),
    *(sa.column(name) for name in ("actor_name", "role")),
    sa.column("answered", sa.JSON()),
    sa.column("at", Utc()),
)


def upgrade() -> None:
    """Add them, and move the exclusions that were set before into the acts."""
    op.create_table(
        "triage_act",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("act", sa.String(), nullable=False, unique=True),
        sa.Column("case_id", sa.String(), sa.ForeignKey("review_case.id"), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False, server_default=""),
        sa.Column("answered", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False, server_default=""),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_triage_act_case_id", "triage_act", ["case_id"])
    op.create_table(
        "known_fls",
        sa.Column("nhs_number", sa.String(), primary_key=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False, server_default=""),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", Utc(), nullable=False),
    )
    _move()
    op.drop_table("exclusion")


def _move() -> None:
    old = sa.table(
        "exclusion",
        *(sa.column(n) for n in ("id", "case_id", "code", "applies")),
        *(sa.column(n) for n in ("note", "actor", "role")),
        sa.column("at", Utc()),
    )
    rows = op.get_bind().execute(sa.select(old).order_by(old.c.id)).mappings().all()
    for row in rows:
        op.bulk_insert(
            ACTS,
            [
                {
                    "act": f"exclusion-{row['id']}",
                    "case_id": row["case_id"],
                    "step": "exclude" if row["applies"] else "refer",
                    "code": row["code"],
                    "answered": [],
                    "note": row["note"],
                    "actor": row["actor"],
                    "actor_name": row["actor"],
                    "role": row["role"],
                    "at": row["at"],
                }
            ],
        )
