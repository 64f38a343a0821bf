"""The identity behind a REALM case: opened by the chair with a reason, told of, and erased."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select, text
from sqlmodel import Session, col

from store._realm_cases import case_row, link_row, meeting_row
from store._realm_tables import LinkRow, MeetingRow, RealmCaseRow
from store._whose import Whose as Whose
from store._whose import whose
from store.domain.people import Permission
from store.domain.refusal import NotAllowed
from store.guard import change, question
from store.sealed import Seal
from store.unit import Reader, Unit

OPEN_FOR = timedelta(minutes=30)
"""So long an identity can be read after it was opened; our default."""
LONGEST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Notice:
    """Whether the radiologist of a case was told before the meeting.

    Attributes:
        there: Whether the link to the identity still is there.
        open: Whether the identity can be read now.
        told_on: The day they were written to.
        why_not: Why nobody could be written to; empty unless that was said.
    """

    case_no: str
    there: bool
    open: bool
    told_on: date | None
    why_not: str

    @property
    def settled(self) -> bool:
        """Whether the case may be shown as far as its radiologist is concerned."""
        return not self.there or self.told_on is not None or bool(self.why_not)


@change(Permission.OPEN_IDENTITIES)
def open_up(unit: Unit, case_no: str, words: str) -> None:
    """Let the chair read whose a case is for half an hour; that it was opened stays in the trail.

    Raises:
        NotAllowed: no words say what for, or the identity was erased.
    """
    if not words.strip():
        msg = "Say in a few words what you need the identity for."
        raise NotAllowed(msg)
    row = link_row(unit.session, case_no)
    row.opened_until = unit.now + OPEN_FOR
    unit.tell("realm.identity_opened", case_no, why=words.strip()[:LONGEST_WORDS])


@question(Permission.OPEN_IDENTITIES)
def identity(reader: Reader, case_no: str, seal: Seal) -> Whose:
    """Whose a case is.

    Raises:
        NotAllowed: it was not opened in the last half hour, or was erased.
    """
    row = link_row(reader.session, case_no)
    if row.opened_until is None or row.opened_until < reader.now:
        msg = "Open the identity first and say what for. It closes again after half an hour."
        raise NotAllowed(msg)
    kept = seal.opened(row.sealed)
    return whose(reader.session, kept["case"], kept.get("reporter", ""))


@question(Permission.CHAIR)
def notices(reader: Reader, meeting_id: str) -> tuple[Notice, ...]:
    """Of each case of a meeting whether its radiologist was told; nobody by name."""
    rows = reader.session.execute(
        select(col(RealmCaseRow.case_no), LinkRow)
        .outerjoin(LinkRow, col(LinkRow.case_no) == col(RealmCaseRow.case_no))
        .where(col(RealmCaseRow.meeting_id) == meeting_id)
        .order_by(col(RealmCaseRow.place))
    )
    return tuple(_notice(reader, case_no, link) for case_no, link in rows)


def _notice(reader: Reader, case_no: str, link: LinkRow | None) -> Notice:
    if link is None:
        return Notice(case_no, there=False, open=False, told_on=None, why_not="")
    stands = link.opened_until is not None and link.opened_until >= reader.now
    return Notice(case_no, True, stands, link.notified_on, link.not_notified_why)


@change(Permission.OPEN_IDENTITIES)
def name_reporter(unit: Unit, case_no: str, reporter: str, seal: Seal) -> None:
    """Note, sealed, whom to write to about a case.

    Raises:
        NotAllowed: the identity is not open, or was erased.
    """
    identity(unit, case_no, seal)
    row = link_row(unit.session, case_no)
    kept = {**seal.opened(row.sealed), "reporter": reporter.strip()[:LONGEST_WORDS]}
    row.sealed = seal.shut(kept)
    unit.tell("realm.reporter_noted", case_no)


@change(Permission.CHAIR)
def told(unit: Unit, case_no: str, on: date | None, why_not: str = "") -> None:
    """Note that the radiologist was written to on a day, or why nobody could be.

    With neither, what was noted is taken back.

    Raises:
        NotAllowed: the day lies after the meeting or in the future, or the identity was erased.
    """
    row = link_row(unit.session, case_no)
    meeting = meeting_row(unit.session, case_row(unit.session, case_no).meeting_id)
    if on is not None and on > min(meeting.day, unit.now.date()):
        msg = "The radiologist is written to before the meeting. Give the day on which it was sent."
        raise NotAllowed(msg)
    row.notified_on, row.not_notified_why = on, "" if on else why_not.strip()[:LONGEST_WORDS]
    unit.tell("realm.reporter_told" if on else "realm.reporter_not_told", case_no)


@question(Permission.ERASE_IDENTITIES)
def due(reader: Reader, kept_days: int) -> int:
    """How many links are to be erased: their meeting lies *kept_days* or more back."""
    return len(_due(reader, kept_days))


@change(Permission.ERASE_IDENTITIES)
def erase(unit: Unit, kept_days: int) -> int:
    """Erase every link whose meeting lies *kept_days* or more back; how many.

    The trail says of which meetings and case numbers; whose they were is told nowhere.
    """
    found = _due(unit, kept_days)
    _wipe(unit.session)
    numbers = [case_no for case_no, _ in found]
    unit.session.execute(delete(LinkRow).where(col(LinkRow.case_no).in_(numbers)))
    for meeting in sorted({meeting for _, meeting in found}):
        gone = sorted(case_no for case_no, its in found if its == meeting)
        unit.tell("realm.identities_erased", meeting, cases=gone, after_days=kept_days)
    if not found:
        unit.tell("realm.nothing_to_erase", unit.person.handle, after_days=kept_days)
    return len(found)


def _due(reader: Reader, kept_days: int) -> list[tuple[str, str]]:
    rows = reader.session.execute(
        select(col(LinkRow.case_no), col(MeetingRow.id))
        .join(RealmCaseRow, col(RealmCaseRow.case_no) == col(LinkRow.case_no))
        .join(MeetingRow, col(MeetingRow.id) == col(RealmCaseRow.meeting_id))
        .where(col(MeetingRow.day) <= reader.now.date() - timedelta(days=kept_days))
    )
    return [(case_no, meeting) for case_no, meeting in rows]


def _wipe(session: Session) -> None:
    """Have SQLite write over what it deletes; PostgreSQL's VACUUM does it in its own time."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete = ON"))
