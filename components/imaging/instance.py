"""The CT slices of one file on disk: what its header says, and a digest of its pixels."""

import math
import os
from dataclasses import replace
from io import FileIO
from pathlib import Path

from xxhash import xxh3_128

from components.imaging.elements import HEADER_LIMIT, Elements, looks_like_dicom, read_elements
from components.imaging.frames import frames_of
from components.imaging.image import (
    Instance,
    NotASlice,
    check_pixels,
    check_unit,
    checked,
    plain,
    thickness,
)
from components.imaging.preview import may_be_preview
from components.imaging.syntaxes import lossy_name
from components.imaging.walk import Broken
from components.imaging.wanted import WANTED

__all__ = ["Damaged", "Instance", "NotASlice", "read_instances"]

LARGEST_FRAMES = 5000
_PATIENT = tuple(WANTED[word] for word in ("PatientID", "PatientName", "PatientBirthDate"))
_BLOCK = 8 << 20
_MAGIC_END = 132
_CT_CLASSES = frozenset(
    {
        "",  # seen in the wild; Modality decides
        "1.2.840.10008.5.1.4.1.1.2",
        "1.2.840.10008.5.1.4.1.1.2.1",
        "1.2.840.10008.5.1.4.1.1.2.2",
    }
)
_SIDE_PICTURES = frozenset({"LOCALIZER", "SCREEN SAVE", "DOSE_INFO", "REF_SURVIEW"})


_PAPERS = frozenset({"SR", "SEG"})


class Paper(NotASlice):
    """No slice, but what an AI product may send of one: a report, a segmentation or a picture."""


class Damaged(Broken):
    """A slice of a series, which therefore is not whole.

    Attributes:
        series: Study and series UID.
        sop_uid: Of the slice.
    """

    def __init__(self, reason: str, found: Elements) -> None:
        super().__init__(reason)
        self.series = _uid(found, "StudyInstanceUID"), _uid(found, "SeriesInstanceUID")
        self.sop_uid = _uid(found, "SOPInstanceUID")


def read_instances(
    path: Path, buffer: bytearray
) -> tuple[Elements, memoryview, tuple[Instance, ...]]:
    """The slices in the file at *path*, one for most files, several for an enhanced CT.

    Args:
        path: The file.
        buffer: Room for the file, used again for the next one, which saves a third of the time.

    Raises:
        NotDicom: not DICOM.
        NotASlice: DICOM, but no CT slice.
        Broken: the header cannot be read.
        Damaged: a slice whose header or size cannot be.
        OSError: the file cannot be read.
    """
    with path.open("rb", buffering=0) as file:
        content = _first(file, buffer)
        found = read_elements(content)
        _check_kind(found)
        try:
            return found, content, _slices(path, file, content, found)
        except Broken as reason:
            raise Damaged(str(reason), found) from None


def _slices(path: Path, file: FileIO, content: memoryview, found: Elements) -> tuple[Instance, ...]:
    if found.offset < 0:
        msg = "It ends before its pixels, or has none."
        raise Broken(msg)
    one = _describe(path, found)
    if not 0 < one.frames <= LARGEST_FRAMES:
        msg = f"It claims {one.frames} frames; at most {LARGEST_FRAMES} are read."
        raise Broken(msg)
    check_pixels(one)
    one = replace(one, content=_digest(file, content, found))
    if one.frames == 1 and one.position:
        return (checked(one),)
    return frames_of(one, content, found)


def _first(file: FileIO, buffer: bytearray) -> memoryview:
    """The file, or as much of it as a header may take; little of what is not DICOM."""
    got = file.readinto(memoryview(buffer)[:_MAGIC_END])
    if got < _MAGIC_END or not looks_like_dicom(memoryview(buffer)):
        return memoryview(buffer)[:got]
    size = min(os.fstat(file.fileno()).st_size, HEADER_LIMIT)
    if size > len(buffer):
        buffer.extend(bytes(size - len(buffer)))
    got += file.readinto(memoryview(buffer)[_MAGIC_END:size])
    return memoryview(buffer)[:got]


def _check_kind(found: Elements) -> None:
    """Raise `NotASlice` unless the file says it is a CT image."""
    modality = found.text("Modality")
    if modality != "CT":
        kind = modality if modality.isalpha() and len(modality) <= 8 else "no modality named"
        msg = f"Not a CT image ({kind})."
        paper = modality in _PAPERS or _may_be_preview(found)
        raise Paper(msg) if paper else NotASlice(msg)
    kinds = set(found.text("ImageType").upper().split("\\"))
    if "LOCALIZER" in kinds or "REF_SURVIEW" in kinds:
        msg_0 = "Localizer."
        raise NotASlice(msg_0)
    if _may_be_preview(found):
        msg_0 = "A picture by software, no CT slice."
        raise Paper(msg_0)
    if found.text("SOPClassUID") not in _CT_CLASSES or kinds & _SIDE_PICTURES:
        msg_0 = "Secondary capture or dose page."
        raise NotASlice(msg_0)
    if found.whole("SamplesPerPixel", 1) != 1:
        msg_0 = "A picture in colour, no CT slice."
        raise NotASlice(msg_0)
    check_unit(found.text("RescaleType"))


def _may_be_preview(found: Elements) -> bool:
    return may_be_preview(
        found.text("Modality"),
        found.text("SOPClassUID"),
        found.text("ImageType"),
        found.whole("SamplesPerPixel", 1),
    )


def _describe(path: Path, found: Elements) -> Instance:
    slope = found.numbers("RescaleSlope")
    intercept = found.numbers("RescaleIntercept")
    signed = found.whole("PixelRepresentation", 0) == 1
    stored = found.whole("BitsStored", 0)
    frames = found.text("NumberOfFrames") or "1"
    if not frames.isdigit():
        msg = "The number of frames is not a number."
        raise Broken(msg)
    return Instance(
        path=path,
        study_uid=_uid(found, "StudyInstanceUID"),
        series_uid=_uid(found, "SeriesInstanceUID"),
        sop_uid=_uid(found, "SOPInstanceUID"),
        patient=b"\0".join(found.raw.get(tag, b"").strip(b" \0") for tag in _PATIENT),
        content=b"",
        syntax=found.syntax,
        offset=found.offset,
        length=found.length,
        frame=0,
        frames=int(frames[:10]),
        rows=found.whole("Rows", 0),
        columns=found.whole("Columns", 0),
        bits_allocated=found.whole("BitsAllocated", 0),
        bits_stored=stored,
        signed=signed,
        padding=_padding(found, signed),
        slope=slope[0] if slope else math.nan,
        intercept=intercept[0] if intercept else math.nan,
        position=found.numbers("ImagePositionPatient"),
        orientation=found.numbers("ImageOrientationPatient"),
        spacing_mm=found.numbers("PixelSpacing"),
        thickness_mm=thickness(found.numbers("SliceThickness")),
        lossy=lossy_name(
            found.syntax,
            found.text("LossyImageCompression"),
            found.text("LossyImageCompressionMethod"),
        ),
        unused=max(0, found.whole("HighBit", stored - 1) + 1 - stored),
        kernel=plain(found.text("ConvolutionKernel")),
        image_type=found.text("ImageType").upper(),
        acquisition=plain(found.text("AcquisitionNumber")),
        moment=plain(found.text("TemporalPositionIdentifier")),
        frame_uid=found.text("FrameOfReferenceUID"),
    )


def _uid(found: Elements, keyword: str) -> str:
    return found.text(keyword)[:80]


def _padding(found: Elements, signed: bool) -> tuple[int, int] | None:
    """The stored values that stand for "no pixel". Source: DICOM PS3.3 C.7.5.1.1.2."""
    ends = [
        int.from_bytes(value, "big" if found.order == ">" else "little", signed=signed)
        for tag in (0x00280120, 0x00280121)
        if len(value := found.raw.get(tag, b"")) == 2
    ]
    return (min(ends), max(ends)) if ends else None


def _digest(file: FileIO, content: memoryview, found: Elements) -> bytes:
    """XXH3 (128 bit) of the pixel bytes; of the inflated ones for a deflated file.

    Why no cryptographic digest is needed here: docs/adr/0012-digest-of-pixels.md.
    """
    held = content if found.body is None else found.body
    total = xxh3_128(memoryview(held)[found.offset :])
    if len(content) < HEADER_LIMIT:
        return total.digest()
    while block := file.read(_BLOCK):
        total.update(block)
    return total.digest()
