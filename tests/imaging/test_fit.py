"""A mask is drawn on its own bone: mirrored, shifted or another patient's it is refused."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from components.imaging.fit import LOWEST, SURE, UNTOLD, Fit, fit_of
from components.imaging.frame import Box, Frame, frame_of, shifted
from components.imaging.header import sort_files
from components.imaging.masks import (
    TABLES,
    Labels,
    LabelSource,
    UnusableMask,
    boxes_of,
    number_of,
    read_labels,
)
from components.imaging.phantom import (
    BONE,
    SOFT,
    STANDARD,
    Curve,
    Scanning,
    Spine,
    Storage,
    plan,
    render,
)
from components.imaging.sagittal import with_margin
from components.imaging.series import block
from components.imaging.volume import Volume, read_volume
from store.domain.spine import Level


@dataclass(frozen=True, eq=False)
class Scan:
    """A whole scan in its sagittal frame, and its right mask."""

    hu: NDArray[np.int16]
    frame: Frame
    labels: Labels

    def cut(self, box: Box) -> Volume:
        part = np.ascontiguousarray(self.hu[tuple(slice(*one) for one in box)])
        return Volume(part, shifted(self.frame.affine, box))

    def fit(self, labels: Labels, read: Callable[[Box], Volume] | None = None) -> Fit:
        box = with_margin(labels.box, self.frame.affine, self.frame.shape)
        return fit_of(labels, self.cut(box), box, self.frame.shape, read or self.cut)


def labels_of(ids: NDArray[np.uint8]) -> Labels:
    """*ids* of a whole grid."""
    found = np.argwhere(ids)
    low, high = found.min(axis=0), found.max(axis=0) + 1
    ranges = [(int(a), int(b)) for a, b in zip(low, high, strict=True)]
    part = np.ascontiguousarray(ids[tuple(slice(*one) for one in ranges)])
    return Labels(part, (ranges[0], ranges[1], ranges[2]), boxes_of(part))


def whole(scan: Scan, labels: Labels) -> NDArray[np.uint8]:
    """*labels* in the whole grid of *scan*."""
    ids = np.zeros(scan.frame.shape, np.uint8)
    ids[tuple(slice(*one) for one in labels.box)] = labels.ids
    return ids


def drawn(spine: Spine, *, bodies_only: bool = False, **how: object) -> Scan:
    made = render(spine, **how)  # type: ignore[arg-type]
    frame = frame_of(made.affine, made.voxels.shape)  # type: ignore[arg-type]
    numbers = np.zeros(256, np.uint8)
    for label, level in TABLES["totalsegmentator_v2"].items():
        numbers[label] = number_of(level)
    ids = numbers[made.bodies if bodies_only else made.labels]
    return Scan(
        np.ascontiguousarray(frame.as_seen(made.voxels)), frame, labels_of(frame.as_seen(ids))
    )


CHEST = plan(Level.T4, Level.L2, seed=5, age=80, scoliosis_mm=25.0, contrast_hu=300.0)
LUMBAR = plan(Level.T11, Level.S1, seed=3, age=88)


@cache
def chest() -> Scan:
    """A crooked porotic spine with contrast in the aorta."""
    return drawn(CHEST, spacing_mm=(2.0, 0.9, 0.9), noise_hu=20.0)


@cache
def lumbar() -> Scan:
    """A straight porotic spine in the very middle of its grid."""
    return drawn(LUMBAR, spacing_mm=(2.0, 0.9, 0.9), noise_hu=15.0)


@pytest.mark.parametrize("spine", [CHEST, LUMBAR], ids=["chest", "lumbar"])
@pytest.mark.parametrize(
    ("kernel", "noise_hu", "slice_mm"),
    [(SOFT, 10.0, 1.0), (STANDARD, 30.0, 2.5), (BONE, 30.0, 1.5), (SOFT, 12.0, 5.0)],
    ids=["soft", "standard, noisy", "bone, noisy", "thick"],
)
def test_a_right_mask_lies_on_bone(
    spine: Spine, kernel: object, noise_hu: float, slice_mm: float
) -> None:
    scan = drawn(spine, spacing_mm=(slice_mm, 0.9, 0.9), kernel=kernel, noise_hu=noise_hu)
    assert scan.fit(scan.labels).share > SURE


HARD: dict[str, tuple[dict[str, Any], Scanning]] = {
    "metal": ({"screwed": (Level.L2, Level.L3)}, Scanning()),
    "fused": ({"fused": (Level.L1,)}, Scanning()),
    "curved by 40 degrees": ({"curve": Curve(Level.T12, Level.L4, 40.0, 15.0)}, Scanning()),
    "tilted gantry": ({}, Scanning(tilt_degrees=20.0)),
    "oblique": ({}, Scanning(patient_degrees=(15.0, 10.0, 8.0))),
    "cut at both ends": ({}, Scanning(margin_mm=-12.0, storage=Storage.CORONAL)),
}


@pytest.mark.parametrize("bodies_only", [False, True], ids=["whole", "bodies"])
@pytest.mark.parametrize("name", HARD)
def test_hard_scans_keep_their_right_masks_and_lose_their_wrong_ones(
    name: str, bodies_only: bool
) -> None:
    build, scanning = HARD[name]
    spine = plan(Level.T11, Level.L5, seed=4, age=85, **build)
    scan = drawn(
        spine, bodies_only=bodies_only, spacing_mm=(2.0, 0.9, 0.9), noise_hu=25.0, scanning=scanning
    )
    assert scan.fit(scan.labels).share > SURE
    ids = whole(scan, scan.labels)
    steps = np.linalg.norm(scan.frame.affine[:3, :3], axis=0)
    wrong = [np.flip(ids, 1), np.flip(ids, 2)]
    wrong += [
        np.roll(ids, way * round(9.0 / steps[axis]), axis) for axis in range(3) for way in (-1, 1)
    ]
    for other in wrong:
        with pytest.raises(UnusableMask, match="% of its rim"):
            scan.fit(labels_of(np.asarray(other)))


def test_bone_of_forty_units_is_enough() -> None:
    spine = replace(LUMBAR, marrow_hu=40.0)
    scan = drawn(spine, spacing_mm=(2.0, 0.9, 0.9), noise_hu=30.0, kernel=SOFT)
    assert scan.fit(scan.labels).share > SURE


def test_a_right_mask_costs_no_further_reading() -> None:
    def never(_: Box) -> Volume:
        raise AssertionError

    chest().fit(chest().labels, never)


@pytest.mark.parametrize("level", ["T8", "L1"])
def test_one_vertebra_is_enough(level: str) -> None:
    assert chest().fit(only(level)).share > SURE


def only(level: str) -> Labels:
    ids = whole(chest(), chest().labels)
    return labels_of(np.where(ids == number_of(Level(level)), ids, 0).astype(np.uint8))


@pytest.mark.parametrize("mm", [3.0, 6.0])
def test_a_mask_of_coarser_voxels_is_still_right(mm: float) -> None:
    scan = chest()
    steps = np.linalg.norm(scan.frame.affine[:3, :3], axis=0)
    ids = whole(scan, scan.labels)
    for axis in range(3):
        middle = (np.floor(np.arange(ids.shape[axis]) * steps[axis] / mm) + 0.5) * mm / steps[axis]
        ids = ids.take(np.clip(np.rint(middle).astype(int), 0, ids.shape[axis] - 1), axis)
    assert scan.fit(labels_of(ids)).share > LOWEST


MIRRORED = {
    "left to right": (0,),
    "head to foot": (1,),
    "front to back": (2,),
    "left to right and front to back": (0, 2),
}


@pytest.mark.parametrize("words", MIRRORED)
def test_a_mirrored_mask_is_refused_and_named(words: str) -> None:
    scan = chest()
    mirrored = labels_of(np.flip(whole(scan, scan.labels), MIRRORED[words]))
    with pytest.raises(
        UnusableMask, match=f"better mirrored {words}: (9[0-9]|100) % .* as sent"
    ) as found:
        scan.fit(mirrored)
    assert str(found.value).endswith("Send the mask of this scan.")


def test_a_mirror_image_of_a_spine_in_the_middle_cannot_be_told_and_it_says_so() -> None:
    scan = lumbar()
    mirrored = labels_of(np.flip(whole(scan, scan.labels), 0))
    assert scan.fit(mirrored).notes == scan.fit(scan.labels).notes == (UNTOLD,)
    assert chest().fit(chest().labels).notes == ()


@pytest.mark.parametrize("level", ["T8", "L1"])
@pytest.mark.parametrize("way", [-1, 1])
def test_one_vertebra_on_its_neighbour_is_refused(level: str, way: int) -> None:
    scan, labels = chest(), only(level)
    step = way * round(27.0 / 2.0)
    moved = replace(
        labels, box=(labels.box[0], tuple(r + step for r in labels.box[1]), labels.box[2])
    )
    with pytest.raises(UnusableMask, match="% of its rim"):
        scan.fit(moved)


@settings(deadline=None, max_examples=40)  # a busy machine is no fault
@given(st.tuples(*[st.floats(-30, 30)] * 3))
def test_a_mask_shifted_any_way_is_refused(offset_mm: tuple[float, float, float]) -> None:
    assume(np.linalg.norm(offset_mm) > 6.0)
    scan = chest()
    steps = np.linalg.norm(scan.frame.affine[:3, :3], axis=0)
    voxels = np.rint(np.array(offset_mm) / steps).astype(int)
    ids = np.zeros(scan.frame.shape, np.uint8)
    source, goal = [], []
    for (low, high), step, size in zip(scan.labels.box, voxels, ids.shape, strict=True):
        first, last = max(0, low + step), min(size, high + step)
        goal.append(slice(first, last))
        source.append(slice(first - step - low, last - step - low))
    ids[tuple(goal)] = scan.labels.ids[tuple(source)]
    with pytest.raises(UnusableMask, match="Send the mask of this scan"):
        scan.fit(labels_of(ids))


@pytest.mark.parametrize("seed", [6, 7, 8])
def test_the_mask_of_another_patient_on_the_same_grid_is_refused(seed: int) -> None:
    other = drawn(plan(Level.T4, Level.L2, seed=seed, stature=1.06), spacing_mm=(2.0, 0.9, 0.9))
    size = tuple(min(a, b) for a, b in zip(chest().hu.shape, other.hu.shape, strict=True))
    ids = np.zeros(chest().frame.shape, np.uint8)
    part = tuple(slice(0, n) for n in size)
    ids[part] = whole(other, other.labels)[part]
    with pytest.raises(UnusableMask, match="% of its rim"):
        chest().fit(labels_of(ids))


def test_a_crumb_of_a_mask_is_refused() -> None:
    ids = np.zeros(chest().frame.shape, np.uint8)
    ids[100:102, 50:52, 100:102] = 1
    with pytest.raises(UnusableMask, match="too small"):
        chest().fit(labels_of(ids))


CHEST_CT, LUMBAR_CT = "01_lidc0001_chest_ct", "02_totalseg_lumbar_ct"
EXPERT_CT = "04_verse014_lumbar"
REAL = {
    "chest": (CHEST_CT, "dicom", "mask.nii.gz", "totalsegmentator_v2"),
    "whole": (LUMBAR_CT, "dicom_converted", "totalseg_vertebrae.nii.gz", None),
    "bodies": (LUMBAR_CT, "dicom_converted", "totalseg_vertebrae_pp_refined.nii.gz", None),
    "sagittal": (EXPERT_CT, "dicom_converted", "sub-verse014_seg-vert_msk.nii.gz", "verse"),
}


@pytest.mark.realdata
@pytest.mark.parametrize("name", REAL)
def test_real_masks_fit_as_sent_and_no_other_way(shared_data: Path, name: str) -> None:
    folder, dicom, mask, table = REAL[name]
    home = shared_data / folder
    slices = block(sort_files([home / dicom]).series[0].instances)
    frame = frame_of(slices.affine, slices.shape)
    every: Box = tuple((0, size) for size in frame.shape)  # type: ignore[assignment]
    labels = read_labels(LabelSource(home / mask, table), frame)
    scan = Scan(read_volume(slices, frame, every).hu, frame, labels)
    right = scan.fit(labels)
    assert right.share > (0.4 if name == "bodies" else SURE)
    assert right.notes == ()
    ids = whole(scan, labels)
    wrong = [np.flip(ids, axes) for axes in (0, 1, 2, (0, 1), (0, 2), (1, 2), (0, 1, 2))]
    steps = np.linalg.norm(frame.affine[:3, :3], axis=0)
    wrong += [
        np.roll(ids, way * round(9.0 / steps[axis]), axis) for axis in range(3) for way in (-1, 1)
    ]
    for other in wrong:
        with pytest.raises(UnusableMask, match="% of its rim"):
            scan.fit(labels_of(np.asarray(other)))
