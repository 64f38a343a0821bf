"""Where every patient with a confirmed fracture stands, and who is lost on the way to the FLS."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from store._answered import left_out, standing
from store._episodes import Episode, episodes
from store.domain.clock import LOCAL
from store.domain.loop import Patience, Place, Position, place
from store.domain.people import Permission
from store.domain.referral import Policy
from store.guard import question
from store.tables import ReferralLineRow, ReviewCase
from store.unit import Reader


@dataclass(frozen=True, slots=True)
class Standing:
    """One patient, or one case that no list has.

    Attributes:
        cases: Their scans with a confirmed fracture.
        referral: The number of the referral that stands; empty where none does.
    """

    cases: tuple[str, ...]
    patient: str
    nhs_number: str
    referral: str
    at: Position
    place: Place


@question(Permission.READ_REFERRALS)
def standings(
    reader: Reader, policy: Policy, patience: Patience | None = None
) -> tuple[Standing, ...]:
    """Everybody with a confirmed fracture or an open referral, the lost first, then the oldest."""
    session, today = reader.session, reader.now.astimezone(LOCAL).date()
    patience = patience or Patience()
    found = [_standing(one, at, today, patience) for one, at in _positions(session, policy)]
    seen = {case for one in found for case in one.cases}
    found += _others(session, seen, today, patience)
    return tuple(sorted(found, key=lambda one: (not one.place.lost, one.at.index_date or date.max)))


def _standing(one: Episode, at: Position, today: date, patience: Patience) -> Standing:
    who = one.patient
    return Standing(
        cases=tuple(part.case for part in one.parts),
        patient=", ".join(filter(None, (who.surname, who.forename))),
        nhs_number=who.nhs_number.spaced if who.nhs_number else "",
        referral=one.sent.id if one.sent else "",
        at=at,
        place=place(at, today, patience),
    )


def _positions(session: Session, policy: Policy) -> list[tuple[Episode, Position]]:
    answers, _ = standing(session)
    absent = left_out(session)
    closed = {
        case: at.astimezone(LOCAL).date()
        for case, at in session.execute(
            select(col(ReviewCase.id), col(ReviewCase.closed_at)).where(
                col(ReviewCase.fragility) > 0
            )
        )
        if at
    }
    newest = {
        number: at.astimezone(LOCAL).date()
        for number, at in session.execute(
            select(col(ReferralLineRow.referral_id), func.max(col(ReferralLineRow.at))).group_by(
                col(ReferralLineRow.referral_id)
            )
        )
    }
    found = []
    for one in episodes(session, policy):
        number = one.sent.id if one.sent else ""
        days = [closed[part.case] for part in one.parts if part.case in closed]
        against = dict.fromkeys(code.words for code in one.exclusions)
        against |= dict.fromkeys(words for _, words in one.facts)
        hints = tuple(f"to decide: {hint.code.words}" for hint in one.hints if policy.ask)
        at = Position(
            index_date=one.index_date,
            confirmed_on=max(days, default=None),
            against=tuple(against),
            waits=(*one.waits, *hints),
            sent_on=newest.get(number),
            answer=answers.get(number),
            absent_on=absent.get(number),
        )
        found.append((one, at))
    return found


def _others(session: Session, seen: set[str], today: date, patience: Patience) -> list[Standing]:
    """Confirmed cases that triage does not know: of those who opted out, and any by mistake."""
    rows = session.execute(select(ReviewCase).where(col(ReviewCase.fragility) > 0)).scalars()
    found = []
    for row in rows:
        if row.id in seen:
            continue
        against = ("the patient opted out",) if row.opted_out else ()
        at = Position(against=against, known=False)
        found.append(Standing((row.id,), "", "", "", at, place(at, today, patience)))
    return found
