"""Every way in which a CT's pixels are packed, and enhanced CTs with many frames in a file."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.pixels.encoders import RLELosslessEncoder
from pydicom.uid import EnhancedCTImageStorage, RLELossless, generate_uid

JPEG = "1.2.840.10008.1.2.4."
NATIVE = (
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.1.99",
)
LOSSLESS = (
    str(RLELossless), JPEG + "57", JPEG + "70", JPEG + "80", JPEG + "81", JPEG + "90", JPEG + "91",
    JPEG + "201", JPEG + "202", JPEG + "203",
)  # fmt: skip
"""Syntaxes written here without loss, also those that would allow it."""
Pixels = NDArray[np.uint8] | NDArray[np.uint16]


def _rle(pixels: Pixels) -> bytes:
    options = {
        "rows": pixels.shape[0], "columns": pixels.shape[1], "samples_per_pixel": 1,
        "bits_allocated": pixels.itemsize * 8, "bits_stored": pixels.itemsize * 8,
        "pixel_representation": 0, "number_of_frames": 1,
        "photometric_interpretation": "MONOCHROME2",
    }  # fmt: skip
    return RLELosslessEncoder.encode(pixels, **options)  # type: ignore[arg-type]


def _j2k(pixels: Pixels) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(pixels, codecformat="j2k", reversible=True, level=0))


def encoder_of(syntax: str) -> Callable[[Pixels], bytes]:
    """What packs one frame without loss in *syntax*."""
    if syntax == RLELossless:
        return _rle
    last = syntax.removeprefix(JPEG)
    if last in ("57", "70"):
        return lambda p: bytes(imagecodecs.ljpeg_encode(p, bitspersample=p.itemsize * 8))
    if last in ("80", "81"):
        return lambda p: bytes(imagecodecs.jpegls_encode(p))
    if last in ("90", "91"):
        return _j2k
    return lambda p: bytes(imagecodecs.htj2k_encode(p))


def even(frame: bytes) -> bytes:
    return frame + b"\0" * (len(frame) % 2)


def pack(ds: Dataset, syntax: str) -> None:
    """Put the plain pixels of *ds* into *syntax*, whose bits stay what they are."""
    ds.file_meta.TransferSyntaxUID = syntax
    if syntax in NATIVE:
        if syntax == NATIVE[2]:
            ds.PixelData = np.frombuffer(ds.PixelData, "<u2").astype(">u2").tobytes()
            ds["PixelData"].VR = "OW"
        return
    kind = "u1" if ds.BitsAllocated == 8 else "<u2"
    frames = np.frombuffer(ds.PixelData, kind).reshape(-1, ds.Rows, ds.Columns)
    encode = encoder_of(syntax)
    ds.PixelData = encapsulate([even(encode(frame)) for frame in frames])
    ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True


def item(**fields: Any) -> list[Dataset]:  # noqa: ANN401 - any DICOM value
    ds = Dataset()
    for keyword, value in fields.items():
        setattr(ds, keyword, value)
    return [ds]


def enhanced(
    hu: NDArray[np.int16], intercepts: Sequence[float] = (), order: Sequence[int] = ()
) -> Dataset:
    """An enhanced CT of *hu* (slice, row, column), 2 x 1 x 1 mm, frame *n* by `intercepts[n]`.

    Args:
        order: Which slice comes as which frame; as they lie when empty.
    """
    numbers = list(order) or list(range(len(hu)))
    shifts = list(intercepts) or [-1024.0] * len(hu)
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = NATIVE[1]
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["mf"])
    ds.StudyInstanceUID = generate_uid(entropy_srcs=["mf", "study"])
    ds.SeriesInstanceUID = generate_uid(entropy_srcs=["mf", "series"])
    ds.Modality, ds.ImageType = "CT", ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    ds.PatientID, ds.PatientName, ds.StudyDate = "DEMO-1", "DEMO^Ann", "20261003"
    ds.NumberOfFrames = len(hu)
    ds.Rows, ds.Columns = hu.shape[1:]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 0
    shared = Dataset()
    shared.PlaneOrientationSequence = item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    shared.PixelMeasuresSequence = item(PixelSpacing=[1, 1], SliceThickness=2)
    ds.SharedFunctionalGroupsSequence = [shared]
    ds.PerFrameFunctionalGroupsSequence = []
    planes = []
    for n in numbers:
        own = Dataset()
        own.PlanePositionSequence = item(ImagePositionPatient=[-20, -30, 100 + 2 * n])
        own.PixelValueTransformationSequence = item(
            RescaleSlope=1, RescaleIntercept=shifts[n], RescaleType="HU"
        )
        ds.PerFrameFunctionalGroupsSequence.append(own)
        planes.append((hu[n].astype(np.int32) - int(shifts[n])).astype("<u2"))
    ds.PixelData = np.stack(planes).tobytes()
    ds["PixelData"].VR = "OW"
    return ds


def encapsulated(ds: Dataset, syntax: str, *, table: str = "basic", parts: int = 1) -> None:
    """Pack the frames of *ds* in *parts* fragments each; *table*: basic, extended or none."""
    frames = np.frombuffer(ds.PixelData, "<u2").reshape(-1, ds.Rows, ds.Columns)
    encode = encoder_of(syntax)
    packed = [even(encode(frame)) for frame in frames]
    ds.file_meta.TransferSyntaxUID = syntax
    if table == "extended":
        whole, ds.ExtendedOffsetTable, ds.ExtendedOffsetTableLengths = encapsulate_extended(packed)
        ds.PixelData = whole
    else:
        ds.PixelData = encapsulate(packed, fragments_per_frame=parts, has_bot=table == "basic")
    ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True


def saved(ds: Dataset, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    ds.save_as(path, enforce_file_format=True)
    return path
