"""What the FLS answered: looked at before it is taken in, kept as events, undone by a person."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import func, select
from sqlmodel import Session, col

from store._answered import absent_from, answer_of, known_of
from store.domain.outcome import TICKABLE, Answer, Fate, Judged, Returned, judged, judged_together
from store.domain.people import Permission
from store.domain.refusal import Conflict, NotAllowed
from store.guard import change, question
from store.tables import AnswerRow, ReferralRow, ReturnRow
from store.unit import Reader, Unit


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of each row of a file; nothing is written yet.

    Attributes:
        rows: Every row of the file, in its order.
        absent: Referrals of its batches that it leaves out.
        mark: Changes when the record does: what is accepted is what was seen.
    """

    rows: tuple[Judged, ...]
    absent: tuple[str, ...]
    mark: str

    @property
    def counts(self) -> dict[Fate, int]:
        """Rows by what becomes of them; those without any are left out."""
        found = Counter(one.fate for one in self.rows)
        return {fate: found[fate] for fate in Fate if found[fate]}


@dataclass(frozen=True, slots=True)
class Given:
    """An answer in the history.

    Attributes:
        stands: Whether it is what holds now.
        undone: Who took it back and why; empty where nobody did.
    """

    id: int
    referral: str
    answer: Answer
    by: str
    at: datetime
    stands: bool
    undone: str


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A file that a person took in."""

    at: datetime
    by: str
    sha256: str
    counts: dict[str, int]
    absent: tuple[str, ...]


@question(Permission.READ_REFERRALS)
def preview(reader: Reader, rows: Sequence[Returned], batches: Sequence[str]) -> Preview:
    """What would become of *rows* of a file that names *batches*."""
    return _judge(reader.session, rows, batches)


@change(Permission.REFER)
def accept(
    unit: Unit,
    act: str,
    digest: str,
    rows: Sequence[Returned],
    batches: Sequence[str],
    mark: str,
    ticked: Collection[str] = (),
) -> dict[str, int]:
    """Take in what a person saw in a `preview` with this *mark*: rows by what became of them.

    The same *act* again changes nothing, and neither does the same file.

    Args:
        digest: SHA-256 of the file, which itself is not kept.
        ticked: Places of rows that were changed since and are taken in all the same.

    Raises:
        Conflict: the record moved on since the preview.
    """
    before = unit.session.execute(
        select(ReturnRow).where(col(ReturnRow.act) == act)
    ).scalar_one_or_none()
    if before is not None:
        unit.tell("return.replayed", before.id)
        return dict(before.counts)
    found = _judge(unit.session, rows, batches)
    if found.mark != mark:
        msg = "The record changed while you looked. Look at the rows again, then accept."
        raise Conflict(msg)
    taken = [one for one in found.rows if _taken(one, ticked)]
    kept = ReturnRow(
        id=f"i_{uuid4().hex}",
        act=act,
        sha256=digest,
        batches=list(batches),
        counts={fate.value: count for fate, count in found.counts.items()},
        absent=list(found.absent),
        actor=unit.person.handle,
        actor_name=unit.person.name,
        role=unit.person.role.value,
        at=unit.now,
    )
    unit.session.add(kept)
    unit.session.flush()
    for one in taken:
        if one.row.answer is not None:
            unit.session.add(_row(unit, one.row.referral, one.row.answer, kept.id))
    unit.tell("return.accepted", kept.id, sha256=digest, rows=len(rows), taken=len(taken))
    return dict(kept.counts)


@change(Permission.REFER)
def take_back(unit: Unit, answer: int, why: str) -> None:
    """Undo an answer; what stood before it stands again.

    Raises:
        NotAllowed: it is not here, was taken back before, or no words say why.
    """
    row, said = unit.session.get(AnswerRow, answer), why.strip()
    undone = select(col(AnswerRow.id)).where(col(AnswerRow.undoes) == answer)
    if row is None or row.undoes is not None or unit.session.execute(undone).first():
        msg = "This answer does not stand any more. Reload the page."
        raise NotAllowed(msg)
    if not said:
        msg = "Say in a few words why, so that others can follow it."
        raise NotAllowed(msg)
    back = _row(unit, row.referral_id, answer_of(row), None)
    back.undoes, back.why = answer, said
    unit.session.add(back)
    unit.tell("answer.taken_back", row.referral_id, answer=answer)


@question(Permission.READ_REFERRALS)
def history(reader: Reader, most: int = 200) -> tuple[Given, ...]:
    """The newest answers, taken back or not."""
    rows = reader.session.execute(select(AnswerRow).order_by(col(AnswerRow.id).desc())).scalars()
    found = rows.all()
    undone = {row.undoes: row for row in found if row.undoes is not None}
    latest: set[str] = set()
    given = []
    for row in found:
        if row.undoes is not None:
            continue
        back = undone.get(row.id)
        stands = back is None and row.referral_id not in latest
        latest |= {row.referral_id} if stands else set()
        words = f"{back.actor_name}: {back.why}" if back else ""
        by, answer = row.actor_name, answer_of(row)
        given.append(Given(row.id or 0, row.referral_id, answer, by, row.at, stands, words))
    return tuple(given[:most])


@question(Permission.READ_REFERRALS)
def returns(reader: Reader, most: int = 50) -> tuple[TakenIn, ...]:
    """The newest files that were taken in."""
    rows = reader.session.execute(
        select(ReturnRow).order_by(col(ReturnRow.at).desc()).limit(most)
    ).scalars()
    return tuple(
        TakenIn(row.at, row.actor_name, row.sha256, dict(row.counts), tuple(row.absent))
        for row in rows
    )


def _judge(session: Session, rows: Sequence[Returned], batches: Sequence[str]) -> Preview:
    known = known_of(session, {row.referral for row in rows})
    found = judged_together([judged(row, known.get(row.referral)) for row in rows])
    absent = absent_from(session, batches, {row.referral for row in rows})
    newest = session.execute(select(func.max(col(AnswerRow.id)))).scalar()
    sent = session.execute(select(func.count()).select_from(ReferralRow)).scalar()
    said = repr(([(one.fate.value, one.why) for one in found], absent, newest, sent))
    return Preview(tuple(found), tuple(absent), sha256(said.encode()).hexdigest())


def _taken(one: Judged, ticked: Collection[str]) -> bool:
    return one.fate is Fate.TAKE or (one.fate in TICKABLE and one.row.place in ticked)


def _row(unit: Unit, referral: str, answer: Answer, from_file: str | None) -> AnswerRow:
    return AnswerRow(
        referral_id=referral,
        return_id=from_file,
        outcome=answer.outcome.value,
        day=answer.on,
        advice=answer.advice.value if answer.advice else "",
        actor=unit.person.handle,
        actor_name=unit.person.name,
        role=unit.person.role.value,
        at=unit.now,
    )
