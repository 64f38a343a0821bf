"""Two records that are one person, found to be so and found not to be so again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import col

from store import _merging
from store._conflicts import words_of_row
from store.domain import wording
from store.domain.naming import number, words
from store.domain.people import Permission
from store.domain.refusal import NotAllowed
from store.guard import change, question
from store.opt_outs import number_of
from store.tables import MergeRow, PatientRow, ScanRow, SearchKey
from store.unit import Reader, Unit

MOST = 20
_WANTING = "Say in a few words why, so that others can follow it."
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Known:
    """A patient as one compares them with another."""

    id: str
    words: str
    site: str
    scans: int


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge: who was found to be who, by whom and why, and whether it stands."""

    id: str
    one: str
    into: str
    why: str
    by: str
    at: datetime
    stands: bool
    undone_why: str


@change(Permission.RESOLVE)
def look(unit: Unit, text: str) -> tuple[Known, ...]:
    """Up to `MOST` patients whom *text* names by name or number; the trail learns that one looked.

    Raises:
        NotAllowed: there is too little to look for.
    """
    key, looked = number(text), words(text)
    if max(len(key), *(len(each) for each in looked), 0) < 2:
        msg = "Type at least 2 letters or digits."
        raise NotAllowed(msg)
    rows = unit.session.execute(
        select(PatientRow)
        .where(col(PatientRow.merged_into).is_(None), or_(*_ways(text, key, looked)))
        .order_by(col(PatientRow.surname), col(PatientRow.forename), col(PatientRow.id))
        .limit(MOST)
    ).scalars()
    found = tuple(_known(unit, row) for row in rows)
    unit.tell("patients.searched", unit.person.handle, by="merge", found=len(found))
    return found


def _ways(text: str, key: str, looked: Sequence[str]) -> list[ColumnElement[bool]]:
    patient, stands = col(SearchKey.patient_id), col(SearchKey.key)

    def begins(said: str, kind: str) -> ColumnElement[bool]:
        hit = (stands >= said) & (stands < said + _LAST) & (col(SearchKey.kind) == kind)
        return col(PatientRow.id).in_(select(patient).where(hit))

    ways: list[ColumnElement[bool]] = [begins(key, "hospital")] if key else []
    try:
        ways.append(col(PatientRow.nhs_number) == number_of(text).digits)
    except ValueError:
        if looked:
            ways.append(and_(*(begins(each, "name") for each in looked)))
    return ways


@change(Permission.RESOLVE)
def merge(unit: Unit, one: str, into: str, why: str) -> str:
    """Let *one* be *into* from now on: scans, referrals and all by which *one* is found. The id.

    Of one person one referral is open; that of *into* stays.

    Raises:
        NotAllowed: they are one already, are not here, or no words say why.
    """
    said = wording.said(why, _WANTING)
    first, other = unit.session.get(PatientRow, one), unit.session.get(PatientRow, into)
    if first is None or other is None or one == into:
        msg = "Choose two patients that are here."
        raise NotAllowed(msg)
    merged_here = select(func.count()).where(col(PatientRow.merged_into) == one)
    if first.merged_into or other.merged_into:
        msg = "One of the two was merged before. Look for them again."
        raise NotAllowed(msg)
    if unit.session.execute(merged_here).scalar_one():
        msg = "Others were merged into the first. Merge the second into the first instead."
        raise NotAllowed(msg)
    row = MergeRow(
        id=f"g_{uuid4().hex}",
        one=one,
        into=into,
        moved=_merging.merge(unit, first, other),
        words=said,
        actor=unit.person.handle,
        actor_name=unit.person.name,
        at=unit.now,
    )
    unit.session.add(row)
    unit.tell("patients.merged", row.id, one=one, into=into, scans=len(row.moved["scans"]))
    return row.id


@change(Permission.RESOLVE)
def undo(unit: Unit, merge_id: str, why: str) -> None:
    """Part two patients again: each has what it had, and what came for it since.

    Raises:
        NotAllowed: this merge does not stand, or no words say why.
    """
    said, row = wording.said(why, _WANTING), unit.session.get(MergeRow, merge_id)
    if row is None or row.undone_at is not None:
        msg = "This merge does not stand any more. Reload the page."
        raise NotAllowed(msg)
    _merging.unmerge(unit, row)
    row.undone_by, row.undone_why, row.undone_at = unit.person.handle, said, unit.now
    unit.tell("patients.parted", row.id, one=row.one, into=row.into)


@question(Permission.RESOLVE)
def merges(reader: Reader) -> tuple[Merge, ...]:
    """Every merge, the newest first."""
    rows = reader.session.execute(
        select(MergeRow).order_by(col(MergeRow.at).desc(), col(MergeRow.id)).limit(200)
    ).scalars()
    return tuple(
        Merge(
            id=row.id,
            one=words_of_row(reader.session.get_one(PatientRow, row.one)),
            into=words_of_row(reader.session.get_one(PatientRow, row.into)),
            why=row.words,
            by=row.actor_name,
            at=row.at,
            stands=row.undone_at is None,
            undone_why=row.undone_why,
        )
        for row in rows
    )


def _known(reader: Reader, row: PatientRow) -> Known:
    scans = select(func.count()).where(col(ScanRow.patient_id) == row.id)
    count = reader.session.execute(scans).scalar_one()
    return Known(row.id, words_of_row(row), row.site, int(count))
