"""Deeds that say more of a case than its verdicts: description, numbering, telling."""

from store._alerts import note_told, standing
from store._doing import Doing
from store._numbered import named, numbering_of
from store._prior import prior_day
from store._readings import findings_of
from store._verdicts import check_one_a_level, finding_in_hand
from store.domain.describe import Novelty, check_described, day_of, kept_unstable
from store.domain.finding import State
from store.domain.numbering import Numbering, Renumbering, after, moved
from store.domain.refusal import NotAllowed
from store.domain.spine import Level
from store.tables import FindingRow, ReviewCase, ScanRow

_GONE = (State.REJECTED, State.WITHDRAWN)


def describe(doing: Doing) -> None:
    """Say more of one vertebra: only what is said changes.

    Raises:
        NotAllowed: nothing is said, or it cannot be so.
    """
    row, said = finding_in_hand(doing), doing.decision
    values = {
        "endplate": said.endplate,
        "acuity": said.acuity,
        "unstable": None if said.unstable is None else kept_unstable(said.unstable),
        "novelty": said.novelty,
        "against": said.against if said.novelty is None else said.against or "",
        "comment": None if said.comment is None else said.comment.strip(),
    }
    new = {name: str(value) for name, value in values.items() if value is not None}
    if not new:
        msg = "Nothing is said of this vertebra. Choose at least one answer, then keep it."
        raise NotAllowed(msg)
    if row.state == State.WITHDRAWN:
        msg = "This finding was taken back. Add it again (key M) to describe it."
        raise NotAllowed(msg)
    novelty = said.novelty or (Novelty(row.novelty) if row.novelty else None)
    check_described(novelty=novelty, against=new.get("against", row.against), comment=said.comment)
    if said.against:
        _check_prior(doing, said.against)
    for name, value in new.items():
        setattr(row, name, value)
    doing.unit.session.add(row)


def _check_prior(doing: Doing, against: str) -> None:
    """Raise `NotAllowed` unless *against* names an earlier scan of this patient."""
    session = doing.unit.session
    scan = session.get_one(ScanRow, doing.case.scan_id)
    case = session.get(ReviewCase, against) if day_of(against) is None else None
    other = session.get(ScanRow, case.scan_id) if case else None
    if day_of(against) is None and (
        other is None or other.patient_id != scan.patient_id or other.id == scan.id
    ):
        msg = "This is no other scan of this patient. Choose one from the timeline."
        raise NotAllowed(msg)
    day = prior_day(session, against)
    if day is not None and scan.scanned is not None and day > scan.scanned:
        msg = (
            f"The scan of {day:%d/%m/%Y} is later than this one of {scan.scanned:%d/%m/%Y}. "
            "Choose an earlier scan."
        )
        raise NotAllowed(msg)


def renumber(doing: Doing) -> None:
    """Name every vertebra of the case anew: all labels in one event.

    Raises:
        NotAllowed: nothing changes, or a finding would fall off the spine.
    """
    said, reading, session = doing.decision, doing.reading, doing.unit.session
    names = named(session, doing.case, reading)
    old = numbering_of(reading)
    new = after(old, Renumbering(said.shift or 0, said.count_from, said.confidence, said.variant))
    rows = findings_of(session, doing.case.id, reading.number)
    for row in rows:
        if row.level:
            row.level = _moved(row, old, new, names.seen).value
    reading.label_shift = new.shift
    reading.count_from = new.count_from or ""
    reading.confidence, reading.variant = new.confidence or "", new.variant or ""
    for row in rows:
        check_one_a_level(doing, row)


def _moved(row: FindingRow, old: Numbering, new: Numbering, seen: frozenset[Level]) -> Level:
    """Where *row* lies then; what was rejected may lie beside T1 to L6."""
    return moved(Level(row.level or ""), old, new, seen, standing=row.state not in _GONE)


def told(doing: Doing) -> None:
    """Note who was told of an urgent alert of the case.

    Raises:
        NotAllowed: the alert is not here or was told already; or nobody is named.
    """
    row = standing(doing.unit, doing.decision.alert or "")
    if row.case_id != doing.case.id:
        msg = "This alert is of another case. Reload the page."
        raise NotAllowed(msg)
    note_told(doing.unit, row, doing.decision.told or "", doing.decision.told_at)
