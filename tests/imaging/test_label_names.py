"""Names of labels are read from the files that programs write, and from no others."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from result_builders import a_file

from components.imaging.frame import frame_of
from components.imaging.label_names import LabelNames, names_for, read_names
from components.imaging.masks import LabelSource, read_labels
from components.imaging.results import Kind, UnusableResult, recognise

L1 = {31: "vertebrae_L1"}


@pytest.mark.parametrize(
    "content",
    [
        {"labels": {"background": 0, "vertebrae_L1": 31}},
        {"labels": {"0": "background", "31": "vertebrae_L1"}, "numTraining": 3},
        {"vertebrae_L1": 31},
        {"31": "vertebrae_L1"},
        {"vertebrae": {"vertebrae_L1": {"label": 31, "voxels": 9}}},
    ],
)
def test_the_usual_layouts_are_recognised_and_read(tmp_path: Path, content: object) -> None:
    path = a_file(tmp_path, json.dumps(content))
    assert recognise(path).kind is Kind.LABELS
    assert read_names(path).names == L1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "not valid JSON"),
        ("[31]", "no JSON object"),
        ('{"labels": {"liver": 5}}', "names no vertebra"),
        ('{"labels": ["L1"]}', "names no vertebra"),
        ('{"L1": 70000}', "names no vertebra"),
        ('{"L1": true}', "names no vertebra"),
        ('{"L1": 5, "L2": 5}', "names label 5 twice"),
        ('{"L1": 5}' + " " * 1_000_000, "larger than 1 MB"),
    ],
)
def test_what_names_no_labels_is_refused(tmp_path: Path, content: str, why: str) -> None:
    with pytest.raises(UnusableResult, match=why):
        read_names(a_file(tmp_path, content))


@settings(deadline=None)  # a busy machine is no fault
@given(st.dictionaries(st.text(max_size=6), st.none() | st.integers() | st.text(max_size=6)))
def test_whatever_the_map_holds_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: object
) -> None:
    path = a_file(tmp_path_factory.getbasetemp(), json.dumps(content))
    try:
        found = read_names(path)
    except UnusableResult:
        return
    assert all(0 < number <= 65_535 for number in found.names)


def test_names_are_taken_where_one_file_alone_can_be_meant() -> None:
    mask = Path("a/m.nii.gz")
    own = LabelNames(Path("a/own.json"), "m.nii.gz", L1)
    shared = LabelNames(Path("a/shared.json"), "", L1)
    another = LabelNames(Path("a/another.json"), "", L1)
    other = LabelNames(Path("a/other.json"), "other.nii.gz", L1)
    far = LabelNames(Path("b/shared.json"), "", L1)
    assert names_for(mask, [own, shared, another, other, far]) is own
    assert names_for(mask, [shared, other, far]) is shared
    assert names_for(mask, [shared, another]) is None
    assert names_for(mask, [other, far]) is None


@pytest.mark.realdata
def test_the_names_beside_a_real_mask_give_its_levels(shared_data: Path) -> None:
    home = shared_data / "01_lidc0001_chest_ct"
    names = read_names(home / "labels.json")
    assert names_for(home / "mask.nii.gz", [names]) is names
    image = nib.load(home / names.mask)
    frame = frame_of(np.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine, image.shape)
    plain = read_labels(LabelSource(home / names.mask, None, names.names), frame)
    by_table = read_labels(LabelSource(home / names.mask, "totalsegmentator_v2"), frame)
    assert set(names.names.values()) == {level.value for level in plain.boxes}
    assert set(plain.boxes) <= set(by_table.boxes)
