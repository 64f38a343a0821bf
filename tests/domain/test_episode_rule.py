import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.episode import Due, changes, due, merged
from store.domain.genant import Grade
from store.domain.spine import Level

MILD, MODERATE, SEVERE = Grade.MILD, Grade.MODERATE, Grade.SEVERE
GRADES = st.sampled_from([MILD, MODERATE, SEVERE])
SCANS = st.dictionaries(st.sampled_from([Level.T8, Level.T12, Level.L1, Level.L3]), GRADES)
L1 = {Level.L1: MODERATE}


@pytest.mark.parametrize(
    ("sent", "now", "told"),
    [
        (None, {}, Due.NOTHING),
        (None, L1, Due.NEW),
        (L1, L1, Due.NOTHING),
        (L1, {Level.L1: SEVERE}, Due.AMENDED),
        (L1, {Level.L1: MILD}, Due.AMENDED),
        (L1, {**L1, Level.T8: MILD}, Due.AMENDED),
        ({**L1, Level.T8: MILD}, L1, Due.AMENDED),
        (L1, {}, Due.WITHDRAWN),
    ],
)
def test_what_is_due_follows_from_what_was_sent(
    sent: dict[Level, Grade] | None, now: dict[Level, Grade], told: Due
) -> None:
    assert due(sent, now) is told


def test_a_change_is_told_level_by_level() -> None:
    before = {Level.T8: MILD, Level.L1: MILD}
    now = {Level.T12: MODERATE, Level.L1: SEVERE}
    said = "T8 not confirmed any more; T12 new; L1 was mild, now severe"
    assert changes(before, now) == said


@given(st.lists(SCANS))
def test_a_level_has_its_gravest_grade_of_all_scans(scans: list[dict[Level, Grade]]) -> None:
    found = merged(scans)
    assert found.keys() == {level for scan in scans for level in scan}
    for level, grade in found.items():
        assert grade is max(scan[level] for scan in scans if level in scan)
    assert merged(reversed(scans)) == found == merged([found, *scans])


@given(st.none() | SCANS, SCANS, st.booleans())
def test_once_told_nothing_more_is_due(
    sent: dict[Level, Grade] | None, now: dict[Level, Grade], reread: bool
) -> None:
    told = due(sent, now, reread=reread)
    if told in {Due.NEW, Due.AMENDED}:
        assert due(now, now, reread=reread) is Due.NOTHING
    if told is Due.WITHDRAWN:
        assert due(None, now, reread=reread) is Due.NOTHING


@given(SCANS, SCANS)
def test_nothing_is_taken_back_while_a_scan_is_read_again(
    sent: dict[Level, Grade], now: dict[Level, Grade]
) -> None:
    told = due(sent, now, reread=True)
    more = any(grade > sent.get(level, Grade.NONE) for level, grade in now.items())
    assert told is (Due.AMENDED if more else Due.NOTHING)


@given(st.none() | SCANS, SCANS, st.booleans())
def test_a_recalled_referral_is_withdrawn_and_none_begins(
    sent: dict[Level, Grade] | None, now: dict[Level, Grade], reread: bool
) -> None:
    told = due(sent, now, recalled=True, reread=reread)
    assert told is (Due.NOTHING if sent is None else Due.WITHDRAWN)


@given(SCANS, SCANS)
def test_an_amended_row_always_says_what_changed(
    sent: dict[Level, Grade], now: dict[Level, Grade]
) -> None:
    assert bool(changes(sent, now)) is (sent != now)
