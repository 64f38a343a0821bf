"""What is cut along the vertebrae shows each body's own middle, and is said to be what it is."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ct_files import affine_of, write_mask, write_series
from numpy.typing import NDArray
from phantom_study import study
from pydicom.dataset import Dataset

from components.imaging.header import sort_files
from components.imaging.phantom import STANDARD, Identity, plan, render, write_dicom
from components.imaging.phantom import write_mask as write_phantom_mask
from components.imaging.prepare import LabelSource, Prepared, prepare
from components.imaging.stack_file import decode_plane, open_plane
from store.domain.spine import Level


def prepared(folder: Path, mask: LabelSource | None) -> tuple[Prepared, Path]:
    target = folder.parent / "stack"
    with target.open("wb") as file:
        done = prepare(sort_files([folder]).series[0], mask, file)
    return done, target


def limits_said(done: Prepared) -> list[str]:
    """What is said of how exact heights are."""
    return [note for note in done.meta["fidelity"]["notes"] if "Heights" in note]


def picture(path: Path, number: int, about: dict[str, Any]) -> NDArray[np.int16]:
    return decode_plane(open_plane(path, number), about["rows"], about["columns"])


@pytest.fixture(scope="module")
def scoliotic(tmp_path_factory: pytest.TempPathFactory) -> tuple[Prepared, Path]:
    """A phantom whose spine swings sideways."""
    folder = tmp_path_factory.mktemp("scoliosis")
    spine = plan(Level.T8, Level.L4, seed=5, age=70, scoliosis_mm=28.0)
    scan = render(spine, spacing_mm=(1.2, 0.85, 0.85), size=220, kernel=STANDARD, noise_hu=12)
    who = Identity("Demo-Ash^Ann", "DEMO0002", "", date(1950, 2, 1), "F")
    write_dicom(scan, folder / "ct", who, study())
    write_phantom_mask(scan, folder / "mask.nii.gz", named=True)
    return prepared(folder / "ct", LabelSource(folder / "mask.nii.gz", None))


def test_one_straightened_picture_shows_every_level(scoliotic: tuple[Prepared, Path]) -> None:
    done, path = scoliotic
    about = done.meta["straight"]
    middle = picture(path, about["first"] + about["middle"], about).astype(float)
    levels = {each["level"] for each in about["levels"]}
    assert levels == {bone["level"] for bone in done.meta["vertebrae"] if bone["points"]}
    for each in about["levels"]:
        row, column = round(each["row"]), each["column"]
        inside = middle[row - 5 : row + 6, column - 6 : column + 7].mean()
        assert inside > 60.0  # spongy bone; disc and muscle are darker
        polygons = about["outlines"][each["level"]][str(about["middle"])]
        boxes = [(min(p[::2]), max(p[::2]), min(p[1::2]), max(p[1::2])) for p in polygons]
        assert any(a < column < b and c < row < d for a, b, c, d in boxes)


def test_the_curve_says_where_the_picture_lies_in_the_true_stack(
    scoliotic: tuple[Prepared, Path],
) -> None:
    done, _ = scoliotic
    about = done.meta["straight"]
    assert len(about["curve"]) == about["rows"]
    centres = {bone["level"]: bone for bone in done.meta["vertebrae"]}
    for each in about["levels"]:
        plane, column, row = about["curve"][round(each["row"])]
        bone = centres[each["level"]]
        assert abs(plane - bone["plane"]) < 0.8
        assert [column, row] == pytest.approx(bone["centre"], abs=1.0)


def test_the_limits_of_heights_are_said_only_where_heights_are_taken(
    scoliotic: tuple[Prepared, Path],
) -> None:
    done, path = scoliotic
    assert limits_said(done) == ["Heights within ±0.7 mm (95 %, on phantoms)."]
    plain = prepare(sort_files([path.parent / "ct"]).series[0], None, BytesIO())
    assert not limits_said(plain)


def test_heights_are_distances_between_the_points_of_the_own_plane(
    scoliotic: tuple[Prepared, Path],
) -> None:
    done, path = scoliotic
    seen = 0
    for bone in done.meta["vertebrae"]:
        own = bone["own"]
        if own is None:
            continue
        points = np.array(own["points"]) * own["mm_per_pixel"]
        between = np.linalg.norm(points[::2] - points[1::2], axis=1)
        assert between == pytest.approx(bone["heights_mm"], abs=0.05)
        hu = picture(path, own["plane"], own).astype(float)
        column, row = (round(v) for v in own["centre"])
        assert hu[row - 6 : row + 7, column - 8 : column + 9].mean() > 60.0
        assert (np.diff(np.array(own["points"])[::2, 0]) > 0).all()  # front, middle, back
        seen += 1
    assert seen >= 6
    assert max(abs(b["own"]["lean_degrees"]) for b in done.meta["vertebrae"] if b["own"]) > 4.0


def test_pictures_of_the_file_follow_each_other_without_a_gap(
    scoliotic: tuple[Prepared, Path],
) -> None:
    done, path = scoliotic
    about = done.meta["straight"]
    assert about["first"] == done.meta["planes"]
    owns = [bone["own"]["plane"] for bone in done.meta["vertebrae"] if bone["own"]]
    start = about["first"] + about["planes"]
    assert owns == list(range(start, start + len(owns)))
    with pytest.raises(IndexError):
        open_plane(path, start + len(owns))


TILT = 18.5


def tilted(ds: Dataset, number: int) -> None:
    """The table moved along the patient while the gantry leaned back."""
    a = np.radians(TILT)
    ds.ImageOrientationPatient = [1, 0, 0, 0, float(np.cos(a)), float(-np.sin(a))]
    ds.ImagePositionPatient = [-20.0, -30.0, 100.0 + 2.0 * number]


def test_a_tilted_gantry_comes_out_upright_and_is_said(tmp_path: Path) -> None:
    a = np.radians(TILT)
    z, y, x = np.meshgrid(np.arange(40), np.arange(60), np.arange(50), indexing="ij")
    behind = -30.0 + y * np.cos(a)
    up = 100.0 + 2.0 * z - y * np.sin(a)
    # A block that is upright in the patient, 24 mm tall whatever the gantry did.
    inside = (abs(behind + 5) < 11) & (abs(x - 25) < 13) & (abs(up - 133) < 12)
    hu = np.where(inside, 600, -20).astype(np.int16)
    write_series(tmp_path / "a", hu, change=tilted)
    affine = affine_of((2.0, 1.0, 1.0), (-20.0, -30.0, 100.0))
    affine[:3, 0], affine[:3, 1] = (0, 0, 2.0), (0, np.cos(a), -np.sin(a))
    mask = LabelSource(
        write_mask(tmp_path / "m.nii", inside.astype(np.uint8) * 21, affine), "verse"
    )
    done, path = prepared(tmp_path / "a", mask)
    facts = done.meta["fidelity"]
    assert facts["tilt_degrees"] == pytest.approx(TILT, abs=0.1)
    assert facts["interpolated"] == "resampled to the patient's axes"
    assert done.heights[Level.L2].three == pytest.approx((24.0, 24.0, 24.0), abs=1.0)
    bone = done.meta["vertebrae"][0]
    shown = picture(path, bone["plane"], done.meta) > 300
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    assert len(rows) * done.meta["mm_per_pixel"] == pytest.approx(24.0, abs=1.7)
    # Upright: as wide at its top as in its middle, and straight above it.
    top = np.flatnonzero(shown[rows[3]])
    assert abs(top.mean() - columns.mean()) * done.meta["mm_per_pixel"] < 1.0


def test_thick_slices_give_pictures_but_no_heights(tmp_path: Path) -> None:
    hu = np.full((30, 60, 50), -20, np.int16)
    ids = np.zeros(hu.shape, np.uint8)
    y, x = np.ogrid[:60, :50]
    body = ((x - 25) / 13) ** 2 + ((y - 25) / 11) ** 2 < 1
    for number, low in ((20, 16), (21, 10), (22, 4)):
        ids[low : low + 5, body] = number
    hu[ids > 0] = 300
    write_series(tmp_path / "a", hu, spacing_mm=(5.0, 1.0, 1.0))
    affine = affine_of((5.0, 1.0, 1.0), (-20.0, -30.0, 100.0))
    mask = LabelSource(write_mask(tmp_path / "m.nii", ids, affine), "verse")
    done, _ = prepared(tmp_path / "a", mask)
    assert done.meta["fidelity"]["unsuitable"].startswith("Slices of 5.0 mm are too thick")
    assert not limits_said(done)
    assert done.heights == {}
    assert set(done.unmeasured) == {Level.L1, Level.L2, Level.L3}
    for bone in done.meta["vertebrae"]:
        assert bone["points"] is bone["heights_mm"] is bone["own"] is None
        assert bone["outlines"]
    assert done.meta["straight"] is not None
