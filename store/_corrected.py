"""A report that comes after somebody judged one: the judgement is open again."""

from uuid import uuid4

from sqlalchemy import select
from sqlmodel import col

from store._changes import world
from store._doing import Event, write_down
from store._judged import UNJUDGED
from store._readings import readings
from store._settle import settle
from store.domain.finding import Deed
from store.tables import ReferralRow, ReviewCase
from store.unit import Unit


def correct(unit: Unit, scan_id: str, before: str | None, text: str | None) -> None:
    """Take back what was said of the report of a scan, now that it says *text* and not *before*.

    What was handed to the FLS stays as it was handed over; the trail tells of it.
    """
    case = unit.session.execute(
        select(ReviewCase).where(col(ReviewCase.scan_id) == scan_id)
    ).scalar_one_or_none()
    if case is None or text == before:
        return
    judged = [row for row in readings(unit.session, case.id).values() if row.report_status]
    if not judged:
        return
    sent = select(col(ReferralRow.id)).where(
        col(ReferralRow.case_id) == case.id, col(ReferralRow.withdrawn_at).is_(None)
    )
    if unit.session.execute(sent).first() is not None:
        unit.tell("case.report_after_referral", case.id)
        return
    was = world(unit.session, case)
    for row in judged:
        for name, nothing in UNJUDGED.items():
            setattr(row, name, nothing)
    case.report_changed = True
    settle(unit, case)
    write_down(unit, case, was, Event(str(uuid4()), Deed.CORRECTED, case.reading))
