"""A DICOM segmentation lies on its scan as the NIfTI mask of the same voxels does."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from ct_files import affine_of, write_mask, write_series
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless, RLELossless
from sr_builders import dicom_errors, write_seg

from components.imaging.frame import Frame, frame_of
from components.imaging.masks import LabelSource, UnusableMask, check_grid, read_labels
from store.domain.spine import Level

SHAPE = (9, 11, 13)
"""Bits of a frame end inside a byte."""
LEVELS = (Level.L2, Level.T13, Level.L1)
FRAME = frame_of(affine_of(), SHAPE)


def ids() -> NDArray[np.uint8]:
    found = np.zeros(SHAPE, np.uint8)
    found[1:3, 3:7, 1:6], found[6:9, 2:8, 4:7], found[4:6, 4:5, 2:9] = 1, 2, 3
    return found


@pytest.fixture(scope="module")
def slices(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_series(tmp_path_factory.mktemp("ct"), np.zeros(SHAPE, np.int16))


def as_nifti(folder: Path, frame: Frame = FRAME) -> object:
    names = {number: f"vertebrae_{level}" for number, level in enumerate(LEVELS, 1)}
    path = write_mask(folder / "same.nii", ids(), affine_of(), names)
    labels = read_labels(LabelSource(path, None), frame)
    return labels.ids.tolist(), labels.box, labels.boxes


def read(path: Path, frame: Frame = FRAME) -> object:
    check_grid(path, frame)
    labels = read_labels(LabelSource(path, None), frame)
    return labels.ids.tolist(), labels.box, labels.boxes


@pytest.mark.parametrize(
    ("kind", "syntax"),
    [
        ("BINARY", ExplicitVRLittleEndian),
        ("LABELMAP", ExplicitVRLittleEndian),
        ("LABELMAP", RLELossless),
        ("LABELMAP", JPEGLSLossless),
    ],
)
def test_it_is_read_as_the_mask_of_the_same_voxels(
    tmp_path: Path, slices: list[Path], kind: str, syntax: str
) -> None:
    path = write_seg(tmp_path / "seg.dcm", slices, ids(), LEVELS, kind=kind, syntax=syntax)
    assert read(path) == as_nifti(tmp_path)
    if kind == "BINARY":
        assert dicom_errors(path) == []


def shuffled(ds: Dataset) -> None:
    """The frames in another order, their pixels with them."""
    frames = ds.pixel_array[::-1]
    ds.PerFrameFunctionalGroupsSequence = Sequence(list(ds.PerFrameFunctionalGroupsSequence)[::-1])
    packed = np.packbits(frames.ravel(), bitorder="little").tobytes()
    ds.PixelData = packed + bytes(len(packed) % 2)


def renumbered(ds: Dataset) -> None:
    for item in ds.SegmentSequence:
        item.SegmentNumber += 40
    for group in ds.PerFrameFunctionalGroupsSequence:
        group.SegmentIdentificationSequence[0].ReferencedSegmentNumber += 40


def in_old_codes(ds: Dataset) -> None:
    old = {"66794005": "T-11910", "14293000": "T-11920"}
    for item in ds.SegmentSequence:
        code = item.SegmentedPropertyTypeCodeSequence[0]
        if code.CodeValue in old:
            code.CodeValue, code.CodingSchemeDesignator = old[code.CodeValue], "SRT"
            item.SegmentLabel = "body"


def by_label_alone(ds: Dataset) -> None:
    for item in ds.SegmentSequence:
        item.SegmentedPropertyTypeCodeSequence[0].CodeValue = "51282000"


@pytest.mark.parametrize("change", [shuffled, renumbered, in_old_codes, by_label_alone])
def test_neither_order_nor_number_counts(
    tmp_path: Path, slices: list[Path], change: Callable[[Dataset], None]
) -> None:
    path = write_seg(tmp_path / "seg.dcm", slices, ids(), LEVELS)
    spoil(path, change)
    assert read(path) == as_nifti(tmp_path)


def spoil(path: Path, change: Callable[[Dataset], None]) -> None:
    ds = pydicom.dcmread(path)
    change(ds)
    ds.save_as(path)


def moved(ds: Dataset) -> None:
    for group in ds.PerFrameFunctionalGroupsSequence:
        place = group.PlanePositionSequence[0].ImagePositionPatient
        place[0] = place[0] + 5


def between(ds: Dataset) -> None:
    for group in ds.PerFrameFunctionalGroupsSequence:
        place = group.PlanePositionSequence[0].ImagePositionPatient
        place[2] = place[2] + 1


def fractional(ds: Dataset) -> None:
    ds.SegmentationType = "FRACTIONAL"


def overlapping(ds: Dataset) -> None:
    first, last = ds.PerFrameFunctionalGroupsSequence[0], ds.PerFrameFunctionalGroupsSequence[-1]
    last.PlanePositionSequence = first.PlanePositionSequence


def contradictory(ds: Dataset) -> None:
    ds.SegmentSequence[0].SegmentLabel = "vertebrae_L4"


def nameless(ds: Dataset) -> None:
    for item in ds.SegmentSequence:
        item.SegmentLabel = "liver"
        item.SegmentedPropertyTypeCodeSequence[0].CodeValue = "10200004"


def homeless(ds: Dataset) -> None:
    del ds.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence


def cut(ds: Dataset) -> None:
    ds.PixelData = ds.PixelData[:20]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (moved, r"5\.0 mm off the scan"),
        (between, "between or beyond the slices"),
        (fractional, "Send it as BINARY or LABELMAP"),
        (overlapping, "overlap"),
        (contradictory, "is coded L2 and called L4"),
        (nameless, "No segment of 3 is a named vertebra"),
        (homeless, "does not say where its frames lie"),
        (cut, "cut short"),
    ],
)
def test_what_cannot_be_right_is_refused_and_says_why(
    tmp_path: Path, slices: list[Path], change: Callable[[Dataset], None], why: str
) -> None:
    path = write_seg(tmp_path / "seg.dcm", slices, ids(), LEVELS)
    spoil(path, change)
    with pytest.raises(UnusableMask, match=why):
        read(path)


def test_a_segmentation_of_another_scan_is_refused(tmp_path: Path, slices: list[Path]) -> None:
    path = write_seg(tmp_path / "seg.dcm", slices, ids(), LEVELS)
    with pytest.raises(UnusableMask, match=r"11 x 13 voxels|of 5"):
        read(path, frame_of(affine_of(), (5, 11, 13)))
    with pytest.raises(UnusableMask, match="turned or sized differently"):
        read(path, frame_of(affine_of((2.0, 0.7, 0.7)), SHAPE))


@pytest.mark.realdata
def test_real_segmentations_of_other_organs_name_no_vertebra(shared_data: Path) -> None:
    for name in ("dcmqi/segmentations/liver.dcm", "highdicom/seg_image_ct_binary_overlap.dcm"):
        with pytest.raises(UnusableMask, match="named vertebra"):
            read(shared_data / "06_sr_seg" / name)
