"""The patient's scans as the viewer paints them: what was seen at each level, and what changed."""

from datetime import date
from typing import Any

from store.cases import ScanSeen, Timeline, Vertebra
from store.domain.describe import Novelty, compared_words
from store.domain.spine import Level


def timeline(found: Timeline) -> dict[str, Any]:
    """Every scan, the oldest first, and the newest referral in words."""
    return {"scans": [_scan(one) for one in found.scans], "referral": _referral(found)}


def proposed(found: Timeline, level: Level | None) -> dict[str, str] | None:
    """What the rule proposes for *level*: ``present on 01/10/2026, worse now (grade 2 → 3)``."""
    proposal = found.proposed.get(level) if level else None
    if proposal is None:
        return None
    novelty, figures = proposal.change.novelty, proposal.change.words
    since = f"{compared_words(novelty, proposal.scanned)} ({figures})"
    words = figures if novelty is Novelty.NO_PRIOR else since
    return {"novelty": novelty.value, "words": words, "against": proposal.against}


def _scan(one: ScanSeen) -> dict[str, Any]:
    return {
        "case": one.case,
        "date": _day(one.scanned),
        "exam": one.exam,
        "state": one.state.value if one.state else one.unread,
        "this": one.this,
        "stack": one.stack,
        "labels": {machine.value: shown.value for machine, shown in one.labels.items()},
        "levels": {level.value: _vertebra(size) for level, size in one.levels.items()},
    }


def _vertebra(one: Vertebra) -> dict[str, Any]:
    three = one.heights.three if one.heights else ()
    return {
        "grade": int(one.grade) if one.grade else None,
        "type": one.shape.value if one.shape else None,
        "words": one.words,
        "heights": " / ".join(f"{mm:.1f}" for mm in three) + " mm" if three else "",
    }


def _referral(found: Timeline) -> str:
    if found.referred is None:
        return ""
    sent, scanned = found.referred
    of = f" for the scan of {scanned:%d/%m/%Y}" if scanned else ""
    return f"Referred to the FLS on {sent:%d/%m/%Y}{of}"


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "not given"
