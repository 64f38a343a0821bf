"""Hounsfield units are the same whatever way the pixels were stored."""

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from ct_files import write_series
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate

from components.imaging.header import sort_files
from components.imaging.instance import Instance
from components.imaging.pixels import AIR_HU, slice_hu, to_hu
from components.imaging.series import UnusableSeries

LOSSLESS = (
    "Implicit", "LittleEndianExplicit", "BigEndian", "Deflated", "RLELossless", "1.2.4.57.",
    "1.2.4.70.", "1.2.4.80.", "1.2.4.90.",
)  # fmt: skip
LOSSY = ("1.2.4.50.", "1.2.4.51.", "1.2.4.81.", "1.2.4.91.")
RETIRED = ("1.2.4.53.", "1.2.4.55.")


def slices_in(path: Path) -> tuple[Instance, ...]:
    return sort_files([path]).series[0].instances


def whole(one: Instance) -> "np.ndarray[tuple[int, ...], np.dtype[np.int16]]":
    return slice_hu(one, (0, one.rows), (0, one.columns))


def slice_named(folder: Path, part: str) -> Instance:
    found = [path for path in folder.iterdir() if part in path.name]
    assert len(found) == 1
    return slices_in(found[0])[0]


@pytest.mark.realdata
@pytest.mark.parametrize("part", LOSSLESS)
def test_lossless_syntaxes_decode_alike(shared_data: Path, part: str) -> None:
    folder = shared_data / "05_awkward_dicom" / "transfer_syntaxes"
    plain = slices_in(folder / "CTImage.dcm")[0]
    assert np.array_equal(whole(slice_named(folder, part)), whole(plain))


@pytest.mark.realdata
@pytest.mark.parametrize("part", LOSSY)
def test_lossy_syntaxes_decode_nearly_alike(shared_data: Path, part: str) -> None:
    folder = shared_data / "05_awkward_dicom" / "transfer_syntaxes"
    plain = whole(slices_in(folder / "CTImage.dcm")[0]).astype(int)
    assert np.median(np.abs(whole(slice_named(folder, part)) - plain)) < 16


@pytest.mark.realdata
@pytest.mark.parametrize("part", RETIRED)
def test_retired_syntaxes_are_refused_by_name(shared_data: Path, part: str) -> None:
    folder = shared_data / "05_awkward_dicom" / "transfer_syntaxes"
    path = next(path for path in folder.iterdir() if part in path.name)
    refusal = sort_files([path]).series[0].refusal
    assert "(Process" in refusal
    assert f"(1.2.840.10008.{part[:-1]})" in refusal


@pytest.mark.realdata
def test_the_header_decides_the_sign_not_the_codec(shared_data: Path) -> None:
    path = shared_data / "05_awkward_dicom" / "broken" / "J2K_pixelrep_mismatch.dcm"
    hu = whole(slices_in(path)[0])
    assert hu.min() == AIR_HU
    assert -20 < np.median(hu[200:300, 200:300]) < 100


@pytest.mark.realdata
def test_frames_of_an_enhanced_ct_are_slices_with_places(shared_data: Path) -> None:
    path = shared_data / "05_awkward_dicom" / "multiframe" / "dcmqi_mf.dcm"
    slices = slices_in(path)
    assert len(slices) == 3
    assert len({one.position for one in slices}) == 3
    assert not np.array_equal(whole(slices[0]), whole(slices[1]))


def one_slice(tmp_path: Path, spoil: object) -> Instance:
    picture = np.arange(60, dtype=np.int16).reshape(1, 6, 10)
    write_series(tmp_path, picture, change=spoil)  # type: ignore[arg-type]
    return slices_in(tmp_path)[0]


def test_a_compressed_frame_larger_than_promised_is_refused_unread(tmp_path: Path) -> None:
    def lie(ds: Dataset, _: int) -> None:
        big = imagecodecs.jpegls_encode(np.zeros((64, 64), np.uint16))
        ds.PixelData = encapsulate([big])
        ds["PixelData"].VR = "OB"
        ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.80"

    with pytest.raises(UnusableSeries, match="holds 64 x 64 pixels, its header says 6 x 10"):
        whole(one_slice(tmp_path, lie))


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.5"])
def test_rubbish_in_place_of_a_frame_is_refused(tmp_path: Path, syntax: str) -> None:
    def spoil(ds: Dataset, _: int) -> None:
        ds.PixelData = encapsulate([b"rubbish" * 20])
        ds["PixelData"].VR = "OB"
        ds.file_meta.TransferSyntaxUID = syntax

    with pytest.raises(UnusableSeries):
        whole(one_slice(tmp_path, spoil))


def test_only_the_wanted_part_is_given(tmp_path: Path) -> None:
    one = one_slice(tmp_path, lambda _, __: None)
    assert np.array_equal(slice_hu(one, (2, 5), (1, 4)), whole(one)[2:5, 1:4])


@given(
    st.lists(st.integers(0, 65535), min_size=4, max_size=4),
    st.sampled_from([8, 12, 13, 16]),
    st.booleans(),
    st.sampled_from([(1.0, -1024.0), (1.0, 0.0), (2.0, -1000.0), (0.5, 12.5), (1.0, -8192.0)]),
    st.sampled_from([None, (-2000, -2000), (0, 0), (100, 100), (-3000, -1900), (90, 4000)]),
)
def test_hu_follow_the_header(
    values: list[int],
    bits: int,
    signed: bool,
    scale: tuple[float, float],
    padding: tuple[int, int] | None,
) -> None:
    stored = np.array(values, "<u2").reshape(2, 2)  # what stands above *bits* is overlay
    found = to_hu(stored, described(bits, signed, scale, padding)).ravel()
    for value, hu in zip(
        (stored.ravel() & ((1 << bits) - 1)).tolist(), found.tolist(), strict=True
    ):
        number = value - (1 << bits) if signed and value >= 1 << (bits - 1) else value
        expected = min(32767, max(AIR_HU, round(number * scale[0] + scale[1])))
        none = padding is not None and padding[0] <= number <= padding[1]
        assert hu == (AIR_HU if none else expected)


def described(
    bits: int, signed: bool, scale: tuple[float, float], padding: tuple[int, int] | None
) -> Instance:
    return Instance(
        path=Path("nowhere"), study_uid="1", series_uid="1", sop_uid="1", patient=b"",
        content=b"", syntax="", offset=0, length=0, frame=0, frames=1, rows=2, columns=2,
        bits_allocated=16, bits_stored=bits, signed=signed, padding=padding,
        slope=scale[0], intercept=scale[1], position=(0, 0, 0), orientation=(1, 0, 0, 0, 1, 0),
        spacing_mm=(1, 1),
    )  # fmt: skip
