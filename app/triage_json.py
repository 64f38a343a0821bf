"""The triage room as the page shows it: rows of a lane, each with all that is shown beside it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from store._told_before import Before, Scan
from store.domain.clock import local
from store.domain.codes import practice_words
from store.domain.episode import RECALLS, Due
from store.domain.exclusion import Exclusion
from store.domain.hint import Hint
from store.domain.identity import age_on
from store.domain.people import Role
from store.domain.referral import due
from store.domain.triage import Did, Lane, clock_words, urgency
from store.triage import Episode

_DUE = {
    Due.AMENDED: "an amended row is due",
    Due.WITHDRAWN: "a withdrawal is due",
}


def codes() -> list[dict[str, Any]]:
    """Every exclusion as a button: its key, its words, and what is said with it."""
    made = [
        {
            "code": code.value,
            "key": code.key,
            "words": code.words,
            "day": code.evidence.day,
            "source": code.evidence.source,
            "needed": code.evidence.needed,
            "offered": list(code.evidence.offered),
            "recalls": code in RECALLS,
        }
        for code in Exclusion
    ]
    order = "1234567890"
    return sorted(made, key=lambda one: (order.find(str(one["key"])) % 11, one["key"]))


def rows(
    lane: Lane, shown: Sequence[Episode], back: Mapping[str, Before], today: date
) -> list[Any]:
    """The patients of a lane, in its order."""
    return [_row(lane, one, back.get(one.id) or Before(), today) for one in shown]


def _row(lane: Lane, one: Episode, back: Before, today: date) -> dict[str, Any]:
    who, index = one.patient, one.index_date
    ends = due(index) if index else None
    return {
        "id": one.id,
        "version": one.version,
        "case": one.lead.case if one.lead else "",
        "name": ", ".join(filter(None, (who.surname, who.forename))) or "Name not given",
        "nhs": who.nhs_number.spaced if who.nhs_number else "no NHS number",
        "born": _born(one),
        "practice": practice_words(who.gp_practice),
        "worst": int(one.worst),
        "levels": ", ".join(
            f"{level.value} {g.name.lower()}" for level, g in one.fractures.items()
        ),
        "index": _day(index),
        "clock": clock_words(ends, today) if ends else "no scan date",
        "ends": _day(ends),
        "urgency": urgency(ends, today) if ends else "calm",
        "why": why(lane, one),
        "sent": bool(one.sent),
        "hints": [_hint(hint) for hint in one.hints],
        "reasons": [*(words for _, words in one.facts), *_by_readers(one)],
        "waits": list(one.waits),
        "set": [_did(act) for act in one.standing.excluded.values()],
        "first": _did(one.standing.first) if one.standing.first else None,
        "last": one.standing.last.number if one.standing.last else None,
        "request": _request(back.scans, one),
        "scans": [_scan(scan) for scan in back.scans],
        "referrals": [
            f"{number}, {day:%d/%m/%Y}{'' if is_open else ', ended'}"
            for number, day, is_open in back.referrals
        ],
        "acts": [_did(act) for act in reversed(one.acts)],
    }


def why(lane: Lane, one: Episode) -> str:
    """Why a patient stands where they stand, in a few words."""
    if lane is Lane.DECIDE:
        return "; ".join(dict.fromkeys(f"{hint.code.words}?" for hint in one.hints))
    if lane is Lane.HELD:
        return "; ".join(one.waits)
    if lane is Lane.NOT:
        return "; ".join(dict.fromkeys((*(w for _, w in one.facts), *_words(one.exclusions))))
    if lane is Lane.REFERRED:
        return _sent(one)
    return f"put first: {one.standing.first.note}" if one.standing.first else "in turn"


def _sent(one: Episode) -> str:
    said = [words for code, words in one.facts if code is Exclusion.DUPLICATE_OPEN]
    owed = _DUE.get(one.due) if one.sent else None
    told = f"{owed}: {one.changed}" if owed and one.changed else owed
    return "; ".join(filter(None, (*said, told)))


def _words(found: Sequence[Exclusion]) -> list[str]:
    return [code.words for code in found]


def _by_readers(one: Episode) -> list[str]:
    """Exclusions by a reader's reason: no coordinator set them, and none lifts them."""
    return [
        f"{code.words} (a reader's reason)"
        for code in one.exclusions
        if code not in one.standing.excluded
    ]


def _hint(hint: Hint) -> dict[str, Any]:
    """A hint with its words in pieces: what the rule found is marked."""
    pieces, at = [], 0
    for start, end in hint.marks:
        pieces += [[hint.text[at:start], False], [hint.text[start:end], True]]
        at = end
    pieces.append([hint.text[at:], False])
    return {
        "id": hint.id,
        "code": hint.code.value,
        "key": hint.code.key,
        "words": hint.code.words,
        "where": hint.where,
        "pieces": [piece for piece in pieces if piece[0]],
    }


def _did(act: Did) -> dict[str, str]:
    what = act.code.words if act.code else act.step.value.replace("_", " ")
    said = [act.source, f"{act.day:%d/%m/%Y}" if act.day else "", act.note]
    return {
        "step": act.step.value,
        "what": what,
        "by": f"{act.by}, {Role(act.role).words}, {local(act.at)}",
        "said": " · ".join(filter(None, said)),
    }


def _born(one: Episode) -> str:
    born, lead = one.patient.born, one.lead
    if born is None:
        return "no date of birth"
    age = f" ({age_on(born, lead.scanned)})" if lead and lead.scanned else ""
    return f"{born:%d/%m/%Y}{age}"


def _request(scans: Sequence[Scan], one: Episode) -> dict[str, str]:
    lead = one.lead.case if one.lead else ""
    scan = next((each for each in scans if each.case == lead), None)
    if scan is None:
        return {"text": "", "by": ""}
    by = " · ".join(filter(None, (scan.exam, scan.requester, scan.specialty, scan.site)))
    return {"text": scan.indication, "by": by}


def _scan(scan: Scan) -> dict[str, str]:
    return {"day": _day(scan.scanned), "exam": scan.exam, "stands": scan.stands}


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "–"
