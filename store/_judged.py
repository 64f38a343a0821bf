"""Columns in which a reading, and its case once it is closed, keep what the report says."""

JUDGED = (
    "report_status",
    "recommendation",
    "report_suggested",
    "report_overrode",
    "report_term_ok",
    "report_severity",
    "report_levels",
    "report_action",
    "report_history_only",
)
"""What a person said of the report, and what the rule had suggested to them."""

BY_WHOM = ("report_by", "report_at")

UNJUDGED: dict[str, object] = {
    "report_status": "",
    "recommendation": "",
    "report_suggested": "",
    "report_overrode": False,
    "report_term_ok": None,
    "report_severity": "",
    "report_levels": "",
    "report_action": None,
    "report_history_only": False,
    "report_by": "",
    "report_at": None,
}
"""The columns of a report that nobody has judged."""
