"""A mask lies on its own scan and on no other, and no label is ever guessed."""

import gzip
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from ct_files import affine_of, write_mask

from components.imaging.frame import frame_of
from components.imaging.label_tables import TABLES, level_named
from components.imaging.masks import LabelSource, UnusableMask, number_of, read_labels
from store.domain.spine import Level

SHAPE = (12, 10, 8)
FRAME = frame_of(affine_of(), SHAPE)


def ids(value: int = 20) -> np.ndarray:  # type: ignore[type-arg]
    found = np.zeros(SHAPE, np.uint8)
    found[2:6, 3:7, 1:4] = value
    return found


def test_the_tables_know_the_ends_of_the_spine() -> None:
    assert (TABLES["totalsegmentator_v1"][18], TABLES["totalsegmentator_v1"][41]) == ("L5", "C1")
    assert (TABLES["totalsegmentator_v2"][27], TABLES["totalsegmentator_v2"][50]) == ("L5", "C1")
    assert (TABLES["totalsegmentator_v2"][26], TABLES["totalsegmentator_v3"][26]) == ("S1", "L6")
    assert (TABLES["totalsegmentator_pp"][1], TABLES["totalsegmentator_pp"][24]) == ("C1", "L5")
    assert (TABLES["verse"][20], TABLES["verse"][25], TABLES["verse"][28]) == ("L1", "L6", "T13")
    assert (TABLES["totalspineseg"][21], TABLES["totalspineseg"][45]) == ("T1", "L5")


@pytest.mark.parametrize("table", TABLES)
def test_no_table_names_a_level_twice(table: str) -> None:
    assert len(set(TABLES[table].values())) == len(TABLES[table])


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("vertebrae_T12", Level.T12),
        ("vertebrae L1", Level.L1),
        ("T13", Level.T13),
        ("rib_left_1", None),
        ("nerve_root_L5", None),
        ("vertebrae_T14", None),
        ("sacrum", None),
    ],
)
def test_a_name_gives_a_level_only_as_a_whole(name: str, level: Level | None) -> None:
    assert level_named(name) is level


def test_a_mask_is_turned_to_the_sagittal_frame(tmp_path: Path) -> None:
    path = write_mask(tmp_path / "m.nii.gz", ids(), affine_of())
    labels = read_labels(LabelSource(path, "verse"), FRAME)
    seen = FRAME.as_seen(ids())
    places = np.argwhere(seen)
    assert labels.box == tuple(
        (int(a), int(b) + 1) for a, b in zip(places.min(0), places.max(0), strict=True)
    )
    assert set(labels.boxes) == {Level.L1}
    assert int(labels.ids.max()) == number_of(Level.L1)


def test_axes_of_the_mask_may_run_any_way(tmp_path: Path) -> None:
    straight = read_labels(
        LabelSource(write_mask(tmp_path / "a.nii", ids(), affine_of()), "verse"), FRAME
    )
    turned = affine_of() @ np.array([[0, -1, 0, 11], [0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1.0]])
    other = ids().transpose(2, 0, 1)[:, ::-1]
    again = read_labels(LabelSource(write_mask(tmp_path / "b.nii", other, turned), "verse"), FRAME)
    assert again.box == straight.box
    assert np.array_equal(again.ids, straight.ids)


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int32, np.float32, np.float64])
@pytest.mark.parametrize("name", ["m.nii", "m.nii.gz"])
def test_whole_numbers_are_read_however_stored(tmp_path: Path, kind: type, name: str) -> None:
    path = write_mask(tmp_path / name, ids().astype(kind), affine_of())
    assert set(read_labels(LabelSource(path, "verse"), FRAME).boxes) == {Level.L1}


def test_fractions_are_refused(tmp_path: Path) -> None:
    path = write_mask(tmp_path / "m.nii", ids() * 0.99, affine_of())
    with pytest.raises(UnusableMask, match="fractions"):
        read_labels(LabelSource(path, "verse"), FRAME)


@pytest.mark.parametrize("offset", [-1000, 0])
def test_a_ct_given_as_a_mask_is_refused(tmp_path: Path, offset: int) -> None:
    image = np.random.default_rng(1).integers(0, 3000, ids().shape) + offset
    path = write_mask(tmp_path / "m.nii", image.astype(np.int16), affine_of())
    with pytest.raises(UnusableMask, match="an image, not a mask"):
        read_labels(LabelSource(path, "verse"), FRAME)


def test_a_shifted_mask_is_refused_with_the_distance(tmp_path: Path) -> None:
    affine = affine_of()
    affine[2, 3] += 12.0
    path = write_mask(tmp_path / "m.nii", ids(), affine)
    with pytest.raises(UnusableMask, match=r"lies 12\.0 mm off the scan"):
        read_labels(LabelSource(path, "verse"), FRAME)


def test_a_mirrored_mask_is_refused(tmp_path: Path) -> None:
    affine = affine_of() @ np.diag([1.0, -1.0, 1.0, 1.0])
    path = write_mask(tmp_path / "m.nii", ids(), affine)
    with pytest.raises(UnusableMask, match="mm off the scan"):
        read_labels(LabelSource(path, "verse"), FRAME)


def test_a_mask_of_another_size_is_refused(tmp_path: Path) -> None:
    path = write_mask(tmp_path / "m.nii", ids()[:-1], affine_of())
    with pytest.raises(UnusableMask, match="11"):
        read_labels(LabelSource(path, "verse"), FRAME)


def test_without_names_the_table_must_be_chosen(tmp_path: Path) -> None:
    path = write_mask(tmp_path / "m.nii", ids(), affine_of())
    with pytest.raises(UnusableMask, match=r"totalsegmentator_v2.*verse"):
        read_labels(LabelSource(path, None), FRAME)


def test_names_in_the_file_are_taken(tmp_path: Path) -> None:
    path = write_mask(tmp_path / "m.nii.gz", ids(5), affine_of(), {5: "vertebrae_T9", 6: "liver"})
    assert set(read_labels(LabelSource(path, None), FRAME).boxes) == {Level.T9}


def test_a_table_that_the_file_contradicts_is_refused(tmp_path: Path) -> None:
    path = write_mask(tmp_path / "m.nii", ids(20), affine_of(), {20: "vertebrae_T9"})
    with pytest.raises(UnusableMask, match="label 20 is L1, the mask itself says T9"):
        read_labels(LabelSource(path, "verse"), FRAME)


def test_a_mask_without_a_vertebra_is_refused(tmp_path: Path) -> None:
    path = write_mask(tmp_path / "m.nii", ids(99), affine_of())
    with pytest.raises(UnusableMask, match="no vertebra"):
        read_labels(LabelSource(path, "verse"), FRAME)


@pytest.mark.parametrize("spoil", [b"", b"rubbish", bytes(400), b"\x1f\x8b" + bytes(60)])
def test_what_is_no_nifti_is_refused(tmp_path: Path, spoil: bytes) -> None:
    path = tmp_path / "m.nii.gz"
    path.write_bytes(spoil)
    with pytest.raises(UnusableMask):
        read_labels(LabelSource(path, "verse"), FRAME)


def test_a_mask_cut_short_is_refused(tmp_path: Path) -> None:
    path = write_mask(tmp_path / "m.nii", ids(), affine_of())
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(UnusableMask, match="cut short"):
        read_labels(LabelSource(path, "verse"), FRAME)


def test_a_packed_mask_in_several_members_is_read(tmp_path: Path) -> None:
    whole = write_mask(tmp_path / "m.nii", ids(), affine_of()).read_bytes()
    path = tmp_path / "m.nii.gz"
    path.write_bytes(b"".join(gzip.compress(whole[n : n + 500]) for n in range(0, len(whole), 500)))
    assert set(read_labels(LabelSource(path, "verse"), FRAME).boxes) == {Level.L1}


@pytest.mark.parametrize("spoil", [lambda b: b[:-20], lambda b: b[:-8] + b"\1\2\3\4" + b[-4:]])
def test_a_packed_mask_cut_or_altered_is_refused(
    tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    path = write_mask(tmp_path / "m.nii.gz", ids(), affine_of())
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(UnusableMask, match="cannot be unpacked"):
        read_labels(LabelSource(path, "verse"), FRAME)


def test_a_header_that_claims_a_huge_mask_takes_no_memory(tmp_path: Path) -> None:
    path = write_mask(tmp_path / "m.nii", ids(), affine_of())
    content = bytearray(path.read_bytes())
    content[42:48] = np.array([32767, 32767, 32767], "<i2").tobytes()
    path.write_bytes(content)
    with pytest.raises(UnusableMask, match="32767"):
        read_labels(LabelSource(path, "verse"), FRAME)


@pytest.mark.realdata
def test_the_mask_of_another_patient_is_refused(shared_data: Path) -> None:
    other = nib.load(shared_data / "02_totalseg_lumbar_ct" / "example_ct.nii.gz")
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ other.affine
    frame = frame_of(affine, other.shape)
    path = shared_data / "01_lidc0001_chest_ct" / "mask.nii.gz"
    with pytest.raises(UnusableMask, match="mask"):
        read_labels(LabelSource(path, "totalsegmentator_v2"), frame)
