"""Heights measured in a phantom's scan are those it was built with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from phantom_measured import heights_of

from components.imaging import vertebrae as finding
from components.imaging.edges import LEAST_CONTRAST_HU
from components.imaging.header import sort_files
from components.imaging.phantom import (
    BONE,
    GE,
    SOFT,
    STANDARD,
    Fracture,
    Identity,
    Kernel,
    PhantomScan,
    Study,
    plan,
    render,
    uid,
    write_dicom,
    write_mask,
)
from components.imaging.prepare import LabelSource, prepare
from store.domain.genant import LOWEST_LOSS, FractureType
from store.domain.morphometry import Heights, assess
from store.domain.spine import Level

WEDGE, BICONCAVE, CRUSH = FractureType.WEDGE, FractureType.BICONCAVE, FractureType.CRUSH
NEAR = 0.025
"""A true loss this near to a boundary between grades may be graded either way."""


@dataclass(frozen=True)
class Case:
    """A spine from T4 to L5 with three or four fractures, and how it is scanned."""

    seed: int
    broken: dict[str, tuple[FractureType, float]]
    age: int
    kernel: Kernel
    noise_hu: float
    kyphosis: float = 1.0
    lordosis: float = 1.0
    scoliosis_mm: float = 0.0
    stature: float = 1.0

    def scan(self, slice_mm: float) -> PhantomScan:
        spine = plan(
            Level.T4,
            Level.L5,
            fractures={Level(level): Fracture(*kind) for level, kind in self.broken.items()},
            seed=self.seed,
            age=self.age,
            kyphosis=self.kyphosis,
            lordosis=self.lordosis,
            scoliosis_mm=self.scoliosis_mm,
            stature=self.stature,
        )
        return render(
            spine,
            spacing_mm=(slice_mm, 0.85, 0.85),
            size=220,
            kernel=self.kernel,
            noise_hu=self.noise_hu,
        )


CASES = [
    Case(
        21,
        {"T7": (WEDGE, 0.22), "T10": (BICONCAVE, 0.32), "L1": (CRUSH, 0.46)},
        70, STANDARD, 18.0, kyphosis=1.2,
    ),
    Case(
        22,
        {"T6": (BICONCAVE, 0.48), "T9": (CRUSH, 0.23), "T12": (WEDGE, 0.33), "L3": (CRUSH, 0.32)},
        88, SOFT, 12.0, scoliosis_mm=14.0, stature=0.95,
    ),
    Case(
        23,
        {"T8": (WEDGE, 0.48), "T11": (BICONCAVE, 0.22), "L2": (WEDGE, 0.30)},
        52, BONE, 30.0, kyphosis=0.8, lordosis=1.3, stature=1.05,
    ),
    Case(
        24,
        {"T5": (CRUSH, 0.32), "T12": (BICONCAVE, 0.33), "L4": (WEDGE, 0.23)},
        80, STANDARD, 25.0, kyphosis=1.3, lordosis=0.7, scoliosis_mm=8.0,
    ),
]  # fmt: skip
ALL = range(len(CASES))


@lru_cache(maxsize=2)
def scan_of(number: int, slice_mm: float) -> PhantomScan:
    """The scan of ``CASES[number]``; nobody changes it."""
    scan = CASES[number].scan(slice_mm)
    for kept in (scan.voxels, scan.labels):
        kept.flags.writeable = False
    return scan


Found = dict[Level, Heights]


@cache
def measured(number: int, slice_mm: float) -> tuple[Found, Found]:
    """The heights measured on it, and the true ones: once for all that is asked of them."""
    scan = scan_of(number, slice_mm)
    return heights_of(scan), scan.truth


def errors(found: Found, truth: Found) -> NDArray[np.float64]:
    """Measured less true, mm, vertebra by vertebra."""
    return np.array([np.subtract(found[lv].three, true.three) for lv, true in truth.items()])


def missed(numbers: Iterable[int], slice_mm: float) -> NDArray[np.float64]:
    """By how much the heights on the scans of these cases are off, mm."""
    return np.concatenate([errors(*measured(number, slice_mm)) for number in numbers])


@pytest.mark.parametrize(
    ("slice_mm", "mean_mm", "share", "largest_mm"),
    [(0.8, 0.2, 0.99, 1.3), (1.0, 0.2, 0.99, 1.3), (2.0, 0.3, 0.94, 1.8), (3.0, 0.7, 0.75, 3.0)],
)
def test_nearly_every_height_is_within_a_millimetre(
    slice_mm: float, mean_mm: float, share: float, largest_mm: float
) -> None:
    off = np.abs(missed(ALL, slice_mm))
    assert off.mean() < mean_mm
    assert np.mean(off <= 1.0) >= share
    assert off.max() < largest_mm


@pytest.mark.parametrize("slice_mm", [1.0, 2.0])
@pytest.mark.parametrize("at", ALL)
def test_the_suggested_grades_are_those_of_the_true_heights(at: int, slice_mm: float) -> None:
    found, true = map(assess, measured(at, slice_mm))
    for level, built in true.items():
        assert built.loss is not None
        if min(abs(built.loss - edge) for edge in LOWEST_LOSS.values()) > NEAR:
            assert found[level].grade == built.grade, level


def test_surfaces_through_thick_slices_are_better_than_columns_and_masks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scans = [scan_of(at, 3.0) for at in range(2)]
    surfaces = missed(range(2), 3.0)
    monkeypatch.setattr(finding, "THICK_MM", 99.0)
    columns = np.concatenate([errors(heights_of(scan), scan.truth) for scan in scans])
    assert surfaces.std() < 0.9 * columns.std()


def test_the_scan_places_end_plates_better_than_the_mask_does() -> None:
    scans = [scan_of(at, 2.0) for at in ALL]
    seen = missed(ALL, 2.0)
    blind = np.concatenate([errors(heights_of(scan, seen=False), scan.truth) for scan in scans])
    assert seen.std() < 0.85 * blind.std()


def test_a_scan_without_contrast_is_measured_by_its_mask_alone() -> None:
    scan = scan_of(0, 2.0)
    rng = np.random.default_rng(0)
    grey = rng.normal(60, LEAST_CONTRAST_HU / 10, scan.voxels.shape).astype(np.int16)
    dull = PhantomScan(grey, scan.affine, scan.labels, scan.truth)
    blind = errors(heights_of(scan, seen=False), scan.truth)
    assert np.abs(errors(heights_of(dull), scan.truth) - blind).max() < 0.05


@pytest.mark.parametrize("seed", range(3))
def test_a_scan_of_nothing_but_noise_moves_no_edge_beyond_its_limit(seed: int) -> None:
    scan = scan_of(0, 2.0)
    rng = np.random.default_rng(seed)
    noise = rng.normal(200, 600, scan.voxels.shape).clip(-1024, 3071).astype(np.int16)
    wild = PhantomScan(noise, scan.affine, scan.labels, scan.truth)
    blind = errors(heights_of(scan, seen=False), scan.truth)
    # Two edges of 1.5 mm each at the most, and a little for where they are read.
    assert np.abs(errors(heights_of(wild), scan.truth) - blind).max() < 3.2


def test_heights_are_true_from_the_files_of_a_series_on(tmp_path: Path) -> None:
    scan = scan_of(0, 1.0)
    study = Study(
        study_uid=uid("s"),
        series_uid=uid("se"),
        accession="DX1",
        scanned=date(2026, 3, 1),
        exam="CT abdomen",
        site="DEMO1",
        maker=GE,
        kernel=GE.kernels[1],
    )
    who = Identity("Demo-Hazel^Ann", "DEMO0001", "9990000018", date(1950, 2, 1), "F")
    write_dicom(scan, tmp_path / "dicom", who, study)
    write_mask(scan, tmp_path / "mask.nii.gz", named=True)
    series = sort_files([tmp_path / "dicom"]).series[0]
    done = prepare(series, LabelSource(tmp_path / "mask.nii.gz", None), BytesIO())
    assert np.abs(errors(done.heights, scan.truth)).max() < 1.0
