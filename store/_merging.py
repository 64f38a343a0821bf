"""What merging two patients moves, and how it is moved back: nothing of either is lost."""

from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from store._opted import keep_out
from store.tables import MergeRow, PatientRow, ReferralRow, ReviewCase, ScanRow, SearchKey
from store.unit import Unit

_FILLED = ("nhs_number", "born", "died", "postcode", "phone", "gp_practice", "sex", "sex_system")
"""Of the one that remains, these are taken from the other where it has none."""


def merge(unit: Unit, one: PatientRow, into: PatientRow) -> dict[str, Any]:
    """Move everything of *one* to *into*; what `unmerge` needs."""
    session = unit.session
    scans = list(
        session.execute(select(col(ScanRow.id)).where(col(ScanRow.patient_id) == one.id)).scalars()
    )
    moved: dict[str, Any] = {
        "scans": scans,
        "keys": _move_keys(unit, one.id, into.id),
        "filled": _fill(unit, one, into),
        "shut": _referrals(unit, scans, one.id, into.id),
    }
    _move_scans(unit, scans, into.id)
    one.merged_into = into.id
    session.flush()
    keep_out(unit, [into.id])
    return moved


def unmerge(unit: Unit, row: MergeRow) -> None:
    """Put back what *row* moved, and what came for the merged one since."""
    session, moved = unit.session, row.moved
    one, into = session.get_one(PatientRow, row.one), session.get_one(PatientRow, row.into)
    one.merged_into = None
    _unfill(unit, one, into, moved["filled"])
    _move_scans(unit, moved["scans"], one.id)
    _referrals(unit, moved["scans"], into.id, one.id)
    for referral in moved["shut"]:
        shut = session.get_one(ReferralRow, referral)
        # One that was taken back in between is referred again by the next batch.
        shut.open_patient = one.id if shut.withdrawn_at is None else None
    for key, kind, fresh in moved["keys"]:
        session.add(SearchKey(key=key, kind=kind, patient_id=one.id))
        held = session.get(SearchKey, (key, kind, into.id, ""))
        if fresh and held is not None:
            session.delete(held)
    session.flush()
    keep_out(unit, [one.id, into.id])


def _move_keys(unit: Unit, one: str, into: str) -> list[list[Any]]:
    """Let *into* be found by what *one* is: each key, and whether it is new there."""
    rows = unit.session.execute(
        select(SearchKey).where(col(SearchKey.patient_id) == one, col(SearchKey.scan_id) == "")
    ).scalars()
    moved: list[list[Any]] = []
    for row in rows.all():
        fresh = unit.session.get(SearchKey, (row.key, row.kind, into, "")) is None
        moved.append([row.key, row.kind, fresh])
        unit.session.delete(row)
        if fresh:
            unit.session.add(SearchKey(key=row.key, kind=row.kind, patient_id=into))
    unit.session.flush()
    return moved


def _move_scans(unit: Unit, scans: list[str], to: str) -> None:
    for table, column in ((ScanRow, col(ScanRow.id)), (SearchKey, col(SearchKey.scan_id))):
        unit.session.execute(update(table).where(column.in_(scans)).values(patient_id=to))
    unit.session.flush()
    unit.session.expire_all()


def _fill(unit: Unit, one: PatientRow, into: PatientRow) -> dict[str, list[Any]]:
    """Give *into* what it lacks: what it had, and what it has now. An NHS number is of one only."""
    filled: dict[str, list[Any]] = {}
    for name in _FILLED:
        had, has = getattr(into, name), getattr(one, name)
        if has and not had:
            filled[name] = [had, has if not hasattr(has, "isoformat") else has.isoformat()]
    if "nhs_number" in filled:
        filled["nhs_status"] = [into.nhs_status, one.nhs_status]
        one.nhs_number = None
        unit.session.flush()
    for name in filled:
        value = getattr(one, name) if name != "nhs_number" else filled[name][1]
        setattr(into, name, value)
    unit.session.flush()
    return filled


def _unfill(unit: Unit, one: PatientRow, into: PatientRow, filled: dict[str, list[Any]]) -> None:
    """Take back what was filled in, unless it was changed since."""
    for name, (had, has) in filled.items():
        now = getattr(into, name)
        if (now.isoformat() if hasattr(now, "isoformat") else now) == has:
            setattr(into, name, had)
    unit.session.flush()
    if "nhs_number" in filled and into.nhs_number != filled["nhs_number"][1]:
        one.nhs_number = filled["nhs_number"][1]
    unit.session.flush()


def _referrals(unit: Unit, scans: list[str], one: str, into: str) -> list[str]:
    """Move open referrals of *scans* from *one* to *into*; those that could not stand there too.

    Of one person one referral is open: the one that was open there already stays.
    """
    cases = select(col(ReviewCase.id)).where(col(ReviewCase.scan_id).in_(scans))
    found = list(
        unit.session.execute(
            select(ReferralRow).where(
                col(ReferralRow.open_patient) == one, col(ReferralRow.case_id).in_(cases)
            )
        ).scalars()
    )
    taken = select(col(ReferralRow.id)).where(col(ReferralRow.open_patient) == into)
    stays = unit.session.execute(taken).first() is not None
    for row in found:
        row.open_patient = None if stays else into
    unit.session.flush()
    return [row.id for row in found] if stays else []
