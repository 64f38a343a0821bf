"""Centres of vertebrae are taken only where they lie in the bone of their own scan."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ct_files import affine_of
from hypothesis import given, settings
from hypothesis import strategies as st

from components.imaging.centroids import UnusableCentroids, centres_in, check_on_bone
from components.imaging.frame import frame_of, points_lps
from components.imaging.header import sort_files
from components.imaging.masks import LabelSource
from components.imaging.phantom import Spine, plan, render
from components.imaging.phantom.bodies import stand
from components.imaging.prepare import prepare
from components.imaging.volume import Volume
from store.domain.spine import Level

SHAPE = (100, 60, 50)
FRAME = frame_of(affine_of(), SHAPE)
"""50 planes of 1 mm, 100 rows of 2 mm, 60 columns of 1 mm."""
PLACES = {Level.T12: (20.0, 30.0, 25.0), Level.L1: (20.0, 45.0, 24.0), Level.L2: (21.0, 61.0, 22.0)}
"""Plane, row and column in the sagittal frame."""
VERSE = {Level.T12: 19, Level.L1: 20, Level.L2: 21}


def a_file(folder: Path, content: object) -> Path:
    path = folder / "points.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def listed(direction: str = "PIR", **head: object) -> list[dict[str, Any]]:
    """`PLACES` as VerSe writes them, counted along *direction*."""
    rows: list[dict[str, Any]] = [{"direction": list(direction), **head}]
    for level, place in PLACES.items():
        rows.append(
            {"label": VERSE[level], **dict(zip("XYZ", along(direction, place), strict=True))}
        )
    return rows


def along(direction: str, place: tuple[float, float, float]) -> list[float]:
    axes = {"L": 0, "R": 0, "I": 1, "S": 1, "P": 2, "A": 2}
    size = FRAME.shape
    return [
        place[axes[way]] if way in "LIP" else size[axes[way]] - 1 - place[axes[way]]
        for way in direction
    ]


@pytest.mark.parametrize("direction", ["PIR", "RAS", "LPS", "LAS", "ASL", "IPL"])
def test_points_count_along_any_directions(tmp_path: Path, direction: str) -> None:
    found = centres_in(a_file(tmp_path, listed(direction)), FRAME)
    assert list(found) == list(PLACES)
    for level, place in PLACES.items():
        assert np.allclose(found[level], points_lps(FRAME.affine, np.array([place]))[0])


def test_parts_other_than_the_body_are_left_out(tmp_path: Path) -> None:
    rows = listed()
    rows += [{"label": 81 * 256 + 20, "X": 1.0, "Y": 1.0, "Z": 1.0}]
    rows += [{"label": 27, "X": 1.0, "Y": 1.0, "Z": 1.0}]
    rows[2]["label"] += 50 * 256
    assert list(centres_in(a_file(tmp_path, rows), FRAME)) == list(PLACES)


def test_a_body_that_was_not_found_is_left_out(tmp_path: Path) -> None:
    text = json.dumps(listed()).replace("45.0", "NaN")
    assert list(centres_in(a_file(tmp_path, text), FRAME)) == [Level.T12, Level.L2]


def test_the_later_layout_with_names_is_read(tmp_path: Path) -> None:
    points = {
        level.value: {"Vertebra_Corpus": along("PIR", place), "Spinosus_Process": [0, 0, 0]}
        for level, place in PLACES.items()
    }
    points["COCC"] = {"Vertebra_Corpus": [1, 1, 1]}
    head = {
        "direction": ["P", "I", "R"],
        "shape": [60, 100, 50],
        "zoom": [1, 2, 1],
        "format": "POI",
    }
    assert list(centres_in(a_file(tmp_path, [head, points]), FRAME)) == list(PLACES)


@pytest.mark.parametrize(("system", "signs"), [("itk", (1, 1, 1)), ("nib", (-1, -1, 1))])
def test_points_in_millimetres_are_read(
    tmp_path: Path, system: str, signs: tuple[int, int, int]
) -> None:
    mm = points_lps(FRAME.affine, np.array([PLACES[Level.L1]]))[0]
    head = {"coordinate_system": system, "format": "POI_GLOBAL"}
    path = a_file(tmp_path, [head, {"20": {"50": list(mm * signs)}}])
    assert np.allclose(centres_in(path, FRAME)[Level.L1], mm)


def changed(row: int, **values: object) -> list[dict[str, Any]]:
    rows = listed()
    rows[row].update(values)
    return rows


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ("{}", "no list of points"),
        ("[]", "no list of points"),
        ("[1, 2]", "no list of points"),
        (listed()[:1], "no centre of a vertebral body"),
        (changed(0, direction=["P", "I", "Q"]), "along which directions"),
        (changed(0, direction=["P", "A", "R"]), "along which directions"),
        (changed(0, direction="PI"), "along which directions"),
        (
            changed(0, shape=[60, 100, 49]),
            "grid of another shape; that of the scan is 60 x 100 x 50",
        ),
        (changed(0, shape="x"), "grid of another shape"),
        (changed(0, zoom=[1, 1, 1]), "grid of another zoom; that of the scan is 1 x 2 x 1"),
        (changed(1, label=99), "Label 99 is no vertebra"),
        (changed(1, label="L1"), "no whole number"),
        (changed(1, label=20), "two centres of L1"),
        (changed(1, X="7"), "The centre of T12 is not three numbers"),
        (changed(1, X=None), "The centre of T12 is not three numbers"),
        (changed(1, X=60.0), "The centre of T12 lies outside the scan: voxel 20, 30, 60 of 50"),
        (changed(1, Y=50.0), "The centre of L1 lies above that of T12"),
        (changed(3, Y=99.0), "The centres of L1 and L2 lie 108 mm apart"),
    ],
)
def test_what_cannot_be_these_points_is_refused(tmp_path: Path, content: object, why: str) -> None:
    with pytest.raises(UnusableCentroids, match=why):
        centres_in(a_file(tmp_path, content), FRAME)


@settings(deadline=None)  # a busy machine is no fault
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
        lambda part: (
            st.lists(part, max_size=4)
            | st.dictionaries(
                st.sampled_from(["direction", "label", "X", "Y", "Z", "L1", "50", "shape"]), part
            )
        ),
    )
)
def test_whatever_the_list_holds_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: object
) -> None:
    rows = [{"direction": ["P", "I", "R"]}, content]
    with pytest.raises(UnusableCentroids):
        centres_in(a_file(tmp_path_factory.getbasetemp(), rows), FRAME)


SPINE: Spine = plan(Level.T10, Level.L4, seed=4, age=85, scoliosis_mm=20.0)


@pytest.fixture(scope="module")
def scan() -> tuple[Volume, dict[Level, Any]]:
    """A porotic spine and the true middles of its bodies."""
    made = render(SPINE, spacing_mm=(2.0, 0.9, 0.9), noise_hu=20.0)
    frame = frame_of(made.affine, made.voxels.shape)  # type: ignore[arg-type]
    volume = Volume(np.ascontiguousarray(frame.as_seen(made.voxels)), frame.affine)
    centres = {body.level: np.array(body.frame.origin, float) for body in stand(SPINE)}
    return volume, {level: centres[level] for level in SPINE.levels}


def test_the_true_centres_lie_on_bone(scan: tuple[Volume, dict[Level, Any]]) -> None:
    volume, centres = scan
    check_on_bone(centres, volume)


@pytest.mark.parametrize(
    "offset", [(0, 20, 0), (0, -25, 0), (0, 0, 13), (0, 0, -13), (30, 0, 0), (-30, 0, 0)]
)
def test_centres_beside_the_bodies_are_refused(
    scan: tuple[Volume, dict[Level, Any]], offset: tuple[int, int, int]
) -> None:
    volume, centres = scan
    with pytest.raises(UnusableCentroids, match=r"lies in no bone|between two end-plates"):
        check_on_bone({level: at + offset for level, at in centres.items()}, volume)


@pytest.mark.realdata
def test_the_centres_of_verse_straighten_its_scan(shared_data: Path) -> None:
    home = shared_data / "04_verse014_lumbar"
    (series,) = sort_files([home / "dicom_converted"]).series
    path = home / "sub-verse014_seg-vb_ctd.json"
    done = prepare(series, None, io.BytesIO(), centres_in=lambda frame: centres_in(path, frame))
    assert done.meta["fidelity"]["overlay"] == done.meta["straight"]["source"] == "centroids"
    assert [one["level"] for one in done.meta["straight"]["levels"]] == [
        "L1",
        "L2",
        "L3",
        "L4",
        "L5",
    ]
    assert not done.heights
    mask = LabelSource(home / "sub-verse014_seg-vert_msk.nii.gz", "verse")
    measured = prepare(series, mask, io.BytesIO()).meta
    rows = {one["level"]: one["row"] for one in measured["straight"]["levels"]}
    by_mask = np.diff([rows[one["level"]] for one in done.meta["straight"]["levels"]])
    by_points = np.diff([one["row"] for one in done.meta["straight"]["levels"]])
    mm = done.meta["mm_per_pixel"]
    assert np.abs(by_mask - by_points).max() * mm < 4.0
