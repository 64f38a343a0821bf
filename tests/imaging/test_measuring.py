"""Heights measured on vertebrae of known shape, however they stand in the scan."""

import numpy as np
import pytest
from numpy.typing import NDArray

from components.imaging.frame import frame_of, points_lps
from components.imaging.masks import Labels, boxes_of, number_of
from components.imaging.vertebrae import CUT, Vertebra, vertebrae
from store.domain.spine import Level

Floats = NDArray[np.float64]
INTACT = (24.0, 23.5, 25.0)
SHAPES = {
    "intact": INTACT,
    "wedge": (17.0, 21.0, 25.0),
    "severe wedge": (11.0, 17.0, 25.0),
    "biconcave": (23.0, 16.0, 24.0),
    "crush": (14.0, 13.5, 15.0),
}
DEPTH_MM, WIDTH_MM = 31.0, 42.0


def turned(lean: float, tilt: float, turn: float) -> Floats:
    """Rows point up, back and left of a vertebra leaning forward, tilted left, turned; degrees."""
    a, b, c = np.radians([lean, tilt, turn])
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    upright = np.array([[0, 0, 1.0], [0, 1, 0], [1, 0, 0]])
    return np.asarray(upright @ (about_x @ about_y @ about_z).T)


def marked(own: Floats, heights: tuple[float, float, float]) -> NDArray[np.bool_]:
    """Which positions (up, back, left of the body's middle) lie in a vertebra of *heights*."""
    up, back, left = np.moveaxis(own, -1, 0)
    a, m, p = heights
    t = back / (DEPTH_MM / 2)
    tall = m + t * (p - a) / 2 + t**2 * ((a + p) / 2 - m)
    inside = np.abs(t) ** 2.5 + np.abs(left / (WIDTH_MM / 2)) ** 2.5 < 1
    # The upper end-plate takes most of a loss, as it does in patients.
    low = -m / 2 - 0.25 * (tall - m)
    body = inside & (up > low) & (up < low + tall)
    flank = np.abs(left)
    low_arch = (up > -9) & (up < 3)
    pedicles = (flank > 9) & (flank < 16) & (back > 8) & (back < 27) & (up > -1) & (up < 9)
    lamina = (flank < 16) & (back > 25) & (back < 31) & low_arch
    process = (flank < 3) & (back > 29) & (back < 48) & low_arch
    wings = (flank > 12) & (flank < 38) & (back > 22) & (back < 28) & (up > 0) & (up < 7)
    return np.asarray(body | pedicles | lamina | process | wings)


def measured(
    heights: tuple[float, float, float],
    *,
    spacing_mm: tuple[float, float, float] = (1.0, 0.8, 0.8),
    stance: tuple[float, float, float] = (0, 0, 0),
    slices: int | None = None,
) -> Vertebra:
    """The vertebra of *heights* as found in an axial scan; *slices* may cut the scan short."""
    size = tuple(round(110 / mm) for mm in spacing_mm)
    affine = np.zeros((4, 4))
    affine[2, 0], affine[1, 1], affine[0, 2], affine[3, 3] = *spacing_mm, 1
    affine[:3, 3] = -54.7, -40.3, -54.9
    index = np.stack(np.meshgrid(*map(np.arange, size), indexing="ij"), axis=-1)
    lps = points_lps(affine, index.reshape(-1, 3).astype(float))
    ids = marked(lps @ turned(*stance).T, heights).reshape(size).astype(np.uint8)
    ids = ids[:slices] * np.uint8(number_of(Level.L1))
    frame = frame_of(affine, ids.shape)
    seen = np.ascontiguousarray(frame.as_seen(ids))
    whole = (0, seen.shape[0]), (0, seen.shape[1]), (0, seen.shape[2])
    return vertebrae(Labels(seen, whole, boxes_of(seen)), frame.affine, frame.shape)[0]


STANCES = [(0, 0, 0), (12, 0, 0), (-20, 4, 0), (8, 12, 10), (25, -8, -15)]


LARGEST_ERROR_MM = {
    "intact": 1.1,
    "wedge": 0.8,
    "severe wedge": 1.1,
    "biconcave": 2.1,
    "crush": 1.1,
}
"""Heights are read just inside the corners, where these deep hollows are already lower."""


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("stance", STANCES)
def test_heights_are_true_however_the_vertebra_stands(
    name: str, stance: tuple[float, float, float]
) -> None:
    found = measured(SHAPES[name], stance=stance)
    assert found.shape is not None
    front, middle, back = np.abs(np.subtract(found.shape.heights.three, SHAPES[name]))
    assert middle < 0.7
    assert max(front, back) < LARGEST_ERROR_MM[name]


@pytest.mark.parametrize("name", ["intact", "wedge", "crush"])
def test_errors_on_slices_of_two_millimetres_average_below_a_half(name: str) -> None:
    errors = []
    for stance in STANCES[1:]:
        found = measured(SHAPES[name], stance=stance, spacing_mm=(2.0, 0.9, 0.9))
        assert found.shape is not None
        errors.append(np.abs(np.subtract(found.shape.heights.three, SHAPES[name])))
    assert np.mean(errors) < 0.5


def test_the_six_points_stand_at_the_corners() -> None:
    found = measured(INTACT, stance=(15, 0, 0))
    assert found.shape is not None
    own = found.shape.points @ turned(15, 0, 0).T
    expected = [
        (12, -15.5), (-12, -15.5), (11.75, 0), (-11.75, 0), (12.5, 15.5), (-12.5, 15.5),
    ]  # fmt: skip
    assert np.abs(own[:, :2] - expected).max() < 2.0


def test_arch_and_processes_add_nothing_to_the_body() -> None:
    found = measured(SHAPES["crush"])
    assert found.shape is not None
    assert np.linalg.norm(found.shape.body.centre) < 3


@pytest.mark.parametrize("slices", [50, 56, 62])
def test_a_body_cut_by_the_last_slice_is_not_measured(slices: int) -> None:
    found = measured(INTACT, slices=slices)
    assert found.shape is None
    assert found.unmeasured == CUT


def test_a_whole_body_is_measured_next_to_the_edge() -> None:
    assert measured(INTACT, slices=72).shape is not None


@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_speck_is_not_measured_and_says_so(size: int) -> None:
    ids = np.zeros((30, 30, 30), np.uint8)
    ids[10 : 10 + size, 10 : 10 + size, 10 : 10 + size] = number_of(Level.T8)
    whole = (0, 30), (0, 30), (0, 30)
    found = vertebrae(Labels(ids, whole, boxes_of(ids)), np.eye(4), (30, 30, 30))[0]
    assert found.shape is None
    assert found.unmeasured


@pytest.mark.parametrize("seed", range(8))
def test_nonsense_in_a_mask_never_stops_the_others(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ids = np.where(rng.random((20, 40, 40)) < 0.3, number_of(Level.T8), 0).astype(np.uint8)
    ids[:, :4] = number_of(Level.T7)
    ids[5:15, 20:30, 8:32] = number_of(Level.T9)
    whole = (0, 20), (0, 40), (0, 40)
    frame = frame_of(np.diag([2.0, 1.0, 1.0, 1.0]), (20, 40, 40))
    found = vertebrae(Labels(ids, whole, boxes_of(ids)), frame.affine, frame.shape)
    assert [bone.level for bone in found] == [Level.T7, Level.T8, Level.T9]
    assert all((bone.shape is None) == bool(bone.unmeasured) for bone in found)
