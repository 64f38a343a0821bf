"""A case as the viewer paints it: plain values, in words and units people read."""

from typing import Any

from app import described_json, report_json
from app.purpose import PURPOSE
from app.report_json import reported
from app.timeline_json import proposed, timeline
from app.vendor_json import percent, previews, vendor
from store.cases import Case, Finding, Pictured, Version
from store.claims import Held
from store.domain.clock import local
from store.domain.codes import class_words, sex_words
from store.domain.finding import Source, State
from store.domain.genant import FractureType
from store.domain.identity import age_on
from store.domain.morphometry import Assessment
from store.domain.prose.terms import OWN, Terms
from store.domain.rejection import REASONS
from store.domain.report import Recommendation, ReportStatus

LISTS: dict[str, Any] = {
    "reasons": [
        {
            "code": r.code,
            "words": r.words,
            "kind": r.kind.value,
            "hint": r.hint,
            "route": r.route,
            "needs_text": r.needs_text,
        }
        for r in REASONS.values()
    ],
    "statuses": [{"code": s.value, "words": s.words} for s in ReportStatus],
    "recommendations": [r.value for r in Recommendation],
    "types": [shape.value for shape in FractureType],
    **described_json.LISTS,
    **report_json.LISTS,
}

HIDDEN = "hidden until this case is closed"

_READERS = ("One reader", "Another reader")


def paint(case: Case, *, demo: bool, terms: Terms = OWN) -> dict[str, Any]:
    """*case* as JSON for the viewer; `ahead`, `next` and `waiting` are added by the route."""
    return {
        "case": case.id,
        "version": case.version,
        "state": case.state.value,
        "readonly": bool(case.barred),
        "why_not": case.barred,
        "may": [deed.value for deed in case.may],
        "reading": {
            "number": case.reading.number,
            "kind": case.reading.kind.value,
            "words": case.reading.kind.words,
            "mine": case.reading.mine,
            "unaided": case.reading.unaided,
        },
        "undecided": case.undecided,
        "closed": _closed(case),
        "referred": f"{case.referred_on:%d/%m/%Y}" if case.referred_on else "",
        "demo": demo,
        "patient": _patient(case),
        "scan": _scan(case),
        "stack": case.scan.stack,
        "series": _series(case),
        "picture_changed": _picture_changed(case),
        "stack_refusal": "" if case.scan.stack else case.scan.no_stack,
        "previews": previews(case),
        "findings": [_finding(found, case) for found in case.findings if _shown(found)],
        "measured": {level.value: _measured(size) for level, size in case.spine.machine.items()},
        "remeasured": _remeasured(case),
        "unmeasured": {level.value: why for level, why in case.spine.unmeasured.items()},
        "report": reported(case, terms),
        "numbering": described_json.numbering(case),
        "alerts": described_json.alerts(case),
        "claim": claimed(case.claim),
        "timeline": timeline(case.timeline),
        "purpose": PURPOSE,
        "lists": {**LISTS, **described_json.levels(case)},
    }


def claimed(claim: Held | None) -> dict[str, Any] | None:
    """Who works on a case, as the viewer shows it."""
    if claim is None:
        return None
    return {"by": claim.by, "mine": claim.mine, "seconds_left": claim.seconds_left}


def _series(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "stack": one.stack,
            "words": _words(one),
            "description": one.description,
            "shown": place == 0,
            "why": one.why,
        }
        for place, one in enumerate(case.pictures)
    ]


def _words(picture: Pictured) -> str:
    """A reconstruction in a line: ``1.0 mm every 0.8 mm, B30f, 512 slices, 402 mm``."""
    facts, kernel = picture.facts, picture.kernel
    if facts is None:
        return ", ".join(filter(None, (kernel, f"{picture.slices} slices")))
    thick = f"{facts.thickness_mm:.1f} mm " if facts.thickness_mm is not None else ""
    parts = (
        f"{thick}every {facts.step_mm:.1f} mm",
        kernel,
        f"{picture.slices} slices",
        f"{facts.cover_mm:.0f} mm",
        facts.flat,
        f"lossy ({facts.lossy})" if facts.lossy else "",
        f"gantry tilted {facts.tilt_degrees:.0f}°" if round(facts.tilt_degrees) else "",
    )
    return ", ".join(filter(None, parts))


def _picture_changed(case: Case) -> str:
    """Why the picture is not the one that the newest step was made on; empty where it is."""
    other = case.elsewhere
    if other is None:
        return ""
    named = next((_words(one) for one in case.pictures if one.stack == other.stack), "")
    which = f"another picture ({named})" if named else "an earlier picture"
    came = "; this one came later. Look at it before you decide again" if other.later else ""
    return f"The last step, by {other.by} on {local(other.at)}, was made on {which}{came}."


def _shown(found: Finding) -> bool:
    return found.state is not State.WITHDRAWN


def _patient(case: Case) -> dict[str, str]:
    who = case.patient
    at = case.scan.scanned
    return {
        "name": ", ".join(filter(None, (who.surname, who.forename))) or "Name not given",
        "nhs_number": who.nhs_number.spaced if who.nhs_number else "not given",
        "hospital_number": who.hospital_number,
        "born": f"{who.born:%d/%m/%Y}" if who.born else "not given",
        "age": str(age_on(who.born, at)) if who.born and at else "not known",
        "sex": _sex(case),
    }


def _sex(case: Case) -> str:
    """As the record has it; and as the report says, where the two mean different things."""
    known = sex_words(case.patient.sex, case.patient.sex_system)
    said = sex_words(case.report.sex, case.report.sex_system)
    differs = case.report.sex and said != known
    return known.capitalize() + (f"; the report says {said}" if differs else "")


def _scan(case: Case) -> dict[str, str]:
    scan = case.scan
    return {
        "date": f"{scan.scanned:%d/%m/%Y}" if scan.scanned else "not given",
        "exam": scan.exam,
        "site": scan.site,
        "accession": scan.accession,
        "patient_class": class_words(case.report.patient_class),
        "maker": scan.maker,
        "kernel": scan.kernel,
        "ai": HIDDEN if case.reading.unaided else "; ".join(case.products),
        "ai_note": "",
    }


def _finding(found: Finding, case: Case) -> dict[str, Any]:
    measured = case.spine.machine.get(found.level) if found.level else None
    reason = REASONS.get(found.code)
    return {
        "id": found.id,
        "level": found.level.value if found.level else None,
        "approximate": _approximate(found, case),
        "source": found.source.value,
        "state": found.state.value,
        "grade": int(found.grade) if found.grade else None,
        "type": found.shape.value if found.shape else None,
        "suggested": _measured(measured) if measured else None,
        "anew": _anew(found, case),
        "vendor": vendor(found, case),
        "offered": _offered(found),
        "heights": _heights(measured) if measured else None,
        "reason": reason.words if reason else "",
        "text": found.text,
        "route": reason.route if reason and found.state is State.REJECTED else "",
        "by": _by(found),
        "proposed": proposed(case.timeline, found.level),
        **described_json.described(found),
        "versions": [
            {"reader": reader, "words": _version(said)}
            for reader, said in zip(_READERS, found.versions, strict=False)
        ],
    }


def _approximate(found: Finding, case: Case) -> bool:
    """Whether the level is the AI's own count, which nobody confirmed."""
    counted = not case.numbering.approximate
    return found.source is Source.AI and found.state is State.FLAGGED and not counted


def _version(said: Version | None) -> str:
    """What one reader said of a level: ``confirmed, grade 2 wedge``."""
    if said is None:
        return "nothing found here"
    if said.state is State.CONFIRMED:
        shape = f" {said.shape}" if said.shape else ""
        return f"confirmed, grade {int(said.grade or 0)}{shape}"
    reason = REASONS.get(said.code)
    return f"rejected: {reason.words}" if reason else said.state.value


def _closed(case: Case) -> dict[str, str] | None:
    if case.closed is None:
        return None
    by, at = case.closed.by, local(case.closed.at)
    return {"by": by, "at": at, "words": case.closed.words}


def _by(found: Finding) -> str:
    if not found.decided_by or found.decided_at is None:
        return ""
    return f"{found.decided_by}, {local(found.decided_at)}"


def _offered(found: Finding) -> dict[str, Any] | None:
    if found.offered is None:
        return None
    shape = found.offered.shape
    return {"grade": int(found.offered.grade), "type": shape.value if shape else None}


def _measured(size: Assessment) -> dict[str, Any]:
    return {
        "grade": int(size.grade) if size.grade is not None else None,
        "type": size.fracture_type.value if size.fracture_type else None,
        "loss": percent(size.loss) if size.loss is not None else None,
        "near": size.near,
        "basis": size.basis.value if size.gradeable else "outside T4–L4, not graded",
        "vendor": percent(size.vendor_loss),
        "crush": size.crush_hidden,
        "reference": size.reference and [round(mm, 2) for mm in size.reference],
        "heights": _heights(size),
    }


def _remeasured(case: Case) -> dict[str, Any]:
    """What people measured, each with what it suggests against the neighbours as they now are."""
    return {
        level.value: {
            **_measured(case.spine.used[level]),
            "by": one.by,
            "at": local(one.at),
            "points": [list(point) for point in one.points],
            "stack": one.stack,
        }
        for level, one in case.spine.people.items()
    }


def _anew(found: Finding, case: Case) -> dict[str, Any] | None:
    """The suggestion after people measured, where that changed it; else the machine's stands."""
    level = found.level
    used = case.spine.used.get(level) if level else None
    if level is None or used is None or used == case.spine.machine.get(level):
        return None
    by = case.spine.people[level].by if level in case.spine.people else ""
    return {**_measured(used), "by": by}


def _heights(size: Assessment) -> str:
    return " / ".join(f"{height:.1f}" for height in size.heights.three) + " mm"
