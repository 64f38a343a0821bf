"""Several reconstructions under one series UID are told apart; the best is the series."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ct_files import write_series
from ct_packing import enhanced, item, saved
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from components.imaging.header import SeriesOnDisk, sort_files

HU = np.arange(12 * 6 * 5, dtype=np.int16).reshape(12, 6, 5)


def other(**fields: object) -> Callable[[Dataset, int], None]:
    """The slices of a second reconstruction in the series that `write_series` makes."""

    def change(ds: Dataset, n: int) -> None:
        ds.SOPInstanceUID = generate_uid(entropy_srcs=["other", str(n), *map(str, fields.values())])
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        for keyword, value in fields.items():
            setattr(ds, keyword, value)

    return change


def sorted_one(folder: Path) -> tuple[SeriesOnDisk, list[tuple[str, int]]]:
    sorting = sort_files([folder])
    assert len(sorting.series) == 1
    return sorting.series[0], [(a.reason, a.files) for a in sorting.aside]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ConvolutionKernel": "B70f"}, "(kernel B70f): kernel B70f sharpens beyond bone."),
        ({"ImageType": ["DERIVED", "SECONDARY", "MIP"]}, "(mip): a projection (MIP), no slices."),
        ({"SliceThickness": 5}, "thickness): slices of 5.00 mm where 2.00 mm are to be had."),
        ({"PixelSpacing": [0.5, 0.5]}, "(pixels of 0.50 x 0.50 mm): "),
        ({"FrameOfReferenceUID": "1.2.3"}, "(another frame of reference): "),
        ({"AcquisitionNumber": 7}, "(acquisition 7): the same in everything that counts."),
        ({"TemporalPositionIdentifier": 2}, "(another point in time): "),
    ],
)
def test_another_reconstruction_is_set_aside_with_count_and_reason(
    tmp_path: Path, fields: dict[str, object], words: str
) -> None:
    write_series(tmp_path / "a", HU)
    write_series(tmp_path / "b", HU, change=other(**fields))
    series, aside = sorted_one(tmp_path)
    assert series.refusal == ""
    assert len(series.instances) == series.header.instances == 12
    assert len(aside) == 1
    assert words in aside[0][0]
    assert aside[0][1] == 12


def test_the_better_part_is_the_series_whichever_comes_first(tmp_path: Path) -> None:
    for first, second in (("a", "b"), ("b", "a")):
        folder = tmp_path / first
        write_series(folder / first, HU, change=other(ConvolutionKernel="LUNG"))
        write_series(folder / second, HU, change=other(ConvolutionKernel="SOFT"))
        series, _ = sorted_one(folder)
        assert series.facts is not None
        assert (series.facts.kernel, series.header.kernel) == ("SOFT", "SOFT")
        assert series.facts.cover_mm == 22.0


def test_the_digest_is_that_of_the_chosen_slices(tmp_path: Path) -> None:
    write_series(tmp_path / "a", HU)
    alone, _ = sorted_one(tmp_path)
    write_series(tmp_path / "b", HU, change=other(ConvolutionKernel="B70f"))
    both, _ = sorted_one(tmp_path)
    assert alone.header.digest == both.header.digest


def test_a_stray_slice_of_another_size_does_not_cost_the_series(tmp_path: Path) -> None:
    write_series(tmp_path / "a", HU)
    write_series(tmp_path / "b", np.zeros((1, 9, 9), np.int16), change=other())
    series, aside = sorted_one(tmp_path)
    assert series.refusal == ""
    assert aside == [
        (
            "Another reconstruction in the same series (9 x 9 pixels), unusable by itself:"
            " 1 slice; a review needs at least 8.",
            1,
        )
    ]


def test_a_sagittal_reformat_in_the_series_is_told_apart(tmp_path: Path) -> None:
    write_series(tmp_path / "a", HU)
    write_series(
        tmp_path / "b",
        HU[:8],
        change=other(),
        orientation=(0, 1, 0, 0, 0, -1),
        spacing_mm=(3, 1, 1),
    )
    series, aside = sorted_one(tmp_path)
    assert series.instances[0].orientation == (1, 0, 0, 0, 1, 0)
    assert "(another orientation): it covers" not in aside[0][0]
    assert "(another orientation)" in aside[0][0]


def test_repeated_places_that_nothing_tells_apart_are_refused(tmp_path: Path) -> None:
    write_series(tmp_path / "a", HU)
    write_series(tmp_path / "b", HU, change=other())
    series, aside = sorted_one(tmp_path)
    assert "24 of 24 slices lie where another lies, at 12 places" in series.refusal
    assert series.facts is None
    assert aside == []


def test_two_scans_that_lie_over_one_another_are_told_apart(tmp_path: Path) -> None:
    write_series(tmp_path / "a", HU, change=other(AcquisitionNumber=1))
    write_series(
        tmp_path / "b", HU[:9], change=other(AcquisitionNumber=2), origin=(-20.0, -30.0, 117.0)
    )
    series, aside = sorted_one(tmp_path)
    assert (series.refusal, len(series.instances)) == ("", 12)
    assert aside == [
        (
            "Another reconstruction in the same series (acquisition 2):"
            " it covers 16 mm, another 22 mm.",
            9,
        )
    ]


def test_a_name_of_a_kernel_brings_no_markup_into_a_sentence(tmp_path: Path) -> None:
    write_series(tmp_path / "a", HU)

    def change(ds: Dataset, n: int) -> None:
        other()(ds, n)
        ds.add_new("ConvolutionKernel", "LT", "<b>B70f</b>" + "x" * 200)

    write_series(tmp_path / "b", HU, change=change)
    _, aside = sorted_one(tmp_path)
    assert "<" not in aside[0][0]
    assert len(aside[0][0]) < 200


def test_one_place_scanned_again_and_again_is_no_volume(tmp_path: Path) -> None:
    def change(ds: Dataset, n: int) -> None:
        ds.AcquisitionNumber, ds.ImagePositionPatient = n, [0, 0, 50]

    write_series(tmp_path, HU, change=change)
    series, aside = sorted_one(tmp_path)
    assert "12 of 12 slices lie where another lies, at one place" in series.refusal
    assert aside == []


def test_a_scan_in_steps_counts_every_slice_and_is_one(tmp_path: Path) -> None:
    def change(ds: Dataset, n: int) -> None:
        ds.AcquisitionNumber = n

    write_series(tmp_path, HU, change=change)
    series, aside = sorted_one(tmp_path)
    assert (series.refusal, len(series.instances), aside) == ("", 12, [])


def test_two_patients_are_never_told_apart_by_their_slices(tmp_path: Path) -> None:
    write_series(tmp_path / "a", HU)
    write_series(
        tmp_path / "b", HU, change=other(ConvolutionKernel="B70f", PatientName="OTHER^Eve")
    )
    series, aside = sorted_one(tmp_path)
    assert series.refusal == "One series names 2 patients. Send it from its source."
    assert aside == []


def test_one_damaged_slice_costs_the_series_and_is_counted(tmp_path: Path) -> None:
    paths = write_series(tmp_path, HU)
    paths[11].write_bytes(paths[11].read_bytes()[:-20])
    series, aside = sorted_one(tmp_path)
    assert series.refusal == (
        "1 of 12 slices is damaged: The pixels are cut short: 40 of 60 bytes."
        " Send the series again."
    )
    assert aside == [("The pixels are cut short: 40 of 60 bytes.", 1)]


def test_a_damaged_copy_of_a_slice_that_is_there_costs_nothing(tmp_path: Path) -> None:
    write_series(tmp_path / "a", HU)
    paths = write_series(tmp_path / "b", HU)
    for path in paths[1:]:
        path.unlink()
    paths[0].write_bytes(paths[0].read_bytes()[:-20])
    series, aside = sorted_one(tmp_path)
    assert series.refusal == ""
    assert aside == [("The pixels are cut short: 40 of 60 bytes.", 1)]


def test_phases_in_one_enhanced_file_are_told_apart(tmp_path: Path) -> None:
    two = np.concatenate([HU, HU])
    ds = enhanced(two)
    for n, group in enumerate(ds.PerFrameFunctionalGroupsSequence):
        group.PlanePositionSequence = item(ImagePositionPatient=[-20, -30, 100 + 2 * (n % 12)])
        group.FrameContentSequence = item(TemporalPositionIndex=1 + n // 12)
    saved(ds, tmp_path / "mf.dcm")
    series, aside = sorted_one(tmp_path)
    assert (series.refusal, len(series.instances)) == ("", 12)
    assert [files for _, files in aside] == [1]


def test_a_series_of_very_many_kinds_is_refused_in_bounded_time(tmp_path: Path) -> None:
    def change(ds: Dataset, n: int) -> None:
        ds.PixelSpacing = [0.5 + n / 100, 0.5]

    write_series(tmp_path, np.zeros((60, 4, 4), np.int16), change=change)
    series, aside = sorted_one(tmp_path)
    assert series.refusal != ""
    assert len(aside) <= 32
