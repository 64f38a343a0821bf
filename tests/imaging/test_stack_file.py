"""The stack file gives back what was put into it."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from components.imaging.stack_file import (
    UnusableStack,
    decode_plane,
    encode_plane,
    open_plane,
    read_meta,
    write_stack,
)


@st.composite
def planes(draw: st.DrawFn) -> NDArray[np.int16]:
    """Planes of any size and any values."""
    rows, columns = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    values = draw(
        st.lists(st.integers(-32768, 32767), min_size=rows * columns, max_size=rows * columns)
    )
    return np.array(values, np.int16).reshape(rows, columns)


@given(planes())
def test_any_plane_comes_back_as_it_was(plane: NDArray[np.int16]) -> None:
    assert np.array_equal(decode_plane(encode_plane(plane), *plane.shape), plane)


def test_a_stack_gives_back_its_meta_and_every_plane(tmp_path: Path) -> None:
    pictures = [np.full((3, 4), n * 1000 - 1024, np.int16) for n in range(5)]
    path = tmp_path / "stack"
    with path.open("wb") as target:
        size = write_stack(target, {"planes": 5}, pictures)
    assert path.stat().st_size == size
    assert read_meta(path) == {"planes": 5}
    for n in (4, 0, 2):
        assert np.array_equal(decode_plane(open_plane(path, n), 3, 4), pictures[n])


@pytest.mark.parametrize("plane", [-1, 1])
def test_a_plane_that_is_not_there_is_no_plane(tmp_path: Path, plane: int) -> None:
    path = tmp_path / "stack"
    with path.open("wb") as target:
        write_stack(target, {}, [np.zeros((2, 2), np.int16)])
    with pytest.raises(IndexError):
        open_plane(path, plane)


def test_another_file_is_no_stack(tmp_path: Path) -> None:
    path = tmp_path / "stack"
    path.write_bytes(b"something else")
    with pytest.raises(UnusableStack, match="no stack file"):
        read_meta(path)


def test_a_damaged_header_is_said_to_be_damaged(tmp_path: Path) -> None:
    target = BytesIO()
    write_stack(target, {"a": 1}, [])
    content = bytearray(target.getvalue())
    content[-3] ^= 255
    (tmp_path / "stack").write_bytes(content)
    with pytest.raises(UnusableStack, match="damaged"):
        read_meta(tmp_path / "stack")


def test_a_plane_of_another_size_is_refused() -> None:
    packed = encode_plane(np.zeros((4, 4), np.int16))
    with pytest.raises(UnusableStack, match="holds"):
        decode_plane(packed, 4, 5)
