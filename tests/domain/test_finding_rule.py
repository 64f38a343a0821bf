import pytest

from store.domain.finding import (
    LANDS,
    MOVES,
    Decision,
    Deed,
    State,
    check_decision,
    check_move,
    propose,
)
from store.domain.genant import FractureType, Grade
from store.domain.morphometry import Heights, assess
from store.domain.refusal import NotAllowed
from store.domain.rejection import REASONS, Class
from store.domain.report import ReportStatus
from store.domain.spine import ORDER, REVIEWABLE, Level

STANDING = [State.FLAGGED, State.CONFIRMED, State.REJECTED, State.UNSURE]


@pytest.mark.parametrize("old", State)
@pytest.mark.parametrize("new", State)
def test_a_finding_moves_as_the_table_says_and_not_otherwise(old: State, new: State) -> None:
    if new in MOVES[old]:
        check_move(old, new)
    else:
        with pytest.raises(NotAllowed, match=f"This finding is {old}; it cannot become {new}"):
            check_move(old, new)


def test_no_decision_leads_back_to_flagged_or_to_where_it_stands() -> None:
    assert set(MOVES) == set(State)
    assert not any(State.FLAGGED in ways or old in ways for old, ways in MOVES.items())
    assert MOVES[State.WITHDRAWN] == frozenset()


@pytest.mark.parametrize("deed", LANDS)
@pytest.mark.parametrize("state", State)
def test_a_decision_lands_where_the_move_allows(deed: Deed, state: State) -> None:
    decision = Decision(deed, code="SCHMORL")
    if LANDS[deed] in MOVES[state]:
        check_decision(state, Level.L1, decision)
    else:
        with pytest.raises(NotAllowed, match=f"This finding is {state}"):
            check_decision(state, Level.L1, decision)


@pytest.mark.parametrize("code", ["", "NONSENSE", "schmorl"])
def test_a_rejection_needs_a_reason_from_the_list(code: str) -> None:
    with pytest.raises(NotAllowed, match="needs a reason from the list"):
        check_decision(State.FLAGGED, Level.L1, Decision(Deed.REJECT, code=code))


@pytest.mark.parametrize("code", REASONS)
def test_other_reasons_need_words_and_the_named_ones_do_not(code: str) -> None:
    bare = Decision(Deed.REJECT, code=code, text=" \n")
    if code.startswith("OTHER"):
        with pytest.raises(NotAllowed, match="needs a few words"):
            check_decision(State.FLAGGED, Level.L1, bare)
        check_decision(State.FLAGGED, Level.L1, Decision(Deed.REJECT, code=code, text="why"))
    else:
        check_decision(State.FLAGGED, Level.L1, bare)


def test_a_reason_is_one_of_two_answers_and_never_both() -> None:
    assert all(reason.code == code and reason.words for code, reason in REASONS.items())
    not_fragile = {code for code, one in REASONS.items() if one.kind is Class.NOT_FRAGILITY}
    assert not_fragile == {
        "MALIGNANT",
        "INFECTION",
        "TRAUMA_HIGH",
        "PAGET",
        "METABOLIC_OTHER",
        "POST_SURG",
        "CEMENT",
        "OTHER_NOT_FRAGILITY",
    }


@pytest.mark.parametrize("code", ["MALIGNANT", "INFECTION"])
def test_cancer_and_infection_go_to_someone_today(code: str) -> None:
    assert "today" in REASONS[code].route


def test_a_flag_without_a_level_is_confirmed_only_with_one() -> None:
    with pytest.raises(NotAllowed, match="names no vertebra"):
        check_decision(State.FLAGGED, None, Decision(Deed.CONFIRM))
    check_decision(State.FLAGGED, None, Decision(Deed.CONFIRM, level=Level.L1))
    check_decision(State.FLAGGED, None, Decision(Deed.REJECT, code="SCHMORL"))


@pytest.mark.parametrize("deed", [Deed.CONFIRM, Deed.RELABEL, Deed.ADD])
@pytest.mark.parametrize("level", ORDER)
def test_a_finding_lies_where_findings_may(deed: Deed, level: Level) -> None:
    decision = Decision(deed, level=level, grade=Grade.MILD)
    if level in REVIEWABLE:
        check_decision(State.FLAGGED, None, decision)
    else:
        with pytest.raises(NotAllowed, match="T1 to T13 or L1 to L6"):
            check_decision(State.FLAGGED, None, decision)


@pytest.mark.parametrize("deed", [Deed.RELABEL, Deed.ADD])
def test_a_level_must_be_named_to_relabel_or_add(deed: Deed) -> None:
    with pytest.raises(NotAllowed, match="T1 to T13"):
        check_decision(State.FLAGGED, Level.L1, Decision(deed))


@pytest.mark.parametrize("deed", [Deed.CONFIRM, Deed.REGRADE])
def test_a_fracture_of_grade_none_is_rejected_not_confirmed(deed: Deed) -> None:
    with pytest.raises(NotAllowed, match="reject the finding"):
        check_decision(State.FLAGGED, Level.L1, Decision(deed, grade=Grade.NONE))


def test_a_new_grade_must_be_named() -> None:
    with pytest.raises(NotAllowed, match="grade 1 to 3"):
        check_decision(State.CONFIRMED, Level.L1, Decision(Deed.REGRADE))


@pytest.mark.parametrize("deed", [Deed.REGRADE, Deed.RELABEL, Deed.CONFIRM])
def test_a_withdrawn_finding_stays_withdrawn(deed: Deed) -> None:
    with pytest.raises(NotAllowed, match="withdrawn"):
        check_decision(State.WITHDRAWN, Level.L1, Decision(deed, level=Level.L2, grade=Grade.MILD))


def test_judging_the_report_needs_a_status() -> None:
    with pytest.raises(NotAllowed, match="what the report says"):
        check_decision(State.FLAGGED, None, Decision(Deed.REPORT))
    decision = Decision(Deed.REPORT, status=ReportStatus.NOT_MENTIONED)
    check_decision(State.FLAGGED, None, decision)


@pytest.mark.parametrize("deed", [Deed.UNREADABLE, Deed.OPINION, Deed.REOPEN, Deed.WITHDRAW])
def test_what_ends_or_opens_a_case_otherwise_needs_words(deed: Deed) -> None:
    with pytest.raises(NotAllowed, match="Write in a few words"):
        check_decision(State.FLAGGED, None, Decision(deed, text="  "))
    check_decision(State.FLAGGED, None, Decision(deed, text="metal everywhere"))


def test_a_plain_confirmation_takes_our_measurement_before_the_vendors() -> None:
    around, crushed = Heights(24, 23.5, 25), Heights(16, 15.5, 17)
    measured = assess({Level.T12: around, Level.L1: crushed, Level.L2: around})[Level.L1]
    proposal = propose(measured, Grade.MILD, 0.088)
    assert proposal is not None
    assert (proposal.grade, proposal.shape) == (Grade.MODERATE, FractureType.CRUSH)


@pytest.mark.parametrize(
    ("ai_grade", "ai_loss", "grade"),
    [
        (Grade.SEVERE, 0.22, Grade.SEVERE),
        (None, 0.22, Grade.MILD),
        (Grade.NONE, 0.45, Grade.SEVERE),
        (None, 0.19, None),
        (None, None, None),
    ],
)
def test_without_a_measurement_the_vendor_suggests(
    ai_grade: Grade | None, ai_loss: float | None, grade: Grade | None
) -> None:
    proposal = propose(None, ai_grade, ai_loss)
    assert (proposal.grade if proposal else None) == grade
