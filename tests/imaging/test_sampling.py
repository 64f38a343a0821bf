"""Pictures cut freely through a grid show what lies there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.imaging import sampling
from components.imaging.frame import points_lps
from components.imaging.sampling import Surface, flat, hu_on, nearest_on

AFFINE = np.array(
    [[0.8, 0.0, 0.0, -16.0], [0.0, 0.1, 0.7, -14.0], [0.0, -1.2, 0.0, 30.0], [0.0, 0.0, 0.0, 1.0]]
)
"""Sheared: rows step a little backwards, as slices of a tilted gantry do."""
SHAPE = (41, 50, 40)
SLOPE = np.array([3.0, -5.0, 4.0])


def _field() -> np.ndarray:
    """HU that rise evenly through the patient."""
    index = np.stack(np.meshgrid(*(np.arange(n) for n in SHAPE), indexing="ij"), axis=-1)
    lps = points_lps(AFFINE, index.reshape(-1, 3).astype(float))
    return np.rint(lps @ SLOPE).astype(np.int16).reshape(SHAPE)


FIELD = _field()


def _lps(surface: Surface) -> np.ndarray:
    steps = np.arange(surface.columns)[None, :, None]
    return surface.origin[:, None] + steps * surface.across[:, None]


@settings(max_examples=40, deadline=None)
@given(st.tuples(*[st.floats(-1, 1)] * 6).filter(lambda v: np.linalg.norm(v[:3]) > 0.2))
def test_an_even_field_is_shown_as_it_is_on_any_plane(ways: tuple[float, ...]) -> None:
    down = np.array(ways[:3]) / np.linalg.norm(ways[:3]) * 0.3
    across = np.array(ways[3:]) * 0.3
    surface = flat(np.array([-1.0, 0.0, 3.0]), down, across, (30, 26))
    picture = hu_on(FIELD, AFFINE, [surface])[0]
    index = (_lps(surface) - AFFINE[:3, 3]) @ np.linalg.inv(AFFINE[:3, :3]).T
    inside = np.all((index >= 0) & (index <= np.array(SHAPE) - 1), axis=-1)
    off = np.abs(picture - _lps(surface) @ SLOPE)[inside]
    assert off.size == 0 or off.max() <= 1.5  # rounding of the field and of the picture


def test_what_lies_off_the_grid_is_air_and_has_no_label() -> None:
    surface = flat(
        np.array([-60.0, 0.0, 0.0]), np.array([0, 0, -1.0]), np.array([1.0, 0, 0]), (3, 90)
    )
    picture = hu_on(FIELD, AFFINE, [surface])[0]
    assert (picture[:, :40] == -1024).all()
    assert (picture[:, 80:] == -1024).all()
    assert (picture[:, 50:70] != -1024).all()
    labels = np.full(SHAPE, 7, np.uint8)
    assert set(nearest_on(labels, AFFINE, [surface])[0][0].tolist()) == {0, 7}


def test_a_grid_wider_than_opencv_addresses_gives_the_same_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    surface = flat(
        np.array([-15.0, -10, 20]), np.array([0.1, 0, -0.7]), np.array([0.7, 0.4, 0]), (40, 40)
    )
    usual = hu_on(FIELD, AFFINE, [surface])[0]
    monkeypatch.setattr(sampling, "_LARGEST_SOURCE", 5 * SHAPE[2])
    assert np.abs(hu_on(FIELD, AFFINE, [surface])[0] - usual).max() <= 1


def test_a_label_is_the_one_of_the_nearest_voxel() -> None:
    labels = np.zeros(SHAPE, np.uint8)
    labels[20, 25, 20] = 9
    centre = points_lps(AFFINE, np.array([[20.0, 25.0, 20.0]]))[0]
    near = flat(centre - [0, 2.1, 0], np.array([0, 0, -0.1]), np.array([0.0, 0.3, 0.0]), (1, 15))
    found = np.flatnonzero(nearest_on(labels, AFFINE, [near])[0][0] == 9)
    assert found.tolist() == [6, 7, 8]
