"""Meetings of REALM: planned, sampled, held and closed, with the actions that come of them."""

from dataclasses import asdict
from datetime import date
from uuid import uuid4

from sqlalchemy import func, select
from sqlmodel import Session, col

from store._realm_cases import (
    admit,
    case_row,
    check_open,
    give_back,
    link_row,
    meeting_row,
    move,
    numbers_of,
    rows_of,
    take,
)
from store._realm_tables import ActionRow, MeetingRow, NominationRow
from store._register import DECIDED, eligible
from store.domain.meeting import (
    KEPT_DAYS,
    Action,
    Meeting,
    MeetingStage,
    Owner,
    check_meeting_move,
    erased_on,
)
from store.domain.people import Permission, Role
from store.domain.realm import EventType, Outcome, Stage
from store.domain.refusal import NotAllowed
from store.domain.sampling import DRAWN, Numbers, Why, sample
from store.guard import change, question
from store.sealed import Seal
from store.tables import ReviewCase
from store.unit import Reader, Unit

LONGEST_ACTION = 300
_OVER = frozenset({Stage.CLOSED.value, Stage.REMOVED.value})


@question(Permission.TAKE_PART)
def meetings(reader: Reader, kept_days: int = KEPT_DAYS) -> tuple[Meeting, ...]:
    """Every meeting, the latest first."""
    rows = reader.session.execute(
        select(MeetingRow).order_by(col(MeetingRow.day).desc(), col(MeetingRow.id).desc())
    ).scalars()
    return tuple(_meeting(row, kept_days) for row in rows)


@change(Permission.CHAIR)
def plan(unit: Unit, day: date, since: date, until: date) -> str:
    """Plan a meeting on *day* about the scans from *since* to *until*; its id.

    Raises:
        NotAllowed: the period ends before it begins.
    """
    if until < since:
        msg = "The period ends before it begins. Exchange the two days."
        raise NotAllowed(msg)
    year = f"M-{day.year}-"
    known = select(func.count()).where(col(MeetingRow.id).like(f"{year}%"))
    number = int(unit.session.execute(known).scalar_one()) + 1
    row = MeetingRow(
        id=f"{year}{number:02}",
        day=day,
        stage=MeetingStage.PLANNED.value,
        since=since,
        until=until,
    )
    unit.session.add(row)
    unit.tell("realm.meeting_planned", row.id, day=f"{day}")
    return row.id


@change(Permission.CHAIR)
def postpone(unit: Unit, meeting_id: str, day: date) -> None:
    """Give a planned meeting another day.

    Raises:
        NotAllowed: it was held, or is not here.
    """
    row = meeting_row(unit.session, meeting_id)
    if row.stage != MeetingStage.PLANNED:
        msg = "Only a planned meeting can be moved to another day."
        raise NotAllowed(msg)
    was, row.day = row.day, day
    unit.tell("realm.meeting_moved", row.id, was=f"{was}", day=f"{day}")


@change(Permission.CHAIR)
def step(unit: Unit, meeting_id: str, stage: MeetingStage) -> None:
    """Bring a meeting to another stage.

    Raises:
        NotAllowed: it cannot go there from where it stands, or its cases are not done with.
    """
    row = meeting_row(unit.session, meeting_id)
    check_meeting_move(MeetingStage(row.stage), stage)
    stages = [one.stage for one in rows_of(unit.session, row.id)]
    left = sum(one not in _OVER for one in stages)
    if stage is MeetingStage.CLOSED and left:
        msg = f"{left} cases of this meeting are still open. Close them, or take them off."
        raise NotAllowed(msg)
    if stage is MeetingStage.CANCELLED and any(one != Stage.REMOVED for one in stages):
        msg = "Take its cases off the agenda first, so that they can go to another meeting."
        raise NotAllowed(msg)
    row.stage = stage.value
    unit.tell("realm.meeting_moved_on", row.id, stage=stage.value)


@change(Permission.CHAIR)
def draw(unit: Unit, meeting_id: str, seal: Seal, wanted: int = DRAWN) -> Numbers:
    """Put on the agenda what the rule chooses; the numbers, which are kept with the meeting.

    The trail has the numbers alone: which cases were chosen is said nowhere beside their links.

    Raises:
        NotAllowed: it was drawn before, or the meeting is over.
    """
    row = meeting_row(unit.session, meeting_id)
    check_open(row)
    if row.numbers:
        msg = "The sample of this meeting was drawn before. Add or take off single cases instead."
        raise NotAllowed(msg)
    drawn = sample(eligible(unit.session, row.since, row.until), row.id, wanted)
    for one in drawn.chosen:
        case = unit.session.get_one(ReviewCase, one.case)
        whom = _submitted(unit.session, one.case) if Why.NOMINATED in one.whys else ""
        admit(unit, seal, row, case, one.event, one.whys, whom)
    row.numbers = asdict(drawn.numbers)
    unit.tell("realm.sampled", row.id, numbers=asdict(drawn.numbers))
    return drawn.numbers


@change(Permission.CHAIR)
def add(unit: Unit, meeting_id: str, case_id: str, event: EventType, words: str, seal: Seal) -> str:
    """Put one decided case on the agenda by hand, and keep why; its case number.

    Raises:
        NotAllowed: no words say why, it is not decided, went to a meeting, or this one is over.
    """
    said = _words(words, "why this case is added")
    found = unit.session.execute(
        select(ReviewCase).where(col(ReviewCase.id) == case_id, *DECIDED)
    ).scalar_one_or_none()
    if found is None:
        msg = "Only a closed case with a fracture can be shown. Close its reading first."
        raise NotAllowed(msg)
    meeting, role = meeting_row(unit.session, meeting_id), unit.person.role.words
    row = admit(unit, seal, meeting, found, event, (Why.ADDED,), role, said)
    unit.tell("realm.case_added", meeting_id)
    return row.case_no


@change(Permission.CHAIR)
def remove(
    unit: Unit, case_no: str, words: str, seal: Seal, outcome: Outcome = Outcome.NOT_DISCUSSED
) -> None:
    """Take a case off the agenda that was not shown yet, and keep why; it may go to another.

    Raises:
        NotAllowed: no words say why, or it was shown.
    """
    said = _words(words, "why this case is taken off")
    row = case_row(unit.session, case_no)
    move(row, Stage.REMOVED)
    row.words, row.outcome = said, outcome.value
    give_back(unit, seal.opened(link_row(unit.session, case_no).sealed)["case"])
    unit.tell("realm.case_removed", case_no)


@change(Permission.CHAIR)
def put_back(unit: Unit, case_no: str, seal: Seal) -> None:
    """Put a case that was taken off on the agenda again; its redaction is checked anew.

    Raises:
        NotAllowed: it was not taken off, its identity was erased, or it went to another meeting.
    """
    row = case_row(unit.session, case_no)
    check_open(meeting_row(unit.session, row.meeting_id))
    move(row, Stage.PREPARED)
    row.redaction_checked_by = row.outcome = ""
    take(unit, seal.opened(link_row(unit.session, case_no).sealed)["case"])
    unit.tell("realm.case_put_back", case_no)


@change(Permission.CHAIR)
def earlier(unit: Unit, case_no: str) -> None:
    """Move a case one place up the agenda; the first stays where it is."""
    row = case_row(unit.session, case_no)
    rows = rows_of(unit.session, row.meeting_id)
    at = rows.index(row)
    if at:
        before = rows[at - 1]
        before.place, row.place = row.place, before.place
    unit.tell("realm.case_moved_up", case_no)


@question(Permission.TAKE_PART)
def actions(reader: Reader, meeting_id: str = "") -> tuple[Action, ...]:
    """Actions of one meeting, or of all; what is due first comes first, what is done last."""
    query = select(ActionRow).order_by(
        col(ActionRow.done_on).is_not(None), col(ActionRow.due), col(ActionRow.id)
    )
    if meeting_id:
        query = query.where(col(ActionRow.meeting_id) == meeting_id)
    rows = reader.session.execute(query).scalars()
    return tuple(
        Action(row.id, row.meeting_id, row.text, Owner(row.owner), row.due, row.done_on)
        for row in rows
    )


@change(Permission.CHAIR)
def act(unit: Unit, meeting_id: str, text: str, owner: Owner, due: date) -> str:
    """Note something to be done, by whom as a role and until when; the action's id.

    Raises:
        NotAllowed: no words say what, or the meeting is not here.
    """
    said = _words(text, "what is to be done")
    meeting = meeting_row(unit.session, meeting_id)
    row = ActionRow(
        id=f"a_{uuid4().hex}", meeting_id=meeting.id, text=said, owner=owner.value, due=due
    )
    unit.session.add(row)
    unit.tell("realm.action_noted", meeting.id, noted=row.id)
    return row.id


@change(Permission.CHAIR)
def done(unit: Unit, action_id: str, on: date | None) -> None:
    """Note that an action was done on a day, or with None that it is open after all.

    Raises:
        NotAllowed: it is not here.
    """
    row = unit.session.get(ActionRow, action_id)
    if row is None:
        msg = "This action is not here. Reload the page."
        raise NotAllowed(msg)
    row.done_on = on
    unit.tell("realm.action_done" if on else "realm.action_open_again", action_id)


def _meeting(row: MeetingRow, kept_days: int) -> Meeting:
    return Meeting(
        id=row.id,
        day=row.day,
        stage=MeetingStage(row.stage),
        since=row.since,
        until=row.until,
        numbers=numbers_of(row),
        erased_on=erased_on(row.day, kept_days),
    )


def _submitted(session: Session, case_id: str) -> str:
    """The role of whoever nominated a case first."""
    role = session.execute(
        select(col(NominationRow.role))
        .where(col(NominationRow.case_id) == case_id, col(NominationRow.withdrawn_at).is_(None))
        .order_by(col(NominationRow.at))
        .limit(1)
    ).scalar_one_or_none()
    return Role(role).words if role else ""


def _words(words: str, what: str) -> str:
    said = words.strip()
    if not said or len(said) > LONGEST_ACTION:
        msg = f"Say in a few words (at most {LONGEST_ACTION} characters) {what}."
        raise NotAllowed(msg)
    return said
