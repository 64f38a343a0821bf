"""One CT image on disk: where its pixels lie and what its geometry is."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import FileIO
from pathlib import Path

import pydicom
from xxhash import xxh3_128

from components.imaging.elements import (
    DEFLATED,
    HEADER_LIMIT,
    Broken,
    Elements,
    dataset,
    read_elements,
)
from components.imaging.syntaxes import lossy_name
from store.domain.refusal import Unusable

LARGEST_SIDE = 4096
"""Rows or columns beyond this are a lie or no CT."""
LARGEST_FRAMES = 5000
THICKEST_MM = 50.0
_BLOCK = 8 << 20
_MAGIC_END = 132
_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_CT_CLASSES = frozenset(
    {
        "",  # seen in the wild; Modality decides
        "1.2.840.10008.5.1.4.1.1.2",
        "1.2.840.10008.5.1.4.1.1.2.1",
        "1.2.840.10008.5.1.4.1.1.2.2",
    }
)
_SIDE_PICTURES = frozenset({"LOCALIZER", "SCREEN SAVE", "DOSE_INFO", "REF_SURVIEW"})


class NotASlice(Unusable):
    """A DICOM file that is no slice of a CT, and is left aside with its reason."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One slice as its header describes it; pixels stay on disk.

    Attributes:
        patient_id: As it stands in the file; one series has one.
        content: Digest of the pixel bytes.
        offset: Where the pixel value begins: in the file, or in the inflated data set.
        length: Its bytes in the file; None when encapsulated.
        frame: Which frame of *frames* in the file, from 0.
        signed: Pixel representation.
        position: Centre of the first pixel, LPS mm.
        orientation: Direction along a row, then down a column.
        spacing_mm: Between rows, between columns.
        thickness_mm: SliceThickness; None where it is not stated.
        lossy: Name of the compression that lost detail, now or before; empty when none did.
    """

    path: Path
    study_uid: str
    series_uid: str
    sop_uid: str
    patient_id: bytes
    content: bytes
    syntax: str
    offset: int
    length: int | None
    frame: int
    frames: int
    rows: int
    columns: int
    bits_allocated: int
    bits_stored: int
    signed: bool
    inverted: bool
    padding: int | None
    slope: float
    intercept: float
    position: tuple[float, ...]
    orientation: tuple[float, ...]
    spacing_mm: tuple[float, ...]
    thickness_mm: float | None = None
    lossy: str = ""

    @property
    def picture(self) -> tuple[object, ...]:
        """What two copies of one slice have in common."""
        return self.content, self.position, self.orientation, self.spacing_mm, self.slope


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
        Broken: damaged, or sizes that cannot be.
        OSError: the file cannot be read.
    """
    with path.open("rb", buffering=0) as file:
        content = _first(file, buffer)
        found = read_elements(content)
        _check_kind(found)
        if found.offset < 0:
            msg = "It ends before its pixels, or has none."
            raise Broken(msg)
        one = _describe(path, found)
        digest = _digest(file, content, found)
    one = replace(one, content=digest)
    if one.frames == 1 and found.numbers("ImagePositionPatient"):
        return found, content, (_checked(one),)
    if not 0 < one.frames <= LARGEST_FRAMES:
        msg = f"It claims {one.frames} frames; at most {LARGEST_FRAMES} are read."
        raise Broken(msg)
    return found, content, _frames(one, dataset(content, found.body))


def _first(file: FileIO, buffer: bytearray) -> memoryview:
    """The file, or as much of it as a header may take; little of what is not DICOM."""
    got = file.readinto(memoryview(buffer)[:_MAGIC_END])
    if got < _MAGIC_END or buffer[128:_MAGIC_END] != b"DICM":
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
        raise NotASlice(msg)
    kinds = set(found.text("ImageType").upper().split("\\"))
    if "LOCALIZER" in kinds or "REF_SURVIEW" in kinds:
        msg_0 = "Localizer."
        raise NotASlice(msg_0)
    if found.text("SOPClassUID") not in _CT_CLASSES or kinds & _SIDE_PICTURES:
        msg_0 = "Secondary capture or dose page."
        raise NotASlice(msg_0)


def _describe(path: Path, found: Elements) -> Instance:
    slope = found.numbers("RescaleSlope")
    intercept = found.numbers("RescaleIntercept")
    signed = found.whole("PixelRepresentation", 0) == 1
    frames = found.text("NumberOfFrames") or "1"
    if not frames.isdigit():
        msg = "The number of frames is not a number."
        raise Broken(msg)
    return Instance(
        path=path,
        study_uid=found.text("StudyInstanceUID")[:80],
        series_uid=found.text("SeriesInstanceUID")[:80],
        sop_uid=found.text("SOPInstanceUID")[:80],
        patient_id=found.raw.get(0x00100020, b"").strip(b" \0"),
        content=b"",
        syntax=found.syntax,
        offset=found.offset,
        length=found.length,
        frame=0,
        frames=int(frames[:10]),
        rows=found.whole("Rows", 0),
        columns=found.whole("Columns", 0),
        bits_allocated=found.whole("BitsAllocated", 0),
        bits_stored=found.whole("BitsStored", 0),
        signed=signed,
        inverted=found.text("PhotometricInterpretation") == "MONOCHROME1",
        padding=_padding(found, signed),
        slope=slope[0] if slope else 1.0,
        intercept=intercept[0] if intercept else 0.0,
        position=found.numbers("ImagePositionPatient"),
        orientation=found.numbers("ImageOrientationPatient"),
        spacing_mm=found.numbers("PixelSpacing"),
        thickness_mm=_thickness(found.numbers("SliceThickness")),
        lossy=lossy_name(
            found.syntax,
            found.text("LossyImageCompression"),
            found.text("LossyImageCompressionMethod"),
        ),
    )


def _thickness(stated: Sequence[float]) -> float | None:
    """The thickness of a slice, mm, if one that can be is stated."""
    return stated[0] if stated and 0 < stated[0] <= THICKEST_MM else None


def _padding(found: Elements, signed: bool) -> int | None:
    value = found.raw.get(0x00280120, b"")
    if len(value) != 2:
        return None
    order = "big" if found.order == ">" else "little"
    return int.from_bytes(value, order, signed=signed)  # type: ignore[arg-type]


def _digest(file: FileIO, content: memoryview, found: Elements) -> bytes:
    """XXH3 (128 bit) of the pixel bytes; of the inflated ones for a deflated file.

    Why no cryptographic digest is needed here: docs/adr/0011-digest-of-pixels.md.
    """
    held = content if found.body is None else found.body
    total = xxh3_128(memoryview(held)[found.offset :])
    if len(content) < HEADER_LIMIT:
        return total.digest()
    while block := file.read(_BLOCK):
        total.update(block)
    return total.digest()


def _checked(one: Instance) -> Instance:
    """*one*, if its sizes can be; raises `Broken` or `NotASlice` otherwise."""
    if len(one.position) != 3 or len(one.orientation) != 6:
        msg = "No position or orientation in the patient."
        raise NotASlice(msg)
    values = (*one.position, *one.orientation, *one.spacing_mm, one.slope, one.intercept)
    if not all(math.isfinite(v) for v in values):
        msg = "A position, spacing or slope is not a finite number."
        raise Broken(msg)
    if not (0 < one.rows <= LARGEST_SIDE and 0 < one.columns <= LARGEST_SIDE):
        msg = f"An image of {one.rows} x {one.columns} pixels; at most {LARGEST_SIDE} are read."
        raise Broken(msg)
    if one.bits_allocated not in (8, 16) or not 0 < one.bits_stored <= one.bits_allocated:
        msg = f"Pixels of {one.bits_stored} in {one.bits_allocated} bits; 8 or 16 are read."
        raise Broken(msg)
    if one.length is not None and one.syntax != DEFLATED:
        _check_length(one)
    return one


def _check_length(one: Instance) -> None:
    needed = one.rows * one.columns * one.bits_allocated // 8 * one.frames
    there = min(one.length or 0, one.path.stat().st_size - one.offset)
    if there < needed:
        msg = f"The pixels are cut short: {there} of {needed} bytes."
        raise Broken(msg)


def _frames(one: Instance, ds: pydicom.Dataset) -> tuple[Instance, ...]:
    """The frames of an enhanced CT, each with its own place.

    Source: DICOM PS3.3 C.7.6.16 (Multi-frame Functional Groups).
    """
    try:
        shared = ds.get("SharedFunctionalGroupsSequence") or [pydicom.Dataset()]
        own = ds.get("PerFrameFunctionalGroupsSequence") or []
        if len(own) != one.frames:
            msg = "No position or orientation in the patient."
            raise NotASlice(msg)
        return tuple(_checked(_frame(one, n, shared[0], group)) for n, group in enumerate(own))
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        if isinstance(error, Unusable):
            raise
        msg = "The frames do not say where they lie."
        raise Broken(msg) from None


def _frame(one: Instance, number: int, shared: pydicom.Dataset, own: pydicom.Dataset) -> Instance:
    def part(group: str) -> pydicom.Dataset:
        sequence = own.get(group) or shared.get(group)
        return sequence[0] if sequence else pydicom.Dataset()

    values = part("PixelValueTransformationSequence")
    spacing = part("PixelMeasuresSequence").get("PixelSpacing") or ()
    position = part("PlanePositionSequence").get("ImagePositionPatient") or ()
    orientation = part("PlaneOrientationSequence").get("ImageOrientationPatient") or ()
    return replace(
        one,
        frame=number,
        sop_uid=one.sop_uid,
        slope=float(values.get("RescaleSlope", 1.0)),
        intercept=float(values.get("RescaleIntercept", 0.0)),
        position=tuple(float(v) for v in position),
        orientation=tuple(float(v) for v in orientation),
        spacing_mm=tuple(float(v) for v in spacing),
    )
