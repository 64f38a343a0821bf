"""Who goes to the FLS: ready or held with reasons, exported once, never twice."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlmodel import Session, col

from store import audit
from store._concerned import Part
from store._episodes import Episode, episodes, facts_of_episode
from store._facts import from_json, to_json
from store._lanes import lanes_of
from store.domain.clock import LOCAL
from store.domain.genant import Grade
from store.domain.people import Permission
from store.domain.referral import Exclusion, Facts, Hold, Policy, Refer
from store.domain.refusal import NotAllowed
from store.domain.spine import Level
from store.domain.triage import Lane
from store.guard import change, question
from store.tables import BatchRow, ReferralRow
from store.unit import Reader, Unit


@dataclass(frozen=True, slots=True)
class Line:
    """One patient with a confirmed fracture, and what was decided of them."""

    case: str
    patient: str
    nhs_number: str
    born: date | None
    scanned: date | None
    site: str
    levels: tuple[Level, ...]
    worst: Grade
    verdict: Refer | Hold
    exclusions: tuple[Exclusion, ...]
    referred_on: date | None


@dataclass(frozen=True, slots=True)
class Referral:
    """One line of an export: the number it keeps for life, and the facts."""

    number: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Batch:
    """One export as the record keeps it; the same batch always gives the same file."""

    id: str
    at: datetime
    by: str
    role: str
    referrals: tuple[Referral, ...]
    not_referred: tuple[tuple[str, str], ...]
    trail_seq: int
    trail_hash: str
    sha256: str


@question(Permission.READ_REFERRALS)
def lines(reader: Reader, policy: Policy) -> tuple[Line, ...]:
    """Every patient with a confirmed fracture, ready ones first, then the oldest scan."""
    found = [_line(one, one.lead) for one in episodes(reader.session, policy) if one.lead]
    return tuple(
        sorted(found, key=lambda line: (isinstance(line.verdict, Hold), line.scanned or date.max))
    )


@question(Permission.READ_REFERRALS)
def batches(reader: Reader) -> tuple[Batch, ...]:
    """Every export, the newest first."""
    rows = reader.session.execute(select(BatchRow).order_by(col(BatchRow.at).desc())).scalars()
    return tuple(_batch(reader.session, row) for row in rows)


@question(Permission.READ_REFERRALS)
def batch(reader: Reader, batch_id: str) -> Batch:
    """The export *batch_id*.

    Raises:
        NotAllowed: there is no such export.
    """
    row = reader.session.get(BatchRow, batch_id)
    if row is None:
        msg = "This export is not here. Go back to the referrals."
        raise NotAllowed(msg)
    return _batch(reader.session, row)


@change(Permission.REFER)
def export(unit: Unit, act: str, policy: Policy) -> str:
    """Hand every ready patient to the FLS, once: the batch's id.

    *act* is made where the button was pressed; the same act again gives the same batch.
    """
    before: str | None = unit.session.execute(
        select(col(BatchRow.id)).where(col(BatchRow.act) == act)
    ).scalar_one_or_none()
    if before is not None:
        unit.tell("batch.replayed", before)
        return before
    batch_id = uuid4().hex
    lanes = lanes_of(unit.session, policy, unit.now.astimezone(LOCAL).date())
    ready = [
        (one.id, one.lead, facts_of_episode(unit.session, one))
        for one in lanes.of[Lane.WEEK]
        if one.lead
    ]
    later = [(one, ("ready, in turn another week",)) for one in lanes.of[Lane.LATER]]
    back = [(one, one.verdict.reasons) for one in lanes.held if isinstance(one.verdict, Hold)]
    held = [[one.lead.case[:10], "; ".join(why)] for one, why in (*later, *back) if one.lead]
    unit.tell("batch.exported", batch_id, referred=len(ready), held=len(held))
    anchor = audit.head(unit.session)
    unit.session.add(
        BatchRow(
            id=batch_id,
            act=act,
            at=unit.now,
            actor=unit.person.handle,
            actor_name=unit.person.name,
            role=unit.person.role.value,
            not_referred=held,
            trail_seq=anchor.seq,
            trail_hash=anchor.hash,
        )
    )
    unit.session.flush()
    number = unit.session.execute(select(func.max(col(ReferralRow.number)))).scalar() or 0
    for place, (patient, lead, facts) in enumerate(ready, start=1):
        unit.session.add(
            ReferralRow(
                id=f"{_prefix(lead.site)}-{number + place:06}",
                number=number + place,
                case_id=lead.case,
                open_patient=patient,
                batch_id=batch_id,
                cells=to_json(facts),
                at=unit.now,
            )
        )
    return batch_id


@change(Permission.REFER)
def rendered(unit: Unit, batch_id: str, sha256: str) -> None:
    """Note the digest of the file that was made from a batch."""
    row = unit.session.get_one(BatchRow, batch_id)
    if row.sha256 and row.sha256 != sha256:
        msg = "This batch was made into another file before. Tell the system administrator."
        raise NotAllowed(msg)
    first, row.sha256 = not row.sha256, sha256
    unit.tell("batch.rendered" if first else "batch.reprinted", batch_id, sha256=sha256)


@change(Permission.READ_REFERRALS)
def downloaded(unit: Unit, batch_id: str) -> None:
    """Note that the person took the file of a batch away."""
    unit.tell("batch.downloaded", batch_id)


def _line(episode: Episode, lead: Part) -> Line:
    who = episode.patient
    return Line(
        case=lead.case,
        patient=", ".join(filter(None, (who.surname, who.forename))),
        nhs_number=who.nhs_number.spaced if who.nhs_number else "",
        born=who.born,
        scanned=lead.scanned,
        site=lead.site,
        levels=tuple(episode.fractures),
        worst=episode.worst,
        verdict=episode.verdict,
        exclusions=episode.exclusions,
        referred_on=episode.sent.on if episode.sent else None,
    )


def _prefix(site: str) -> str:
    """The site as the head of a referral number: letters and digits only."""
    return re.sub(r"[^A-Z0-9]", "", site.upper())[:8] or "VCF"


def _batch(session: Session, row: BatchRow) -> Batch:
    referrals = session.execute(
        select(ReferralRow)
        .where(col(ReferralRow.batch_id) == row.id)
        .order_by(col(ReferralRow.number))
    ).scalars()
    return Batch(
        id=row.id,
        at=row.at,
        by=row.actor_name,
        role=row.role,
        referrals=tuple(Referral(r.id, from_json(r.cells)) for r in referrals),
        not_referred=tuple((case, reason) for case, reason in row.not_referred),
        trail_seq=row.trail_seq,
        trail_hash=row.trail_hash,
        sha256=row.sha256,
    )
