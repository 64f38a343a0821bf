"""Pictures of AI products, made anew: what is shown is what was sent, and nothing of the header."""

from pathlib import Path
from typing import Any

import cv2
import imagecodecs
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from sc_builders import a_picture, capture, write_capture

from components.imaging.header import sort_files
from components.imaging.preview import read_preview
from components.imaging.preview_png import SHOWN_SIDE, UnusablePreview, rendered
from components.imaging.result_fields import NotOurs
from components.imaging.results import Kind, recognise
from store.domain.preview import made_by

JPEG, LOSSLESS = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.70"
LS, J2K, RLE = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5"
RGB = a_picture()
GREY = RGB[..., 0].copy()


def shown(path: Path) -> NDArray[Any]:
    (content,) = rendered(path)
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture[..., ::-1] if picture.ndim == 3 else picture


def rle(path: Path) -> Path:
    ds = capture(RGB)
    ds.compress(RLE)
    ds.save_as(path, enforce_file_format=True)
    return path


def ybr(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb)[..., [0, 2, 1]], np.uint8)


EXACT: dict[str, dict[str, Any]] = {
    "plain": {},
    "plane by plane": {"PlanarConfiguration": 1, "PixelData": np.moveaxis(RGB, -1, 0).tobytes()},
    "JPEG-LS": {"syntax": LS, "packed": imagecodecs.jpegls_encode(RGB)},
    "JPEG 2000": {
        "syntax": J2K,
        "packed": imagecodecs.jpeg2k_encode(RGB, codecformat="j2k", reversible=True),
        "photometric": "YBR_RCT",
    },
}


@pytest.mark.parametrize("way", list(EXACT))
def test_a_picture_in_colour_is_shown_as_it_was_sent(tmp_path: Path, way: str) -> None:
    assert np.array_equal(shown(write_capture(tmp_path / "1", RGB, **EXACT[way])), RGB)


def test_a_picture_packed_by_runs_is_shown_as_it_was_sent(tmp_path: Path) -> None:
    assert np.array_equal(shown(rle(tmp_path / "1")), RGB)


@pytest.mark.parametrize(
    ("photometric", "content"),
    [
        ("YBR_FULL_422", imagecodecs.jpeg8_encode(RGB, 95)),
        ("RGB", imagecodecs.jpeg8_encode(RGB, 95, colorspace="RGB", outcolorspace="RGB")),
    ],
)
def test_a_jpeg_keeps_its_colours_however_they_are_written(
    tmp_path: Path, photometric: str, content: bytes
) -> None:
    path = write_capture(tmp_path / "1", RGB, syntax=JPEG, packed=content, photometric=photometric)
    off = np.abs(shown(path).astype(int) - RGB)[10:, 10:]
    assert off.mean() < 6


def test_colours_of_light_and_hue_are_made_red_green_and_blue(tmp_path: Path) -> None:
    path = write_capture(tmp_path / "1", ybr(RGB), photometric="YBR_FULL")
    assert np.abs(shown(path).astype(int) - RGB).max() <= 2


def test_grey_follows_its_window_its_sense_and_its_palette(tmp_path: Path) -> None:
    assert np.array_equal(shown(write_capture(tmp_path / "1", GREY)), GREY)
    inverse = write_capture(tmp_path / "2", GREY, photometric="MONOCHROME1")
    assert np.array_equal(shown(inverse), 255 - GREY)
    wide = (GREY.astype(np.uint16) * 16).astype("<u2")
    windowed = write_capture(
        tmp_path / "3", wide, WindowCenter=2040.5, WindowWidth=4081, BitsStored=12, HighBit=11
    )
    assert np.abs(shown(windowed).astype(int) - GREY).max() <= 1
    ds = capture(GREY, photometric="PALETTE COLOR")
    for name, by in (("Red", 1), ("Green", 0), ("Blue", 2)):
        table = (np.arange(256) * by % 256).astype("<u2") << 8
        setattr(ds, f"{name}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(ds, f"{name}PaletteColorLookupTableData", table.astype("<u2").tobytes())
    ds.save_as(tmp_path / "4", enforce_file_format=True)
    coloured = shown(tmp_path / "4")
    assert np.array_equal(coloured[..., 0], GREY)
    assert not coloured[..., 1].any()


def test_a_large_picture_is_made_smaller_and_a_png_says_nothing_but_pixels(tmp_path: Path) -> None:
    name = "CANARY^NAME"
    path = write_capture(
        tmp_path / "1", np.zeros((2000, 3200), np.uint8), PatientName=name, ImageComments=name
    )
    (content,) = rendered(path)
    assert b"CANARY" in path.read_bytes()
    assert b"CANARY" not in content
    chunks, at = [], 8
    while at < len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        chunks.append(content[at + 4 : at + 8])
        at += 12 + length
    assert set(chunks) == {b"IHDR", b"IDAT", b"IEND"}
    assert shown(path).shape == (1000, SHOWN_SIDE)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"syntax": "1.2.840.10008.1.2.4.102", "packed": b"film"}, "transfer syntax 1.2.840.10008"),
        ({"NumberOfFrames": 200}, "200 frames"),
        ({"Rows": 60_000}, "60000 x 64"),
        ({"BitsAllocated": 32}, "3 samples of 32 bits"),
        ({"PixelData": b"\0" * 100}, "100 of 9,216 bytes"),
        ({"syntax": JPEG, "packed": imagecodecs.jpeg8_encode(RGB[:8])}, "not what its header"),
        ({"syntax": J2K, "packed": b"\xff\x4f\xff\x51 nothing of the kind"}, "not what its header"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_reason(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    path = write_capture(tmp_path / "1", RGB, **changes)
    with pytest.raises(UnusablePreview, match=words):
        rendered(path)


def test_pictures_of_software_are_told_from_slices_and_from_scanned_paper(tmp_path: Path) -> None:
    own = write_capture(tmp_path / "own", RGB)
    screen = write_capture(
        tmp_path / "screen", RGB, Modality="CT", SOPClassUID="1.2.840.10008.5.1.4.1.1.2",
        ImageType=["DERIVED", "SECONDARY", "SCREEN SAVE"],
    )  # fmt: skip
    dose = write_capture(
        tmp_path / "dose", RGB, Modality="CT", ImageType=["DERIVED", "SECONDARY", "DOSE_INFO"]
    )
    paper = write_capture(tmp_path / "paper", RGB, ConversionType="SD")
    found = sort_files([tmp_path])
    assert found.series == ()
    assert set(found.others) == {own, screen, paper}
    assert dose not in found.others
    assert {recognise(path).kind for path in (own, screen, paper)} == {Kind.PREVIEW}
    one = read_preview(own)
    assert (one.maker, one.model, one.version) == ("Example Vision", "HealthVCF", "2.1.0")
    assert one.sop_uid == pydicom.dcmread(own).SOPInstanceUID
    with pytest.raises(NotOurs, match="Scanned paper"):
        read_preview(paper)


@pytest.mark.parametrize(
    ("product", "maker", "model", "same"),
    [
        ("HealthVCF", "Nanox.AI", "HealthVCF 5", True),
        ("HealthVCF 5.2", "Nanox.AI", "HealthVCF", True),
        ("Vendor X Spine", "VendorX", "", True),
        ("HealthVCF", "GE MEDICAL SYSTEMS", "LightSpeed VCT", False),
        ("HealthVCF", "", "", False),
        ("AI", "Maine AI devices", "CT", False),
    ],
)
def test_a_picture_is_of_a_product_by_name_and_never_by_a_stray_letter(
    product: str, maker: str, model: str, same: bool
) -> None:
    assert made_by(product, maker, model) is same
