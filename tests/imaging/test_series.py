"""Slices form one regular block, or the series is refused with the number that is wrong."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.imaging.instance import Instance
from components.imaging.series import UnusableSeries, block

ONE = Instance(
    path=Path("nowhere"), study_uid="1", series_uid="1", sop_uid="1", patient=b"",
    content=b"", syntax="", offset=0, length=0, frame=0, frames=1, rows=4, columns=5,
    bits_allocated=16, bits_stored=16, signed=True, padding=None,
    slope=1.0, intercept=0.0, position=(0.0, 0.0, 0.0), orientation=(1, 0, 0, 0, 1, 0),
    spacing_mm=(0.7, 0.8),
)  # fmt: skip


def stack(places: list[float]) -> list[Instance]:
    return [replace(ONE, sop_uid=str(n), position=(1.0, 2.0, z)) for n, z in enumerate(places)]


REGULAR = [2.5 * n for n in range(10)]


def test_spacing_comes_from_the_positions() -> None:
    assert block(stack(REGULAR)).spacing_mm == pytest.approx((2.5, 0.7, 0.8))


@given(st.permutations(REGULAR))
def test_order_on_disk_does_not_matter(places: list[float]) -> None:
    found = block(stack(places))
    assert [one.position[2] for one in found.slices] == REGULAR
    assert np.allclose(found.affine, block(stack(REGULAR)).affine)


def test_the_affine_leads_to_every_slice() -> None:
    slices = stack(REGULAR)
    affine = block(slices).affine
    for n, one in enumerate(slices):
        assert np.allclose(affine @ [n, 0, 0, 1], [*one.position, 1])
    assert np.allclose(affine @ [0, 1, 0, 0], [0, 0.7, 0, 0])
    assert np.allclose(affine @ [0, 0, 1, 0], [0.8, 0, 0, 0])


def test_positions_rounded_by_the_scanner_are_regular() -> None:
    assert block(stack([round(0.625 * n, 1) for n in range(200)]))


@pytest.mark.parametrize("missing", [1, 5, 8, 100, 198])
def test_a_missing_slice_is_refused_with_its_place(missing: int) -> None:
    places = [0.625 * n for n in range(200) if n != missing]
    low, high = 0.625 * (missing - 1), 0.625 * (missing + 1)
    words = f"1 slice is missing (1 between {low:.1f} and {high:.1f} mm); the others lie 0.62 mm"
    with pytest.raises(UnusableSeries, match=re.escape(words)):
        block(stack(places))


def test_all_missing_slices_are_counted_and_the_first_places_named() -> None:
    gone = {3, 4, 10, 20, 30, 40, 50}
    places = [2.0 * n for n in range(60) if n not in gone]
    with pytest.raises(UnusableSeries) as caught:
        block(stack(places))
    assert str(caught.value) == (
        "7 slices are missing (2 between 4.0 and 10.0 mm, 1 between 18.0 and 22.0 mm,"
        " 1 between 38.0 and 42.0 mm, 1 between 58.0 and 62.0 mm and more at 2 other places);"
        " the others lie 2.00 mm apart. Send the whole series again."
    )


@given(st.sets(st.integers(1, 38), min_size=1, max_size=8), st.permutations(range(40)))
def test_every_hole_is_counted_in_any_order(gone: set[int], order: list[int]) -> None:
    places = [1.25 * n for n in order if n not in gone]
    with pytest.raises(UnusableSeries, match=f"^{len(gone)} slice"):
        block(stack(places))


@pytest.mark.parametrize(
    ("gaps", "words"),
    [
        ([4.0] * 14 + [7.0] * 13, "14 gaps of 4.00 mm, 13 of 7.00 mm."),
        ([2.5] * 9 + [4.0], "9 gaps of 2.50 mm, 1 of 4.00 mm."),
        ([5.0] * 10 + [10.0] * 9, "10 gaps of 5.00 mm, 9 of 10.00 mm."),
        ([1.0, 1.5, 2.1, 2.9, 3.4, 4.0, 5.1], "Slices lie 1.00 to 5.10 mm apart, unevenly."),
    ],
)
def test_uneven_slices_are_refused_with_every_distance(gaps: list[float], words: str) -> None:
    places = [0.0, *np.cumsum(gaps).tolist()]
    with pytest.raises(UnusableSeries, match=re.escape(words)):
        block(stack(places))


@pytest.mark.parametrize(
    ("again", "words"),
    [
        ([5.0], "2 of 11 slices lie where another lies, at one place"),
        ([5.0, 5.0], "3 of 12 slices lie where another lies, at one place"),
        (REGULAR, "20 of 20 slices lie where another lies, at 10 places"),
    ],
)
def test_repeated_positions_are_refused_with_their_number(again: list[float], words: str) -> None:
    with pytest.raises(UnusableSeries, match=words):
        block(stack([*REGULAR, *again]))


def test_slices_a_vertebra_apart_are_refused() -> None:
    with pytest.raises(UnusableSeries, match=r"Slices 20\.00 mm apart cannot show the spine"):
        block(stack([20.0 * n for n in range(9)]))


def leaning(angle: float, count: int = 10) -> list[Instance]:
    """Slices along a bed that is upright, their planes tilted by *angle* degrees."""
    lean = np.radians(angle)
    orientation = (1.0, 0.0, 0.0, 0.0, float(np.cos(lean)), float(np.sin(lean)))
    places = [2.5 * n for n in range(count)]
    return [replace(one, orientation=orientation) for one in stack(places)]


@pytest.mark.parametrize("angle", [1.5, 14.0, -18.5, 30.0])
def test_a_tilted_gantry_gives_a_sheared_grid_with_its_angle(angle: float) -> None:
    slices = leaning(angle)
    found = block(slices)
    assert found.tilt_degrees == pytest.approx(abs(angle), abs=0.01)
    assert found.spacing_mm == pytest.approx((2.5 * np.cos(np.radians(angle)), 0.7, 0.8))
    for n, one in enumerate(found.slices):
        assert np.allclose(found.affine @ [n, 0, 0, 1], [*one.position, 1])


@pytest.mark.parametrize("angle", [0.0, 0.05])
def test_the_rounding_of_positions_is_no_tilt(angle: float) -> None:
    found = block(leaning(angle))
    assert found.tilt_degrees == 0.0
    columns = found.affine[:3, :3]
    assert np.allclose(columns.T @ columns, np.diag(np.diag(columns.T @ columns)), atol=1e-9)


def test_a_lean_no_gantry_has_is_refused_with_its_angle() -> None:
    with pytest.raises(UnusableSeries, match=r"leant by 41\.0 degrees; at most 35"):
        block(leaning(41.0))


def test_a_slice_that_jumps_sideways_is_refused_with_its_distance() -> None:
    slices = stack(REGULAR)
    slices[4] = replace(slices[4], position=(21.0, 2.0, 10.0))
    with pytest.raises(UnusableSeries, match=r"jump sideways by up to 20\.0 mm"):
        block(slices)


def test_overlapping_slices_are_taken_and_stay_visible() -> None:
    found = block([replace(one, thickness_mm=3.0) for one in stack(REGULAR)])
    assert (found.thickness_mm, found.spacing_mm[0]) == (3.0, pytest.approx(2.5))


def test_no_stated_thickness_is_none() -> None:
    assert block(stack(REGULAR)).thickness_mm is None


def test_one_lossy_slice_makes_the_block_lossy() -> None:
    slices = stack(REGULAR)
    slices[7] = replace(slices[7], lossy="JPEG 2000")
    assert block(slices).lossy == "JPEG 2000"


def test_a_scan_oblique_as_a_whole_is_no_tilt() -> None:
    lean = np.radians(20)
    normal = np.cross([1, 0, 0], [0, np.cos(lean), np.sin(lean)])
    slices = [
        replace(
            ONE,
            sop_uid=str(n),
            orientation=(1, 0, 0, 0, np.cos(lean), np.sin(lean)),
            position=tuple(normal * 2.0 * n),
        )
        for n in range(9)
    ]
    assert block(slices).spacing_mm[0] == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rows": 9}, "4 x 5, 9 x 5"),
        ({"orientation": (0, 1, 0, 0, 0, -1)}, "not parallel"),
        ({"spacing_mm": (0.7, 0.9)}, "differs by 0.100 mm"),
        ({"spacing_mm": ()}, "no pixel spacing"),
        ({"slope": 2000.0}, r"2000 times the pixel \+0"),
        ({"intercept": -1e5}, "-100000"),
    ],
)
def test_one_slice_unlike_the_others_is_refused(change: dict[str, object], words: str) -> None:
    slices = stack(REGULAR)
    slices[3] = replace(slices[3], **change)  # type: ignore[arg-type]
    with pytest.raises(UnusableSeries, match=words):
        block(slices)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"spacing_mm": (0.0, 0.7)}, "0 x 0.7 mm"),
        ({"spacing_mm": (-1.0, 0.7)}, "-1 x 0.7 mm"),
        ({"spacing_mm": (90.0, 90.0)}, "90 x 90 mm"),
        ({"slope": 1e308}, r"1e\+308"),
        ({"slope": 0.0}, "Hounsfield"),
        ({"orientation": (0, 0, 0, 0, 0, 0)}, "right angles"),
        ({"orientation": (1, 0, 0, 1, 0, 0)}, "right angles"),
        ({"rows": 4096, "columns": 4096 * 8}, "more than can be read"),
    ],
)
def test_numbers_that_cannot_be_are_refused(change: dict[str, object], words: str) -> None:
    slices = [replace(one, **change) for one in stack(REGULAR)]  # type: ignore[arg-type]
    with pytest.raises(UnusableSeries, match=words):
        block(slices)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_too_few_slices_are_refused_with_their_number(count: int) -> None:
    with pytest.raises(UnusableSeries, match=f"^{count} slice"):
        block(stack(REGULAR[:count]))
