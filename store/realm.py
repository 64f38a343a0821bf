"""Case records of a meeting: described, redacted and released, shown, closed, and packed."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import delete
from sqlmodel import col

from store import _realm_pack
from store._realm_cases import (
    case_row,
    check_open,
    link_row,
    meeting_row,
    move,
    points_of,
    record_of,
    rows_of,
)
from store._realm_tables import PictureRow, PointRow, RealmCaseRow
from store._whose import check_nameless
from store.domain.cause import Cause
from store.domain.people import Permission
from store.domain.realm import (
    LONGEST_POINT,
    LONGEST_TEXT,
    Addendum,
    CandourRoute,
    CaseRecord,
    Discrepancy,
    EventType,
    Outcome,
    Region,
    Stage,
    check_points,
)
from store.domain.realm_pack import Pack
from store.domain.refusal import NotAllowed
from store.guard import change, question
from store.sealed import Seal
from store.unit import Reader, Unit

LARGEST_PICTURE_BYTES = 4 * 1024 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"
_EDITABLE = frozenset({Stage.PREPARED.value, Stage.RELEASED.value})


@dataclass(frozen=True, slots=True)
class Described:
    """What a chair says of a case beside its texts.

    Attributes:
        incident_ref: Number of a national record (LFPSE), where there is one.
        presented_by: A role, never a person.
    """

    event: EventType
    region: Region
    sex: str = ""
    discrepancy: Discrepancy | None = None
    causes: tuple[Cause, ...] = ()
    addendum: Addendum = Addendum.PENDING
    addendum_on: date | None = None
    candour: CandourRoute = CandourRoute.NONE
    incident_ref: str = ""
    presented_by: str = ""


@question(Permission.CHAIR)
def agenda(reader: Reader, meeting_id: str) -> tuple[CaseRecord, ...]:
    """Every case of a meeting in the order of its agenda, also those taken off it."""
    return tuple(record_of(reader.session, row) for row in rows_of(reader.session, meeting_id))


@question(Permission.CHAIR)
def picture(reader: Reader, case_no: str) -> bytes | None:
    """The key image of a case as PNG; None where there is none."""
    row = reader.session.get(PictureRow, case_no)
    return row.png if row else None


@question(Permission.CHAIR)
def pack_of(
    reader: Reader,
    meeting_id: str,
    department: str = "Radiology",
    attendees: tuple[str, ...] = (),
    *,
    demo: bool = False,
) -> Pack:
    """All that may leave of a meeting: only cases whose redaction a person has checked.

    Args:
        attendees: Names for the sheet to sign, as `store.attendance.roll` has them.

    Raises:
        NotAllowed: the meeting is not here.
    """
    row = meeting_row(reader.session, meeting_id)
    made = _realm_pack.pack(reader, row, department, demo=demo)
    return replace(made, attendees=attendees)


@change(Permission.CHAIR)
def describe(unit: Unit, case_no: str, said: Described) -> None:
    """Keep what the chair says of a case.

    Raises:
        NotAllowed: it is closed or taken off.
    """
    row = case_row(unit.session, case_no)
    if row.stage in (Stage.CLOSED, Stage.REMOVED):
        msg = f"This case is {Stage(row.stage).words}. Open it again first."
        raise NotAllowed(msg)
    row.event, row.region, row.sex = said.event.value, said.region.value, said.sex
    row.discrepancy = said.discrepancy.value if said.discrepancy else ""
    row.causes = [each.value for each in said.causes]
    row.addendum, row.addendum_on = said.addendum.value, said.addendum_on
    row.candour, row.incident_ref = said.candour.value, said.incident_ref.strip()[:40]
    row.presented_by = said.presented_by
    unit.tell("realm.case_described", case_no)


@change(Permission.CHAIR)
def release(unit: Unit, case_no: str, question: str, excerpt: str, seal: Seal) -> None:
    """Let a case be shown, with texts that the person has read and found to name nobody.

    Raises:
        NotAllowed: a text is missing or too long, still names the patient or a number or day of
            theirs, the case is not waiting for its redaction, or its identity was erased.
    """
    row = case_row(unit.session, case_no)
    asked, told = _text(question, "the clinical question"), _text(excerpt, "the report's excerpt")
    whose = seal.opened(link_row(unit.session, case_no).sealed)["case"]
    check_nameless(unit.session, whose, asked, told)
    move(row, Stage.RELEASED)
    row.question, row.excerpt = asked, told
    row.redaction_checked_by = unit.person.handle
    unit.tell("realm.case_released", case_no)


@change(Permission.CHAIR)
def take_back(unit: Unit, case_no: str) -> None:
    """Take back the release of a case that was not shown yet: it is redacted anew.

    Raises:
        NotAllowed: it is not released, or was shown.
    """
    row = case_row(unit.session, case_no)
    move(row, Stage.PREPARED)
    row.redaction_checked_by = ""
    unit.tell("realm.release_taken_back", case_no)


@change(Permission.CHAIR)
def keep_picture(unit: Unit, case_no: str, png: bytes, words: str) -> None:
    """Keep the key image of a case, which the person looked at and found to name nobody.

    Raises:
        NotAllowed: it is no PNG or too large, has no words for those who do not see it, or the
            case was shown already.
    """
    row = _editable(unit, case_no)
    if not png.startswith(_PNG) or len(png) > LARGEST_PICTURE_BYTES:
        msg = "A key image is a PNG of 4 MB at most, rendered anew from pixels. Make it again."
        raise NotAllowed(msg)
    said = _text(words, "what the picture is, without its level and grade")
    kept = unit.session.get(PictureRow, row.case_no)
    if kept is not None:
        unit.session.delete(kept)
        unit.session.flush()
    unit.session.add(
        PictureRow(case_no=row.case_no, png=png, words=said, checked_by=unit.person.handle)
    )
    unit.tell("realm.picture_kept", case_no)


@change(Permission.CHAIR)
def drop_picture(unit: Unit, case_no: str) -> None:
    """Take the key image of a case away.

    Raises:
        NotAllowed: the case was shown already.
    """
    _editable(unit, case_no)
    unit.session.execute(delete(PictureRow).where(col(PictureRow.case_no) == case_no))
    unit.tell("realm.picture_dropped", case_no)


@change(Permission.CHAIR)
def conclude(unit: Unit, case_no: str, outcome: Outcome, points: tuple[str, ...] = ()) -> None:
    """Close a case with what the meeting came to and its learning points.

    Raises:
        NotAllowed: it was discussed and has fewer than one or more than five points, one is too
            long, or it cannot be closed from where it stands.
    """
    row = case_row(unit.session, case_no)
    said = tuple(_text(point, "the learning point", LONGEST_POINT) for point in points if point)
    check_points(outcome, len(said))
    move(row, Stage.CLOSED)
    row.outcome = outcome.value
    unit.session.execute(delete(PointRow).where(col(PointRow.case_no) == case_no))
    unit.session.add_all(
        PointRow(case_no=case_no, place=place, text=text) for place, text in enumerate(said, 1)
    )
    unit.tell("realm.case_closed", case_no, outcome_=outcome.value, points=len(said))


@change(Permission.CHAIR)
def reopen(unit: Unit, case_no: str) -> None:
    """Open a closed case again; its points stay until it is closed anew.

    Raises:
        NotAllowed: it is not closed.
    """
    row = case_row(unit.session, case_no)
    move(row, Stage.REVEALED)
    row.outcome = ""
    unit.tell("realm.case_reopened", case_no, points=len(points_of(unit.session, case_no)))


def _editable(unit: Unit, case_no: str) -> RealmCaseRow:
    row = case_row(unit.session, case_no)
    check_open(meeting_row(unit.session, row.meeting_id))
    if row.stage not in _EDITABLE:
        msg = f"This case is {Stage(row.stage).words}; its picture stays as it was shown."
        raise NotAllowed(msg)
    return row


def _text(text: str, what: str, longest: int = LONGEST_TEXT) -> str:
    said = text.strip()
    if not said or len(said) > longest:
        msg = f"Write {what} in at most {longest} characters; this has {len(said)}."
        raise NotAllowed(msg)
    return said
