"""One CT image as its header describes it, and whether that description can be."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from components.imaging.syntaxes import NATIVE
from components.imaging.walk import Broken
from components.imaging.wanted import DEFLATED
from store.domain.refusal import Unusable

LARGEST_SIDE = 2048
"""Rows or columns beyond this are a lie or no CT: the finest scanners make 2048."""
THICKEST_MM = 50.0


_ODD = re.compile(r"[^\w .+/\\-]", re.ASCII)


class NotASlice(Unusable):
    """A DICOM file that is no slice of a CT, and is left aside with its reason."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One slice as its header describes it; pixels stay on disk.

    Attributes:
        patient: Number, name and birth date as they stand in the file; one series has one.
        content: Digest of the pixel bytes.
        offset: Where the pixel value begins: in the file, or in the inflated data set.
        length: Its bytes in the file; None when encapsulated.
        frame: Which frame of *frames* in the file, from 0.
        signed: Pixel representation.
        padding: Lowest and highest stored value that stands for "no pixel"; None where none does.
        position: Centre of the first pixel, LPS mm.
        orientation: Direction along a row, then down a column.
        spacing_mm: Between rows, between columns.
        thickness_mm: SliceThickness; None where it is not stated.
        lossy: Name of the compression that lost detail, now or before; empty when none did.
        unused: Low bits below the pixel, which HighBit leaves out.
        kernel, image_type: As the scanner names them, values divided by backslashes.
        acquisition, moment: Numbers that tell scans of one place apart, as text.
        frame_uid: Frame of reference of the positions.
    """

    path: Path
    study_uid: str
    series_uid: str
    sop_uid: str
    patient: bytes
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
    padding: tuple[int, int] | None
    slope: float
    intercept: float
    position: tuple[float, ...]
    orientation: tuple[float, ...]
    spacing_mm: tuple[float, ...]
    thickness_mm: float | None = None
    lossy: str = ""
    unused: int = 0
    kernel: str = ""
    image_type: str = ""
    acquisition: str = ""
    moment: str = ""
    frame_uid: str = ""

    @property
    def picture(self) -> tuple[object, ...]:
        """What two copies of one slice have in common."""
        scale = self.slope, self.intercept
        return self.content, self.position, self.orientation, self.spacing_mm, scale

    @property
    def frame_bytes(self) -> int:
        """Size of its pixels once they are plain numbers."""
        return self.rows * self.columns * self.bits_allocated // 8


_HOUNSFIELD = frozenset({"", "HU", "HU_MOD", "US"})
"""Values of RescaleType whose numbers are HU; US says nothing. Source: DICOM PS3.3 C.11.1.1.2."""


def check_unit(unit: str) -> None:
    """Raise `NotASlice` for pixels that are no densities: iodine maps, atomic numbers."""
    if unit not in _HOUNSFIELD:
        known = unit if unit.replace("_", "").isalnum() and len(unit) <= 16 else "another unit"
        msg = f"Its pixels are no Hounsfield units but {known}."
        raise NotASlice(msg)


def plain(name: str) -> str:
    """*name* without what no kernel's name holds: it goes into sentences that are kept."""
    return _ODD.sub("", name)[:32]


def thickness(stated: Sequence[float]) -> float | None:
    """The thickness of a slice, mm, if one that can be is *stated*."""
    return stated[0] if stated and 0 < stated[0] <= THICKEST_MM else None


def checked(one: Instance) -> Instance:
    """*one*, if its sizes can be; raises `Broken` or `NotASlice` otherwise."""
    if len(one.position) != 3 or len(one.orientation) != 6:
        msg = "No position or orientation in the patient."
        raise NotASlice(msg)
    if math.isnan(one.slope) or math.isnan(one.intercept):
        msg = "It does not say how its pixels become Hounsfield units (rescale slope, intercept)."
        raise Broken(msg)
    values = (*one.position, *one.orientation, *one.spacing_mm, one.slope, one.intercept)
    if not all(math.isfinite(v) for v in values):
        msg = "A position, spacing or slope is not a finite number."
        raise Broken(msg)
    return one


def check_pixels(one: Instance) -> None:
    """Raise `Broken` unless the pixels can be there as the header of the file says."""
    if not (0 < one.rows <= LARGEST_SIDE and 0 < one.columns <= LARGEST_SIDE):
        msg = f"An image of {one.rows} x {one.columns} pixels; at most {LARGEST_SIDE} are read."
        raise Broken(msg)
    stored = one.bits_stored + one.unused
    if one.bits_allocated not in (8, 16) or not 0 < one.bits_stored <= stored <= one.bits_allocated:
        msg = f"Pixels of {one.bits_stored} in {one.bits_allocated} bits; 8 or 16 are read."
        raise Broken(msg)
    if one.syntax in NATIVE:
        _check_length(one)


def _check_length(one: Instance) -> None:
    """Too few bytes are a torn file; a row too many is a picture of another size."""
    if one.length is None:
        msg = "The pixels are divided into parts as only compressed ones may be."
        raise Broken(msg)
    needed = one.frame_bytes * one.frames
    there = one.length
    if one.syntax != DEFLATED:
        there = min(there, one.path.stat().st_size - one.offset)
    if there < needed:
        msg = f"The pixels are cut short: {there:,} of {needed:,} bytes."
        raise Broken(msg)
    if there - needed >= one.columns * one.bits_allocated // 8:
        sides = f"{one.rows} x {one.columns}"
        frames = f"{one.frames} frames of {sides}" if one.frames > 1 else sides
        msg = f"The pixels take {there:,} bytes, where {frames} need {needed:,}."
        raise Broken(msg)
