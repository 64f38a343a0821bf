"""What the record holds of referrals that came back: rows handed over, answers that stand."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from store._facts import patient_from
from store.domain.episode import Due
from store.domain.outcome import Advice, Answer, Handed, Known, Outcome, whom
from store.tables import AnswerRow, ReferralLineRow, ReturnRow

SHORT = 12
"""Letters of a batch's id that stand in its files."""


def known_of(session: Session, referrals: Collection[str]) -> dict[str, Known]:
    """What is known of *referrals*, by their number; those that are not here are left out."""
    handed: dict[str, list[Handed]] = defaultdict(list)
    rows = session.execute(
        select(ReferralLineRow)
        .where(col(ReferralLineRow.referral_id).in_(referrals))
        .order_by(col(ReferralLineRow.id))
    ).scalars()
    for row in rows:
        stands = row.status != Due.WITHDRAWN
        about = whom(patient_from(row.cells["patient"]))
        handed[row.referral_id].append(Handed(row.batch_id[:SHORT], row.at, stands, about))
    stand, back = standing(session, referrals)
    return {
        number: Known(tuple(lines), stand.get(number), tuple(back[number]))
        for number, lines in handed.items()
    }


def standing(
    session: Session, referrals: Collection[str] | None = None
) -> tuple[dict[str, Answer], dict[str, list[Answer]]]:
    """The newest answer that stands of each referral, and those that were taken back."""
    query = select(AnswerRow).order_by(col(AnswerRow.id))
    if referrals is not None:
        query = query.where(col(AnswerRow.referral_id).in_(referrals))
    rows = session.execute(query).scalars().all()
    undone = {row.undoes for row in rows if row.undoes is not None}
    stand: dict[str, Answer] = {}
    back: dict[str, list[Answer]] = defaultdict(list)
    for row in rows:
        if row.undoes is not None:
            continue
        if row.id in undone:
            back[row.referral_id].append(answer_of(row))
        else:
            stand[row.referral_id] = answer_of(row)
    return stand, back


def answer_of(row: AnswerRow) -> Answer:
    """The answer that *row* keeps."""
    return Answer(Outcome(row.outcome), row.day, Advice(row.advice) if row.advice else None)


def absent_from(session: Session, batches: Collection[str], there: Collection[str]) -> list[str]:
    """Referrals that *batches*, by the short names in their files, told of, and not *there*."""
    rows = session.execute(
        select(ReferralLineRow).where(col(ReferralLineRow.status) != Due.WITHDRAWN.value)
    ).scalars()
    told = {row.referral_id for row in rows if row.batch_id[:SHORT] in batches}
    return sorted(told - set(there))


def left_out(session: Session) -> dict[str, date]:
    """Referrals that the newest file about their batch left out, and the day it was taken in."""
    found: dict[str, date] = {}
    for row in session.execute(select(ReturnRow).order_by(col(ReturnRow.at))).scalars():
        told = session.execute(
            select(col(ReferralLineRow.referral_id), col(ReferralLineRow.batch_id))
        )
        about = {number for number, batch in told if batch[:SHORT] in row.batches}
        for number in about:
            found.pop(number, None)
        found |= dict.fromkeys(row.absent, row.at.date())
    return found
