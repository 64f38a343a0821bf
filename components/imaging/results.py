"""What AI products and reporting systems send in files, recognised by what is in them."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from components.imaging import result_json, result_mapping, result_tables
from components.imaging.dicom_kind import Sent, sent
from components.imaging.result_fields import NotOurs, UnusableResult
from components.imaging.result_mapping import ResultMapping
from components.imaging.structured_report import read_report
from store.domain.arrival import AiResult, RadiologyReport

__all__ = [
    "Kind",
    "NotOurs",
    "Reading",
    "Recognised",
    "Reports",
    "UnusableResult",
    "holds_messages",
    "read_reports",
    "read_results",
    "recognise",
]

LARGEST_BYTES = 20_000_000
"""A result of one scan has a few kilobytes; a table of a year's has a few megabytes."""

_LOOK_BYTES = 65_536
_NIFTI_BYTES = 352
_POINTS = re.compile(r'\[\s*\{\s*"(?:direction|coordinate_system)"\s*:')
"""Source: VerSe's centroid files; TPTBox, save_load.py."""
_LEVEL = r'"(?:vertebrae?[_ -])?[CTLS]\d{1,2}"'
_LABELS = re.compile(
    rf'{_LEVEL}\s*:\s*(?:\{{\s*"label"\s*:\s*)?\d+\b|"\d{{1,5}}"\s*:\s*{_LEVEL}', re.IGNORECASE
)
"""A level as the name of a number, or a number as that of a level."""

_MESSAGES = re.compile(rb"(?:\xef\xbb\xbf)?[\s\x0b]*(?:MSH|[FB]HS)[^A-Za-z0-9\s]{5}")
"""Source: HL7 v2, 2.14.9 and batch headers; perhaps in the frame of MLLP."""


class Kind(StrEnum):
    """What a file holds."""

    RESULT = "AI result"
    REPORTS = "radiology reports"
    MESSAGES = "HL7 messages"
    MASK = "vertebra mask"
    CENTROIDS = "vertebra centres"
    LABELS = "names of labels"
    PREVIEW = "picture by software"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file holds, and if that is unknown, why, in words."""

    kind: Kind
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The results of one file, and why each row that gave none was refused."""

    results: tuple[AiResult, ...]
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports of one file, and why each row that gave none was refused."""

    reports: tuple[RadiologyReport, ...]
    refusals: tuple[str, ...] = ()


def holds_messages(path: Path) -> bool:
    """Whether the file at *path* begins as HL7 v2 does, whatever it is called."""
    with path.open("rb") as file:
        return _MESSAGES.match(file.read(64)) is not None


def recognise(path: Path, mappings: Sequence[ResultMapping] = ()) -> Recognised:
    """What the file at *path* holds, judged by its first bytes and never by its name.

    Args:
        path: The file.
        mappings: Of results in other layouts than those known here.
    """
    found = _recognised(path)
    if found.kind is Kind.UNKNOWN and _mapping_for(path, mappings):
        return Recognised(Kind.RESULT)
    return found


def _mapping_for(path: Path, mappings: Sequence[ResultMapping]) -> ResultMapping | None:
    """The one of *mappings* that the file is for."""
    if not mappings:
        return None
    with path.open("rb") as file:
        opening = file.read(_LOOK_BYTES).decode("utf-8-sig", errors="replace").lstrip()
    return next((one for one in mappings if result_mapping.fits(one, opening)), None)


def _recognised(path: Path) -> Recognised:
    with path.open("rb") as file:
        start = file.read(_LOOK_BYTES)
    if _is_nifti(start):
        return Recognised(Kind.MASK)
    if _MESSAGES.match(start):
        return Recognised(Kind.MESSAGES)
    if start[128:132] == b"DICM":
        return _dicom_kind(path)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Recognised(Kind.UNKNOWN, "It is UTF-16 text. Save it as UTF-8 and send it again.")
    if b"\x00" in start or not start.strip():
        return Recognised(Kind.UNKNOWN, "It is empty or no text. Send JSON, CSV or NIfTI.")
    # A character cut in half at the end of the look does not matter here.
    opening = start.decode("utf-8-sig", errors="replace").lstrip()
    return _json_kind(opening) if opening[:1] in ("{", "[") else _table_kind(opening)


def read_results(path: Path, mappings: Sequence[ResultMapping] = ()) -> Reading:
    """The AI results in the file at *path*, in any of the formats.

    Raises:
        NotOurs: it is a structured report of something else.
        UnusableResult: nothing in the file can be taken in; a table with some bad rows is read,
            and the reading says which were refused.
    """
    if _is_dicom(path):
        digest = _digest(path)
        return Reading((read_report(path, digest),))
    content, digest = _text_of(path)
    mapping = _mapping_for(path, mappings) if _recognised(path).kind is Kind.UNKNOWN else None
    if mapping is not None:
        rows = result_mapping.rows_of(mapping, content)
        return Reading(*result_tables.collected(enumerate(rows, 1)))
    if content.lstrip()[:1] in ("{", "["):
        return Reading((result_json.result(content, digest),))
    return Reading(*result_tables.results(content))


def _dicom_kind(path: Path) -> Recognised:
    found = sent(path)
    if found is Sent.REPORT:
        return Recognised(Kind.RESULT)
    if found is Sent.SEGMENTATION:
        return Recognised(Kind.MASK)
    if found is Sent.PICTURE:
        return Recognised(Kind.PREVIEW)
    return Recognised(Kind.UNKNOWN, "It is a DICOM file, neither a result nor a mask.")


def read_reports(path: Path) -> Reports:
    """The radiology reports in the table at *path*.

    Raises:
        UnusableResult: it is no table with the columns needed.
    """
    content, _ = _text_of(path)
    return Reports(*result_tables.reports(content))


def _is_dicom(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def _digest(path: Path) -> str:
    """SHA-256 of a structured report's bytes.

    Raises:
        UnusableResult: it is larger than any report is.
    """
    if path.stat().st_size > LARGEST_BYTES:
        msg = f"The report is larger than {LARGEST_BYTES // 1_000_000} MB. Check what was sent."
        raise UnusableResult(msg)
    return sha256(path.read_bytes()).hexdigest()


def _text_of(path: Path) -> tuple[str, str]:
    """The text of a file, and the SHA-256 of its bytes."""
    with path.open("rb") as file:
        content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        msg = (
            f"The file is larger than {LARGEST_BYTES // 1_000_000} MB, which no result or table of "
            "reports is. Split the table, or check what was sent."
        )
        raise UnusableResult(msg)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = (
            f"The file is not UTF-8 text (byte {error.start}). Save it as UTF-8 and send it again."
        )
        raise UnusableResult(msg) from None
    if not text.strip():
        msg = "The file is empty. Send it again."
        raise UnusableResult(msg)
    return text, sha256(content).hexdigest()


def _json_kind(opening: str) -> Recognised:
    if _POINTS.match(opening):
        return Recognised(Kind.CENTROIDS)
    if re.search(r'"schema"\s*:\s*"vcf-review-result/', opening):
        return Recognised(Kind.RESULT)
    if '"results"' in opening and '"vertebrae_' in opening:
        return Recognised(Kind.RESULT)
    if _LABELS.search(opening):
        return Recognised(Kind.LABELS)
    return Recognised(Kind.UNKNOWN, "It is JSON, but no AI result that this version reads.")


def _table_kind(opening: str) -> Recognised:
    names = set(result_tables.columns(opening))
    if {"product", "ending"} & names:
        return Recognised(Kind.RESULT)
    if "text" in names and {"accession", "study_uid"} & names:
        return Recognised(Kind.REPORTS)
    return Recognised(
        Kind.UNKNOWN, "It is text, but no table of AI results or radiology reports by its heading."
    )


def _is_nifti(start: bytes) -> bool:
    """Whether *start*, perhaps compressed, is a NIfTI header.

    Source: NIfTI-1 and NIfTI-2 header, sizeof_hdr and magic.
    """
    head = start
    if start.startswith(b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(start, _NIFTI_BYTES)
        except zlib.error:
            return False
    size = {int.from_bytes(head[:4], "little"), int.from_bytes(head[:4], "big")}
    first = 348 in size and head[344:348] in (b"n+1\0", b"ni1\0")
    return first or (540 in size and head[4:8] in (b"n+2\0", b"ni2\0"))
