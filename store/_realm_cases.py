"""Case records of REALM: how one is made of a decided case, and what it says."""

import secrets
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlmodel import Session, col

from store._realm_tables import LinkRow, MeetingRow, PictureRow, PointRow, RealmCaseRow, TakenRow
from store._register import facts_on, kind_of
from store.domain.cause import Cause
from store.domain.codes import sex_words
from store.domain.meeting import MeetingStage
from store.domain.realm import (
    Addendum,
    CandourRoute,
    CaseRecord,
    Discrepancy,
    EventType,
    Outcome,
    Region,
    Stage,
    age_band,
    check_move,
    region_of,
)
from store.domain.refusal import NotAllowed
from store.domain.report import ReportStatus
from store.domain.sampling import Numbers, Why
from store.sealed import Seal
from store.tables import PatientRow, ReviewCase, ScanRow
from store.unit import Unit

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without those that are taken for another when read aloud."""
_LENGTH = 4
_MODALITY = "CT"
_SEX = {"female": "F", "male": "M"}


def case_row(session: Session, case_no: str) -> RealmCaseRow:
    """The record of *case_no*; raises `NotAllowed` where there is none."""
    row = session.get(RealmCaseRow, case_no)
    if row is None:
        msg = "This REALM case is not here. Reload the page."
        raise NotAllowed(msg)
    return row


def meeting_row(session: Session, meeting_id: str) -> MeetingRow:
    """The meeting *meeting_id*; raises `NotAllowed` where there is none."""
    row = session.get(MeetingRow, meeting_id)
    if row is None:
        msg = "This meeting is not here. Reload the page."
        raise NotAllowed(msg)
    return row


def move(row: RealmCaseRow, new: Stage) -> None:
    """Bring a case to another stage, or raise `NotAllowed`."""
    check_move(Stage(row.stage), new)
    row.stage = new.value


def admit(
    unit: Unit,
    seal: Seal,
    meeting: MeetingRow,
    case: ReviewCase,
    event: EventType,
    whys: Sequence[Why],
    submitted_by: str = "",
    words: str = "",
) -> RealmCaseRow:
    """Make the nameless record of *case* for *meeting*, and its sealed link.

    Raises:
        NotAllowed: the meeting is over, or the case went to one before.
    """
    check_open(meeting)
    session = unit.session
    take(unit, case.id)
    scan = session.get_one(ScanRow, case.scan_id)
    patient = session.get_one(PatientRow, scan.patient_id)
    facts = facts_on(session, [case])[case.id]
    kind = kind_of(case)
    row = RealmCaseRow(
        case_no=_number(unit),
        meeting_id=meeting.id,
        place=_next_place(session, meeting.id),
        stage=Stage.PREPARED.value,
        event=event.value,
        modality=_MODALITY,
        region=region_of(scan.exam).value,
        age_band=age_band(patient.born, scan.scanned),
        sex=_SEX.get(sex_words(patient.sex, patient.sex_system), ""),
        finding=facts.words,
        ai_finding=facts.ai,
        report_said=ReportStatus(case.report_status).words if case.report_status else "",
        discrepancy=kind.value if kind else "",
        submitted_by=submitted_by,
        whys=[why.value for why in whys],
        words=words,
    )
    session.add(row)
    session.flush()
    session.add(LinkRow(case_no=row.case_no, sealed=seal.shut({"case": case.id})))
    session.flush()
    return row


def check_open(meeting: MeetingRow) -> None:
    """Raise `NotAllowed` unless the agenda of *meeting* may still be changed."""
    if meeting.stage not in (MeetingStage.PLANNED, MeetingStage.HELD):
        msg = f"This meeting is {MeetingStage(meeting.stage).words}. Open it again first."
        raise NotAllowed(msg)


def take(unit: Unit, case_id: str) -> None:
    """Note that a case of the record goes to a meeting; raises `NotAllowed` where it did before."""
    if unit.session.get(TakenRow, case_id) is not None:
        msg = "This case goes, or went, to a meeting already. It is not shown twice."
        raise NotAllowed(msg)
    unit.session.add(TakenRow(case_id=case_id))
    unit.session.flush()


def give_back(unit: Unit, case_id: str) -> None:
    """Let a case of the record go to another meeting."""
    row = unit.session.get(TakenRow, case_id)
    if row is not None:
        unit.session.delete(row)
        unit.session.flush()


def link_row(session: Session, case_no: str) -> LinkRow:
    """The sealed link of *case_no*; raises `NotAllowed` where it was erased."""
    row = session.get(LinkRow, case_no)
    if row is None:
        msg = "The identity behind this case was erased. Nobody can tell any more whose it is."
        raise NotAllowed(msg)
    return row


def _number(unit: Unit) -> str:
    while True:
        drawn = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        number = f"R-{unit.now.year}-{drawn}"
        if unit.session.get(RealmCaseRow, number) is None:
            return number


def _next_place(session: Session, meeting_id: str) -> int:
    last = select(func.max(col(RealmCaseRow.place))).where(
        col(RealmCaseRow.meeting_id) == meeting_id
    )
    return int(session.execute(last).scalar_one() or 0) + 1


def rows_of(session: Session, meeting_id: str) -> list[RealmCaseRow]:
    """The cases of a meeting in the order of its agenda, also those taken off it."""
    return list(
        session.execute(
            select(RealmCaseRow)
            .where(col(RealmCaseRow.meeting_id) == meeting_id)
            .order_by(col(RealmCaseRow.place), col(RealmCaseRow.case_no))
        ).scalars()
    )


def points_of(session: Session, case_no: str) -> tuple[str, ...]:
    """The learning points of a case."""
    rows = session.execute(
        select(col(PointRow.text))
        .where(col(PointRow.case_no) == case_no)
        .order_by(col(PointRow.place))
    ).scalars()
    return tuple(rows)


def numbers_of(meeting: MeetingRow) -> Numbers | None:
    """The numbers of the sample of *meeting*; None until it was drawn."""
    if not meeting.numbers:
        return None
    kinds = tuple((kind, many) for kind, many in meeting.numbers["left_by_kind"])
    return Numbers(**{**meeting.numbers, "left_by_kind": kinds})


def record_of(session: Session, row: RealmCaseRow) -> CaseRecord:
    """*row* as a value."""
    return CaseRecord(
        case_no=row.case_no,
        meeting_id=row.meeting_id,
        place=row.place,
        stage=Stage(row.stage),
        event=EventType(row.event),
        modality=row.modality,
        region=Region(row.region),
        age_band=row.age_band,
        sex=row.sex,
        question=row.question,
        excerpt=row.excerpt,
        finding=row.finding,
        ai_finding=row.ai_finding,
        report_said=row.report_said,
        discrepancy=Discrepancy(row.discrepancy) if row.discrepancy else None,
        causes=tuple(Cause(each) for each in row.causes),
        outcome=Outcome(row.outcome) if row.outcome else None,
        learning_points=points_of(session, row.case_no),
        picture=_pictured(session, row.case_no),
        redaction_checked_by=row.redaction_checked_by,
        addendum=Addendum(row.addendum),
        addendum_on=row.addendum_on,
        candour=CandourRoute(row.candour),
        incident_ref=row.incident_ref,
        presented_by=row.presented_by,
        submitted_by=row.submitted_by,
        whys=tuple(row.whys),
    )


def _pictured(session: Session, case_no: str) -> bool:
    there = select(col(PictureRow.case_no)).where(col(PictureRow.case_no) == case_no)
    return session.execute(there).first() is not None
