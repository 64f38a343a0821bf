"""Radiology reports: how they come in, those that wait for their scan, and attaching by hand."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import col

from store._receipts import Outcome, receipt
from store._reports import BY_HAND, TAKEN_OFF, meant, place, versions_of
from store.domain import wording
from store.domain.arrival import Fate, RadiologyReport
from store.domain.clock import local
from store.domain.people import Permission
from store.domain.refusal import NotAllowed
from store.guard import change, question
from store.tables import ReportRow, ReviewCase, ScanRow
from store.unit import Reader, Unit

SHOWN = 200
_WANTING = "Say in a few words why, so that others can follow it."
"""So many waiting reports are listed, the oldest first; all of them are counted."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report that no scan here fits; its text stays where it is until it is attached.

    Attributes:
        why: Why it could not be joined.
    """

    id: str
    at: datetime
    source: str
    site: str
    status: str
    accession: str
    nhs_number: str
    hospital_number: str
    scanned: date | None
    reported: date | None
    why: str


@dataclass(frozen=True, slots=True)
class AllWaiting:
    """How many reports wait, and the oldest of them."""

    count: int
    oldest: tuple[Waiting, ...]


@change(Permission.RECEIVE)
def receive(unit: Unit, report: RadiologyReport) -> Outcome:
    """Enter a radiology report; it waits where no scan of ours fits it.

    The same report again is a duplicate. An earlier version stays beside the one that stands.
    """
    before = unit.session.get(ReportRow, report.digest)
    if before is not None:
        again = Outcome(Fate.DUPLICATE)
        return receipt(unit, "report", report.digest, again, before.scan_id, report.source)
    row = ReportRow(
        digest=report.digest,
        study_uid=report.study_uid,
        accession=report.accession,
        text=report.text,
        status=report.status,
        reported=report.reported,
        received_at=unit.now,
        source=report.source,
        nhs_number=report.nhs_number,
        hospital_number=report.hospital_number,
        scanned=report.scanned,
        raw=report.raw,
        site=report.site,
        reported_at=report.reported_at,
        patient_class=report.patient_class,
        sex=report.sex,
        sex_system=report.sex_system,
        gp_practice=report.gp_practice,
    )
    scan, said = meant(unit.session, row)
    unit.session.add(row)
    if scan is None:
        waits = Outcome(Fate.HELD, said)
        return receipt(unit, "report", report.digest, waits, None, report.source)
    place(unit, row, scan.id, said)
    return receipt(unit, "report", report.digest, Outcome(Fate.ACCEPTED), scan.id, report.source)


@question(Permission.RECEIVE)
def known(reader: Reader, digest: str) -> bool:
    """Whether the record has the report *digest*."""
    return reader.session.get(ReportRow, digest) is not None


@question(Permission.READ_SYSTEM)
def waiting_count(reader: Reader) -> int:
    """How many reports wait for a scan."""
    waits = select(func.count()).where(col(ReportRow.scan_id).is_(None))
    return int(reader.session.execute(waits).scalar_one())


@question(Permission.RESOLVE)
def waiting(reader: Reader) -> AllWaiting:
    """Reports that no scan fits, the oldest first, without their text."""
    waits = col(ReportRow.scan_id).is_(None)
    count = reader.session.execute(select(func.count()).where(waits)).scalar_one()
    rows = reader.session.execute(
        select(ReportRow)
        .where(waits)
        .order_by(col(ReportRow.received_at), col(ReportRow.digest))
        .limit(SHOWN)
    ).scalars()
    return AllWaiting(int(count), tuple(_waiting(reader, row) for row in rows))


def _waiting(reader: Reader, row: ReportRow) -> Waiting:
    taken_off = row.matched == TAKEN_OFF
    why = f"Taken off its scan: {row.words}" if taken_off else meant(reader.session, row)[1]
    return Waiting(
        id=row.digest,
        at=row.received_at,
        source=row.source,
        site=row.site,
        status=row.status,
        accession=row.accession,
        nhs_number=row.nhs_number,
        hospital_number=row.hospital_number,
        scanned=row.scanned,
        reported=row.reported,
        why=why,
    )


@question(Permission.RESOLVE)
def of_case(reader: Reader, case_id: str) -> tuple[tuple[str, str], ...]:
    """The reports at the scan of a case, without their text: id, and what tells one by."""
    case = reader.session.get(ReviewCase, case_id)
    rows = versions_of(reader.session, case.scan_id) if case else []
    return tuple((row.digest, f"{row.status}, came {local(row.received_at)}") for row in rows)


@change(Permission.RESOLVE)
def attach(unit: Unit, report_id: str, case_id: str, words: str) -> None:
    """Put a waiting report to the scan of *case_id*, and keep why.

    Raises:
        NotAllowed: it does not wait any more, there is no such case, or no words say why.
    """
    row, why = _row(unit, report_id), wording.said(words, _WANTING)
    if row.scan_id is not None:
        msg = "This report is at a scan already. Take it off there first."
        raise NotAllowed(msg)
    case = unit.session.get(ReviewCase, case_id)
    if case is None:
        msg = "This case is not here. Search for it again."
        raise NotAllowed(msg)
    place(unit, row, unit.session.get_one(ScanRow, case.scan_id).id, BY_HAND)
    row.words = why
    unit.tell("report.attached", row.digest[:16], case=case.id)


@change(Permission.RESOLVE)
def detach(unit: Unit, report_id: str, words: str) -> None:
    """Take a report off its scan; it waits, and is joined to nothing by itself any more.

    Raises:
        NotAllowed: it is at no scan, or no words say why.
    """
    row, why = _row(unit, report_id), wording.said(words, _WANTING)
    if row.scan_id is None:
        msg = "This report is at no scan."
        raise NotAllowed(msg)
    place(unit, row, None, TAKEN_OFF)
    row.words = why
    unit.tell("report.detached", row.digest[:16])


def _row(unit: Unit, report_id: str) -> ReportRow:
    row = unit.session.get(ReportRow, report_id)
    if row is None:
        msg = "This report is not here. Reload the page."
        raise NotAllowed(msg)
    return row
