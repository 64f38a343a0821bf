"""Taking a case, leaving it, taking it over: two people never work on one unawares."""

from store import _claimed
from store._claimed import Held
from store._readings import seen
from store._repeats import case_named, find_case
from store.domain.people import Permission
from store.domain.refusal import NotAllowed
from store.guard import change, question
from store.tables import ClaimRow, RepeatRow, ReviewCase, TakeoverRow
from store.unit import Reader, Unit

__all__ = ["Held", "break_with_reason", "release", "standing", "take"]


@question(Permission.READ_CASES)
def standing(reader: Reader, case_id: str) -> Held | None:
    """Who works on the case now; None where nobody does."""
    found = find_case(reader, case_id)
    if found is None:
        return None
    case, repeat = found
    return _claimed.held(reader.session, case, reader.person, reader.now, repeat)


@change(Permission.REVIEW)
def take(unit: Unit, case_id: str) -> None:
    """Take the case for the next 20 minutes; one's own claim begins anew.

    Raises:
        Conflict: somebody else works on it; the text says who and until when.
        NotAllowed: there is no such case, or the person may not decide on it: who only looks
            keeps nobody off.
    """
    case, repeat = case_named(unit, case_id)
    _check_may_decide(unit, case, repeat)
    if repeat is None:
        _claimed.check_free(unit, case, "You may look at it.")
    mine = _claimed.held(unit.session, case, unit.person, unit.now, repeat)
    _claimed.lay(unit, case, repeat)
    unit.tell("claim.renewed" if mine else "claim.taken", case_id)


@change(Permission.REVIEW)
def release(unit: Unit, case_id: str) -> None:
    """Leave the case to others; without a claim of one's own nothing changes."""
    gone = _claimed.let_go(unit, *(find_case(unit, case_id) or case_named(unit, case_id)))
    unit.tell("claim.released", case_id, outcome="ok" if gone else "none")


@change(Permission.REVIEW)
def break_with_reason(unit: Unit, case_id: str, words: str) -> None:
    """Take the case over from whoever holds it; *words* say why and are kept.

    Raises:
        NotAllowed: no reason is given, nobody else works on the case, or the person may not
            decide on it.
    """
    case, repeat = case_named(unit, case_id)
    _check_may_decide(unit, case, repeat)
    if not words.strip():
        msg = "Taking a case over needs a reason. Write a few words, then take it over."
        raise NotAllowed(msg)
    row = None if repeat else unit.session.get(ClaimRow, case.id)
    held = _claimed.held(unit.session, case, unit.person, unit.now)
    if row is None or held is None or held.mine:
        msg = "Nobody else works on this case any more. Take it as usual."
        raise NotAllowed(msg)
    whose = row.handle
    unit.session.add(
        TakeoverRow(
            case_id=case.id,
            at=unit.now,
            handle=unit.person.handle,
            name=unit.person.name,
            whose=whose,
            whose_name=row.name,
            words=words.strip(),
        )
    )
    _claimed.lay(unit, case)
    # The words may name the patient, so they stay out of the trail.
    unit.tell("claim.broken", case.id, whose=whose)


def _check_may_decide(unit: Unit, case: ReviewCase, repeat: RepeatRow | None) -> None:
    barred = seen(unit.session, case, unit.person, repeat).barred
    if barred:
        raise NotAllowed(barred)
