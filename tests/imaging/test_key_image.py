import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from ct_files import write_series
from pydicom import Dataset
from pydicom.datadict import dictionary_VR
from test_prepare import ORIGIN, SPACING, bony, column_of_bone, prepared, three_bodies

from components.imaging.key_image import UnsafeSource, View, check_source, key_image
from components.imaging.png import CHUNKS, UnsafePicture, check_bare, chunks, png
from components.imaging.wanted import WANTED

CANARY = "CANARY^QUX"
TEXTS = {"LO", "SH", "PN", "LT", "ST", "UT"}
Kept = tuple[Path, list[Path]]
PLANTED = [word for word in WANTED if dictionary_VR(word) in TEXTS]


def plant(ds: Dataset, number: int) -> None:
    """A name in every free text of the header, and in some that nobody asks for."""
    for word in (*PLANTED, "PatientComments", "ImageComments", "OperatorsName", "StationName"):
        if word not in {"RescaleType", "PatientID"}:
            setattr(ds, word, CANARY)
    ds.PatientID = "9990000018"
    ds.PatientBirthDate, ds.AccessionNumber = "19380201", "RVFCANARY"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    """A stack of three outlined bodies whose slices have a canary wherever words may stand."""
    folder = tmp_path_factory.mktemp("key")
    hu = bony(three_bodies())
    files = write_series(folder / "a", hu, spacing_mm=SPACING, origin=ORIGIN, change=plant)
    return prepared(folder / "a", column_of_bone(folder))[1], files


def decoded(content: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture


def test_a_key_image_holds_pixels_and_nothing_else(kept: Kept) -> None:
    content = key_image(*kept, View(outlined=(("T12", "grade 2"),)))
    assert {kind for kind, _ in chunks(content)} <= CHUNKS
    raw = b"".join(body for _, body in chunks(content)) + content
    for canary in (b"CANARY", b"QUX", b"9990000018", b"19380201"):
        assert canary not in raw
    assert decoded(content).ndim == 3


def test_the_same_view_gives_the_same_bytes_and_the_window_is_that_of_the_view(
    kept: Kept,
) -> None:
    path, files = kept
    plain = key_image(path, files, View())
    assert plain == key_image(path, files, View())
    assert decoded(plain).ndim == 2
    bright = key_image(path, files, View(centre_hu=-2000.0, width_hu=10.0))
    dark = key_image(path, files, View(centre_hu=9000.0, width_hu=10.0))
    scale = decoded(plain)[-40:, :200]
    assert scale.max() > 250  # the bar of 5 cm is drawn where it fits
    assert np.median(decoded(bright)) == 255
    assert np.median(decoded(dark)) == 0


def test_a_slice_that_is_not_there_is_refused(kept: Kept) -> None:
    with pytest.raises(IndexError):
        key_image(*kept, View(plane=9999))


def burned(ds: Dataset, number: int) -> None:
    ds.BurnedInAnnotation = "YES" if number == 3 else "NO"


def captured(ds: Dataset, number: int) -> None:
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"


def photographed(ds: Dataset, number: int) -> None:
    ds.ImageType, ds.LossyImageCompression = ["DERIVED", "SECONDARY"], "01"


@pytest.mark.parametrize(
    ("change", "words"),
    [(burned, "burned in"), (captured, "capture of a screen"), (photographed, "lossy")],
)
def test_a_scan_with_words_in_its_pixels_gives_no_key_image(
    tmp_path: Path, change: object, words: str
) -> None:
    hu = bony(three_bodies())
    write_series(tmp_path / "b", hu, spacing_mm=SPACING, origin=ORIGIN, change=change)  # type: ignore[arg-type]
    with pytest.raises(UnsafeSource, match=words):
        check_source(sorted((tmp_path / "b").iterdir()))


def test_a_scan_whose_slices_are_gone_gives_no_key_image(kept: Kept) -> None:
    with pytest.raises(UnsafeSource, match="not kept"):
        key_image(kept[0], [], View())


def test_a_picture_with_words_or_with_bytes_behind_its_end_is_found() -> None:
    bare = png(np.zeros((4, 5), np.uint8))
    check_bare(bare)
    text = b"tEXtTitle\0Jane"
    chunk = len(text[4:]).to_bytes(4, "big") + text + zlib.crc32(text).to_bytes(4, "big")
    with pytest.raises(UnsafePicture, match="tEXt"):
        check_bare(bare[:33] + chunk + bare[33:])
    for spoilt in (bare + b"Jane", bare[:-6], b"GIF89a"):
        with pytest.raises(UnsafePicture, match="no whole PNG"):
            check_bare(spoilt)
