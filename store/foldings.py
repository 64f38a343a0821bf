"""Studies that were put to a scan of another study UID: shown, and made a scan of their own again.

Parting is not taken back: by then the new item may be read, counted or referred. Where it was
wrong, its case is withdrawn with a reason (key .), and everything stays to be seen.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import col

from store._changed import tell_readers
from store._conflicts import words_of_row
from store._corrected import correct
from store._findable import findable
from store._flags import case_of
from store._joining import join_waiting
from store._pictures import shown_series
from store._reports import BY_HAND, text_of
from store.domain.naming import number
from store.domain.people import Permission
from store.domain.refusal import NotAllowed
from store.guard import change, question
from store.tables import (
    PatientEventRow,
    PatientRow,
    ReportRow,
    ResultRow,
    ScanRow,
    SeriesRow,
    StudyRow,
)
from store.unit import Reader, Unit

MOST = 50
PARTED = "study parted"


@dataclass(frozen=True, slots=True)
class Folded:
    """A study that is part of the scan of another.

    Attributes:
        key: What `part` is given.
        why: By what it was taken for the same examination: accession number, frame, or day.
    """

    key: str
    patient: str
    exam: str
    scanned: date | None
    why: str
    at: datetime


@question(Permission.RESOLVE)
def folded(reader: Reader) -> tuple[Folded, ...]:
    """Studies that are part of another's scan, the newest first, up to `MOST`."""
    rows = reader.session.execute(
        select(StudyRow, PatientRow)
        .join(ScanRow, col(ScanRow.id) == col(StudyRow.scan_id))
        .join(PatientRow, col(PatientRow.id) == col(ScanRow.patient_id))
        .where(col(StudyRow.folded) != "")
        .order_by(col(StudyRow.at).desc(), col(StudyRow.study_uid))
        .limit(MOST)
    )
    return tuple(
        Folded(
            key=study.study_uid,
            patient=words_of_row(patient),
            exam=study.exam or "CT",
            scanned=study.scanned,
            why=study.folded,
            at=study.at,
        )
        for study, patient in rows
    )


@change(Permission.RESOLVE)
def part(unit: Unit, key: str, words: str) -> str:
    """What was done to make a folded study a scan of its own, because of *words*.

    Its series go with it, and the AI results and reports that name it. What was found and decided
    on the scan it was part of stays there.

    Raises:
        NotAllowed: it is not folded, or no words say why.
    """
    study = unit.session.get(StudyRow, key)
    if study is None or not study.folded:
        msg = "This study is no part of another's scan. Load the page again."
        raise NotAllowed(msg)
    if not words.strip():
        msg = "This needs a reason. Write a few words, then press again."
        raise NotAllowed(msg)
    old = unit.session.get_one(ScanRow, study.scan_id)
    shown, before = shown_series(unit.session, old.id), text_of(unit.session, old.id)
    new = _own(unit, study, old)
    _note(unit, study, old, new, words.strip())
    study.scan_id, study.folded = new.id, ""
    _move(unit, study, old, new)
    tell_readers(unit, old.id, shown.stack if shown else None)
    correct(unit, old.id, before, text_of(unit.session, old.id))
    join_waiting(unit, new, 0.0)
    if case_of(unit.session, new.id):
        return "It is an item of its own now, with a case of its own."
    return "It is an item of its own now; its case begins when an AI result for it comes."


def _own(unit: Unit, study: StudyRow, old: ScanRow) -> ScanRow:
    kept = old.model_dump(exclude={"id", "study_uid", "accession", "ending", "ai_reason"})
    own = {"study_uid": study.study_uid, "accession": study.accession, "exam": study.exam}
    row = ScanRow(**{**kept, **own, "scanned": study.scanned, "received_at": study.at}, id=_id())
    unit.session.add(row)
    unit.session.flush()
    findable(unit, "accession", row.patient_id, number(row.accession), scan=row.id)
    return row


def _note(unit: Unit, study: StudyRow, old: ScanRow, new: ScanRow, words: str) -> None:
    unit.session.add(
        PatientEventRow(
            patient_id=old.patient_id,
            kind=PARTED,
            before={"scan": old.id, "folded": study.folded},
            after={"scan": new.id},
            words=words,
            actor=unit.person.handle,
            actor_name=unit.person.name,
            at=unit.now,
        )
    )
    unit.tell("scan.parted", new.id, of=old.id, folded=study.folded)


def _move(unit: Unit, study: StudyRow, old: ScanRow, new: ScanRow) -> None:
    """Give *new* the series of the study; what else names it waits, and is joined anew."""
    session = unit.session
    of_old = col(SeriesRow.scan_id) == old.id, col(SeriesRow.study_uid) == study.study_uid
    for series in session.execute(select(SeriesRow).where(*of_old)).scalars():
        series.scan_id = new.id
    for table in (ResultRow, ReportRow):
        rows = session.execute(select(table).where(col(table.scan_id) == old.id)).scalars()
        for row in rows:
            by_hand = isinstance(row, ReportRow) and row.matched == BY_HAND
            if not by_hand and _names(row, study, old):
                row.scan_id = None
    session.flush()


def _names(row: ResultRow | ReportRow, study: StudyRow, old: ScanRow) -> bool:
    if row.study_uid:
        return row.study_uid == study.study_uid
    return bool(row.accession) and row.accession == study.accession != old.accession


def _id() -> str:
    return f"n_{uuid4().hex}"
