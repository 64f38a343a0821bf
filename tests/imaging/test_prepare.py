"""From files to a stack: upright, on the bone, and the same whatever the storage order."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ct_files import affine_of, write_mask, write_series
from numpy.typing import NDArray

from components.imaging.header import sort_files
from components.imaging.prepare import LabelSource, Prepared, UnusableMask, UnusableSeries, prepare
from components.imaging.stack_file import decode_plane, open_plane, read_meta
from store.domain.spine import Level

SPACING = (2.0, 1.0, 1.0)
ORIGIN = (-20.0, -30.0, 100.0)


def scene() -> NDArray[np.int16]:
    """40 x 60 x 50: bright towards the head, the front, and the left; different everywhere."""
    z, y, x = np.meshgrid(np.arange(40), np.arange(60), np.arange(50), indexing="ij")
    return (z * 20 - y * 6 + x * 3).astype(np.int16)


def prepared(folder: Path, mask: LabelSource | None = None) -> tuple[Prepared, Path]:
    target = folder.parent / f"{folder.name}.stack"
    with target.open("wb") as file:
        done = prepare(sort_files([folder]).series[0], mask, file)
    return done, target


def planes(path: Path) -> NDArray[np.int16]:
    meta: dict[str, Any] = read_meta(path)
    size = meta["rows"], meta["columns"]
    return np.stack([decode_plane(open_plane(path, n), *size) for n in range(meta["planes"])])


def three_bodies() -> NDArray[np.uint8]:
    """Three bodies with an arch, one above the other, in the grid of `scene`."""
    ids = np.zeros((40, 60, 50), np.uint8)
    y, x = np.ogrid[:60, :50]
    body = ((x - 25) / 13) ** 2 + ((y - 25) / 11) ** 2 < 1
    arch = (abs(x - 25) < 12) & (y > 46) & (y < 50)
    for number, low in ((20, 26), (21, 14), (22, 2)):
        ids[low : low + 10, body | arch] = number
    return ids


def column_of_bone(folder: Path) -> LabelSource:
    """The mask of `three_bodies`."""
    path = write_mask(folder / "m.nii.gz", three_bodies(), affine_of(SPACING, ORIGIN))
    return LabelSource(path, "verse")


def bony(ids: NDArray[np.uint8]) -> NDArray[np.int16]:
    """The `scene`, denser where *ids* mark it."""
    return scene() + np.where(ids > 0, 500, 0).astype(np.int16)


def test_the_stack_stands_upright_and_looks_left(tmp_path: Path) -> None:
    write_series(tmp_path / "a", scene() + 100, spacing_mm=SPACING, origin=ORIGIN)
    done, path = prepared(tmp_path / "a")
    stack = planes(path).astype(int)
    assert (np.diff(stack.mean(axis=(0, 2))) <= 0).all()  # darker towards the feet
    assert (np.diff(stack.mean(axis=(0, 1))) <= 0).all()  # darker towards the back
    assert (np.diff(stack.mean(axis=(1, 2))) > 0).all()  # brighter towards the left
    assert done.meta["plane_x_mm"] == sorted(done.meta["plane_x_mm"])  # type: ignore[call-overload]
    assert done.meta == read_meta(path)


STORED = {
    "axial": ((0, 1, 2), (1, 1, 1)),
    "axial from the head": ((0, 1, 2), (-1, 1, 1)),
    "axial turned over": ((0, 1, 2), (1, -1, -1)),
    "sagittal": ((2, 0, 1), (1, -1, 1)),
    "coronal": ((1, 0, 2), (1, -1, 1)),
}


@pytest.mark.parametrize("name", STORED)
def test_storage_order_does_not_matter(tmp_path: Path, name: str) -> None:
    write_series(tmp_path / "plain", bony(three_bodies()), spacing_mm=SPACING, origin=ORIGIN)
    axes, flips = STORED[name]
    units = np.array([[0, 0, 1.0], [0, 1, 0], [1, 0, 0]])  # LPS of slice, row, column
    voxels, origin = bony(three_bodies()), np.array(ORIGIN)
    for axis in range(3):
        if flips[axis] < 0:
            voxels = np.flip(voxels, axis)
            origin = origin + units[axis] * SPACING[axis] * (voxels.shape[axis] - 1)
            units[axis] *= -1
    voxels, units = voxels.transpose(axes), units[list(axes)]
    spacing = tuple(SPACING[a] for a in axes)
    if float(np.dot(np.cross(units[2], units[1]), units[0])) < 0:
        voxels, origin = voxels[::-1], origin + units[0] * spacing[0] * (len(voxels) - 1)
    write_series(
        tmp_path / "other",
        voxels,
        spacing_mm=spacing,  # type: ignore[arg-type]
        orientation=(*units[2], *units[1]),
        origin=tuple(origin),
    )
    mask = column_of_bone(tmp_path)
    one, path = prepared(tmp_path / "plain", mask)
    with (tmp_path / "x").open("wb") as file:
        series = sort_files([tmp_path / "other"]).series[0]
        other = prepare(series, turned_mask(tmp_path, voxels.shape, units, spacing, origin), file)
    assert np.array_equal(planes(path), planes(tmp_path / "x"))
    assert other.heights == one.heights
    assert other.meta["vertebrae"] == one.meta["vertebrae"]


def turned_mask(folder: Path, _: object, __: object, ___: object, ____: object) -> LabelSource:
    """The same mask file: its own affine says where it lies."""
    return LabelSource(folder / "m.nii.gz", "verse")


def test_outlines_points_and_centres_lie_on_the_bone(tmp_path: Path) -> None:
    voxels = np.where(three_bodies() > 0, 1000, 0).astype(np.int16)
    mask = column_of_bone(tmp_path)
    write_series(tmp_path / "a", voxels, spacing_mm=SPACING, origin=ORIGIN)
    done, path = prepared(tmp_path / "a", mask)
    stack = planes(path)
    bones: list[dict[str, Any]] = done.meta["vertebrae"]  # type: ignore[assignment]
    assert [bone["level"] for bone in bones] == ["L1", "L2", "L3"]
    for bone in bones:
        column, row = (round(v) for v in bone["centre"])
        assert stack[bone["plane"], row, column] == 1000
        whole = 0
        for number, polygons in bone["outlines"].items():
            part = stack[int(number), row - 12 : row + 13]
            if set(np.unique(part[12])) - {0, 1000}:
                continue  # a plane merged of one voxel inside and one outside
            area = sum(inside_area(np.reshape(p, (-1, 2))) for p in polygons)
            assert area == pytest.approx(int((part > 500).sum()), rel=0.12)
            whole += 1
        assert whole >= 3


def inside_area(polygon: NDArray[np.float64]) -> float:
    x, y = polygon.T
    return abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2


def test_the_middle_of_a_spine_that_touches_nothing_is_measured(tmp_path: Path) -> None:
    write_series(tmp_path / "a", bony(three_bodies()), spacing_mm=SPACING, origin=ORIGIN)
    done, _ = prepared(tmp_path / "a", column_of_bone(tmp_path))
    assert set(done.heights) == {Level.L1, Level.L2, Level.L3}
    for heights in done.heights.values():
        assert np.abs(np.array(heights.three) - 20.0).max() < 1.0


def test_a_refused_series_is_not_prepared(tmp_path: Path) -> None:
    write_series(tmp_path / "a", scene()[:4])
    target = BytesIO()
    with pytest.raises(UnusableSeries, match="4 slices"):
        prepare(sort_files([tmp_path / "a"]).series[0], None, target)
    assert not target.getvalue()


def test_a_mask_in_the_air_is_refused(tmp_path: Path) -> None:
    write_series(tmp_path / "a", scene() * 0 - 800, spacing_mm=SPACING, origin=ORIGIN)
    with pytest.raises(UnusableMask, match="-800 HU"):
        prepared(tmp_path / "a", column_of_bone(tmp_path))


@pytest.mark.parametrize("lean", [18.0, -25.0])
def test_an_oblique_scan_is_resampled_and_says_so(tmp_path: Path, lean: float) -> None:
    ids = np.zeros((40, 60, 50), np.uint8)
    y, x = np.ogrid[:60, :50]
    ids[12:24, ((x - 25) / 14) ** 2 + ((y - 25) / 12) ** 2 < 1] = 21
    a = np.radians(lean)
    write_series(
        tmp_path / "a",
        bony(ids),
        spacing_mm=SPACING,
        orientation=(1, 0, 0, 0, float(np.cos(a)), float(np.sin(a))),
        origin=ORIGIN,
    )
    affine = affine_of(SPACING, ORIGIN)
    affine[:3, 1] = 0, np.cos(a), np.sin(a)
    affine[:3, 0] = np.array([0, -np.sin(a), np.cos(a)]) * 2.0
    mask = LabelSource(write_mask(tmp_path / "m.nii", ids, affine), "verse")
    done, _ = prepared(tmp_path / "a", mask)
    facts = done.meta["fidelity"]
    assert facts["oblique_degrees"] == pytest.approx(abs(lean), abs=0.1)
    assert facts["interpolated"] == "resampled to the patient's axes"
    assert np.abs(np.array(done.heights[Level.L2].three) - 24.0).max() < 1.2
    bone: dict[str, Any] = done.meta["vertebrae"][0]  # type: ignore[index]
    front, back = np.array(bone["points"][0]), np.array(bone["points"][4])
    slope = np.degrees(np.arctan2(back[1] - front[1], back[0] - front[0]))
    assert slope == pytest.approx(-lean, abs=4)


def test_no_identifier_reaches_the_stack(tmp_path: Path) -> None:
    write_series(tmp_path / "a", bony(three_bodies()), spacing_mm=SPACING, origin=ORIGIN)
    done, _ = prepared(tmp_path / "a", column_of_bone(tmp_path))
    text = str(done.meta)
    header = sort_files([tmp_path / "a"]).series[0].header
    for secret in ("DEMO", header.study_uid, header.series_uid, "2026"):
        assert secret not in text


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("dicom", "mask", "table", "measured", "cut"),
    [
        (
            "01_lidc0001_chest_ct/dicom",
            "01_lidc0001_chest_ct/mask.nii.gz",
            "totalsegmentator_v2",
            {"T4", "T8", "T12", "L1"},
            {"L3"},
        ),
        (
            "02_totalseg_lumbar_ct/dicom_converted",
            "02_totalseg_lumbar_ct/totalseg_vertebrae.nii.gz",
            None,
            {"L1", "L2", "L3", "L4", "L5"},
            {"T12"},
        ),
        (
            "04_verse014_lumbar/dicom_converted",
            "04_verse014_lumbar/sub-verse014_seg-vert_msk.nii.gz",
            "verse",
            {"L1", "L2", "L3", "L4", "L5"},
            set(),
        ),
    ],
)
def test_real_spines_give_plausible_heights(
    shared_data: Path, dicom: str, mask: str, table: str | None, measured: set[str], cut: set[str]
) -> None:
    target = BytesIO()
    source = LabelSource(shared_data / mask, table)
    done = prepare(sort_files([shared_data / dicom]).series[0], source, target)
    assert measured <= set(done.heights)
    assert cut <= set(done.unmeasured)
    for level, heights in done.heights.items():
        low, high = (18, 36) if level.value.startswith("L") else (11, 31)
        assert low < min(heights.three) <= max(heights.three) < high
    assert len(target.getvalue()) == done.size
