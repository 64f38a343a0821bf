"""A person says what the report says; that one decision fills what the standards count."""

from store._doing import Doing
from store.domain.finding import State, check_decision
from store.domain.refusal import NotAllowed
from store.domain.report import Recommendation, ReportStatus, standards
from store.domain.spine import craniocaudal


def judge(doing: Doing) -> None:
    """Keep the status of the report, and what the rule had suggested to the person.

    Raises:
        NotAllowed: no status is said, or a standard that such a report cannot meet.
    """
    decision, reading, said = doing.decision, doing.reading, doing.decision.judged
    check_decision(State.FLAGGED, None, decision)
    status = decision.status or ReportStatus.NO_REPORT
    advice = decision.recommendation or Recommendation.NONE
    met = standards(status, advice, said.term_ok, said.action)
    silent = standards(status, advice).term is None
    if silent and (said.term_ok is not None or said.severity or said.levels):
        msg = (
            f"A report of which you say “{status.words}” names no term, level or severity. "
            "Leave these out, or choose another status (key S)."
        )
        raise NotAllowed(msg)
    reading.report_status, reading.recommendation = status.value, advice.value
    reading.report_suggested = said.suggested.value if said.suggested else ""
    reading.report_overrode = said.suggested not in (None, status)
    reading.report_term_ok, reading.report_action = met.term, met.action
    reading.report_severity = said.severity.name.lower() if said.severity else ""
    reading.report_levels = " ".join(level.value for level in craniocaudal({*(said.levels or ())}))
    reading.report_history_only = said.history_only
    reading.report_by, reading.report_at = doing.unit.person.name, doing.unit.now
    if doing.repeat is None:
        doing.case.report_changed = False
