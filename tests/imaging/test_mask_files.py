"""Every way in which programs write one and the same mask is read, and no other."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from ct_files import affine_of, write_mask

from components.imaging.frame import frame_of
from components.imaging.masks import LabelSource, UnusableMask, read_labels
from store.domain.spine import Level

SHAPE = (12, 10, 8)
FRAME = frame_of(affine_of(), SHAPE)


def ids() -> np.ndarray:  # type: ignore[type-arg]
    found = np.zeros(SHAPE, np.uint8)
    found[2:6, 3:7, 1:4] = 20
    return found


def forms(path: Path, sform: object, qform: object) -> LabelSource:
    """`ids` with these forms; None leaves one out."""
    swap = np.eye(4)[:, [2, 1, 0, 3]]
    right = RAS @ affine_of() @ swap
    image = nib.Nifti1Image(ids().transpose(2, 1, 0), None)
    for put, form in ((image.header.set_sform, sform), (image.header.set_qform, qform)):
        if form is not None:
            put(right @ form, code=1)
    path.write_bytes(image.to_bytes())
    return LabelSource(path, "verse")


RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
RIGHT = np.eye(4)
BESIDE = np.array([[1.0, 0, 0, 30], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
MIRRORED = np.array([[-1.0, 0, 0, 7], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
"""Along i, so that the same voxels are covered."""


@pytest.mark.parametrize(
    ("sform", "qform"), [(RIGHT, None), (None, RIGHT), (RIGHT, RIGHT), (BESIDE, RIGHT)]
)
def test_the_form_that_lies_on_the_scan_counts(
    tmp_path: Path, sform: object, qform: object
) -> None:
    straight = LabelSource(write_mask(tmp_path / "a.nii", ids(), affine_of()), "verse")
    labels = read_labels(forms(tmp_path / "m.nii", sform, qform), FRAME)
    assert np.array_equal(labels.ids, read_labels(straight, FRAME).ids)
    assert labels.box == read_labels(straight, FRAME).box


@pytest.mark.parametrize(
    ("sform", "qform", "why"),
    [
        (BESIDE, BESIDE, "30.0 mm off the scan"),
        (RIGHT, MIRRORED, "in two ways"),
        (None, None, "does not say where its voxels lie"),
    ],
)
def test_forms_that_leave_a_doubt_are_refused(
    tmp_path: Path, sform: object, qform: object, why: str
) -> None:
    with pytest.raises(UnusableMask, match=why):
        read_labels(forms(tmp_path / "m.nii", sform, qform), FRAME)


def test_a_sheared_form_lies_on_the_scan_of_a_tilted_gantry(tmp_path: Path) -> None:
    affine = affine_of()
    affine[1, 0] = 0.7
    frame = frame_of(affine, SHAPE)
    path = write_mask(tmp_path / "m.nii", ids(), affine)
    straight = read_labels(
        LabelSource(write_mask(tmp_path / "a.nii", ids(), affine_of()), "verse"), FRAME
    )
    assert np.array_equal(read_labels(LabelSource(path, "verse"), frame).ids, straight.ids)
    with pytest.raises(UnusableMask, match=r"off the scan|differently"):
        read_labels(LabelSource(tmp_path / "a.nii", "verse"), frame)


def saved(path: Path, image: nib.Nifti1Image) -> LabelSource:
    path.write_bytes(image.to_bytes())
    return LabelSource(path, "verse")


def test_one_volume_in_four_dimensions_is_read_and_two_are_not(tmp_path: Path) -> None:
    affine = RAS @ affine_of() @ np.eye(4)[:, [2, 1, 0, 3]]
    volume = ids().transpose(2, 1, 0)[..., None]
    one = saved(tmp_path / "one.nii", nib.Nifti1Image(volume, affine))
    assert set(read_labels(one, FRAME).boxes) == {Level.L1}
    two = saved(tmp_path / "two.nii", nib.Nifti1Image(np.repeat(volume, 2, axis=3), affine))
    with pytest.raises(UnusableMask, match="8 x 10 x 12 x 2 numbers"):
        read_labels(two, FRAME)


@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", ["i2", "f8", "u2"])
def test_versions_and_byte_orders_are_read(
    tmp_path: Path, kind: type[nib.Nifti1Image], order: str, dtype: str
) -> None:
    affine = RAS @ affine_of() @ np.eye(4)[:, [2, 1, 0, 3]]
    header = kind.header_class(endianness=order)
    header.set_data_dtype(np.dtype(order + dtype))
    source = saved(tmp_path / "m.nii", kind(ids().transpose(2, 1, 0), affine, header))
    assert set(read_labels(source, FRAME).boxes) == {Level.L1}


def test_scaled_labels_are_read_and_fractions_by_scaling_refused(tmp_path: Path) -> None:
    affine = RAS @ affine_of() @ np.eye(4)[:, [2, 1, 0, 3]]
    for slope, stored, usable in ((2.0, 10, True), (0.3, 67, False)):
        image = nib.Nifti1Image((ids() // 20 * stored).transpose(2, 1, 0), affine)
        content = bytearray(image.to_bytes())
        content[112:120] = np.array([slope, 0.0], "<f4").tobytes()
        path = tmp_path / "m.nii"
        path.write_bytes(content)
        if usable:
            assert set(read_labels(LabelSource(path, "verse"), FRAME).boxes) == {Level.L1}
        else:
            with pytest.raises(UnusableMask, match="fractions"):
                read_labels(LabelSource(path, "verse"), FRAME)


def test_a_header_without_its_voxels_is_refused(tmp_path: Path) -> None:
    pair = nib.Nifti1Pair(ids().transpose(2, 1, 0), RAS @ affine_of())
    path = tmp_path / "m.nii"
    with path.open("wb") as file:
        pair.header.write_to(file)
    with pytest.raises(UnusableMask, match="in another file"):
        read_labels(LabelSource(path, "verse"), FRAME)


def test_one_label_for_a_whole_spine_is_refused(tmp_path: Path) -> None:
    frame = frame_of(affine_of(), (80, 10, 8))
    spine = np.zeros((80, 10, 8), np.uint8)
    spine[5:75, 3:7, 1:4] = 1
    path = write_mask(tmp_path / "m.nii", spine, affine_of())
    with pytest.raises(UnusableMask, match="The label of C1 is 140 mm tall"):
        read_labels(LabelSource(path, "verse"), frame)
    named = write_mask(tmp_path / "n.nii", spine, affine_of(), {1: "vertebrae_body"})
    with pytest.raises(UnusableMask, match=r"names its labels \(vertebrae_body\), but no vertebra"):
        read_labels(LabelSource(named, None), frame)


def test_a_few_stray_voxels_do_no_harm(tmp_path: Path) -> None:
    frame = frame_of(affine_of(), (80, 10, 8))
    spine = np.zeros((80, 10, 8), np.uint8)
    spine[5:20, 3:7, 1:4] = 20
    spine[75, 3, 1] = 20
    path = write_mask(tmp_path / "m.nii", spine, affine_of())
    assert set(read_labels(LabelSource(path, "verse"), frame).boxes) == {Level.L1}


@pytest.mark.realdata
@pytest.mark.parametrize("table", [None, "verse", "totalsegmentator_v2", "totalsegmentator_pp"])
def test_the_real_mask_of_all_bodies_in_one_is_refused(
    shared_data: Path, table: str | None
) -> None:
    home = shared_data / "02_totalseg_lumbar_ct"
    scan = nib.load(home / "example_ct.nii.gz")
    frame = frame_of(np.diag([-1.0, -1.0, 1.0, 1.0]) @ scan.affine, scan.shape)
    path = home / "totalseg_vertebrae_body.nii.gz"
    with pytest.raises(UnusableMask, match=r"vertebrae_body|no vertebra"):
        read_labels(LabelSource(path, table), frame)
