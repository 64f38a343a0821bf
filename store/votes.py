"""Blind-then-reveal: cases as those who take part see them, their votes, and the reveal.

Nobody's vote is kept with a name. Until the reveal it lies under a digest that only the ballot's
salt can make; at the reveal the votes are counted, and votes and salt are thrown away.
"""

import hashlib
import secrets
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from store._realm_cases import case_row, check_open, meeting_row, move, points_of, rows_of
from store._realm_tables import BallotRow, LinkRow, PictureRow, RealmCaseRow, VoteRow
from store.domain.cause import Cause
from store.domain.genant import Grade
from store.domain.people import Permission
from store.domain.realm import SHOWN, TOLD, Discrepancy, EventType, Outcome, Stage
from store.domain.refusal import NotAllowed
from store.domain.spine import Level
from store.domain.vote import Seen, Tally, Vote, WouldReport, check_vote, tally
from store.guard import change, question
from store.unit import Reader, Unit

_TOLD_FIRST = frozenset({EventType.DISCREPANCY.value, EventType.GOOD_SPOT.value})


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told at the reveal."""

    event: EventType
    excerpt: str
    report_said: str
    finding: str
    ai_finding: str
    discrepancy: Discrepancy | None
    causes: tuple[Cause, ...]
    tally: Tally | None
    outcome: Outcome | None
    learning_points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A case as those who take part see it.

    Attributes:
        picture: What the key image is, in words; None where there is none.
        mine: The vote of whoever asks, until the reveal.
        votes: How many voted, until the reveal.
        answer: None until the reveal.
    """

    case_no: str
    place: int
    stage: Stage
    about: str
    question: str
    picture: str | None
    mine: Vote | None
    votes: int
    answer: Answer | None


@question(Permission.TAKE_PART)
def shown(reader: Reader, meeting_id: str) -> tuple[Shown, ...]:
    """The cases of a meeting that are open for votes or revealed, in the order of the agenda."""
    rows = [row for row in rows_of(reader.session, meeting_id) if Stage(row.stage) in SHOWN]
    return tuple(_shown(reader, row, place) for place, row in enumerate(rows, 1))


@question(Permission.TAKE_PART)
def picture(reader: Reader, case_no: str) -> bytes | None:
    """The key image of a case that is shown; None where there is none, or it is not shown yet."""
    row = reader.session.get(RealmCaseRow, case_no)
    if row is None or Stage(row.stage) not in SHOWN:
        return None
    kept = reader.session.get(PictureRow, case_no)
    return kept.png if kept else None


@change(Permission.CHAIR)
def begin(unit: Unit, case_no: str, *, vote: bool = True) -> None:
    """Show a released case: open it for votes, or without a vote reveal it at once.

    Raises:
        NotAllowed: it is not released, its meeting is over, or its radiologist was not told.
    """
    row = case_row(unit.session, case_no)
    check_open(meeting_row(unit.session, row.meeting_id))
    link = unit.session.get(LinkRow, case_no)
    told = link is None or link.notified_on is not None or bool(link.not_notified_why)
    if row.event in _TOLD_FIRST and not told:
        msg = (
            "The radiologist involved is written to before the case is shown. Note the day, or "
            "why nobody can be written to."
        )
        raise NotAllowed(msg)
    move(row, Stage.VOTING if vote else Stage.REVEALED)
    if vote:
        unit.session.add(BallotRow(case_no=case_no, salt=secrets.token_hex(16)))
    unit.tell("realm.case_shown", case_no, vote=vote)


@change(Permission.TAKE_PART)
def cast(unit: Unit, case_no: str, vote: Vote) -> None:
    """Vote on a case, or change one's vote; the trail has neither the case nor what was said.

    Raises:
        NotAllowed: it is not open for votes, or the vote does not hold together.
    """
    check_vote(vote)
    row, ballot = _open_ballot(unit, case_no)
    unit.session.merge(
        VoteRow(
            case_no=case_no,
            voter=_voter(ballot, unit),
            seen=vote.seen.value,
            would_report=vote.would_report.value,
            level=vote.level.value if vote.level else "",
            grade=int(vote.grade) if vote.grade else None,
        )
    )
    unit.tell("realm.voted", row.meeting_id)


@change(Permission.TAKE_PART)
def take_back(unit: Unit, case_no: str) -> None:
    """Take one's vote back.

    Raises:
        NotAllowed: it is not open for votes any more.
    """
    row, ballot = _open_ballot(unit, case_no)
    unit.session.execute(
        delete(VoteRow).where(
            col(VoteRow.case_no) == case_no, col(VoteRow.voter) == _voter(ballot, unit)
        )
    )
    unit.tell("realm.vote_taken_back", row.meeting_id)


@change(Permission.CHAIR)
def reveal(unit: Unit, case_no: str) -> Tally:
    """Count the votes, throw them away, and tell the answer; nobody can vote or unsee it then.

    The numbers are kept only where three or more voted, else how many did.

    Raises:
        NotAllowed: it is not open for votes.
    """
    row, ballot = _open_ballot(unit, case_no)
    counted = tally(_vote(one) for one in _votes(unit.session, case_no))
    move(row, Stage.REVEALED)
    ballot.tally, ballot.salt = asdict(counted), ""
    unit.session.execute(delete(VoteRow).where(col(VoteRow.case_no) == case_no))
    unit.tell("realm.case_revealed", case_no, votes=counted.votes)
    return counted


def tally_of(ballot: BallotRow | None) -> Tally | None:
    """The votes of a ballot that was counted."""
    if ballot is None or not ballot.tally:
        return None
    kept = dict(ballot.tally)
    many = int(kept.pop("votes"))
    return Tally(many, **{name: tuple((one, n) for one, n in kept[name]) for name in kept})


def _open_ballot(unit: Unit, case_no: str) -> tuple[RealmCaseRow, BallotRow]:
    row = case_row(unit.session, case_no)
    ballot = unit.session.get(BallotRow, case_no)
    if row.stage != Stage.VOTING or ballot is None:
        msg = f"This case is {Stage(row.stage).words}: no vote can be given or changed."
        raise NotAllowed(msg)
    return row, ballot


def _voter(ballot: BallotRow, reader: Reader) -> str:
    """The digest under which the person's vote lies."""
    said = f"{ballot.salt}\n{ballot.case_no}\n{reader.person.handle}"
    return hashlib.sha256(said.encode()).hexdigest()


def _votes(session: Session, case_no: str) -> list[VoteRow]:
    rows = session.execute(select(VoteRow).where(col(VoteRow.case_no) == case_no)).scalars()
    return list(rows)


def _vote(row: VoteRow) -> Vote:
    return Vote(
        Seen(row.seen),
        WouldReport(row.would_report),
        Level(row.level) if row.level else None,
        Grade(row.grade) if row.grade else None,
    )


def _shown(reader: Reader, row: RealmCaseRow, place: int) -> Shown:
    session, stage = reader.session, Stage(row.stage)
    words = session.execute(
        select(col(PictureRow.words)).where(col(PictureRow.case_no) == row.case_no)
    ).scalar_one_or_none()
    ballot = session.get(BallotRow, row.case_no)
    told = stage in TOLD
    mine = session.get(VoteRow, (row.case_no, _voter(ballot, reader))) if ballot else None
    count = select(func.count()).where(col(VoteRow.case_no) == row.case_no)
    return Shown(
        case_no=row.case_no,
        place=place,
        stage=stage,
        about=", ".join(filter(None, (row.modality, row.region, row.age_band, row.sex))),
        question=row.question,
        picture=words,
        mine=_vote(mine) if mine else None,
        votes=int(session.execute(count).scalar_one()),
        answer=_answer(session, row, ballot) if told else None,
    )


def _answer(session: Session, row: RealmCaseRow, ballot: BallotRow | None) -> Answer:
    return Answer(
        event=EventType(row.event),
        excerpt=row.excerpt,
        report_said=row.report_said,
        finding=row.finding,
        ai_finding=row.ai_finding,
        discrepancy=Discrepancy(row.discrepancy) if row.discrepancy else None,
        causes=tuple(Cause(each) for each in row.causes),
        tally=tally_of(ballot),
        outcome=Outcome(row.outcome) if row.outcome else None,
        learning_points=points_of(session, row.case_no),
    )
