"""The trail: one append-only table, each line sealed by the hash of the line before it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select, text
from sqlmodel import Session, col

from store.domain.people import Person
from store.tables import BatchRow, DecisionRow, RemeasurementRow, TrailRow

GENESIS = "0" * 64
"""What stands in for the hash before the first line."""

GUARDED = (
    *("trail", "decision", "receipt", "remeasurement", "telling", "issued"),
    *("referral_line", "batch_file", "fls_return", "fls_answer"),
)
"""Tables whose rows the database itself refuses to change or remove."""


def append(
    session: Session,
    person: Person,
    now: datetime,
    action: str,
    entity: str,
    outcome: str,
    detail: Mapping[str, object],
) -> None:
    """Add one line at the head of the trail, in the session's own transaction."""
    head = session.execute(
        select(col(TrailRow.seq), col(TrailRow.hash)).order_by(col(TrailRow.seq).desc()).limit(1)
    ).first()
    seq, prev = (head[0] + 1, head[1]) if head else (1, GENESIS)
    line = TrailRow(
        seq=seq,
        at=written(now),
        actor=person.handle,
        role=person.role.value,
        action=action,
        entity=entity,
        outcome=outcome,
        detail=json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=True),
        prev_hash=prev,
        hash="",
    )
    line.hash = seal(line)
    session.add(line)
    session.flush()


def written(at: datetime) -> str:
    """*at* as the trail keeps it: text of one form, so that moments can be compared."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def seal(line: TrailRow) -> str:
    """The hash a line must carry: SHA-256 over all it says and the hash before it."""
    said = [
        line.seq,
        line.at,
        line.actor,
        line.role,
        line.action,
        line.entity,
        line.outcome,
        line.detail,
        line.prev_hash,
    ]
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Anchor:
    """A line of the trail by number and hash, as printed outside the database."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the whole trail found."""

    lines: int
    head: Anchor
    faults: tuple[str, ...]


def head(session: Session) -> Anchor:
    """The newest line."""
    row = session.execute(
        select(col(TrailRow.seq), col(TrailRow.hash)).order_by(col(TrailRow.seq).desc()).limit(1)
    ).first()
    return Anchor(row[0], row[1]) if row else Anchor(0, GENESIS)


def verify(engine: Engine, anchors: tuple[Anchor, ...] = ()) -> Verdict:
    """Walk the trail from its first line and say where it was changed, cut or added to.

    *anchors* are lines noted outside the database. Every anchor printed in an exported batch,
    and every decision in the record, is compared as well: a chain cut at its end is whole.
    """
    with Session(engine) as session:
        faults: list[str] = []
        hashes: dict[int, str] = {}
        told: dict[str, dict[str, Any]] = {}
        prev = Anchor(0, GENESIS)
        for line in _lines(session):
            faults += _faults_of(line, prev)
            hashes[line.seq] = line.hash
            if line.action == "case.decided":
                told |= _act_of(line)
            prev = Anchor(line.seq, line.hash)
        batches = session.execute(select(col(BatchRow.trail_seq), col(BatchRow.trail_hash)))
        for anchor in (*anchors, *(Anchor(seq, hash_) for seq, hash_ in batches)):
            if anchor.seq and hashes.get(anchor.seq) != anchor.hash:
                faults.append(
                    f"Line {anchor.seq} is not the one that was anchored: cut or rebuilt."
                )
        faults += _compared(session, told)
        return Verdict(len(hashes), prev, tuple(faults))


def _compared(session: Session, told: dict[str, dict[str, Any]]) -> list[str]:
    """Where the decisions and measurements of the record are not those the trail tells of."""
    faults = []
    kept = set(session.execute(select(col(DecisionRow.act))).scalars())
    if kept - told.keys():
        faults.append(f"{len(kept - told.keys())} decisions have no line: lines were removed.")
    if told.keys() - kept:
        faults.append(f"{len(told.keys() - kept)} lines tell of decisions that are gone.")
    heights = {
        row.act: [round(mm, 2) for mm in (row.anterior_mm, row.middle_mm, row.posterior_mm)]
        for row in session.execute(select(RemeasurementRow)).scalars()
    }
    said = {
        act: after.get("heights_mm")
        for act, line in told.items()
        if line.get("deed") == "measure" and isinstance(after := line.get("after"), dict)
    }
    changed = sum(heights.get(act) != said.get(act) for act in heights.keys() | said.keys())
    if changed:
        faults.append(f"{changed} measurements are not what the trail tells of them.")
    return faults


def _act_of(line: TrailRow) -> dict[str, dict[str, Any]]:
    """What a line tells of its act; none where the line was spoilt, which its hash betrays."""
    try:
        told = json.loads(line.detail)
        return {str(told["act"]): told}
    except (ValueError, LookupError, TypeError):
        return {}


def _lines(session: Session) -> Iterator[TrailRow]:
    rows = session.execute(
        select(TrailRow).order_by(col(TrailRow.seq)).execution_options(yield_per=2000)
    )
    yield from rows.scalars()


def _faults_of(line: TrailRow, prev: Anchor) -> list[str]:
    faults = []
    if line.seq != prev.seq + 1:
        faults.append(f"Between lines {prev.seq} and {line.seq} lines are missing or out of order.")
    if line.prev_hash != prev.hash:
        faults.append(f"Line {line.seq} does not continue line {prev.seq}: removed or inserted.")
    if line.hash != seal(line):
        faults.append(f"Line {line.seq} was changed after it was written.")
    return faults


def missing_guards(engine: Engine) -> tuple[str, ...]:
    """Names of triggers that are gone; the server does not start while there are any."""
    if engine.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        wanted = [f"{t}_keeps_{deed}" for t in GUARDED for deed in ("update", "delete")]
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        wanted = [f"{t}_keeps{rest}" for t in GUARDED for rest in ("", "_all")]
    with engine.connect() as connection:
        found = set(connection.execute(text(query)).scalars())
    return tuple(name for name in (*wanted, "trail_continues") if name not in found)
