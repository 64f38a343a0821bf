"""Why a case is deferred, what patients are found by, and an index for each view of the list."""

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

from store.domain.naming import number, spellings

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN = "state NOT IN ('closed', 'withdrawn')"
PLACE = ("rank", "waiting_since", "id")
SOME = {
    "case_open": (PLACE, OPEN),
    "case_open_site": (("site", *PLACE), OPEN),
    "case_open_grade": (("worst_grade", *PLACE), OPEN),
    "case_open_product": (("product", *PLACE), OPEN),
    "case_open_time": (PLACE[1:], OPEN),
    "case_open_site_time": (("site", *PLACE[1:]), OPEN),
    "case_assigned": (("assigned_to", *PLACE), "assigned_to <> ''"),
    "case_deferred": (PLACE, "deferred_until IS NOT NULL"),
    "case_alerts": (PLACE, "open_alerts > 0"),
    "case_report_due": (
        PLACE,
        "state = 'closed' AND (report_changed OR (confirmed > 0 AND report_status = ''))",
    ),
}
WHOLE = {
    "case_time": ("review_case", PLACE[1:]),
    "case_state_time": ("review_case", ("state", *PLACE[1:])),
    "scan_by_ending": ("scan", ("ending", "received_at", "id")),
}
KEY = ("key", "kind", "patient_id", "scan_id")
BATCH = 5000


def upgrade() -> None:
    """Add them; every patient and scan there is becomes findable."""
    op.add_column(
        "review_case",
        sa.Column("deferred_why", sa.String(), nullable=False, server_default=""),
    )
    op.drop_index("case_queue_mine", "review_case")
    op.drop_index("case_mine", "review_case")
    for name, (columns, some) in SOME.items():
        op.create_index(
            name,
            "review_case",
            list(columns),
            sqlite_where=sa.text(some),
            postgresql_where=sa.text(some),
        )
    for name, (table, columns) in WHOLE.items():
        op.create_index(name, table, list(columns))
    collation = "C" if op.get_bind().dialect.name == "postgresql" else None
    op.create_table(
        "search_key",
        sa.Column("key", sa.String(collation=collation), nullable=False),
        sa.Column("patient_id", sa.String(), nullable=False),
        sa.Column("scan_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"]),
        sa.PrimaryKeyConstraint("key", "kind", "patient_id", "scan_id"),
    )
    op.create_index("ix_search_key_patient_id", "search_key", ["patient_id"])
    _fill(
        "patient",
        ("surname", "forename", "hospital_number"),
        lambda row: (
            *((word, "name", row.id, "") for word in spellings(row.surname, row.forename)),
            *((key, "hospital", row.id, "") for key in [number(row.hospital_number or "")] if key),
        ),
    )
    _fill(
        "scan",
        ("patient_id", "accession"),
        lambda row: (
            (key, "accession", row.patient_id, row.id) for key in [number(row.accession)] if key
        ),
    )


def _fill(table: str, columns: tuple[str, ...], keys: Callable[[Any], Iterable[Any]]) -> None:
    """Rows of search_key for every row of *table*, a batch at a time."""
    bind, last = op.get_bind(), ""
    source = sa.table(table, *(sa.column(c) for c in ("id", *columns)))
    target = sa.table("search_key", *(sa.column(c) for c in KEY))
    while True:
        batch = sa.select(source).where(source.c.id > last).order_by(source.c.id).limit(BATCH)
        rows = bind.execute(batch).all()
        if not rows:
            return
        made = [dict(zip(KEY, key, strict=True)) for row in rows for key in keys(row)]
        if made:
            bind.execute(sa.insert(target), made)
        last = rows[-1].id
