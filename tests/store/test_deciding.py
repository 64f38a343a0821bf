from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlmodel import Session, col
from store_builders import (
    COORDINATOR,
    INTACT,
    LEAD,
    NOW,
    RADIOLOGIST,
    a_case,
    a_flag,
    a_header,
    a_picture,
    a_result,
    an_act,
    close,
    do,
    events,
    judge,
    points,
    projection,
    ready,
    recomputed,
    say,
    show,
    step,
)

from store import referrals
from store.domain.finding import Act, CaseState, Deed, State
from store.domain.genant import FractureType, Grade
from store.domain.referral import Policy
from store.domain.refusal import Conflict, NotAllowed
from store.domain.rejection import REASONS
from store.domain.report import Recommendation, ReportStatus
from store.domain.spine import Level
from store.tables import DecisionRow, ReferralRow, ReviewCase, TrailRow
from store.unit import Unit


def one(engine: Engine, case: str, place: int = 0) -> tuple[State, Level | None, Grade | None]:
    finding = show(engine, case).findings[place]
    return finding.state, finding.level, finding.grade


def told(engine: Engine, action: str) -> int:
    with Session(engine) as session:
        query = select(func.count()).where(col(TrailRow.action) == action)
        return int(session.execute(query).scalar_one())


def export(engine: Engine, at_hours: int = 5) -> str:
    with Unit(engine, COORDINATOR, NOW + timedelta(hours=at_hours)) as unit:
        return referrals.export(unit, str(uuid4()), Policy())


def test_a_confirmation_takes_the_grade_and_shape_on_the_button(engine: Engine) -> None:
    case = a_case(engine)
    offered = show(engine, case).findings[0].offered
    assert offered is not None
    assert step(engine, case, Deed.CONFIRM) == 1
    shown = show(engine, case)
    finding = shown.findings[0]
    assert (finding.state, finding.grade, finding.shape) == (
        State.CONFIRMED,
        offered.grade,
        offered.shape,
    )
    assert (offered.grade, offered.shape) == (Grade.MODERATE, FractureType.WEDGE)
    assert finding.decided_by == LEAD.name
    assert finding.decided_at == NOW + timedelta(hours=1)
    assert (shown.state, shown.version) == (CaseState.WAITING, 1)
    assert (shown.undecided, Deed.CLOSE in shown.may) == (0, True)


def test_a_confirmation_may_name_another_grade_and_shape(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.CONFIRM, grade=Grade.SEVERE, shape=FractureType.CRUSH)
    finding = show(engine, case).findings[0]
    assert (finding.grade, finding.shape) == (Grade.SEVERE, FractureType.CRUSH)


def test_a_confirmation_without_any_suggestion_needs_a_grade(engine: Engine) -> None:
    case = a_case(engine, a_flag(Level.L3, loss=None), picture=a_picture(INTACT))
    with pytest.raises(NotAllowed, match=r"No grade is suggested here\. Give one"):
        step(engine, case, Deed.CONFIRM)
    step(engine, case, Deed.CONFIRM, grade=Grade.MILD)
    assert one(engine, case) == (State.CONFIRMED, Level.L3, Grade.MILD)


def test_each_reason_of_the_list_rejects(engine: Engine) -> None:
    for code, reason in REASONS.items():
        case = a_case(engine)
        step(engine, case, Deed.REJECT, code=code, text="seen before")
        finding = show(engine, case).findings[0]
        assert (finding.state, finding.code, finding.text) == (State.REJECTED, code, "seen before")
        counted = projection(engine, case)["case"]
        assert (counted["fragility"], counted["confirmed"]) == (0, 0), "before it is closed"
        close(engine, case)
        counted = projection(engine, case)["case"]
        fracture = reason.kind == "FRACTURE_NOT_FRAGILITY"
        assert (counted["fragility"], counted["confirmed"]) == (0, int(fracture)), code


def test_a_rejection_without_a_reason_or_its_words_is_refused(engine: Engine) -> None:
    case = a_case(engine)
    with pytest.raises(NotAllowed, match="needs a reason from the list"):
        step(engine, case, Deed.REJECT)
    with pytest.raises(NotAllowed, match="needs a few words"):
        step(engine, case, Deed.REJECT, code="OTHER_NOT_FRACTURE", text="  ")
    assert one(engine, case)[0] is State.FLAGGED


def test_an_unsure_finding_sends_the_case_to_a_second_read(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.UNSURE)
    assert show(engine, case).state is CaseState.WAITING
    close(engine, case)
    assert show(engine, case).state is CaseState.SECOND_READ


def test_a_regrade_confirms_with_the_grade_that_was_given(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.REGRADE, grade=Grade.SEVERE)
    assert one(engine, case) == (State.CONFIRMED, Level.L1, Grade.SEVERE)
    step(engine, case, Deed.REJECT, code="SCHMORL")
    step(engine, case, Deed.REGRADE, grade=Grade.MILD)
    finding = show(engine, case).findings[0]
    assert (finding.state, finding.grade, finding.code) == (State.CONFIRMED, Grade.MILD, "")
    with pytest.raises(NotAllowed, match="grade 1 to 3"):
        step(engine, case, Deed.REGRADE, grade=Grade.NONE)


def test_a_relabel_moves_the_finding_and_keeps_what_the_ai_said(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.RELABEL, level=Level.L2)
    finding = show(engine, case).findings[0]
    assert (finding.level, finding.ai_level, finding.state) == (Level.L2, Level.L1, State.FLAGGED)
    with pytest.raises(NotAllowed, match="T1 to T13 or L1 to L6"):
        step(engine, case, Deed.RELABEL, level=Level.C5)


def test_a_reader_adds_a_fracture_the_ai_missed(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.ADD, None, level=Level.T8, grade=Grade.MILD)
    finding = show(engine, case).findings[1]
    assert (finding.source, finding.state, finding.level) == ("READER", "confirmed", Level.T8)
    assert show(engine, case).state is CaseState.WAITING


def test_an_added_fracture_without_grade_or_level_is_refused(engine: Engine) -> None:
    case = a_case(engine)
    with pytest.raises(NotAllowed, match="Choose one of these levels"):
        step(engine, case, Deed.ADD, None, grade=Grade.MILD)
    with pytest.raises(NotAllowed, match="Give one"):
        step(engine, case, Deed.ADD, None, level=Level.T8)
    assert len(show(engine, case).findings) == 1


def test_a_report_is_judged_and_the_judge_is_named(engine: Engine) -> None:
    case = a_case(engine)
    judge(engine, case, ReportStatus.REPORTED_FULL, recommendation=Recommendation.FLS)
    report = show(engine, case).report
    assert (report.status, report.recommendation) == (
        ReportStatus.REPORTED_FULL,
        Recommendation.FLS,
    )
    assert (report.judged_by, report.judged_at) == (LEAD.name, NOW + timedelta(hours=1))


def test_undoing_the_only_judgement_leaves_no_judge(engine: Engine) -> None:
    case = a_case(engine)
    judge(engine, case)
    step(engine, case, Deed.UNDO, None)
    report = show(engine, case).report
    assert (report.status, report.recommendation) == (None, None)
    assert (report.judged_by, report.judged_at) == ("", None)


def test_undoing_a_judgement_gives_it_back_to_whoever_judged_before(engine: Engine) -> None:
    case = a_case(engine)
    judge(engine, case, now=NOW + timedelta(hours=2))
    judge(engine, case, ReportStatus.KNOWN_PRIOR, person=RADIOLOGIST)
    step(engine, case, Deed.UNDO, None, person=RADIOLOGIST)
    report = show(engine, case).report
    assert report.status is ReportStatus.NOT_MENTIONED
    assert (report.judged_by, report.judged_at) == (LEAD.name, NOW + timedelta(hours=2))


def test_undoing_the_only_step_on_a_finding_leaves_it_decided_by_nobody(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.CONFIRM)
    step(engine, case, Deed.UNDO, None)
    finding = show(engine, case).findings[0]
    assert (finding.state, finding.decided_by, finding.decided_at) == (State.FLAGGED, "", None)


def test_undoing_a_step_gives_the_finding_back_to_whoever_decided_before(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.CONFIRM, now=NOW + timedelta(hours=2))
    step(engine, case, Deed.REJECT, code="LIMBUS", person=RADIOLOGIST)
    step(engine, case, Deed.UNDO, None, person=RADIOLOGIST)
    finding = show(engine, case).findings[0]
    assert (finding.state, finding.decided_by) == (State.CONFIRMED, LEAD.name)
    assert finding.decided_at == NOW + timedelta(hours=2)


MOVES: list[tuple[Deed, Deed, bool]] = [
    (Deed.CONFIRM, Deed.CONFIRM, False),
    (Deed.CONFIRM, Deed.REJECT, True),
    (Deed.CONFIRM, Deed.UNSURE, True),
    (Deed.REJECT, Deed.CONFIRM, True),
    (Deed.REJECT, Deed.REJECT, False),
    (Deed.REJECT, Deed.UNSURE, True),
    (Deed.UNSURE, Deed.CONFIRM, True),
    (Deed.UNSURE, Deed.REJECT, True),
    (Deed.UNSURE, Deed.UNSURE, False),
]


@pytest.mark.parametrize(("first", "second", "allowed"), MOVES)
def test_a_finding_moves_only_where_the_table_lets_it(
    engine: Engine, first: Deed, second: Deed, allowed: bool
) -> None:
    case = a_case(engine)
    step(engine, case, first, code="LIMBUS" if first is Deed.REJECT else "")
    code = "SCHMORL" if second is Deed.REJECT else ""
    if allowed:
        assert step(engine, case, second, code=code) == 2
        return
    before = projection(engine, case)
    with pytest.raises(NotAllowed, match="Undo the last step first"):
        step(engine, case, second, code=code)
    assert projection(engine, case) == before
    assert show(engine, case).version == 1


@pytest.mark.parametrize("deed", [Deed.CONFIRM, Deed.REJECT, Deed.REGRADE, Deed.RELABEL])
def test_a_withdrawn_finding_stays_withdrawn(engine: Engine, deed: Deed) -> None:
    case = a_case(engine)
    step(engine, case, Deed.ADD, None, level=Level.T8, grade=Grade.MILD)
    step(engine, case, Deed.UNDO, None)
    assert one(engine, case, 1)[0] is State.WITHDRAWN
    with pytest.raises(NotAllowed, match="withdrawn"):
        step(engine, case, deed, 1, code="LIMBUS", grade=Grade.MILD, level=Level.T9)


def test_a_flag_without_a_level_is_confirmed_only_with_one(engine: Engine) -> None:
    case = a_case(engine, a_flag(None))
    for deed in (Deed.CONFIRM, Deed.REGRADE):
        with pytest.raises(NotAllowed, match="names no vertebra"):
            step(engine, case, deed, grade=Grade.MILD)
    step(engine, case, Deed.CONFIRM, level=Level.T7, grade=Grade.MILD)
    assert one(engine, case) == (State.CONFIRMED, Level.T7, Grade.MILD)


@pytest.mark.parametrize("level", [Level.C5, Level.S1])
def test_a_confirmation_lies_in_the_thoracic_or_lumbar_spine(engine: Engine, level: Level) -> None:
    case = a_case(engine, a_flag(None))
    with pytest.raises(NotAllowed, match="T1 to T13 or L1 to L6"):
        step(engine, case, Deed.CONFIRM, level=level, grade=Grade.MILD)
    assert one(engine, case)[1] is None


def test_two_standing_findings_on_one_level_are_refused(engine: Engine) -> None:
    case = a_case(engine, a_flag(Level.L1), a_flag(Level.T12))
    with pytest.raises(NotAllowed, match="a finding at L1 already"):
        step(engine, case, Deed.ADD, None, level=Level.L1, grade=Grade.MILD)
    with pytest.raises(NotAllowed, match="a finding at L1 already"):
        step(engine, case, Deed.RELABEL, 1, level=Level.L1)
    step(engine, case, Deed.REJECT, code="LIMBUS")
    step(engine, case, Deed.RELABEL, 1, level=Level.L1)
    with pytest.raises(NotAllowed, match="a finding at L1 already"):
        step(engine, case, Deed.CONFIRM)
    assert [f.state for f in show(engine, case).findings] == [State.REJECTED, State.FLAGGED]


def test_a_finding_of_another_case_is_refused(engine: Engine) -> None:
    mine, other = a_case(engine), a_case(engine)
    finding = show(engine, other).findings[0].id
    with pytest.raises(NotAllowed, match="not part of the case on the screen"):
        do(engine, an_act(mine, 0, Deed.CONFIRM, finding))
    assert one(engine, other)[0] is State.FLAGGED


def test_a_case_that_is_not_here_is_refused(engine: Engine) -> None:
    with pytest.raises(NotAllowed, match="This case is not here"):
        do(engine, an_act("c_none", 0, Deed.CONFIRM))


def test_an_act_without_a_uuid_is_refused(engine: Engine) -> None:
    act = replace(an_act(a_case(engine), 0, Deed.CONFIRM), act="Mrs Canary")
    with pytest.raises(NotAllowed, match=r"An act needs a UUID") as refusal:
        do(engine, act)
    assert "Canary" not in str(refusal.value)


def test_the_same_act_again_changes_nothing_and_says_the_same_version(engine: Engine) -> None:
    case = a_case(engine)
    act = an_act(case, 0, Deed.CONFIRM, show(engine, case).findings[0].id)
    assert do(engine, act) == 1
    step(engine, case, Deed.UNSURE)
    before = projection(engine, case)
    for spelling in (act.act, act.act.upper(), f"{{{act.act}}}"):
        assert do(engine, replace(act, act=spelling)) == 1
    assert projection(engine, case) == before
    assert show(engine, case).version == 2
    assert len(events(engine, case)) == 2
    assert told(engine, "case.decided") == 2


def test_an_act_of_someone_else_or_of_another_case_is_no_replay(engine: Engine) -> None:
    case, other = a_case(engine), a_case(engine)
    act = an_act(case, 0, Deed.UNSURE, show(engine, case).findings[0].id)
    do(engine, act)
    with pytest.raises(NotAllowed, match="Reload the page"):
        do(engine, act, RADIOLOGIST)
    with pytest.raises(NotAllowed, match="recorded for another case"):
        do(engine, replace(act, case=other))


def test_an_act_on_a_stale_version_is_a_conflict_that_names_who_and_when(engine: Engine) -> None:
    case = a_case(engine)
    finding = show(engine, case).findings[0].id
    do(engine, an_act(case, 0, Deed.CONFIRM, finding), now=NOW)
    late = an_act(case, 0, Deed.REJECT, finding, code="LIMBUS")
    with pytest.raises(Conflict, match=r"Ada Lead changed this case on 22/11/2026 14:03\. Your"):
        do(engine, late, RADIOLOGIST)
    assert one(engine, case)[0] is State.CONFIRMED
    assert len(events(engine, case)) == 1


def test_an_act_on_a_version_that_is_still_to_come_is_a_conflict(engine: Engine) -> None:
    case = a_case(engine)
    with pytest.raises(Conflict):
        do(engine, an_act(case, 1, Deed.CONFIRM, show(engine, case).findings[0].id))


def test_a_conflict_made_by_a_new_ai_result_does_not_blame_the_last_reader(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header)
    version = step(engine, case, Deed.CONFIRM)
    say(engine, a_result(header, a_flag(Level.T9)))
    with pytest.raises(Conflict, match="A new picture or AI result changed this case"):
        do(engine, an_act(case, version, Deed.UNSURE, show(engine, case).findings[0].id))


def test_another_persons_last_step_cannot_be_undone(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.UNSURE, now=NOW)
    with pytest.raises(NotAllowed, match=r"The last step is Ada Lead's, of 22/11/2026 14:03"):
        step(engine, case, Deed.UNDO, None, person=RADIOLOGIST)
    assert one(engine, case)[0] is State.UNSURE


def test_a_case_without_steps_has_nothing_to_undo(engine: Engine) -> None:
    case = a_case(engine)
    with pytest.raises(NotAllowed, match="no step to undo"):
        step(engine, case, Deed.UNDO, None)
    step(engine, case, Deed.UNSURE)
    step(engine, case, Deed.UNDO, None)
    with pytest.raises(NotAllowed, match="no step to undo"):
        step(engine, case, Deed.UNDO, None)


def test_a_case_that_was_referred_is_changed_only_by_reopening_it(engine: Engine) -> None:
    case = ready(engine)
    export(engine)
    for deed in (Deed.REJECT, Deed.ADD):
        with pytest.raises(NotAllowed, match="Reopen it with a reason"):
            step(engine, case, deed, code="LIMBUS", level=Level.T5, grade=Grade.MILD)
    step(engine, case, Deed.REOPEN, None, text="the neighbour was meant")
    step(engine, case, Deed.REJECT, code="LIMBUS")
    assert show(engine, case).referred_on == NOW.date(), "until the FLS was told"


def test_a_new_flag_does_not_strand_a_referred_case_in_the_queue(engine: Engine) -> None:
    header = a_header()
    case = ready(engine, header)
    export(engine)
    say(engine, a_result(header, a_flag(Level.T9), product="Other"))
    shown = show(engine, case)
    assert shown.state is CaseState.CLOSED
    assert "Other 1.2, flags loss > 20 %" in shown.products
    with Session(engine) as session:
        assert session.execute(select(func.count()).select_from(ReferralRow)).scalar_one() == 1
    assert told(engine, "case.flagged_after_referral") == 1


def test_a_case_stays_closed_since_the_step_that_closed_it(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.CONFIRM)
    close(engine, case, now=NOW)
    judge(engine, case)
    with Session(engine) as session:
        assert session.get_one(ReviewCase, case).closed_at == NOW
    step(engine, case, Deed.REOPEN, None, text="the wrong level")
    with Session(engine) as session:
        assert session.get_one(ReviewCase, case).closed_at is None


LEVELS = st.sampled_from([Level.T12, Level.L1, Level.L2])
GRADES = st.sampled_from([None, *Grade])
DECISIONS = st.one_of(
    st.tuples(st.just(Deed.CONFIRM), st.fixed_dictionaries({"level": LEVELS, "grade": GRADES})),
    st.tuples(st.just(Deed.CONFIRM), st.just({})),
    st.tuples(
        st.just(Deed.REJECT), st.fixed_dictionaries({"code": st.sampled_from(["LIMBUS", "CEMENT"])})
    ),
    st.tuples(st.just(Deed.UNSURE), st.just({})),
    st.tuples(st.just(Deed.REGRADE), st.fixed_dictionaries({"grade": GRADES})),
    st.tuples(st.just(Deed.RELABEL), st.fixed_dictionaries({"level": LEVELS})),
    st.tuples(st.just(Deed.ADD), st.fixed_dictionaries({"level": LEVELS, "grade": GRADES})),
    st.tuples(
        st.just(Deed.REPORT), st.fixed_dictionaries({"status": st.sampled_from(ReportStatus)})
    ),
    st.tuples(
        st.just(Deed.MEASURE),
        st.fixed_dictionaries(
            {"level": LEVELS, "points": st.sampled_from([points(18, 20, 25), points(24, 1, 24)])}
        ),
    ),
    st.tuples(st.just(Deed.UNDO), st.just({})),
)
STEPS = st.lists(st.tuples(st.integers(0, 5), DECISIONS), max_size=14)


def played(engine: Engine, case: str, steps: list[tuple[int, tuple[Deed, dict]]]) -> None:
    """Do what the rules let through, and see that a refusal leaves no trace."""
    for place, (deed, decision) in steps:
        shown = show(engine, case)
        finding = shown.findings[place % len(shown.findings)].id
        stack = shown.scan.stack or ""
        act: Act = an_act(case, shown.version, deed, finding, stack, **decision)
        before = projection(engine, case)
        try:
            assert do(engine, act) == shown.version + 1
        except NotAllowed:
            assert projection(engine, case) == before
            assert show(engine, case).version == shown.version


def standing_rows(rows: dict[str, Any]) -> dict[str, Any]:
    return {name: row for name, row in rows.items() if row.get("state") != State.WITHDRAWN}


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_whatever_is_decided_the_tables_say_what_the_events_say(
    engine: Engine, steps: list[tuple[int, tuple[Deed, dict]]]
) -> None:
    case = a_case(engine, a_flag(Level.L1), a_flag(None))
    first = projection(engine, case)
    played(engine, case, steps)
    assert projection(engine, case) == recomputed(engine, case)
    assert show(engine, case).version == len(events(engine, case))
    standing = [
        f.level
        for f in show(engine, case).findings
        if f.level and f.state not in {State.REJECTED, State.WITHDRAWN}
    ]
    assert len(standing) == len(set(standing)), "two standing findings on one level"
    while True:
        try:
            step(engine, case, Deed.UNDO, None)
        except NotAllowed:
            break
    assert projection(engine, case) == recomputed(engine, case)
    assert show(engine, case).version == len(events(engine, case))
    last = projection(engine, case)
    assert standing_rows(last) == first


def test_only_those_who_review_decide(engine: Engine) -> None:
    case = a_case(engine)
    with pytest.raises(NotAllowed, match="may not review findings"):
        step(engine, case, Deed.CONFIRM, person=COORDINATOR)
    with Session(engine) as session:
        assert session.execute(select(func.count()).select_from(DecisionRow)).scalar_one() == 0
