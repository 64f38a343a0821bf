"""The straightened spine shows the middle of every level in one picture."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from components.imaging.sampling import hu_on
from components.imaging.stack_file import (
    UnusableStack,
    decode_plane,
    open_plane,
    read_meta,
    write_stack,
)
from components.imaging.straighten import (
    FRONT_MM,
    OFFSETS_MM,
    UnusableCurve,
    curve_through,
    from_clicks,
)

STEP_MM = (2.0, 1.0, 1.0)
SHAPE = (60, 320, 150)
AFFINE = np.array([[2.0, 0, 0, -60.0], [0, 0, 1.0, -75.0], [0, -1.0, 0, 320.0], [0, 0, 0, 1.0]])
"""Planes 2 mm apart from right to left, rows down, columns to the back."""


def bent_spine() -> tuple[np.ndarray, np.ndarray]:
    """Bright balls along a curve that swings 36 mm sideways, and their centres in LPS mm."""
    z = np.arange(290.0, 40.0, -27.0)
    x = 18.0 * np.sin((z - 40.0) / 250.0 * 2 * np.pi)
    y = 12.0 * np.cos((z - 40.0) / 250.0 * np.pi)
    centres = np.column_stack([x, y, z])
    grid = np.stack(np.meshgrid(*(np.arange(n) for n in SHAPE), indexing="ij"), axis=-1)
    lps = grid.reshape(-1, 3) @ AFFINE[:3, :3].T + AFFINE[:3, 3]
    hu = np.full(len(lps), -50, np.int16)
    for centre in centres:
        hu[np.linalg.norm(lps - centre, axis=1) < 8.0] = 500
    return hu.reshape(SHAPE), centres


HU, CENTRES = bent_spine()


def test_every_level_of_a_bent_spine_lies_in_the_middle_picture() -> None:
    curve = curve_through(CENTRES, None, 1.0)
    pictures = hu_on(HU, AFFINE, curve.surfaces(1.0))
    middle = pictures[len(OFFSETS_MM) // 2]
    column = round(FRONT_MM)
    for row in curve.rows:
        part = middle[round(row) - 4 : round(row) + 5, column - 4 : column + 5]
        assert part.min() == 500
    # No single sagittal plane shows them all: that is what the picture is for.
    seen = [
        sum(HU[plane, round(320 - z), round(y + 75)] == 500 for _, y, z in CENTRES)
        for plane in range(SHAPE[0])
    ]
    assert max(seen) < len(CENTRES)


def test_rows_are_millimetres_along_the_curve() -> None:
    curve = curve_through(CENTRES, None, 0.8)
    steps = np.linalg.norm(np.diff(curve.points, axis=0), axis=1)
    assert steps == pytest.approx(np.full(len(steps), 0.8), rel=0.002)
    chords = np.linalg.norm(np.diff(CENTRES, axis=0), axis=1)
    along = np.diff(curve.rows) * 0.8
    assert (along >= chords - 0.05).all()
    assert (along <= chords * 1.03).all()


def test_the_curve_goes_through_the_centres() -> None:
    curve = curve_through(CENTRES, None, 0.5)
    for centre in CENTRES:
        assert np.linalg.norm(curve.points - centre, axis=1).min() < 0.3


def test_left_stays_left() -> None:
    hu = HU.copy()
    target = CENTRES[4] + [8.0, 0.0, 0.0]
    plane, column, row = round((target[0] + 60) / 2), round(target[1] + 75), round(320 - target[2])
    hu[plane - 1 : plane + 2, row - 2 : row + 3, column - 2 : column + 3] = 2000
    curve = curve_through(CENTRES, None, 1.0)
    pictures = hu_on(hu, AFFINE, curve.surfaces(1.0))
    brightest = [int(picture.max()) for picture in pictures]
    assert OFFSETS_MM[int(np.argmax(brightest))] > 0


def test_a_turned_vertebra_is_cut_along_its_own_middle() -> None:
    angle = np.radians(20.0)
    lefts = np.repeat([[np.cos(angle), np.sin(angle), 0.0]], len(CENTRES), axis=0)
    curve = curve_through(CENTRES, lefts, 1.0)
    turned = np.degrees(np.arctan2(curve.left[:, 1], curve.left[:, 0]))
    assert turned == pytest.approx(np.full(len(turned), 20.0), abs=4.0)
    square = np.abs(np.sum(curve.left * curve.up, axis=1))
    assert square.max() < 1e-9


def test_two_centres_at_one_place_make_no_curve() -> None:
    with pytest.raises(UnusableCurve, match=r"1\.0 mm apart"):
        curve_through(np.array([[0.0, 0, 50], [0, 0, 20], [0, 1, 20]]), None, 1.0)
    with pytest.raises(UnusableCurve, match="two vertebral centres"):
        curve_through(CENTRES[:1], None, 1.0)


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    path = tmp_path / "stack"
    meta: dict[str, object] = {
        "planes": SHAPE[0],
        "rows": SHAPE[1],
        "columns": SHAPE[2],
        "plane_mm": 2.0,
        "mm_per_pixel": 1.0,
    }
    with path.open("wb") as file:
        write_stack(file, meta, HU)
    return path


def clicks() -> list[tuple[float, float, float]]:
    """The centres as a reader would click them, in no order."""
    found = [((x + 60) / 2, y + 75, 320 - z) for x, y, z in CENTRES]
    return found[::2] + found[1::2]


def test_clicks_of_a_reader_straighten_the_stack(stack: Path, tmp_path: Path) -> None:
    answer = tmp_path / "answer"
    answer.write_bytes(from_clicks(stack, clicks()))
    about = read_meta(answer)["straight"]
    assert isinstance(about, dict)
    assert about["source"] == "clicks"
    assert len(about["curve"]) == about["rows"]
    middle = decode_plane(open_plane(answer, about["middle"]), about["rows"], about["columns"])
    curve = np.array(about["curve"])
    for click in clicks():
        row = int(np.argmin(np.linalg.norm((curve - click) * (2, 1, 1), axis=1)))
        assert middle[row - 4 : row + 5, round(FRONT_MM) - 4 : round(FRONT_MM) + 5].min() == 500


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([(1, 1, 1), (2, 2, 60)], "2 points; a curve takes 3 to 40"),
        ([(1, 1, 1), (2, 2, 60), (2, 2, 999)], "off the picture"),
        ([(1, 1, 1), (2, 2, 60), (2, float("nan"), 90)], "off the picture"),
        ([(1, 1, 1), (1, 1, 2), (2, 2, 90)], r"1\.0 mm apart"),
    ],
)
def test_clicks_that_make_no_spine_are_refused(
    stack: Path, points: list[tuple[float, float, float]], said: str
) -> None:
    with pytest.raises(UnusableCurve, match=said):
        from_clicks(stack, points)


def test_clicks_on_what_is_no_stack_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "no"
    path.write_bytes(BytesIO(b"nothing").getvalue() * 10)
    with pytest.raises(UnusableStack):
        from_clicks(path, clicks())
