"""The files of a meeting on their way out: whom they must not name, and that they left."""

from dataclasses import replace
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import Session, col

from store._realm_cases import meeting_row, rows_of
from store._realm_tables import LinkRow
from store._whose import whose
from store.domain.people import Permission
from store.domain.realm import IN_PACK, Stage
from store.domain.redaction import Kind, Known, suggested
from store.guard import change, question
from store.sealed import Seal
from store.tables import PatientRow, ReviewCase, ScanRow, SeriesRow, StudyRow
from store.unit import Reader, Unit


class Purpose(StrEnum):
    """What files are taken away for; kept in the trail."""

    MEETING = "to hold the meeting"
    ABSENT = "for those who did not attend"
    TEACHING = "for teaching"
    RECORD = "for the department's record"


@question(Permission.CHAIR)
def unnamed(reader: Reader, meeting_id: str, seal: Seal) -> tuple[Known, int]:
    """Whom the files of a meeting must not name, and of how many cases nobody knows any more.

    It is for a machine that compares: no screen shows it. Dates are those of birth; those of the
    scans are of the meeting's period, which the files print.

    Raises:
        NotAllowed: the meeting is not here, or the key is not the one that sealed the links.
    """
    meeting_row(reader.session, meeting_id)
    found, erased = Known(), 0
    for row in rows_of(reader.session, meeting_id):
        link = reader.session.get(LinkRow, row.case_no)
        if Stage(row.stage) not in IN_PACK:
            continue
        if link is None:
            erased += 1
            continue
        kept = seal.opened(link.sealed)
        found = _with(found, reader.session, kept["case"], kept.get("reporter", ""))
    return found, erased


def _with(known: Known, session: Session, case_id: str, reporter: str) -> Known:
    one = whose(session, case_id, reporter)
    case = session.get_one(ReviewCase, case_id)
    scan = session.get_one(ScanRow, case.scan_id)
    patient = session.get_one(PatientRow, scan.patient_id)
    uids = [scan.study_uid]
    studies = select(col(StudyRow.study_uid)).where(col(StudyRow.scan_id) == scan.id)
    series = select(col(SeriesRow.series_uid)).where(col(SeriesRow.scan_id) == scan.id)
    uids += [*session.execute(studies).scalars(), *session.execute(series).scalars()]
    numbers = (one.nhs_number, one.hospital_number, one.accession, patient.phone, patient.postcode)
    return replace(
        known,
        names=known.names + tuple(filter(None, (one.surname, one.forename))),
        numbers=known.numbers + tuple(filter(None, (*numbers, *uids))),
        dates=known.dates + ((one.born,) if one.born else ()),
        staff=known.staff + tuple(filter(None, (one.reporter,))) + _people(scan.requester),
    )


def _people(text: str) -> tuple[str, ...]:
    """Who is named in *text*, which may name a department instead."""
    spans = suggested(text)
    return tuple(text[one.start : one.end] for one in spans if one.kind is Kind.NAME)


@change(Permission.CHAIR)
def left(
    unit: Unit, meeting_id: str, which: str, sha256: str, purpose: Purpose, erased: int
) -> None:
    """Note that files of a meeting were handed out.

    Args:
        which: Of the files: all, or the one by name.
        sha256: Of the bytes.
        purpose: What they are for.
        erased: Cases whose identity was erased, so that nobody could look for it.

    Raises:
        NotAllowed: the meeting is not here.
    """
    row = meeting_row(unit.session, meeting_id)
    unit.tell(
        "realm.files_left",
        row.id,
        files=which,
        sha256=sha256,
        purpose=purpose.value,
        unsearched=erased,
    )


@change(Permission.CHAIR)
def held_back(unit: Unit, meeting_id: str, places: int) -> None:
    """Note that files of a meeting were refused: somebody was found in so many places.

    Raises:
        NotAllowed: the meeting is not here.
    """
    unit.tell("realm.files_refused", meeting_row(unit.session, meeting_id).id, places=places)
