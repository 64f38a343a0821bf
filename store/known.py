"""The FLS's own list of patients it knows: what speaks against referring them again."""

from datetime import date

from sqlalchemy import func, select

from store.domain.people import Permission
from store.guard import change, question
from store.opt_outs import number_of
from store.tables import KnownRow
from store.unit import Reader, Unit


@change(Permission.RECEIVE)
def add(unit: Unit, number: str, since: date | None, source: str) -> bool:
    """Note that the FLS knows the patient with this NHS number: whether it was noted before.

    What was noted before is brought up to date. Nobody is taken off: that the FLS knew somebody
    does not end.

    Raises:
        UnusableNhsNumber: it is no NHS number.
    """
    digits = number_of(number).digits
    row = unit.session.get(KnownRow, digits)
    known = row is not None
    if row is None:
        row = KnownRow(nhs_number=digits, added_by=unit.person.handle, added_at=unit.now)
        unit.session.add(row)
    row.since, row.source = since or row.since, source.strip()[:100] or row.source
    # The trail names nobody: neither the number nor anything made of it.
    unit.tell("known_fls.noted", "known_fls", before=known)
    return known


@question(Permission.READ_REFERRALS)
def count(reader: Reader) -> int:
    """How many the list names."""
    counted = reader.session.execute(select(func.count()).select_from(KnownRow)).scalar_one()
    return int(counted)
