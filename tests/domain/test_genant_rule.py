import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.genant import READER_BAND, Grade, band, grade, near_threshold

FRACTION = st.floats(0, 1)


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (0.0, 0),
        (0.1999999, 0),
        (0.20, 1),
        (0.2499999, 1),
        (0.25, 2),
        (0.3999999, 2),
        (0.40, 3),
        (1.0, 3),
    ],
)
def test_a_loss_on_a_boundary_takes_the_graver_grade(loss: float, expected: int) -> None:
    assert grade(loss) is Grade(expected)


@given(FRACTION, FRACTION)
def test_more_loss_never_means_a_milder_grade(a: float, b: float) -> None:
    assert grade(max(a, b)) >= grade(min(a, b))


@pytest.mark.parametrize("loss", [25, 1.0001, -0.0001, float("nan"), float("inf")])
def test_a_percentage_or_no_number_is_refused(loss: float) -> None:
    with pytest.raises(ValueError, match="Was a percentage passed"):
        grade(loss)


@pytest.mark.parametrize(
    ("loss", "near"),
    [
        (0.149, False),
        (0.15, True),
        (0.20, True),
        (0.30, True),
        (0.301, False),
        (0.349, False),
        (0.35, True),
        (0.45, True),
        (0.451, False),
    ],
)
def test_a_loss_within_five_points_of_a_boundary_is_near_it(loss: float, near: bool) -> None:
    assert near_threshold(loss) is near


def test_the_order_of_grades_is_their_gravity() -> None:
    assert sorted(Grade) == [Grade.NONE, Grade.MILD, Grade.MODERATE, Grade.SEVERE]


@given(FRACTION)
def test_the_band_holds_the_loss_and_stays_a_fraction(loss: float) -> None:
    low, high = band(loss)
    assert 0.0 <= low <= loss <= high <= 1.0
    assert band(0.32) == pytest.approx((0.195, 0.445))
    assert low == 0.0 or loss - low == pytest.approx(READER_BAND)
