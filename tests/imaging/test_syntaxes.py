"""The same densities come out of every transfer syntax, of one file a slice or many frames."""

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from ct_files import write_series
from ct_packing import (
    JPEG,
    LOSSLESS,
    NATIVE,
    encapsulated,
    encoder_of,
    enhanced,
    item,
    pack,
    saved,
)
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate

from components.imaging.header import SeriesOnDisk, sort_files
from components.imaging.instance import Instance
from components.imaging.pixels import AIR_HU, slice_hu
from components.imaging.series import UnusableSeries, block

RNG = np.random.default_rng(3)
HU = RNG.integers(-1000, 2000, (8, 24, 20)).astype(np.int16)


def only(folder: Path) -> SeriesOnDisk:
    sorting = sort_files([folder])
    assert [a.reason for a in sorting.aside] == []
    assert len(sorting.series) == 1
    return sorting.series[0]


def whole(one: Instance) -> NDArray[np.int16]:
    return slice_hu(one, (0, one.rows), (0, one.columns))


def volume(series: SeriesOnDisk) -> NDArray[np.int16]:
    assert series.refusal == ""
    return np.stack([whole(one) for one in block(series.instances).slices])


@pytest.mark.parametrize("syntax", NATIVE + LOSSLESS)
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("bits", [12, 16])
def test_every_syntax_gives_the_same_hu(
    tmp_path: Path, syntax: str, signed: bool, bits: int
) -> None:
    intercept = 0 if signed and bits == 16 else -1000 if signed else -1024

    def write(ds: Dataset, n: int) -> None:
        ds.PixelRepresentation, ds.BitsStored, ds.HighBit = int(signed), bits, bits - 1
        ds.RescaleIntercept = intercept
        stored = HU[n].astype(np.int32) - intercept
        assert bits == 16 or stored.min() >= -2048
        ds.PixelData = (
            (np.minimum(stored, 2047 if signed else 4095) & 0xFFFF).astype("<u2").tobytes()
        )
        pack(ds, syntax)

    highest = (2047 if signed else 4095) + intercept
    write_series(tmp_path, HU, change=write)
    expected = np.minimum(HU, highest)
    assert np.array_equal(volume(only(tmp_path)), expected)


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.5", JPEG + "70", JPEG + "80", JPEG + "90"])
def test_eight_bits_are_read(tmp_path: Path, syntax: str) -> None:
    def write(ds: Dataset, n: int) -> None:
        ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
        ds.RescaleSlope, ds.RescaleIntercept = 8, -1000
        ds.PixelData = (np.arange(480) % 256).astype("u1").tobytes()
        pack(ds, syntax)

    write_series(tmp_path, HU, change=write)
    expected = ((np.arange(480) % 256) * 8 - 1000).reshape(24, 20)
    assert np.array_equal(volume(only(tmp_path))[0], expected)


def test_each_slice_follows_its_own_scale_sign_and_padding(tmp_path: Path) -> None:
    def write(ds: Dataset, n: int) -> None:
        ds.PixelRepresentation, ds.RescaleIntercept = n % 2, -1000 - n
        stored = HU[n].astype(np.int32) + 1000 + n
        stored[0, 0] = 30000 - n
        ds.PixelPaddingValue = 30000 - n
        ds["PixelPaddingValue"].VR = "SS" if n % 2 else "US"
        ds.PixelData = stored.astype("<u2").tobytes()

    expected = HU.copy()
    expected[:, 0, 0] = AIR_HU
    write_series(tmp_path, HU, change=write)
    assert np.array_equal(volume(only(tmp_path)), expected)


def test_a_range_of_padding_is_air(tmp_path: Path) -> None:
    def write(ds: Dataset, n: int) -> None:
        ds.PixelPaddingValue, ds.PixelPaddingRangeLimit = 2500, 2400
        for word in ("PixelPaddingValue", "PixelPaddingRangeLimit"):
            ds[word].VR = "SS"

    write_series(tmp_path, HU, change=write)
    stored = HU.astype(int) + 1024
    expected = np.where((stored >= 2400) & (stored <= 2500), AIR_HU, HU)
    assert np.array_equal(volume(only(tmp_path)), expected)


def test_overlays_in_unused_bits_are_no_densities(tmp_path: Path) -> None:
    def write(ds: Dataset, n: int) -> None:
        ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 12, 11, 0
        stored = HU[n].astype(np.int32) + 1024
        ds.PixelData = (stored | (np.arange(20) % 2 << 15)).astype("<u2").tobytes()

    write_series(tmp_path, HU, change=write)
    assert np.array_equal(volume(only(tmp_path)), HU)


def test_pixels_at_the_top_of_their_word_are_read(tmp_path: Path) -> None:
    def write(ds: Dataset, n: int) -> None:
        ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 12, 15, 0
        ds.PixelData = ((HU[n].astype(np.int32) + 1024) << 4).astype("<u2").tobytes()

    write_series(tmp_path, HU, change=write)
    assert np.array_equal(volume(only(tmp_path)), HU)


def test_monochrome1_changes_the_display_and_no_density(tmp_path: Path) -> None:
    def write(ds: Dataset, _: int) -> None:
        ds.PhotometricInterpretation = "MONOCHROME1"

    write_series(tmp_path, HU, change=write)
    assert np.array_equal(volume(only(tmp_path)), HU)


@pytest.mark.parametrize(
    ("syntax", "flag", "method", "name"),
    [
        (NATIVE[1], "01", "ISO_10918_1", "JPEG"),
        (NATIVE[1], "01", "", "a method that is not named"),
        (NATIVE[1], "00", "", ""),
        (JPEG + "90", "01", "ISO_15444_1", "JPEG 2000"),
        (JPEG + "91", "00", "", "JPEG 2000"),
    ],
)
def test_a_lossy_past_is_told_by_syntax_or_header(
    tmp_path: Path, syntax: str, flag: str, method: str, name: str
) -> None:
    def write(ds: Dataset, _: int) -> None:
        ds.LossyImageCompression, ds.LossyImageCompressionMethod = flag, method
        pack(ds, syntax)

    write_series(tmp_path, HU, change=write)
    assert block(only(tmp_path).instances).lossy == name


@pytest.mark.parametrize(
    ("syntax", "bits"), [(JPEG + "50", 8), (JPEG + "51", 8), (JPEG + "51", 12)]
)
def test_lossy_jpeg_is_nearly_right_and_named(tmp_path: Path, syntax: str, bits: int) -> None:
    smooth = np.add.outer(np.arange(24), np.arange(20)) * 4

    def write(ds: Dataset, n: int) -> None:
        ds.BitsAllocated, ds.BitsStored, ds.HighBit = 8 * (1 + (bits > 8)), bits, bits - 1
        ds.PixelRepresentation, ds.RescaleIntercept = 0, -100
        kind = np.uint8 if bits == 8 else np.uint16
        frame = bytes(imagecodecs.jpeg_encode(smooth.astype(kind), level=98, bitspersample=bits))
        ds.file_meta.TransferSyntaxUID = syntax
        ds.PixelData = encapsulate([frame + b"\0" * (len(frame) % 2)])
        ds["PixelData"].VR = "OB"

    write_series(tmp_path, HU, change=write)
    series = only(tmp_path)
    assert np.abs(volume(series)[3] - (smooth - 100)).max() <= 4
    assert block(series.instances).lossy.startswith("JPEG ")


@pytest.mark.parametrize("syntax", NATIVE)
def test_frames_of_an_enhanced_ct_follow_their_own_scale_in_any_order(
    tmp_path: Path, syntax: str
) -> None:
    ds = enhanced(HU, [-1024.0 - n for n in range(8)], order=[3, 0, 7, 1, 2, 6, 5, 4])
    pack(ds, syntax)
    saved(ds, tmp_path / "mf.dcm")
    series = only(tmp_path)
    assert np.array_equal(volume(series), HU)
    assert block(series.instances).thickness_mm == 2.0


@pytest.mark.parametrize("syntax", LOSSLESS)
@pytest.mark.parametrize("table", ["basic", "extended", "none"])
def test_compressed_frames_are_found_by_any_table(tmp_path: Path, syntax: str, table: str) -> None:
    ds = enhanced(HU)
    encapsulated(ds, syntax, table=table)
    saved(ds, tmp_path / "mf.dcm")
    assert np.array_equal(volume(only(tmp_path)), HU)


@pytest.mark.parametrize("syntax", [s for s in LOSSLESS if s.startswith(JPEG)])
@pytest.mark.parametrize("table", ["basic", "none"])
def test_frames_in_several_fragments_are_put_together(
    tmp_path: Path, syntax: str, table: str
) -> None:
    ds = enhanced(HU)
    encapsulated(ds, syntax, table=table, parts=3)
    saved(ds, tmp_path / "mf.dcm")
    assert np.array_equal(volume(only(tmp_path)), HU)


def test_the_offset_table_tells_frames_apart_that_have_no_mark(tmp_path: Path) -> None:
    ds = enhanced(HU)
    encapsulated(ds, "1.2.840.10008.1.2.5", parts=3)
    saved(ds, tmp_path / "mf.dcm")
    assert np.array_equal(volume(only(tmp_path)), HU)


def test_what_a_frame_says_itself_comes_before_what_all_share(tmp_path: Path) -> None:
    ds = enhanced(HU, [-1024.0 - n for n in range(8)])
    ds.SharedFunctionalGroupsSequence[0].PixelValueTransformationSequence = item(
        RescaleSlope=3, RescaleIntercept=5, RescaleType="HU"
    )
    saved(ds, tmp_path / "mf.dcm")
    assert np.array_equal(volume(only(tmp_path)), HU)


def test_a_single_slice_in_several_fragments_is_put_together(tmp_path: Path) -> None:
    def write(ds: Dataset, n: int) -> None:
        pack(ds, JPEG + "80")
        frame = encoder_of(JPEG + "80")((HU[n].astype(np.int32) + 1024).astype("<u2"))
        ds.PixelData = encapsulate([frame + b"\0" * (len(frame) % 2)], fragments_per_frame=4)

    write_series(tmp_path, HU, change=write)
    assert np.array_equal(volume(only(tmp_path)), HU)


def test_a_legacy_converted_ct_with_its_scale_for_all_frames_is_read(tmp_path: Path) -> None:
    ds = enhanced(HU)
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2.2"
    for group in ds.PerFrameFunctionalGroupsSequence:
        del group.PixelValueTransformationSequence
    ds.SharedFunctionalGroupsSequence[0].PixelValueTransformationSequence = item(
        RescaleSlope=1, RescaleIntercept=-1024, RescaleType="HU"
    )
    saved(ds, tmp_path / "mf.dcm")
    assert np.array_equal(volume(only(tmp_path)), HU)


def test_fragments_that_belong_to_no_frame_are_refused(tmp_path: Path) -> None:
    ds = enhanced(HU)
    encapsulated(ds, "1.2.840.10008.1.2.5", table="none")
    frames = encapsulate([b"\1" * 70] * 5, has_bot=False)
    ds.PixelData = frames
    saved(ds, tmp_path / "mf.dcm")
    with pytest.raises(UnusableSeries, match=r"5 fragments .* told apart into 8 frames"):
        whole(only(tmp_path).instances[0])


def test_a_jp2_file_in_place_of_a_codestream_is_unwrapped(tmp_path: Path) -> None:
    def write(ds: Dataset, n: int) -> None:
        pack(ds, JPEG + "90")
        stored = (HU[n].astype(np.int32) + 1024).astype("<u2")
        frame = bytes(
            imagecodecs.jpeg2k_encode(stored, codecformat="jp2", reversible=True, level=0)
        )
        ds.PixelData = encapsulate([frame + b"\0" * (len(frame) % 2)])

    write_series(tmp_path, HU, change=write)
    assert np.array_equal(volume(only(tmp_path)), HU)
