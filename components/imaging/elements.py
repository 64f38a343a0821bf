"""The few header elements of one DICOM file that its sorting needs, within fixed bounds."""

import logging
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import pydicom
import pydicom.config
from pydicom.tag import Tag

from store.domain.refusal import Unusable

HEADER_LIMIT = 64 << 20
"""A header longer than this (bytes), or one that inflates beyond it, is refused unread."""
_USUAL_HEADER = 64 << 10

DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
EXPLICIT = "1.2.840.10008.1.2.1"
IMPLICIT = "1.2.840.10008.1.2"

PIXELS = 0x7FE00010
FUNCTIONAL_GROUPS = (0x52009229, 0x52009230)
_KEYWORDS = (
    "SpecificCharacterSet ImageType SOPClassUID SOPInstanceUID StudyDate SeriesDate "
    "AcquisitionDate AccessionNumber Modality Manufacturer InstitutionName "
    "InstitutionCodeSequence ReferringPhysicianName StudyDescription SeriesDescription "
    "ManufacturerModelName PatientName PatientID PatientBirthDate "
    "PatientSex OtherPatientIDs OtherPatientIDsSequence ReasonForTheRequestedProcedure "
    "AdmittingDiagnosesDescription ConvolutionKernel StudyInstanceUID SeriesInstanceUID "
    "ImagePositionPatient ImageOrientationPatient FrameOfReferenceUID "
    "PhotometricInterpretation NumberOfFrames Rows Columns PixelSpacing BitsAllocated BitsStored "
    "PixelRepresentation PixelPaddingValue RescaleIntercept RescaleSlope RequestingService "
    "RequestingPhysician SharedFunctionalGroupsSequence PerFrameFunctionalGroupsSequence "
    "SamplesPerPixel SliceThickness LossyImageCompression LossyImageCompressionMethod"
)
WANTED = {keyword: int(Tag(keyword)) for keyword in _KEYWORDS.split()}
_TAGS = frozenset(WANTED.values())
_LONG = frozenset({b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"UT", b"UC", b"UR", b"UN"})
_SHORT = frozenset(
    b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split(),
)
_UNDEFINED = 0xFFFFFFFF


# pydicom quotes the values it dislikes, names among them; no log may carry those.
logging.getLogger("pydicom").setLevel(logging.CRITICAL)


@contextmanager
def unquoted() -> Iterator[None]:
    """While reading foreign files: odd values are taken as they are, and quoted in no warning."""
    with warnings.catch_warnings(), pydicom.config.disable_value_validation():
        warnings.simplefilter("ignore")
        yield


class NotDicom(Unusable):
    """Not a DICOM file."""


class Broken(Unusable):
    """A DICOM file that cannot be read to its pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Elements:
    """Raw values of the wanted elements of one file.

    Attributes:
        syntax: Transfer Syntax UID.
        raw: Undecoded value by tag; sequences are absent.
        offset: Where the pixel data value begins, in the file, or inside the inflated data set;
            -1 where the file holds none.
        length: Its length in bytes, None when undefined (encapsulated).
        body: The inflated data set of a deflated file, else None.
    """

    syntax: str
    raw: dict[int, bytes]
    offset: int
    length: int | None
    body: bytes | None = None

    @property
    def order(self) -> str:
        """Byte order of binary numbers: "<" or ">"."""
        return ">" if self.syntax == BIG_ENDIAN else "<"

    def text(self, keyword: str) -> str:
        """The value as ASCII without padding; empty when absent."""
        value = self.raw.get(WANTED[keyword], b"")
        return value.decode("ascii", "replace").strip(" \0\t\r\n")

    def numbers(self, keyword: str) -> tuple[float, ...]:
        """The decimal string's numbers; empty when absent.

        Raises:
            Broken: the text holds no numbers.
        """
        text = self.text(keyword)
        try:
            return tuple(float(part) for part in text.split("\\")) if text else ()
        except ValueError:
            msg = f"{keyword} does not hold numbers."
            raise Broken(msg) from None

    def whole(self, keyword: str, absent: int) -> int:
        """The binary whole number, or *absent*."""
        value = self.raw.get(WANTED[keyword], b"")
        order = "big" if self.syntax == BIG_ENDIAN else "little"
        return int.from_bytes(value[:4], order) if value else absent  # type: ignore[arg-type]


def read_elements(content: memoryview) -> Elements:
    """The wanted elements of a file whose first bytes are *content*.

    Raises:
        NotDicom: no "DICM" at byte 128.
        Broken: no transfer syntax, or no readable header within the limit.
    """
    head = bytes(content[:_USUAL_HEADER])
    if head[128:132] != b"DICM":
        msg = "Not DICOM."
        raise NotDicom(msg)
    syntax, start = _meta(head)
    if syntax == DEFLATED:
        body = _inflate(content[start:])
        rest = _walk(body, 0, EXPLICIT)
        if rest is None:
            msg = "The deflated data set is not plain explicit VR."
            raise Broken(msg)
        return Elements(syntax, *rest, body=body)
    walked = _walk(head, start, syntax)
    return Elements(syntax, *(walked or _parse(bytes(content))))


def dataset(content: memoryview, body: bytes | None = None) -> pydicom.Dataset:
    """The wanted elements as pydicom reads them, for names, sequences and character sets."""
    whole = bytes(content[:132]) + _explicit_meta() + body if body is not None else bytes(content)
    stop = {"stop_before_pixels": True, "specific_tags": list(_TAGS)}
    return pydicom.dcmread(BytesIO(whole), **stop)  # type: ignore[arg-type]


def _explicit_meta() -> bytes:
    uid = EXPLICIT.encode() + b"\0"
    element = b"\x02\x00\x10\x00UI" + struct.pack("<H", len(uid)) + uid
    return b"\x02\x00\x00\x00UL\x04\x00" + struct.pack("<I", len(element)) + element


def _meta(content: bytes) -> tuple[str, int]:
    """Transfer syntax and the place where the data set begins; group 2 is always explicit."""
    at, syntax = 132, ""
    while content[at : at + 2] == b"\x02\x00":
        if content[at + 4 : at + 6] in _LONG or content[at + 4 : at + 6] == b"SQ":
            value = at + 12
            length = int.from_bytes(content[at + 8 : at + 12], "little")
        else:
            value = at + 8
            length = int.from_bytes(content[at + 6 : at + 8], "little")
        if content[at + 2 : at + 4] == b"\x10\x00":
            syntax = content[value : value + length].decode("ascii", "replace").strip(" \0")
        at = value + length
    if not syntax:
        msg = "No transfer syntax is named."
        raise Broken(msg)
    return syntax, at


def _inflate(packed: memoryview) -> bytes:
    try:
        inflater = zlib.decompressobj(-15)
        body = inflater.decompress(packed, HEADER_LIMIT)
    except zlib.error:
        msg = "The deflated data set is damaged."
        raise Broken(msg) from None
    if inflater.unconsumed_tail:
        msg = f"The deflated data set is larger than {HEADER_LIMIT >> 20} MB."
        raise Broken(msg)
    return body


def _walk(content: bytes, at: int, syntax: str) -> tuple[dict[int, bytes], int, int | None] | None:
    """Elements of a plain explicit VR data set; None hands anything unusual to pydicom.

    A tenth of the time of a full parse, which is most of the time of sorting a series.
    """
    if syntax in (BIG_ENDIAN, IMPLICIT):
        return None
    raw: dict[int, bytes] = {}
    end = len(content)
    last = 0
    while at + 12 <= end:
        group, element, vr, length = struct.unpack_from("<HH2sH", content, at)
        tag = group << 16 | element
        value = at + 8
        if vr not in _SHORT:
            length = int.from_bytes(content[at + 8 : at + 12], "little")
            value = at + 12
            if tag == PIXELS and vr in (b"OB", b"OW"):
                return raw, value, None if length == _UNDEFINED else length
            if vr != b"SQ" and vr not in _LONG:
                return None
        if tag in FUNCTIONAL_GROUPS or length == _UNDEFINED or value + length > end or tag <= last:
            return None
        if tag in _TAGS and vr != b"SQ":
            raw[tag] = content[value : value + length]
        at, last = value + length, tag
    return None


def _parse(content: bytes) -> tuple[dict[int, bytes], int, int | None]:
    """As `_walk`, by pydicom, for implicit VR, big endian and everything unusual."""
    stream = BytesIO(content)
    try:
        read = pydicom.dcmread(stream, stop_before_pixels=True, specific_tags=list(_TAGS))
        items = {int(tag): read.get_item(tag) for tag in read.keys()}  # noqa: SIM118
    except Exception as error:  # noqa: BLE001 - any parser error on one foreign file is its own
        msg = f"The header cannot be read ({type(error).__name__})."
        raise Broken(msg) from None
    raw = {tag: item.value for tag, item in items.items() if isinstance(item.value, bytes)}
    return raw, *_pixel_data(content, stream.tell())


def _pixel_data(content: bytes, at: int) -> tuple[int, int | None]:
    """Where the pixel data value begins and how long it is, from the element at *at*."""
    little = content[at : at + 4] == b"\xe0\x7f\x10\x00"
    if not little and content[at : at + 4] != b"\x7f\xe0\x00\x10":
        return -1, 0
    explicit = content[at + 4 : at + 6] in (b"OB", b"OW")
    start = at + 12 if explicit else at + 8
    length = int.from_bytes(content[start - 4 : start], "little" if little else "big")
    return start, None if length == _UNDEFINED else length
