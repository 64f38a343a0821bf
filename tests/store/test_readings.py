"""Two readings and their adjudication: who reads what, and what becomes of the case."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from store_builders import (
    ALWAYS_TWICE,
    COORDINATOR,
    INTACT,
    LEAD,
    NOW,
    ONE_READER,
    RADIOLOGIST,
    a_case,
    a_flag,
    a_header,
    a_picture,
    a_report,
    a_result,
    close,
    events,
    judge,
    measured,
    projection,
    recomputed,
    report,
    say,
    show,
    step,
)

from store.domain.finding import CaseState, Deed, State
from store.domain.genant import Grade
from store.domain.people import Person, Role
from store.domain.reading import Kind, ReadPolicy
from store.domain.refusal import NotAllowed
from store.domain.report import ReportStatus
from store.domain.spine import Level
from store.tables import ReadingRow, ReviewCase

THIRD = Person("t.third", "Thea Third", Role.RADIOLOGIST)


def state(engine: Engine, case: str) -> CaseState:
    return show(engine, case).state


def row(engine: Engine, case: str) -> ReviewCase:
    with Session(engine) as session:
        return session.get_one(ReviewCase, case)


def first_read(engine: Engine, *levels: Level) -> str:
    """A case whose first reading confirmed everything, and which a second person must read."""
    case = a_case(engine, *(a_flag(level) for level in levels or (Level.L1,)))
    for place in range(len(levels or (Level.L1,))):
        step(engine, case, Deed.CONFIRM, place, grade=Grade.MODERATE)
    close(engine, case, policy=ALWAYS_TWICE)
    return case


def test_a_case_is_closed_by_a_deed_and_not_before(engine: Engine) -> None:
    case = a_case(engine, a_flag(Level.L1), a_flag(Level.T12))
    step(engine, case, Deed.CONFIRM)
    with pytest.raises(NotAllowed, match="1 finding is still to be decided"):
        close(engine, case)
    step(engine, case, Deed.REJECT, 1, code="LIMBUS")
    assert (row(engine, case).fragility, state(engine, case)) == (0, CaseState.WAITING)
    close(engine, case, seconds=41, text="easy")
    shown = show(engine, case)
    assert shown.state is CaseState.CLOSED
    assert shown.closed is not None
    assert (shown.closed.by, shown.closed.words) == (LEAD.name, "easy")
    assert row(engine, case).fragility == 1
    with Session(engine) as session:
        assert session.get_one(ReadingRow, (case, 1)).seconds == 41


@pytest.mark.parametrize("deed", [Deed.CONFIRM, Deed.ADD, Deed.MEASURE, Deed.CLOSE, Deed.WITHDRAW])
def test_a_closed_case_is_changed_only_after_it_is_reopened(engine: Engine, deed: Deed) -> None:
    case = a_case(engine)
    step(engine, case, Deed.REJECT, code="LIMBUS")
    close(engine, case)
    before = projection(engine, case)
    with pytest.raises(
        NotAllowed, match=r"This case is closed\. Reopen it with a reason \(key \.\)"
    ):
        step(engine, case, deed, level=Level.T8, grade=Grade.MILD, text="x")
    assert projection(engine, case) == before
    with pytest.raises(NotAllowed, match="Write in a few words why the case is opened again"):
        step(engine, case, Deed.REOPEN, None)
    step(engine, case, Deed.REOPEN, None, person=RADIOLOGIST, text="the level was wrong")
    assert state(engine, case) is CaseState.WAITING
    step(engine, case, Deed.CONFIRM)
    close(engine, case)
    assert row(engine, case).fragility == 1


def test_the_report_is_judged_on_a_closed_case_as_on_an_open_one(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.CONFIRM)
    close(engine, case)
    judge(engine, case, ReportStatus.KNOWN_PRIOR)
    assert row(engine, case).report_status == ReportStatus.KNOWN_PRIOR
    assert state(engine, case) is CaseState.CLOSED


def test_an_open_case_cannot_be_reopened(engine: Engine) -> None:
    case = a_case(engine)
    with pytest.raises(NotAllowed, match="open already"):
        step(engine, case, Deed.REOPEN, None, text="why not")


def test_a_scan_that_cannot_be_read_ends_so_with_words(engine: Engine) -> None:
    case = a_case(engine, a_flag(Level.L1), a_flag(Level.T12))
    with pytest.raises(NotAllowed, match="Write in a few words why this scan cannot be read"):
        step(engine, case, Deed.UNREADABLE, None)
    step(engine, case, Deed.CONFIRM)
    with pytest.raises(NotAllowed, match="L1 is confirmed, so this scan can be read"):
        step(engine, case, Deed.UNREADABLE, None, text="metal")
    step(engine, case, Deed.UNDO, None)
    step(engine, case, Deed.UNREADABLE, None, text="metal everywhere")
    assert state(engine, case) is CaseState.CLOSED
    assert (row(engine, case).outcome, row(engine, case).fragility) == ("unreadable", 0)


def test_a_withdrawn_case_is_out_of_review_until_it_is_reopened(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.CONFIRM)
    step(engine, case, Deed.WITHDRAW, None, text="a phantom, no patient")
    assert (state(engine, case), row(engine, case).fragility) == (CaseState.WITHDRAWN, 0)
    with pytest.raises(NotAllowed, match="Reopen it"):
        step(engine, case, Deed.UNSURE)
    step(engine, case, Deed.REOPEN, None, text="a patient after all")
    assert state(engine, case) is CaseState.WAITING


def unsure(engine: Engine, case: str) -> int:
    return step(engine, case, Deed.UNSURE)


def mild(engine: Engine, case: str) -> int:
    return step(engine, case, Deed.CONFIRM, grade=Grade.MILD)


def moderate(engine: Engine, case: str) -> int:
    return step(engine, case, Deed.CONFIRM, grade=Grade.MODERATE)


def asked(engine: Engine, case: str) -> int:
    moderate(engine, case)
    return step(engine, case, Deed.OPINION, None, text="is the wall convex?")


DOUBTFUL = ReadPolicy(share=0.0)


@pytest.mark.parametrize(
    ("reading", "policy", "reasons"),
    [
        (unsure, ONE_READER, ["a finding is unsure"]),
        (mild, DOUBTFUL, ["a mild fracture"]),
        (mild, ONE_READER, None),
        (moderate, DOUBTFUL, None),
        (moderate, ALWAYS_TWICE, ["drawn by lot"]),
        (asked, ONE_READER, ["the reader asked for it"]),
    ],
)
def test_a_second_person_reads_what_the_rules_say(
    engine: Engine, reading: Callable[[Engine, str], int], policy: ReadPolicy, reasons: list[str]
) -> None:
    case = a_case(engine)
    reading(engine, case)
    if reading is not asked:
        close(engine, case, policy=policy)
    assert state(engine, case) is (CaseState.SECOND_READ if reasons else CaseState.CLOSED)
    assert events(engine, case)[-1].after.get("reasons") == reasons


def test_an_agreeing_second_reading_closes_the_case_as_the_first_left_it(engine: Engine) -> None:
    case = first_read(engine, Level.L1, Level.T12)
    assert row(engine, case).fragility == 0, "nothing is counted while a reading is out"
    for place in (0, 1):
        step(engine, case, Deed.CONFIRM, place, RADIOLOGIST, grade=Grade.MODERATE)
    close(engine, case, RADIOLOGIST)
    shown = show(engine, case)
    assert (shown.state, shown.reading.number) == (CaseState.CLOSED, 1)
    assert {finding.decided_by for finding in shown.findings} == {LEAD.name}
    kept = row(engine, case)
    assert (kept.fragility, kept.first_reader, kept.second_reader) == (
        2,
        LEAD.handle,
        RADIOLOGIST.handle,
    )


def test_nobody_reads_a_case_for_the_second_time(engine: Engine) -> None:
    case = first_read(engine)
    with pytest.raises(NotAllowed, match="Another person reads it now"):
        step(engine, case, Deed.UNSURE)
    assert show(engine, case).barred
    step(engine, case, Deed.UNSURE, person=RADIOLOGIST)
    with pytest.raises(NotAllowed, match="Another person is reading this case"):
        step(engine, case, Deed.CONFIRM, person=THIRD)


def differ(engine: Engine, case: str, **decision: object) -> None:
    decision = decision or {"grade": Grade.SEVERE}
    deed = Deed.REJECT if "code" in decision else Deed.CONFIRM
    step(engine, case, deed, 0, RADIOLOGIST, **decision)
    for place in range(1, len(show(engine, case, RADIOLOGIST).findings)):
        step(engine, case, Deed.CONFIRM, place, RADIOLOGIST, grade=Grade.MODERATE)
    close(engine, case, RADIOLOGIST)


@pytest.mark.parametrize("decision", [{}, {"code": "LIMBUS"}, {"code": "CEMENT"}])
def test_two_readings_that_differ_go_to_a_third_person(
    engine: Engine, decision: dict[str, str]
) -> None:
    case = first_read(engine, Level.L1, Level.T12)
    differ(engine, case, **decision)
    shown = show(engine, case, THIRD)
    assert (shown.state, shown.reading.kind) == (CaseState.ADJUDICATION, Kind.ADJUDICATION)
    stands = {finding.level: finding for finding in shown.findings}
    assert stands[Level.T12].state is State.CONFIRMED, "they agree on it"
    assert stands[Level.T12].versions == ()
    assert stands[Level.L1].state is State.FLAGGED
    said = {one and (one.state, one.grade, one.code) for one in stands[Level.L1].versions}
    assert (State.CONFIRMED, Grade.MODERATE, "") in said
    assert len(said) == 2
    for person in (LEAD, RADIOLOGIST):
        with pytest.raises(NotAllowed, match="Another person must read it now"):
            step(engine, case, Deed.CONFIRM, person=person)
    place = [finding.level for finding in shown.findings].index(Level.L1)
    step(engine, case, Deed.CONFIRM, place, THIRD, grade=Grade.SEVERE)
    with pytest.raises(NotAllowed, match="Write in a few words why you decided as you did"):
        close(engine, case, THIRD)
    close(engine, case, THIRD, text="the cortex is broken")
    assert (state(engine, case), row(engine, case).fragility) == (CaseState.CLOSED, 2)
    assert row(engine, case).reading == 3


def test_an_adjudication_leaves_nothing_unsure(engine: Engine) -> None:
    case = first_read(engine)
    differ(engine, case)
    step(engine, case, Deed.UNSURE, person=THIRD)
    with pytest.raises(NotAllowed, match="still unsure"):
        close(engine, case, THIRD, text="hard")


def test_what_only_one_reader_added_is_adjudicated_beside_nothing(engine: Engine) -> None:
    case = first_read(engine)
    step(engine, case, Deed.CONFIRM, 0, RADIOLOGIST, grade=Grade.MODERATE)
    step(engine, case, Deed.ADD, None, RADIOLOGIST, level=Level.T8, grade=Grade.MILD)
    close(engine, case, RADIOLOGIST)
    added = next(f for f in show(engine, case, THIRD).findings if f.level is Level.T8)
    assert added.state is State.FLAGGED
    assert [one is None for one in added.versions].count(True) == 1


def test_a_reading_that_found_the_scan_unreadable_differs_from_one_that_read_it(
    engine: Engine,
) -> None:
    case = first_read(engine)
    step(engine, case, Deed.UNREADABLE, None, RADIOLOGIST, text="metal")
    assert state(engine, case) is CaseState.ADJUDICATION
    assert show(engine, case, THIRD).findings[0].state is State.FLAGGED


def test_the_second_reader_measures_for_themselves(engine: Engine) -> None:
    case = a_case(engine)
    measured(engine, case, Level.L1, 13.0, 20.0, 25.0)
    step(engine, case, Deed.CONFIRM, grade=Grade.MODERATE)
    close(engine, case, policy=ALWAYS_TWICE)
    assert show(engine, case, RADIOLOGIST).spine.people == {}
    assert show(engine, case, COORDINATOR).spine.people == {}
    assert Level.L1 in show(engine, case, LEAD).spine.people
    measured(engine, case, Level.L1, 24.0, 24.0, 25.0, person=RADIOLOGIST)
    assert show(engine, case, LEAD).spine.people[Level.L1].by == LEAD.name
    step(engine, case, Deed.CONFIRM, 0, RADIOLOGIST, grade=Grade.MILD)
    close(engine, case, RADIOLOGIST)
    assert show(engine, case, THIRD).spine.people[Level.L1].heights.three == (24.0, 24.0, 25.0)
    assert show(engine, case, THIRD).spine.people[Level.L1].by == "Another reader"


def test_an_undone_closing_is_undone_whole(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.CONFIRM, grade=Grade.MODERATE)
    judge(engine, case)
    before = projection(engine, case)
    close(engine, case, policy=ALWAYS_TWICE, seconds=30)
    assert state(engine, case) is CaseState.SECOND_READ
    step(engine, case, Deed.UNDO, None)
    assert projection(engine, case) == before
    close(engine, case)
    assert (state(engine, case), row(engine, case).fragility) == (CaseState.CLOSED, 1)
    step(engine, case, Deed.UNDO, None)
    assert projection(engine, case) == before == recomputed(engine, case)


def test_a_closing_is_not_undone_once_the_second_reader_has_begun(engine: Engine) -> None:
    case = first_read(engine)
    step(engine, case, Deed.UNSURE, person=RADIOLOGIST)
    with pytest.raises(NotAllowed, match=r"no step to undo\. What others did stays") as refusal:
        step(engine, case, Deed.UNDO, None)
    assert RADIOLOGIST.name not in str(refusal.value)
    step(engine, case, Deed.UNDO, None, RADIOLOGIST)
    with pytest.raises(NotAllowed, match="no step to undo"):
        step(engine, case, Deed.UNDO, None, RADIOLOGIST)


def test_a_step_of_yesterday_is_not_undone_but_reopened(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.REJECT, code="LIMBUS", now=NOW)
    close(engine, case, now=NOW)
    with pytest.raises(NotAllowed, match=r"The last step is of 22/11/2026 14:03.*reopen the case"):
        step(engine, case, Deed.UNDO, None, now=NOW + timedelta(hours=13))


def test_a_corrected_report_opens_the_report_check_again(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header)
    report(engine, a_report(header, "Lungs clear."))
    step(engine, case, Deed.CONFIRM)
    judge(engine, case)
    close(engine, case)
    report(engine, a_report(header, "Lungs clear."), NOW + timedelta(hours=2))
    assert show(engine, case).report.status is ReportStatus.NOT_MENTIONED, "it says the same"
    version = show(engine, case).version
    report(engine, a_report(header, "Lungs clear. Old L1 fracture."), NOW + timedelta(hours=3))
    shown = show(engine, case)
    assert (shown.state, shown.version) == (CaseState.CLOSED, version + 1)
    assert (shown.report.status, shown.report.changed) == (None, True)
    assert row(engine, case).report_status == ""
    assert projection(engine, case) == recomputed(engine, case)
    judge(engine, case, ReportStatus.REPORTED_FULL)
    assert not show(engine, case).report.changed


def test_a_flag_that_comes_during_a_second_reading_is_adjudicated(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header, picture=a_picture(INTACT))
    step(engine, case, Deed.CONFIRM, grade=Grade.MODERATE)
    close(engine, case, policy=ALWAYS_TWICE)
    say(engine, a_result(header, a_flag(Level.T9), product="Other"))
    assert state(engine, case) is CaseState.SECOND_READ
    step(engine, case, Deed.CONFIRM, 0, RADIOLOGIST, grade=Grade.MODERATE)
    step(engine, case, Deed.CONFIRM, 1, RADIOLOGIST, grade=Grade.MODERATE)
    close(engine, case, RADIOLOGIST)
    assert state(engine, case) is CaseState.ADJUDICATION
    assert projection(engine, case) == recomputed(engine, case)


def test_the_draw_of_a_case_is_made_when_it_comes(engine: Engine) -> None:
    draws = {row(engine, a_case(engine)).draw for _ in range(8)}
    assert len(draws) > 1
    assert all(0 <= draw < 10_000 for draw in draws)
    assert replace(ONE_READER).share == 0.0
