from math import cos, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.morphometry import Heights, heights_of


def six(a: float, m: float, p: float, depth: float = 30.0) -> list[tuple[float, float]]:
    """Six points of a body of these heights, its middle at the origin."""
    backs = (-depth / 2, 0.0, depth / 2)
    return [
        (x, way * high / 2) for x, high in zip(backs, (a, m, p), strict=True) for way in (-1.0, 1.0)
    ]


def test_six_points_give_the_distances_of_their_pairs() -> None:
    assert heights_of(six(17, 21, 25)) == Heights(17, 21, 25)
    leaning = [(-15, -8), (-12, 8), (0, -10), (2, 10), (15, -12), (15, 12)]
    assert heights_of(leaning).three == pytest.approx((265**0.5, 404**0.5, 24))


@given(
    st.tuples(*[st.floats(3, 55)] * 3), st.floats(-40, 40), st.floats(-40, 40), st.floats(-0.2, 0.2)
)
def test_the_heights_do_not_depend_on_where_the_points_lie(
    three: tuple[float, float, float], right: float, down: float, turn: float
) -> None:
    moved = [
        (x * cos(turn) - y * sin(turn) + right, x * sin(turn) + y * cos(turn) + down)
        for x, y in six(*three)
    ]
    assert heights_of(moved).three == pytest.approx(three, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({0: (-15, 12)}, "front upper point lies 3.5 mm below the lower one"),
        ({3: (0, -10.5)}, "middle upper point lies 0.0 mm below"),
        ({4: (-20, -12.5)}, "upper points lie -15.0, 0.0 and -20.0 mm towards the back"),
        ({1: (1, 8.5)}, "lower points lie 1.0, 0.0 and 15.0 mm"),
        ({0: (-15, -80)}, "between 2 and 60 mm, got 88.5"),
        ({0: (-15, 7.5)}, "between 2 and 60 mm, got 1"),
        ({2: (float("nan"), -10)}, "must go from front to back"),
        ({2: (0, float("nan"))}, "must lie above it"),
        ({2: (0, float("-inf"))}, "between 2 and 60 mm, got inf"),
    ],
)
def test_points_that_make_no_vertebra_are_refused_with_the_figure(
    change: dict[int, tuple[float, float]], match: str
) -> None:
    points = [change.get(n, point) for n, point in enumerate(six(17, 21, 25))]
    with pytest.raises(ValueError, match=match):
        heights_of(points)


@pytest.mark.parametrize("count", [0, 5, 7])
def test_all_six_points_are_needed(count: int) -> None:
    with pytest.raises(ValueError, match=f"got {count}. Place all six"):
        heights_of([(0.0, 0.0)] * count)


@pytest.mark.parametrize("height", [1.99, 60.01, 0.0, -20.0, float("nan"), float("inf")])
def test_a_height_that_no_vertebra_has_is_refused(height: float) -> None:
    with pytest.raises(ValueError, match="between 2 and 60 mm"):
        Heights(20, height, 20)
