"""The radiology report of a case, as the viewer paints it, with its earlier versions."""

from typing import Any

from store.cases import Case
from store.domain.clock import local
from store.domain.finding import CaseState

_WORDS = {"P": "Preliminary", "F": "Final", "C": "Corrected", "A": "With an addendum"}


def reported(case: Case) -> dict[str, Any]:
    """The report and what a person said it says."""
    said = case.report
    by = f"{said.judged_by}, {local(said.judged_at)}" if said.judged_at else ""
    versions = [
        {"words": f"{_WORDS.get(one.status, one.status)}, {one.day}", "text": one.text}
        for one in said.issues
    ]
    return {
        "text": said.text,
        "issued": versions[0]["words"] if versions else "",
        "earlier": versions[1:],
        "status": said.status.value if said.status else None,
        "recommendation": said.recommendation.value if said.recommendation else None,
        "by": by,
        "changed": said.changed,
        "needed": case.state is CaseState.CLOSED and said.status is None,
    }
