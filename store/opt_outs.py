"""The register of opt-outs: whose scans are left out of review and referral, from when and why."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlmodel import col

from store._opted import keep_out, owners_of
from store.domain import wording
from store.domain.identity import NhsNumber
from store.domain.people import Permission
from store.domain.refusal import NotAllowed
from store.guard import change, question
from store.tables import OptOutRow, PatientRow, ReferralRow, ScanRow
from store.unit import Reader, Unit

_now = func.coalesce(col(PatientRow.merged_into), col(PatientRow.id))
"""Who a patient is now: an opt-out may stand under the number of a record that was merged."""
SHOWN = 500
LONGEST = 500
_MARKS = str.maketrans("", "", " \t-./_‐‑‒–—\u00a0\u2007\u202f")


@dataclass(frozen=True, slots=True)
class Entry:
    """One opt-out.

    Attributes:
        scans: Scans it keeps out now.
        ended_at: Set once it was lifted.
    """

    id: str
    nhs_number: str
    since: date
    reason: str
    source: str
    added_by: str
    added_at: datetime
    scans: int
    ended_at: datetime | None
    ended_why: str


@dataclass(frozen=True, slots=True)
class Referred:
    """Somebody who opted out after the FLS was given their name: a person must withdraw it."""

    referral: str
    patient: str
    nhs_number: str
    referred_on: date
    since: date


@dataclass(frozen=True, slots=True)
class Added:
    """What entering an opt-out did: whether it stood before, and how many scans it keeps out."""

    before: bool
    scans: int


def number_of(text: str) -> NhsNumber:
    """The NHS number in *text*, however it is spaced, pointed or written wide.

    Raises:
        UnusableNhsNumber: it is none.
    """
    return NhsNumber.parse(unicodedata.normalize("NFKC", text).translate(_MARKS))


@change(Permission.OPT_OUTS)
def add(unit: Unit, number: str, since: date, reason: str, source: str = "") -> Added:
    """Enter an opt-out; one that stands already is left as it is.

    Args:
        number: The NHS number, spelled in any way.
        source: Where it is known from.

    Raises:
        UnusableNhsNumber: it is no NHS number.
        NotAllowed: it begins in the future, or a text is too long.
    """
    digits = number_of(number).digits
    if since > unit.now.date():
        msg = "An opt-out cannot begin in the future. Enter it on its day."
        raise NotAllowed(msg)
    if max(len(reason), len(source)) > LONGEST:
        msg = f"Reason and source may have {LONGEST} characters each. Shorten them."
        raise NotAllowed(msg)
    standing = unit.session.execute(
        select(OptOutRow).where(
            col(OptOutRow.nhs_number) == digits, col(OptOutRow.ended_at).is_(None)
        )
    ).scalar_one_or_none()
    if standing is not None:
        unit.tell("opt_out.known", standing.id)
        return Added(before=True, scans=0)
    row = OptOutRow(
        id=f"o_{uuid4().hex}",
        nhs_number=digits,
        since=since,
        reason=reason.strip(),
        source=source.strip(),
        added_by=unit.person.handle,
        added_at=unit.now,
    )
    unit.session.add(row)
    scans = keep_out(unit, owners_of(unit.session, digits))
    unit.tell("opt_out.added", row.id, scans=scans)
    return Added(before=False, scans=scans)


@change(Permission.OPT_OUTS)
def lift(unit: Unit, entry_id: str, words: str) -> int:
    """End an opt-out; how many scans are back where they were.

    Raises:
        NotAllowed: it is not here or was ended, no words say why, or too many.
    """
    row = unit.session.get(OptOutRow, entry_id)
    if row is None or row.ended_at is not None:
        msg = "This opt-out does not stand any more. Reload the page."
        raise NotAllowed(msg)
    said = wording.said(words, "Say in a few words why it ends.", LONGEST)
    row.ended_by, row.ended_at, row.ended_why = unit.person.handle, unit.now, said
    scans = keep_out(unit, owners_of(unit.session, row.nhs_number))
    unit.tell("opt_out.lifted", row.id, scans=scans)
    return scans


@question(Permission.OPT_OUTS)
def entries(reader: Reader) -> tuple[Entry, ...]:
    """The register, what stands first, then the newest, up to `SHOWN` of them."""
    kept_out = (
        select(func.count())
        .select_from(ScanRow)
        .join(PatientRow, _now == col(ScanRow.patient_id))
        .where(col(PatientRow.nhs_number) == col(OptOutRow.nhs_number))
        .scalar_subquery()
    )
    rows = reader.session.execute(
        select(OptOutRow, kept_out)
        .order_by(
            col(OptOutRow.ended_at).is_not(None), col(OptOutRow.added_at).desc(), col(OptOutRow.id)
        )
        .limit(SHOWN)
    )
    return tuple(_entry(row, scans) for row, scans in rows)


@question(Permission.OPT_OUTS)
def referred(reader: Reader) -> tuple[Referred, ...]:
    """Those who opted out and whose name the FLS has: nothing here takes it back by itself."""
    rows = reader.session.execute(
        select(ReferralRow, PatientRow, OptOutRow)
        .join(PatientRow, _now == col(ReferralRow.open_patient))
        .join(OptOutRow, col(OptOutRow.nhs_number) == col(PatientRow.nhs_number))
        .where(col(OptOutRow.ended_at).is_(None))
        .order_by(col(ReferralRow.at))
    )
    return tuple(
        Referred(
            sent.id,
            ", ".join(filter(None, (patient.surname, patient.forename))),
            NhsNumber(entry.nhs_number).spaced,
            sent.at.date(),
            entry.since,
        )
        for sent, patient, entry in rows
    )


def _entry(row: OptOutRow, scans: int) -> Entry:
    return Entry(
        id=row.id,
        nhs_number=NhsNumber(row.nhs_number).spaced,
        since=row.since,
        reason=row.reason,
        source=row.source,
        added_by=row.added_by,
        added_at=row.added_at,
        scans=0 if row.ended_at else scans,
        ended_at=row.ended_at,
        ended_why=row.ended_why,
    )
