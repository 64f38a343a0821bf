from datetime import date, timedelta

import pytest
from realm_room import (
    CHAIR,
    DAY,
    EXCERPT,
    QUESTION,
    SEAL,
    SECOND,
    THIRD,
    agenda,
    ask,
    decided,
    do,
    planned,
    released,
    sampled,
    shown,
)
from sqlalchemy import Engine, select
from sqlmodel import Session
from store_builders import NOW, RADIOLOGIST

from store import discrepancies, identities, meetings, realm, votes
from store._realm_tables import BallotRow, VoteRow
from store.discrepancies import Asked, Which
from store.domain.cause import Cause
from store.domain.genant import Grade
from store.domain.identity import NhsNumber
from store.domain.meeting import MeetingStage, Owner
from store.domain.realm import EventType, Outcome, Region, Stage
from store.domain.refusal import NotAllowed
from store.domain.report import Recommendation, ReportStatus
from store.domain.spine import Level
from store.domain.vote import Seen, Vote, WouldReport
from store.realm import Described

YES = Vote(Seen.YES, WouldReport.YES, Level.L1, Grade.MODERATE)
NO = Vote(Seen.NO, WouldReport.NO)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def test_a_meeting_from_its_sample_to_its_closing(engine: Engine) -> None:
    decided(engine, grade=Grade.SEVERE, said="Cough. Lungs clear.")
    plain = [decided(engine) for _ in range(3)]
    decided(engine, ReportStatus.REPORTED_FULL, advice=Recommendation.FLS)
    meeting = sampled(engine, wanted=1)
    (listed,) = ask(engine, meetings.meetings, by=RADIOLOGIST)
    assert (listed.id, listed.stage) == ("M-2026-01", MeetingStage.PLANNED)
    numbers = listed.numbers
    assert (numbers.eligible, numbers.by_rule, numbers.drawn, numbers.left) == (4, 1, 1, 2)
    cases = agenda(engine, meeting)
    assert sorted(case.whys for case in cases) == [
        ("drawn by lot",),
        ("good spot",),
        ("grade 3",),
    ]
    severe = next(case for case in cases if case.whys == ("grade 3",))
    assert (severe.finding, severe.ai_finding) == ("L1 grade 3 wedge", "The AI flagged L1.")
    assert (severe.age_band, severe.sex, severe.region) == ("75-79", "F", Region.CHEST)
    assert (severe.question, severe.excerpt, severe.redaction_checked_by) == ("", "", "")
    left = ask(engine, discrepancies.register, Asked(which=Which.NEW))
    assert left.count == 2
    assert {line.case for line in left.lines} < set(plain)
    for case in cases:
        shown(engine, case.case_no)
    do(engine, votes.cast, severe.case_no, YES, by=RADIOLOGIST)
    for case in cases:
        do(engine, votes.reveal, case.case_no)
    do(engine, meetings.step, meeting, MeetingStage.HELD)
    with pytest.raises(NotAllowed, match="3 cases of this meeting are still open"):
        do(engine, meetings.step, meeting, MeetingStage.CLOSED)
    with pytest.raises(NotAllowed, match="1 to 5 learning points"):
        do(engine, realm.conclude, severe.case_no, Outcome.DISCUSSED_AGREED)
    for case in cases:
        do(engine, realm.conclude, case.case_no, Outcome.DISCUSSED_AGREED, ("Look at L1.",))
    do(engine, meetings.act, meeting, "Sagittal reformats on PACS", Owner.PACS, DAY)
    do(engine, meetings.step, meeting, MeetingStage.CLOSED)
    pack = ask(engine, realm.pack_of, meeting)
    assert [sheet.case_no for sheet in pack.cases] == [case.case_no for case in cases]
    assert pack.themes[0].count == 4
    assert (pack.themes[0].shown, pack.themes[0].left_out) == (2, 2)
    assert [(each.text, each.owner_role) for each in pack.actions] == [
        ("Sagittal reformats on PACS", "PACS team")
    ]


def test_a_case_that_nobody_released_is_neither_shown_nor_packed(lone: Engine) -> None:
    decided(lone)
    meeting = sampled(lone)
    (case,) = agenda(lone, meeting)
    do(lone, identities.told, case.case_no, NOW.date())
    with pytest.raises(NotAllowed, match="to be redacted"):
        do(lone, votes.begin, case.case_no)
    assert ask(lone, realm.pack_of, meeting).cases == ()
    assert ask(lone, votes.shown, meeting, by=RADIOLOGIST) == ()
    released(lone, case.case_no)
    assert ask(lone, votes.shown, meeting, by=RADIOLOGIST) == ()
    assert len(ask(lone, realm.pack_of, meeting).cases) == 1
    assert agenda(lone, meeting)[0].redaction_checked_by == CHAIR.handle
    do(lone, realm.take_back, case.case_no)
    assert agenda(lone, meeting)[0].redaction_checked_by == ""
    assert ask(lone, realm.pack_of, meeting).cases == ()


LEAKS = (
    "Mrs Featherstone fell.",
    "FEATHERSTONE",
    "Seen with Jo today",
    "NHS 943 476-5919",
    "born 02/03/1950",
    "See hospital number zz 4711 99.",
    "Scan of 3rd October 2026",
    "scanned 3.10.26",
)


def test_a_text_that_still_tells_whose_it_is_cannot_be_released(lone: Engine) -> None:
    known = {"surname": "Featherstone", "forename": "Jo", "born": date(1950, 3, 2)}
    numbers = {"nhs_number": NhsNumber("9434765919"), "hospital_number": "ZZ471199"}
    decided(lone, **known, **numbers)
    (case,) = agenda(lone, sampled(lone))
    for leak in LEAKS:
        with pytest.raises(NotAllowed, match="The texts still hold") as refusal:
            released(lone, case.case_no, QUESTION, f"{EXCERPT} {leak}")
        assert leak not in str(refusal.value)
    released(lone, case.case_no, QUESTION, "Height kept at 3/10 levels, no jo-jo effect in 1950.")


def test_nothing_is_shown_before_its_radiologist_was_written_to(lone: Engine) -> None:
    decided(lone)
    (case,) = agenda(lone, sampled(lone))
    released(lone, case.case_no)
    with pytest.raises(NotAllowed, match="written to before"):
        do(lone, votes.begin, case.case_no)
    with pytest.raises(NotAllowed, match="before the meeting"):
        do(lone, identities.told, case.case_no, DAY + timedelta(days=1))
    do(lone, identities.told, case.case_no, None, "Left the hospital.")
    do(lone, votes.begin, case.case_no)


def test_nothing_but_picture_and_question_is_told_before_the_reveal(lone: Engine) -> None:
    decided(lone)
    meeting = sampled(lone)
    (case,) = agenda(lone, meeting)
    do(lone, realm.keep_picture, case.case_no, PNG, "Middle of the spine from the side.")
    assert ask(lone, votes.picture, case.case_no, by=RADIOLOGIST) is None
    shown(lone, case.case_no)
    (blind,) = ask(lone, votes.shown, meeting, by=RADIOLOGIST)
    assert ask(lone, votes.picture, case.case_no, by=RADIOLOGIST) == PNG
    for word in (EXCERPT, "L1", "grade", "AI", "iscrepancy", "Not mentioned"):
        assert word not in repr(blind)
    assert (blind.question, blind.answer, blind.mine, blind.votes) == (QUESTION, None, None, 0)
    do(lone, votes.reveal, case.case_no)
    (told,) = ask(lone, votes.shown, meeting, by=RADIOLOGIST)
    assert (told.answer.excerpt, told.answer.finding) == (EXCERPT, "L1 grade 2 wedge")


def test_each_has_one_vote_until_the_reveal_and_then_none_is_anybodys(engine: Engine) -> None:
    decided(engine)
    meeting = sampled(engine)
    (case,) = agenda(engine, meeting)
    shown(engine, case.case_no)
    for who, vote in ((RADIOLOGIST, NO), (RADIOLOGIST, YES), (SECOND, NO), (THIRD, YES)):
        do(engine, votes.cast, case.case_no, vote, by=who)
    do(engine, votes.cast, case.case_no, NO, by=CHAIR)
    do(engine, votes.take_back, case.case_no, by=CHAIR)
    (mine,) = ask(engine, votes.shown, meeting, by=RADIOLOGIST)
    assert (mine.mine, mine.votes, mine.answer) == (YES, 3, None)
    assert ask(engine, votes.shown, meeting, by=CHAIR)[0].mine is None
    counted = do(engine, votes.reveal, case.case_no)
    assert counted.seen == (("yes", 2), ("no", 1), ("unsure", 0))
    assert counted.level == (("L1", 2),)
    with pytest.raises(NotAllowed, match="no vote can be given or changed"):
        do(engine, votes.cast, case.case_no, NO, by=RADIOLOGIST)
    with pytest.raises(NotAllowed, match="no vote can be given or changed"):
        do(engine, votes.take_back, case.case_no, by=RADIOLOGIST)
    with Session(engine) as session:
        assert session.execute(select(VoteRow)).all() == []
        assert session.get_one(BallotRow, case.case_no).salt == ""
    (told,) = ask(engine, votes.shown, meeting, by=SECOND)
    assert (told.mine, told.answer.tally) == (None, counted)


def test_of_fewer_than_three_votes_no_number_is_told(lone: Engine) -> None:
    decided(lone)
    meeting = sampled(lone)
    (case,) = agenda(lone, meeting)
    shown(lone, case.case_no)
    do(lone, votes.cast, case.case_no, YES, by=RADIOLOGIST)
    do(lone, votes.cast, case.case_no, NO, by=SECOND)
    counted = do(lone, votes.reveal, case.case_no)
    assert (counted.votes, counted.shown, counted.seen) == (2, False, ())
    assert ask(lone, realm.pack_of, meeting).cases[0].votes == ()


def test_a_case_taken_off_may_go_to_another_meeting_and_comes_back_unchecked(
    lone: Engine,
) -> None:
    decided(lone)
    meeting = sampled(lone)
    (case,) = agenda(lone, meeting)
    released(lone, case.case_no)
    with pytest.raises(NotAllowed, match="Say in a few words"):
        do(lone, meetings.remove, case.case_no, " ", SEAL)
    do(lone, meetings.remove, case.case_no, "Its reporter is away.", SEAL)
    assert ask(lone, discrepancies.register, Asked(which=Which.NEW)).count == 1
    do(lone, meetings.put_back, case.case_no, SEAL)
    (back,) = agenda(lone, meeting)
    assert (back.stage, back.redaction_checked_by) == (Stage.PREPARED, "")
    do(lone, meetings.remove, case.case_no, "Its reporter is away.", SEAL)
    other = planned(lone, DAY + timedelta(days=60))
    do(lone, meetings.draw, other, SEAL)
    (again,) = agenda(lone, other)
    assert again.case_no != case.case_no
    with pytest.raises(NotAllowed, match="goes, or went, to a meeting already"):
        do(lone, meetings.put_back, case.case_no, SEAL)


def test_a_case_is_added_by_hand_with_a_reason_and_moved_up(lone: Engine) -> None:
    case = decided(lone, ReportStatus.KNOWN_PRIOR)
    decided(lone)
    meeting = sampled(lone)
    with pytest.raises(NotAllowed, match="why this case is added"):
        do(lone, meetings.add, meeting, case, EventType.EDUCATIONAL, "", SEAL)
    number = do(lone, meetings.add, meeting, case, EventType.EDUCATIONAL, "Teaches L5.", SEAL)
    with pytest.raises(NotAllowed, match="goes, or went"):
        do(lone, meetings.add, meeting, case, EventType.EDUCATIONAL, "Twice.", SEAL)
    assert [one.case_no for one in agenda(lone, meeting)][1] == number
    do(lone, meetings.earlier, number)
    first = agenda(lone, meeting)[0]
    assert (first.case_no, first.event, first.submitted_by) == (
        number,
        EventType.EDUCATIONAL,
        CHAIR.role.words,
    )


def test_the_sample_of_a_meeting_is_drawn_once(lone: Engine) -> None:
    decided(lone)
    meeting = sampled(lone)
    with pytest.raises(NotAllowed, match="drawn before"):
        do(lone, meetings.draw, meeting, SEAL)
    with pytest.raises(NotAllowed, match="Take its cases off"):
        do(lone, meetings.step, meeting, MeetingStage.CANCELLED)


def test_what_the_chair_says_of_a_case_is_kept_until_it_is_closed(lone: Engine) -> None:
    decided(lone)
    meeting = sampled(lone)
    (case,) = agenda(lone, meeting)
    said = Described(
        EventType.SYSTEM,
        Region.TAP,
        causes=(Cause.NO_SAGITTAL, Cause.WORKLOAD),
        presented_by="Radiologist",
    )
    do(lone, realm.describe, case.case_no, said)
    (kept,) = agenda(lone, meeting)
    assert (kept.event, kept.region, kept.causes, kept.sex) == (
        EventType.SYSTEM,
        Region.TAP,
        (Cause.NO_SAGITTAL, Cause.WORKLOAD),
        "",
    )
    released(lone, case.case_no)
    do(lone, votes.begin, case.case_no, vote=False)
    do(lone, realm.conclude, case.case_no, Outcome.WITHDRAWN)
    with pytest.raises(NotAllowed, match="is closed"):
        do(lone, realm.describe, case.case_no, said)
    do(lone, realm.reopen, case.case_no)
    do(lone, realm.describe, case.case_no, said)


def test_an_action_is_done_and_open_again(lone: Engine) -> None:
    meeting = planned(lone)
    noted = do(lone, meetings.act, meeting, "Bone line in the template", Owner.RADIOLOGY, DAY)
    do(lone, meetings.done, noted, DAY)
    assert ask(lone, meetings.actions, by=SECOND)[0].done_on == DAY
    do(lone, meetings.done, noted, None)
    assert ask(lone, meetings.actions, meeting)[0].done_on is None
