"""Whose code for sex a patient has, what reports say of it, and older judgements made whole."""

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
    _meet_standards()


_SPEAKS = "'REPORTED_FULL', 'REPORTED_PARTIAL', 'REPORTED_UNCERTAIN', 'KNOWN_PRIOR'"
_ACTIONS = "'FLS', 'DXA', 'osteoporosis assessment', 'GP'"


def _meet_standards() -> None:
    """Give reports judged before 0013 what follows from the judgement, as replay has it."""
    judged = "report_action IS NULL AND report_status NOT IN ('', 'NO_REPORT')"
    for table in ("reading", "review_case"):
        op.execute(
            f"UPDATE {table} SET report_term_ok = (report_status <> 'AMBIGUOUS_TERM') "
            f"WHERE {judged} AND report_status IN ('AMBIGUOUS_TERM', {_SPEAKS})"
        )
        op.execute(
            f"UPDATE {table} SET report_action = (recommendation IN ({_ACTIONS})) WHERE {judged}"
        )
