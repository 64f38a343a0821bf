from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.cause import CAUSES, Cause
from store.domain.genant import Grade
from store.domain.meeting import MEETING_MOVES, MeetingStage, check_meeting_move, notice
from store.domain.realm import (
    AGE_BANDS,
    MOVES,
    TOLD,
    Discrepancy,
    Outcome,
    Region,
    Stage,
    age_band,
    check_move,
    check_points,
    discrepancy_of,
    region_of,
)
from store.domain.refusal import NotAllowed
from store.domain.report import Recommendation, ReportStatus
from store.domain.spine import REVIEWABLE, Level
from store.domain.vote import FEWEST_SHOWN, Seen, Vote, WouldReport, check_vote, tally


@pytest.mark.parametrize(("old", "new"), list(product(Stage, Stage)))
def test_a_case_goes_only_where_the_table_says(old: Stage, new: Stage) -> None:
    if new in MOVES[old]:
        check_move(old, new)
    else:
        with pytest.raises(NotAllowed, match="cannot become"):
            check_move(old, new)


def test_nothing_is_shown_unless_it_was_released_and_nothing_revealed_is_hidden_again() -> None:
    assert {old for old in Stage if Stage.VOTING in MOVES[old]} == {Stage.RELEASED}
    assert {old for old in Stage if Stage.RELEASED in MOVES[old]} == {Stage.PREPARED}
    reached, more = set[Stage](), set(TOLD)
    while more:
        reached |= more
        more = {new for old in more for new in MOVES[old]} - reached
    assert reached == TOLD


@pytest.mark.parametrize(("old", "new"), list(product(MeetingStage, MeetingStage)))
def test_every_step_of_a_meeting_can_be_taken_back(old: MeetingStage, new: MeetingStage) -> None:
    if new in MEETING_MOVES[old]:
        check_meeting_move(old, new)
        check_meeting_move(new, old)
    else:
        with pytest.raises(NotAllowed, match="cannot become"):
            check_meeting_move(old, new)


@pytest.mark.parametrize("points", [0, 1, 5, 6])
def test_a_discussed_case_needs_one_to_five_learning_points(points: int) -> None:
    for outcome in Outcome:
        if outcome.discussed and not 1 <= points <= 5:
            with pytest.raises(NotAllowed, match="1 to 5 learning points"):
                check_points(outcome, points)
        else:
            check_points(outcome, points)


def test_what_is_no_detection_discrepancy_may_be_one_of_communication_never_both() -> None:
    found = {
        (status, advice): discrepancy_of(status, advice)
        for status in ReportStatus
        for advice in (None, *Recommendation)
    }
    assert found[ReportStatus.NOT_MENTIONED, Recommendation.NONE] is Discrepancy.DETECTION
    assert found[ReportStatus.AMBIGUOUS_TERM, Recommendation.FLS] is Discrepancy.COMMUNICATION
    assert found[ReportStatus.REPORTED_FULL, Recommendation.NONE] is Discrepancy.COMMUNICATION
    assert found[ReportStatus.REPORTED_FULL, None] is None
    for advice in (None, *Recommendation):
        assert found[ReportStatus.KNOWN_PRIOR, advice] is None
        assert found[ReportStatus.NO_REPORT, advice] is None


@given(st.dates(date(1900, 1, 1), date(2000, 1, 1)), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_an_age_is_told_as_a_band_of_five_years_at_most(born: date, scanned: date) -> None:
    band = age_band(born, scanned)
    years = scanned.year - born.year - ((scanned.month, scanned.day) < (born.month, born.day))
    assert band in AGE_BANDS
    if 50 <= years < 90:
        low, high = map(int, band.split("-"))
        assert low <= years <= high == low + 4
    else:
        assert band == ("under 50" if years < 50 else "90+")


@pytest.mark.parametrize(
    ("exam", "region"),
    [
        ("CT Thorax abdomen pelvis", Region.TAP),
        ("CT chest with contrast", Region.CHEST),
        ("CTPA", Region.CHEST),
        ("CT abdomen and pelvis", Region.ABDOMEN),
        ("CT lumbar spine", Region.SPINE),
        ("CT head", Region.OTHER),
    ],
)
def test_the_region_is_read_from_the_examination(exam: str, region: Region) -> None:
    assert region_of(exam) is region


def test_every_cause_has_its_words_and_its_family() -> None:
    assert set(CAUSES) == set(Cause)
    assert len({cause.words for cause in Cause}) == len(Cause)


VOTES = st.builds(
    Vote,
    st.sampled_from([Seen.YES, Seen.UNSURE]),
    st.sampled_from(WouldReport),
    st.sampled_from([None, *REVIEWABLE]),
    st.sampled_from([None, Grade.MILD, Grade.MODERATE, Grade.SEVERE]),
)


@given(st.lists(VOTES, max_size=12))
def test_votes_are_counted_and_of_too_few_only_their_number_is_told(votes: list[Vote]) -> None:
    counted = tally(votes)
    assert counted.votes == len(votes)
    if len(votes) < FEWEST_SHOWN:
        assert not counted.shown
        assert counted.seen == counted.would_report == counted.level == counted.grade == ()
    else:
        assert sum(many for _, many in counted.seen) == len(votes)
        assert sum(many for _, many in counted.would_report) == len(votes)
        assert sum(many for _, many in counted.level) == sum(v.level is not None for v in votes)
    assert tally(reversed(votes)) == counted


def test_who_sees_no_fracture_names_no_level_of_it() -> None:
    check_vote(Vote(Seen.NO, WouldReport.NO))
    with pytest.raises(NotAllowed, match="Leave both empty"):
        check_vote(Vote(Seen.NO, WouldReport.NO, Level.L1))
    with pytest.raises(NotAllowed, match="T1 to T13"):
        check_vote(Vote(Seen.YES, WouldReport.YES, Level.C3))


def test_the_message_to_a_radiologist_names_no_case() -> None:
    for by_lot in (True, False):
        words = notice(date(2026, 12, 1), by_lot=by_lot)
        assert "01/12/2026" in words
        assert "R-" not in words
