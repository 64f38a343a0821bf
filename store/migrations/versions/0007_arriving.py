"""Work in the background, what waits for a person, opt-outs, merges, and where things came from."""

import sqlalchemy as sa
from alembic import op

from store.columns import Utc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STANDING = sa.text("state IN ('waiting', 'running')")
SOURCED = ("receipt", "ai_result", "report", "series")


def _text(name: str, *, long: bool = False, default: str | None = "") -> sa.Column[str]:
    kind = sa.Text() if long else sa.String()
    return sa.Column(name, kind, nullable=False, server_default=default)


def _moment(name: str, *, needed: bool = False) -> sa.Column[object]:
    return sa.Column(name, Utc(), nullable=not needed)


def upgrade() -> None:
    """Add them; of what is there already, nobody wrote down where it came from."""
    for table in SOURCED:
        op.add_column(table, _text("source"))
    op.add_column("series", _text("job"))
    op.create_index("receipt_by_source", "receipt", ["source", "kind", "at"])
    op.add_column(
        "ai_result", sa.Column("about", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
    )
    op.add_column("patient", sa.Column("merged_into", sa.String(), nullable=True))
    for name in ("nhs_number", "hospital_number", "raw"):
        op.add_column("report", _text(name))
    for name in ("nhs_number", "hospital_number"):
        op.create_index(f"ix_report_{name}", "report", [name])
    op.add_column("report", sa.Column("scanned", sa.Date(), nullable=True))
    op.add_column("report", _text("site"))
    op.add_column("report", _text("patient_class"))
    op.add_column("report", _moment("reported_at"))
    op.add_column("report", _text("matched"))
    op.add_column("report", _text("words", long=True))
    op.create_table(
        "job",
        _text("id", default=None),
        _text("kind", default=None),
        _text("key", default=None),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False, server_default="0"),
        _text("state", default="waiting"),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        _text("owner"),
        _moment("queued_at", needed=True),
        *(_moment(each) for each in ("not_before", "started_at", "lease_until", "ended_at")),
        _text("reason", long=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "job_standing",
        "job",
        ["key"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    op.create_index("ix_job_key", "job", ["key"])
    op.create_index("job_queue", "job", ["state", "rank", "queued_at", "id"])
    op.create_index("job_ended", "job", ["state", "ended_at"])
    _held()
    _people()
    _identity()


def _held() -> None:
    op.create_table(
        "held",
        *(_text(name, default=None) for name in ("id", "digest", "kind", "code")),
        _text("reason", long=True, default=None),
        _text("source"),
        _text("file"),
        sa.Column("scan_id", sa.String(), nullable=True),
        sa.Column("about", sa.JSON(), nullable=False),
        _moment("at", needed=True),
        _text("state", default="open"),
        _text("acted_by"),
        _text("acted_name"),
        _moment("acted_at"),
        _text("words", long=True),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for name in ("digest", "code", "scan_id"):
        op.create_index(f"ix_held_{name}", "held", [name])
    op.create_index("held_open", "held", ["state", "at", "id"])


def _people() -> None:
    op.create_table(
        "opt_out",
        _text("id", default=None),
        _text("nhs_number", default=None),
        sa.Column("since", sa.Date(), nullable=False),
        _text("reason", long=True),
        _text("source"),
        _text("added_by", default=None),
        _moment("added_at", needed=True),
        _text("ended_by"),
        _moment("ended_at"),
        _text("ended_why", long=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_opt_out_nhs_number", "opt_out", ["nhs_number"])
    op.create_table(
        "merge",
        *(_text(name, default=None) for name in ("id", "one", "into")),
        sa.Column("moved", sa.JSON(), nullable=False),
        _text("words", long=True, default=None),
        _text("actor", default=None),
        _text("actor_name", default=None),
        _moment("at", needed=True),
        _text("undone_by"),
        _text("undone_why", long=True),
        _moment("undone_at"),
        sa.ForeignKeyConstraint(["one"], ["patient.id"]),
        sa.ForeignKeyConstraint(["into"], ["patient.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for name in ("one", "into"):
        op.create_index(f"ix_merge_{name}", "merge", [name])


def _identity() -> None:
    op.add_column("patient", _text("sex_system", default="DICOM"))
    for table in ("scan", "review_case"):
        hidden: sa.Column[bool] = sa.Column(
            "opted_out", sa.Boolean(), nullable=False, server_default=sa.false()
        )
        op.add_column(table, hidden)
    op.add_column("series", _text("study_uid"))
    op.create_index("ix_series_study_uid", "series", ["study_uid"])
    op.create_table(
        "study",
        *(_text(name, default=None) for name in ("study_uid", "scan_id")),
        *(_text(name) for name in ("accession", "frame_uid", "exam", "folded")),
        sa.Column("scanned", sa.Date(), nullable=True),
        _moment("at", needed=True),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"]),
        sa.PrimaryKeyConstraint("study_uid"),
    )
    op.create_index("ix_study_scan_id", "study", ["scan_id"])
    op.execute(
        "INSERT INTO study (study_uid, scan_id, accession, exam, scanned, at) "
        "SELECT study_uid, id, accession, exam, scanned, received_at FROM scan"
    )
    op.execute(
        "UPDATE series SET study_uid = "
        "COALESCE((SELECT scan.study_uid FROM scan WHERE scan.id = series.scan_id), '')"
    )
    op.create_table(
        "patient_event",
        sa.Column("id", sa.Integer(), nullable=False),
        *(_text(name, default=None) for name in ("patient_id", "kind")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("before", "after")),
        _text("words", long=True),
        *(_text(name, default=None) for name in ("actor", "actor_name")),
        _moment("at", needed=True),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_patient_event_patient_id", "patient_event", ["patient_id"])
