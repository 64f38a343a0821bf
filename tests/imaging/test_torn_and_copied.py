"""Copies of a slice in other packings, torn frames, and pictures that are no densities."""

from pathlib import Path

import numpy as np
import pytest
from ct_files import write_series
from ct_packing import JPEG, LOSSLESS, NATIVE, encoder_of, pack
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate

from components.imaging.header import sort_files
from components.imaging.pixels import slice_hu
from components.imaging.series import UnusableSeries, block

HU = np.random.default_rng(3).integers(-1000, 2000, (8, 24, 20)).astype(np.int16)


def packed_series(folder: Path, syntax: str, more: int = 0) -> None:
    def write(ds: Dataset, n: int) -> None:
        ds.PixelData = (HU[n].astype(np.int32) + 1024 + more).astype("<u2").tobytes()
        pack(ds, syntax)

    write_series(folder, HU, change=write)


@pytest.mark.parametrize("syntax", [NATIVE[0], NATIVE[3], JPEG + "80", JPEG + "90"])
def test_a_copy_in_another_packing_is_a_copy(tmp_path: Path, syntax: str) -> None:
    packed_series(tmp_path / "a", NATIVE[1])
    packed_series(tmp_path / "b", syntax)
    one, other = (sort_files([tmp_path / a, tmp_path / b]).series[0] for a, b in ("ab", "ba"))
    assert (one.refusal, one.copies) == ("", 8)
    assert one.header.digest == other.header.digest


def test_other_densities_in_another_packing_are_refused(tmp_path: Path) -> None:
    packed_series(tmp_path / "a", NATIVE[1])
    packed_series(tmp_path / "b", JPEG + "80", more=1)
    assert "8 slices came twice" in sort_files([tmp_path]).series[0].refusal


def test_densities_that_are_no_hounsfield_units_are_set_aside(tmp_path: Path) -> None:
    def write(ds: Dataset, _: int) -> None:
        ds.RescaleType = "MGML"

    write_series(tmp_path, HU, change=write)
    aside = sort_files([tmp_path]).aside
    assert [(a.reason, a.files) for a in aside] == [
        ("Its pixels are no Hounsfield units but MGML.", 8)
    ]


@pytest.mark.parametrize("syntax", LOSSLESS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.98])
def test_a_compressed_slice_cut_short_is_refused(tmp_path: Path, syntax: str, share: float) -> None:
    def write(ds: Dataset, n: int) -> None:
        ds.file_meta.TransferSyntaxUID = syntax
        frame = encoder_of(syntax)((HU[n].astype(np.int32) + 1024).astype("<u2"))
        frame = frame[: int(len(frame) * share) // 2 * 2]
        ds.PixelData = encapsulate([frame])
        ds["PixelData"].VR = "OB"

    write_series(tmp_path, HU, change=write)
    one = block(sort_files([tmp_path]).series[0].instances).slices[0]
    with pytest.raises(UnusableSeries, match=r"^The slice at z = 100\.0 mm "):
        slice_hu(one, (0, one.rows), (0, one.columns))


def test_plain_pixels_in_fragments_are_no_picture(tmp_path: Path) -> None:
    for path in write_series(tmp_path, HU):
        content = path.read_bytes()
        at = content.index(b"\xe0\x7f\x10\x00OW") + 8
        path.write_bytes(content[:at] + b"\xff" * 4 + content[at + 4 :])
    reason = "The pixels are divided into parts as only compressed ones may be."
    assert [a.reason for a in sort_files([tmp_path]).aside] == [reason]


def test_more_pixels_than_the_size_needs_are_no_picture_of_that_size(tmp_path: Path) -> None:
    def change(ds: Dataset, _: int) -> None:
        ds.Rows = 12

    write_series(tmp_path, HU, change=change)
    reason = "The pixels take 960 bytes, where 12 x 20 need 480."
    assert [a.reason for a in sort_files([tmp_path]).aside] == [reason]
