"""Which rows the FLS is owed now: new patients, what changed, and what is taken back."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from store._episodes import Episode, facts_of_episode
from store._facts import to_json
from store._lanes import Lanes
from store._opted import opted_out
from store.domain.clock import local
from store.domain.episode import RECALLS, Due
from store.domain.referral import Refer
from store.domain.triage import Lane
from store.tables import ReferralLineRow, ReferralRow, ReviewCase, ScanRow
from store.unit import Unit


@dataclass(frozen=True, slots=True)
class Owed:
    """One row that is due.

    Attributes:
        patient: In the record; empty where the referral is of nobody any more.
        referral: The one that is amended, taken back or made again; None for a first one.
        lead: The case that speaks for the patient; empty where nothing is confirmed.
        said: What changed, or why it is taken back, for the FLS.
    """

    status: Due
    patient: str
    referral: ReferralRow | None
    lead: str
    site: str
    cells: Mapping[str, Any]
    said: str


def owed(session: Session, lanes: Lanes) -> tuple[Owed, ...]:
    """The rows that are due: new ones of this week in their order, then what was sent before."""
    new = (_new(session, one) for one in lanes.of[Lane.WEEK])
    sent = sorted(
        (one for lane in lanes.of.values() for one in lane if one.sent is not None),
        key=lambda one: one.sent.id if one.sent else "",
    )
    changed = (_changed(session, one) for one in sent)
    rows = (*new, *changed)
    return (*(row for row in rows if row is not None), *_left_behind(session))


def _new(session: Session, one: Episode) -> Owed | None:
    if one.lead is None or not isinstance(one.verdict, Refer):
        return None
    before = _earlier(session, one.id)
    cells = to_json(facts_of_episode(session, one))
    said = _again(before)
    return Owed(Due.NEW, one.id, before, one.lead.case, one.lead.site, cells, said)


def _changed(session: Session, one: Episode) -> Owed | None:
    if one.sent is None or one.due not in (Due.AMENDED, Due.WITHDRAWN):
        return None
    sent = session.get_one(ReferralRow, one.sent.id)
    if one.due is Due.WITHDRAWN or one.lead is None:
        return _back(sent, one.id, _why(session, one))
    cells = to_json(facts_of_episode(session, one))
    said = f"Amended: {one.changed}."
    return Owed(one.due, one.id, sent, one.lead.case, one.lead.site, cells, said)


def _back(sent: ReferralRow, patient: str, why: str) -> Owed:
    said = f"Withdrawn: {why}."
    return Owed(Due.WITHDRAWN, patient, sent, sent.case_id, "", sent.cells, said)


def _why(session: Session, one: Episode) -> str:
    """Why a referral is taken back, in words that the FLS may read."""
    against = (*one.exclusions, *(code for code, _ in one.facts))
    recalled = dict.fromkeys(code.words for code in against if code in RECALLS)
    if recalled:
        return "; ".join(recalled)
    if opted_out(session, one.id):
        return "the patient asked to be left out"
    return "no fracture is confirmed any more"


def _earlier(session: Session, patient: str) -> ReferralRow | None:
    """The patient's referral that was taken back last: its number is theirs for life."""
    rows = session.execute(
        select(ReferralRow)
        .join(ReviewCase, col(ReviewCase.id) == col(ReferralRow.case_id))
        .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
        .where(col(ScanRow.patient_id) == patient, col(ReferralRow.withdrawn_at).is_not(None))
        .order_by(col(ReferralRow.withdrawn_at).desc(), col(ReferralRow.number))
    ).scalars()
    return rows.first()


def _again(before: ReferralRow | None) -> str:
    if before is None or before.withdrawn_at is None:
        return ""
    return f"Referred again: was withdrawn on {local(before.withdrawn_at)[:10]}."


def _left_behind(session: Session) -> Iterator[Owed]:
    """Referrals of patients who were found to be somebody whom the FLS has already."""
    rows = session.execute(
        select(ReferralRow)
        .where(col(ReferralRow.open_patient).is_(None), col(ReferralRow.withdrawn_at).is_(None))
        .order_by(col(ReferralRow.number))
    ).scalars()
    for row in rows.all():
        yield _back(row, "", _same_as(session, row))


def _same_as(session: Session, row: ReferralRow) -> str:
    other = session.execute(
        select(col(ReferralRow.id))
        .join(ScanRow, col(ScanRow.patient_id) == col(ReferralRow.open_patient))
        .join(ReviewCase, col(ReviewCase.scan_id) == col(ScanRow.id))
        .where(col(ReviewCase.id) == row.case_id)
    ).scalars()
    named = other.first()
    return f"the same patient as {named}" if named else "the record of the patient was put right"


def _first(unit: Unit, batch_id: str, owing: Owed, number: int) -> ReferralRow:
    row = ReferralRow(
        id=f"{_prefix(owing.site)}-{number:06}",
        number=number,
        case_id=owing.lead,
        open_patient=owing.patient,
        batch_id=batch_id,
        cells=dict(owing.cells),
        at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    return row


def hand_over(unit: Unit, batch_id: str, owing: Owed, number: int) -> None:
    """Put *owing* into a batch; a first referral gets *number*."""
    row = owing.referral or _first(unit, batch_id, owing, number)
    gone = owing.status is Due.WITHDRAWN
    row.open_patient = None if gone else owing.patient
    row.withdrawn_at = unit.now if gone else None
    row.at = unit.now if owing.status is Due.NEW else row.at
    row.cells = dict(owing.cells)
    unit.session.add(
        ReferralLineRow(
            referral_id=row.id,
            batch_id=batch_id,
            status=owing.status.value,
            said=owing.said,
            cells=dict(owing.cells),
            at=unit.now,
        )
    )
    unit.session.flush()


def _prefix(site: str) -> str:
    """The site as the head of a referral number: letters and digits only."""
    return re.sub(r"[^A-Z0-9]", "", site.upper())[:8] or "VCF"
