"""The database itself refuses to change the trail, the decisions and the receipts."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("trail", "decision", "receipt")
GENESIS = "0" * 64
CONTINUES = """
NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM trail)
OR NEW.prev_hash <> coalesce((SELECT hash FROM trail ORDER BY seq DESC LIMIT 1), '{genesis}')
"""


def upgrade() -> None:
    """Add the triggers."""
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    for table in TABLES:
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_keeps_{deed.lower()} BEFORE {deed} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    op.execute(
        "CREATE TRIGGER trail_continues BEFORE INSERT ON trail "
        f"WHEN {CONTINUES.format(genesis=GENESIS)} "
        "BEGIN SELECT RAISE(ABORT, 'this line does not continue the trail'); END"
    )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION vcf_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE FUNCTION vcf_trail_continues() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {CONTINUES.format(genesis=GENESIS)} THEN "
        "RAISE EXCEPTION 'this line does not continue the trail'; END IF; RETURN NEW; END $$"
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_keeps BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION vcf_append_only()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_keeps_all BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION vcf_append_only()"
        )
    op.execute(
        "CREATE TRIGGER trail_continues BEFORE INSERT ON trail "
        "FOR EACH ROW EXECUTE FUNCTION vcf_trail_continues()"
    )
