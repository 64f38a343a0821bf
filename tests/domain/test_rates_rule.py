import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.rates import MEANING, FunnelRow, Rate, Step

COUNTS = st.integers(1, 100_000).flatmap(
    lambda whole: st.tuples(st.integers(0, whole), st.just(whole))
)


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [
        (90, 150, 0.520, 0.675),
        (70, 100, 0.604, 0.781),
        (0, 300, 0.0, 0.013),
        (5, 300, 0.007, 0.038),
        (15, 300, 0.031, 0.081),
        (300, 300, 0.987, 1.0),
        (1, 1, 0.207, 1.0),
        (0, 1, 0.0, 0.793),
    ],
)
def test_the_interval_is_wilsons(numerator: int, denominator: int, low: float, high: float) -> None:
    assert Rate(numerator, denominator).interval == pytest.approx((low, high), abs=0.0006)


@given(COUNTS)
def test_a_rate_lies_within_its_interval_and_that_within_nothing_and_all(
    counts: tuple[int, int],
) -> None:
    rate = Rate(*counts)
    assert rate.interval is not None
    assert rate.value is not None
    low, high = rate.interval
    assert 0.0 <= low <= rate.value <= high <= 1.0
    assert low < high


@given(COUNTS)
def test_the_rest_has_the_mirrored_interval(counts: tuple[int, int]) -> None:
    numerator, denominator = counts
    one, rest = Rate(numerator, denominator), Rate(denominator - numerator, denominator)
    assert one.interval is not None
    assert rest.interval is not None
    assert rest.interval == pytest.approx((1 - one.interval[1], 1 - one.interval[0]), abs=1e-9)


def test_more_scans_make_it_surer() -> None:
    widths = []
    for scale in (1, 10, 100):
        interval = Rate(6 * scale, 10 * scale).interval
        assert interval is not None
        widths.append(interval[1] - interval[0])
    assert widths == sorted(widths, reverse=True)


def test_a_rate_of_nothing_has_no_value() -> None:
    assert (Rate(0, 0).value, Rate(0, 0).interval) == (None, None)


@pytest.mark.parametrize("counts", [(-1, 5), (6, 5), (1, 0), (0, -1)])
def test_a_part_larger_than_the_whole_is_no_rate(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="a part of a whole"):
        Rate(*counts)


def test_every_step_says_what_it_counts_and_of_what() -> None:
    assert set(MEANING) == set(Step)
    assert all(", of " in words for words in MEANING.values())
    assert FunnelRow(Step.FLAGGED, Rate(1, 2)).meaning == "AI-positive, of scans analysed"
