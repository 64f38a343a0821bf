"""The tables of REALM, cut so that nothing counts by person.

Three groups that no foreign key joins: what speaks of the record's own cases (`NominationRow`,
`TakenRow`), what speaks of meetings and their nameless cases, and who attended. What joins the
first two is sealed in `LinkRow.sealed` and erased after the meeting.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, Text
from sqlmodel import SQLModel

from store.columns import Utc, plain, staff, what, who


class NominationRow(SQLModel, table=True):
    """A person put a case of the record forward, and why; the role alone, never the person."""

    __tablename__ = "realm_nomination"

    id: str = plain(primary_key=True)
    case_id: str = plain(foreign_key="review_case.id", index=True)
    event: str = what()
    words: str = what(Text)
    role: str = plain()
    at: datetime = plain(Utc)
    withdrawn_at: datetime | None = plain(Utc, default=None)
    withdrawn_why: str = what(Text, default="")


class TakenRow(SQLModel, table=True):
    """A case of the record went to a meeting; which, and as what, is not said here."""

    __tablename__ = "realm_taken"
    # Kept by its key, not in the order of coming, which would tell which case record is whose.
    __table_args__ = ({"sqlite_with_rowid": False},)

    case_id: str = plain(primary_key=True, foreign_key="review_case.id")


class MeetingRow(SQLModel, table=True):
    """A meeting; `numbers` are those of its sample."""

    __tablename__ = "realm_meeting"

    id: str = plain(primary_key=True)
    day: date = plain(index=True)
    stage: str = plain()
    since: date = plain()
    until: date = plain()
    numbers: dict[str, Any] = plain(JSON, default_factory=dict)


class RealmCaseRow(SQLModel, table=True):
    """A case record as `store.domain.realm.CaseRecord` has it: nobody's."""

    __tablename__ = "realm_case"

    case_no: str = plain(primary_key=True)
    meeting_id: str = plain(foreign_key="realm_meeting.id", index=True)
    place: int = plain()
    stage: str = plain()
    event: str = what()
    modality: str = what()
    region: str = what()
    age_band: str = what()
    sex: str = what(default="")
    question: str = what(Text, default="")
    excerpt: str = what(Text, default="")
    finding: str = what(Text, default="")
    ai_finding: str = what(Text, default="")
    report_said: str = what(default="")
    discrepancy: str = what(default="")
    causes: list[str] = what(JSON, default_factory=list)
    outcome: str = what(default="")
    redaction_checked_by: str = staff(default="")
    addendum: str = what(default="PENDING")
    addendum_on: date | None = what(default=None)
    candour: str = what(default="NONE")
    incident_ref: str = what(default="")
    presented_by: str = plain(default="")
    submitted_by: str = plain(default="")
    whys: list[str] = what(JSON, default_factory=list)
    words: str = what(Text, default="")


class LinkRow(SQLModel, table=True):
    """Whose a case is, sealed, and whether the reporter was told; gone some days after the meeting.

    `opened_until` is set by the chair's act of opening it.
    """

    __tablename__ = "realm_link"

    case_no: str = plain(primary_key=True, foreign_key="realm_case.case_no")
    sealed: str = who(Text)
    opened_until: datetime | None = plain(Utc, default=None)
    notified_on: date | None = plain(default=None)
    not_notified_why: str = what(Text, default="")


class PictureRow(SQLModel, table=True):
    """The key image of a case, rendered anew from pixels; a person saw that it names nobody."""

    __tablename__ = "realm_picture"

    case_no: str = plain(primary_key=True, foreign_key="realm_case.case_no")
    png: bytes = what(LargeBinary)
    words: str = what(Text)
    checked_by: str = staff()


class PointRow(SQLModel, table=True):
    """A learning point of a case."""

    __tablename__ = "realm_point"

    case_no: str = plain(primary_key=True, foreign_key="realm_case.case_no")
    place: int = plain(primary_key=True)
    text: str = what(Text)


class ActionRow(SQLModel, table=True):
    """Something to be done, owned by a role."""

    __tablename__ = "realm_action"

    id: str = plain(primary_key=True)
    meeting_id: str = plain(foreign_key="realm_meeting.id", index=True)
    text: str = what(Text)
    owner: str = plain()
    due: date = plain()
    done_on: date | None = plain(default=None)


class AttendanceRow(SQLModel, table=True):
    """Who was at the meeting of a day, and how many cases they brought; no key leads from here."""

    __tablename__ = "realm_attendance"

    day: date = plain(primary_key=True)
    handle: str = staff(primary_key=True)
    brought: int = plain(default=0)


class BallotRow(SQLModel, table=True):
    """The vote on a case. `salt` hides who voted, and is thrown away at the reveal."""

    __tablename__ = "realm_ballot"

    case_no: str = plain(primary_key=True, foreign_key="realm_case.case_no")
    salt: str = plain()
    tally: dict[str, Any] = what(JSON, default_factory=dict)


class VoteRow(SQLModel, table=True):
    """One vote until the reveal, by a digest that the ballot's salt alone can make."""

    __tablename__ = "realm_vote"
    # As `TakenRow`: the order of coming would tell who voted what, beside the trail.
    __table_args__ = ({"sqlite_with_rowid": False},)

    case_no: str = plain(primary_key=True, foreign_key="realm_case.case_no")
    voter: str = staff(primary_key=True)
    seen: str = what()
    would_report: str = what()
    level: str = what(default="")
    grade: int | None = what(default=None)
