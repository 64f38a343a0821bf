"""Who goes to the FLS: ready or held with reasons, exported once, never twice."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select
from sqlmodel import Session, col

from store import audit
from store._concerned import Part
from store._episodes import Episode, episodes
from store._facts import from_json
from store._lanes import lanes_of
from store._owed import hand_over, owed
from store.domain.clock import LOCAL
from store.domain.episode import Due
from store.domain.genant import Grade
from store.domain.people import Permission
from store.domain.referral import Exclusion, Facts, Hold, Policy, Refer
from store.domain.refusal import NotAllowed
from store.domain.spine import Level
from store.domain.triage import Lane
from store.guard import change, question
from store.tables import (
    BatchFileRow,
    BatchRow,
    ReferralLineRow,
    ReferralRow,
)
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
    """One row of an export.

    Attributes:
        number: The referral's for life.
        status: NEW, AMENDED or WITHDRAWN.
        said: What changed, or why it is taken back.
    """

    number: str
    facts: Facts
    status: Due = Due.NEW
    said: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """One export as the record keeps it; the same batch always gives the same files.

    Attributes:
        made_with: What its files depend on and a setting may change since.
        files: Digest of each file that was made of it, by its kind.
    """

    id: str
    at: datetime
    by: str
    role: str
    referrals: tuple[Referral, ...]
    not_referred: tuple[tuple[str, str], ...]
    trail_seq: int
    trail_hash: str
    purpose: str = "DIRECT_CARE"
    made_with: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """The digest of its workbook; empty until that is made."""
        return self.files.get("xlsx", "")


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
def export(unit: Unit, act: str, policy: Policy, made_with: Mapping[str, Any] | None = None) -> str:
    """Tell the FLS all that it is owed, once: who is new, what changed, whom it must forget.

    *act* is made where the button was pressed; the same act again gives the same batch.
    *made_with* is what the files of the batch depend on and a setting may change since.
    """
    before: str | None = unit.session.execute(
        select(col(BatchRow.id)).where(col(BatchRow.act) == act)
    ).scalar_one_or_none()
    if before is not None:
        unit.tell("batch.replayed", before)
        return before
    batch_id = uuid4().hex
    lanes = lanes_of(unit.session, policy, unit.now.astimezone(LOCAL).date())
    due = owed(unit.session, lanes)
    later = [(one, ("ready, in turn another week",)) for one in lanes.of[Lane.LATER]]
    back = [(one, one.verdict.reasons) for one in lanes.held if isinstance(one.verdict, Hold)]
    held = [[one.lead.case[:10], "; ".join(why)] for one, why in (*later, *back) if one.lead]
    counts = Counter(row.status.value for row in due)
    unit.tell(
        "batch.exported",
        batch_id,
        referred=counts["NEW"],
        amended=counts["AMENDED"],
        withdrawn=counts["WITHDRAWN"],
        held=len(held),
    )
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
            made_with={"policy": policy.words, **(made_with or {})},
        )
    )
    unit.session.flush()
    number = unit.session.execute(select(func.max(col(ReferralRow.number)))).scalar() or 0
    for row in due:
        number += row.referral is None
        hand_over(unit, batch_id, row, number)
    return batch_id


@change(Permission.READ_REFERRALS)
def rendered(unit: Unit, batch_id: str, sha256: str, kind: str = "xlsx") -> None:
    """Note the digest of a file that was made from a batch.

    Raises:
        NotAllowed: another file was made of it before.
    """
    row = unit.session.get(BatchFileRow, (batch_id, kind))
    if row is not None and row.sha256 != sha256:
        msg = "This batch was made into another file before. Tell the system administrator."
        raise NotAllowed(msg)
    if row is None:
        made = BatchFileRow(batch_id=batch_id, kind=kind, sha256=sha256, at=unit.now)
        unit.session.add(made)
    told = "batch.rendered" if row is None else "batch.reprinted"
    unit.tell(told, batch_id, sha256=sha256, kind=kind)


@change(Permission.READ_REFERRALS)
def downloaded(unit: Unit, batch_id: str, kind: str = "xlsx") -> None:
    """Note that the person took a file of a batch away."""
    unit.tell("batch.downloaded", batch_id, kind=kind)


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


def _batch(session: Session, row: BatchRow) -> Batch:
    rows = session.execute(
        select(ReferralLineRow)
        .where(col(ReferralLineRow.batch_id) == row.id)
        .order_by(col(ReferralLineRow.id))
    ).scalars()
    files = session.execute(
        select(BatchFileRow).where(col(BatchFileRow.batch_id) == row.id)
    ).scalars()
    return Batch(
        id=row.id,
        at=row.at,
        by=row.actor_name,
        role=row.role,
        referrals=tuple(
            Referral(one.referral_id, from_json(one.cells), Due(one.status), one.said)
            for one in rows
        ),
        not_referred=tuple((case, reason) for case, reason in row.not_referred),
        trail_seq=row.trail_seq,
        trail_hash=row.trail_hash,
        purpose=row.purpose,
        made_with=row.made_with,
        files={one.kind: one.sha256 for one in files},
    )
