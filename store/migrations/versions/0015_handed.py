"""Each row handed to the FLS, the files made of a batch, and what the FLS answered: kept for good.

A referral keeps its number for life; what was said of it, batch by batch, are rows of their own.
"""

import sqlalchemy as sa
from alembic import op

from store.columns import Utc

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEPT = ("referral_line", "batch_file", "fls_return", "fls_answer")


def upgrade() -> None:
    """Add the tables, move what was handed over before into them, guard them."""
    _lines()
    _answers()
    op.add_column("referral", sa.Column("withdrawn_at", Utc(), nullable=True))
    op.add_column("batch", _text("purpose", "DIRECT_CARE"))
    op.add_column("batch", sa.Column("made_with", sa.JSON(), nullable=False, server_default="{}"))
    op.execute(
        "INSERT INTO referral_line (referral_id, batch_id, status, said, cells, at) "
        "SELECT id, batch_id, 'NEW', '', cells, at FROM referral ORDER BY number"
    )
    op.execute(
        "INSERT INTO batch_file (batch_id, kind, sha256, at) "
        "SELECT id, 'xlsx', sha256, at FROM batch WHERE sha256 <> ''"
    )
    op.drop_column("batch", "sha256")
    for table in KEPT:
        _guard(table)


def _text(name: str, default: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default=default)


def _lines() -> None:
    op.create_table(
        "referral_line",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("referral_id", sa.String(), sa.ForeignKey("referral.id"), nullable=False),
        sa.Column("batch_id", sa.String(), sa.ForeignKey("batch.id"), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.UniqueConstraint("referral_id", "batch_id"),
    )
    op.create_index("ix_referral_line_referral_id", "referral_line", ["referral_id"])
    op.create_index("ix_referral_line_batch_id", "referral_line", ["batch_id"])
    op.create_table(
        "batch_file",
        sa.Column("batch_id", sa.String(), sa.ForeignKey("batch.id"), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )


def _answers() -> None:
    op.create_table(
        "fls_return",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("act", sa.String(), nullable=False, unique=True),
        sa.Column("sha256", sa.String(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("batches", "counts", "absent")),
        *_who(),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_fls_return_sha256", "fls_return", ["sha256"])
    op.create_table(
        "fls_answer",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("referral_id", sa.String(), sa.ForeignKey("referral.id"), nullable=False),
        sa.Column("return_id", sa.String(), sa.ForeignKey("fls_return.id"), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("advice", sa.String(), nullable=False),
        sa.Column(
            "undoes", sa.Integer(), sa.ForeignKey("fls_answer.id"), nullable=True, unique=True
        ),
        sa.Column("why", sa.Text(), nullable=False),
        *_who(),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_fls_answer_referral_id", "fls_answer", ["referral_id"])
    op.create_index("ix_fls_answer_return_id", "fls_answer", ["return_id"])


def _who() -> list[sa.Column[str]]:
    return [
        sa.Column(name, sa.String(), nullable=False) for name in ("actor", "actor_name", "role")
    ]


def _guard(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_keeps_{deed.lower()} BEFORE {deed} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    for name, deeds, each in (
        ("keeps", "UPDATE OR DELETE", "ROW"),
        ("keeps_all", "TRUNCATE", "STATEMENT"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {deeds} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION vcf_append_only()"
        )
