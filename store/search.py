"""Finding a patient by name, NHS number, hospital number or accession number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from store.domain.identity import NhsNumber, UnusableNhsNumber
from store.domain.naming import number, words
from store.domain.people import Permission
from store.domain.refusal import NotAllowed
from store.guard import change
from store.tables import PatientRow, ReviewCase, ScanRow, SearchKey
from store.unit import Unit
from store.worklist import Line, named

MOST = 50
SHORTEST = 2
"""Fewer letters would find half the hospital."""

_FEW = 2000
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        lines: Cases, the newest scan first.
        more: There are more than `MOST` patients or scans; only some are here.
        outside: Scans of the same patients that are not in the room.
    """

    lines: tuple[Line, ...]
    more: bool
    outside: int


@change(Permission.FIND_PATIENTS)
def find(unit: Unit, text: str) -> Found:
    """The cases of whoever *text* names; the trail learns that somebody looked, not for whom.

    Numbers may be written with spaces; a hospital or accession number is found by its beginning.
    Words of a name are found by their beginnings, in any order, with or without accents.

    Raises:
        NotAllowed: there is too little to look for.
    """
    key, looked = number(text), words(text)
    if max(len(key), *(len(word) for word in looked), 0) < SHORTEST:
        msg = f"Type at least {SHORTEST} letters or digits."
        raise NotAllowed(msg)
    by_number = any(each.isdigit() for each in text)
    scans = _numbered(unit, text, key)
    if not by_number:
        scans += [one for one in _named(unit, looked) if one not in scans]
    more, scans = len(scans) > MOST, scans[:MOST]
    lines = _lines(unit, scans)
    unit.tell(
        "patients.searched",
        unit.person.handle,
        by="number" if by_number else "name",
        found=len(scans),
    )
    return Found(lines, more, len(scans) - len(lines))


def _lines(unit: Unit, scans: Sequence[str]) -> tuple[Line, ...]:
    rows = unit.session.execute(
        select(col(ReviewCase.id)).where(col(ReviewCase.scan_id).in_(scans))
    ).scalars()
    return named(unit, list(rows))


def _numbered(unit: Unit, text: str, key: str) -> list[str]:
    """Scans by NHS number, hospital number or accession number."""
    if not key:
        return []
    begins = _begins(key)
    rows = unit.session.execute(
        select(col(SearchKey.patient_id), col(SearchKey.scan_id))
        .where(begins, col(SearchKey.kind).in_(["hospital", "accession"]))
        .limit(MOST + 1)
    ).all()
    patients = {row.patient_id for row in rows if not row.scan_id}
    found = _scans_of(unit, [*patients, *_by_nhs_number(unit, text)])
    named = {row.scan_id for row in rows if row.scan_id} - set(found)
    shown = select(col(ScanRow.id)).where(
        col(ScanRow.id).in_(named), col(ScanRow.opted_out).is_(False)
    )
    return [*found, *unit.session.execute(shown.order_by(col(ScanRow.id))).scalars()]


def _by_nhs_number(unit: Unit, text: str) -> Iterable[str]:
    try:
        digits = NhsNumber.parse(text.strip()).digits
    except UnusableNhsNumber:
        return []
    whole = func.coalesce(col(PatientRow.merged_into), col(PatientRow.id))
    same = select(whole).where(col(PatientRow.nhs_number) == digits)
    return unit.session.execute(same).scalars()


def _named(unit: Unit, looked: Sequence[str]) -> list[str]:
    """Scans of patients that have a word beginning with each of those *looked* for."""
    if not looked:
        return []
    few = {word: _owners(unit, word) for word in looked}
    rarest = min(few, key=lambda word: len(few[word]))
    owner = col(SearchKey.patient_id)
    patients = select(owner).distinct().where(_is_name(rarest))
    if len(few[rarest]) <= _FEW:
        owner = col(PatientRow.id)
        patients = select(owner).where(owner.in_(few[rarest]))
    for word in looked:
        if word != rarest:
            patients = patients.where(_also(word, owner))
    rows = unit.session.execute(patients.limit(MOST + 1)).scalars()
    return _scans_of(unit, list(rows))


def _owners(unit: Unit, word: str) -> list[str]:
    some = select(col(SearchKey.patient_id)).where(_is_name(word)).limit(_FEW + 1)
    return list(unit.session.execute(some).scalars())


def _begins(key: str, table: Any = SearchKey) -> Any:  # noqa: ANN401 - SQLAlchemy's clause types
    return (table.key >= key) & (table.key < key + _LAST)


def _is_name(word: str) -> Any:  # noqa: ANN401 - as _begins
    return _begins(word) & (col(SearchKey.kind) == "name")


def _also(word: str, owner: Any) -> Any:  # noqa: ANN401 - as _begins
    other = aliased(SearchKey)
    same = (col(other.patient_id) == owner) & (col(other.kind) == "name")
    return exists().where(same, _begins(word, other))


def _scans_of(unit: Unit, patients: Sequence[str]) -> list[str]:
    """Scans of *patients*, the newest first, one more than can be shown."""
    rows = unit.session.execute(
        select(col(ScanRow.id))
        .where(col(ScanRow.patient_id).in_(patients), col(ScanRow.opted_out).is_(False))
        .order_by(col(ScanRow.scanned).desc().nulls_last(), col(ScanRow.id))
        .limit(MOST + 1)
    )
    return list(rows.scalars())
