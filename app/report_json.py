"""The radiology report of a case, as the viewer paints it: its parts, and what a rule suggests.

Text travels in pieces, never in places: what counts as one character differs between languages.
"""

from typing import Any

from store.cases import Case
from store.domain.clock import local
from store.domain.finding import CaseState, State
from store.domain.genant import Grade
from store.domain.prose.suggest import Confirmed, Mark, Suggestion, suggest
from store.domain.prose.terms import OWN, Terms
from store.domain.report import Judged, ReportStatus, discrepancies, standards
from store.domain.spine import Level, craniocaudal

_WORDS = {"P": "Preliminary", "F": "Final", "C": "Corrected", "A": "With an addendum"}
_MET = {True: "yes", False: "no", None: "does not apply"}
LISTS: dict[str, Any] = {
    "severities": [{"value": int(g), "words": g.name.lower()} for g in Grade if g]
}


def reported(case: Case, terms: Terms = OWN) -> dict[str, Any]:
    """The report, what a person said it says, and what the rule suggests to whoever has not."""
    said = case.report
    by = f"{said.judged_by}, {local(said.judged_at)}" if said.judged_at else ""
    versions = [
        {"words": f"{_issued(one.status)}, {one.day}", "text": one.text} for one in said.issues
    ]
    confirmed = _confirmed(case)
    suggestion = suggest(said.text, confirmed, terms)
    return {
        "text": said.text,
        "parts": _parts(said.text or "", suggestion),
        "suggestion": _suggested(suggestion) if said.text is not None else None,
        "compared": _compared(suggestion, confirmed),
        "issued": versions[0]["words"] if versions else "",
        "earlier": versions[1:],
        "priors": _priors(case, terms),
        "status": said.status.value if said.status else None,
        "recommendation": said.recommendation.value if said.recommendation else None,
        "judged": _judged(said.judged),
        "overrode": said.overrode,
        "standards": _standards(case),
        "by": by,
        "changed": said.changed,
        "needed": case.state is CaseState.CLOSED and said.status is None,
    }


def _issued(status: str) -> str:
    return _WORDS.get(status, status)


def _confirmed(case: Case) -> tuple[Confirmed, ...]:
    """The fractures that this person sees confirmed; nobody else's reading is among them."""
    return tuple(
        Confirmed(found.level, found.grade)
        for found in case.findings
        if found.state is State.CONFIRMED and found.level is not None
    )


def _parts(text: str, suggestion: Suggestion) -> list[dict[str, Any]]:
    return [
        {
            "part": part.part.value,
            "words": part.part.words,
            "pieces": _pieces(text, part.start, part.end, suggestion.marks),
        }
        for part in suggestion.sections
    ]


def _pieces(text: str, start: int, end: int, marks: tuple[Mark, ...]) -> list[dict[str, Any]]:
    """The characters *start* to *end*, cut where a marked sentence begins or ends."""
    pieces: list[dict[str, Any]] = []
    at = start
    for mark in marks:
        if start <= mark.start and mark.end <= end:
            pieces += [_piece(text[at : mark.start])] if mark.start > at else []
            pieces.append(_piece(text[mark.start : mark.end], mark))
            at = mark.end
    return [*pieces, _piece(text[at:end])] if at < end else pieces


def _piece(text: str, mark: Mark | None = None) -> dict[str, Any]:
    if mark is None:
        return {"text": text, "mark": "", "why": ""}
    return {"text": text, "mark": "decides" if mark.decides else "other", "why": mark.why}


def _suggested(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "status": suggestion.status.value,
        "words": suggestion.status.words,
        "why": suggestion.why,
        "levels": _names(suggestion.levels),
        "severity": int(suggestion.severity) if suggestion.severity else None,
        "severity_words": _graded(suggestion.severity),
        "recommendation": suggestion.recommendation.value,
        "history_only": suggestion.history_only,
        "uncertain": suggestion.uncertain,
    }


def _compared(suggestion: Suggestion, confirmed: tuple[Confirmed, ...]) -> dict[str, Any] | None:
    """Levels and severity of the text beside those confirmed; None where nothing is yet."""
    if not confirmed:
        return None
    found, said = {one.level for one in confirmed}, set(suggestion.levels)
    worst = max((one.grade for one in confirmed if one.grade), default=None)
    return {
        "agree": _names(craniocaudal(found & said)),
        "missing": _names(craniocaudal(found - said)),
        "only": _names(craniocaudal(said - found)),
        "severity": _graded(suggestion.severity),
        "confirmed": _graded(worst),
    }


def _graded(grade: Grade | None) -> str:
    return grade.name.lower() if grade else ""


def _names(levels: tuple[Level, ...]) -> list[str]:
    return [level.value for level in levels]


def _priors(case: Case, terms: Terms) -> list[dict[str, str]]:
    """Earlier reports, each with what the rule takes it to say."""
    return [
        {
            "words": f"{prior.scanned:%d/%m/%Y}, {prior.exam}, {_issued(prior.status).lower()}",
            "text": prior.text,
            "says": _says(suggest(prior.text, (), terms)),
        }
        for prior in case.report.priors
    ]


def _says(suggestion: Suggestion) -> str:
    levels = f": {', '.join(_names(suggestion.levels))}" if suggestion.levels else ""
    return f"{suggestion.status.words}{levels}"


def _judged(judged: Judged) -> dict[str, Any]:
    return {
        "suggested": judged.suggested.value if judged.suggested else None,
        "term_ok": judged.term_ok,
        "severity": int(judged.severity) if judged.severity else None,
        "levels": _names(judged.levels or ()),
        "action": judged.action,
        "history_only": judged.history_only,
    }


def _standards(case: Case) -> dict[str, Any] | None:
    """The RCR's standards as the judgement fills them; None before there is one."""
    said = case.report
    if said.status is None or said.recommendation is None:
        return None
    met = standards(said.status, said.recommendation, said.judged.term_ok, said.judged.action)
    lacks = discrepancies(said.status, said.recommendation) if _confirmed(case) else ()
    grave = any(one.grade and one.grade >= Grade.MODERATE for one in _confirmed(case))
    return {
        "lines": [
            {"words": "1 Bones commented on", "met": _MET[met.bones]},
            {
                "words": "2 Moderate or severe fracture identified",
                "met": _MET[met.identified if grave else None],
            },
            {"words": "3 Called a vertebral fracture", "met": _MET[met.term]},
            {"words": "4 Action recommended", "met": _MET[met.action]},
        ],
        "severity": _graded(said.judged.severity) or "not stated",
        "levels": ", ".join(_names(said.judged.levels or ())) or "none named",
        "discrepancy": [f"{kind.value}: {kind.words}" for kind in sorted(lacks)],
        "speaks": standards(said.status, said.recommendation).term is not None,
        "judgeable": said.status is not ReportStatus.NO_REPORT,
    }
