"""Pictures that AI products send by DICOM: what their headers say, and whether they are pictures
of software at all.

A Secondary Capture may as well be the scanner's dose page or a request form that somebody
scanned; those are never kept.
"""

import hashlib
from pathlib import Path

import pydicom

from components.imaging import result_fields
from components.imaging.forgiving import unquoted
from components.imaging.patient import patient_of, words
from components.imaging.result_fields import SHORT, NotOurs, UnusableResult
from store.domain.preview import Preview

LARGEST_BYTES = 64_000_000
SC_CLASSES = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.7",
        "1.2.840.10008.5.1.4.1.1.7.1",
        "1.2.840.10008.5.1.4.1.1.7.2",
        "1.2.840.10008.5.1.4.1.1.7.3",
        "1.2.840.10008.5.1.4.1.1.7.4",
    }
)
"""Secondary Capture, of one frame and of many. Source: DICOM PS3.4 B.5."""

_SCREENS = frozenset({"SCREEN SAVE", "SCREENSHOT", "SCREEN CAPTURE", "SCREEN_SAVE"})
_SCANNERS = frozenset({"LOCALIZER", "REF_SURVIEW", "DOSE_INFO", "PATIENT_INFO"})
"""Third values of Image Type that scanners give their own pages."""
_PAPER = frozenset({"SD", "SI", "DF", "DV", "DRW"})
"""Scanned documents, digitised film and video. Source: DICOM PS3.3 C.8.6.1 (Conversion Type)."""


def may_be_preview(modality: str, sop_class: str, image_type: str, colours: int) -> bool:
    """Whether an object may be an AI product's picture, by the little that sorting reads of it."""
    kinds = set(image_type.upper().split("\\"))
    if kinds & _SCANNERS:
        return False
    if sop_class in SC_CLASSES:
        return True
    derived = "DERIVED" in kinds and (bool(kinds & _SCREENS) or colours == 3)
    return modality in {"CT", "MR"} and derived


def read_preview(path: Path) -> Preview:
    """What the picture at *path* says of itself; its pixels are not read.

    Raises:
        NotOurs: scanned paper, a page of the scanner, or no picture.
        UnusableResult: it cannot be read, is too large, or names no study.
    """
    if path.stat().st_size > LARGEST_BYTES:
        msg = f"The picture is larger than {LARGEST_BYTES // 1_000_000} MB. Check what was sent."
        raise UnusableResult(msg)
    with unquoted():
        try:
            ds = pydicom.dcmread(path, stop_before_pixels=True)
        except Exception as error:  # noqa: BLE001 - pydicom raises many kinds over foreign files
            msg = f"The picture cannot be read ({type(error).__name__}). Send it again."
            raise UnusableResult(msg) from None
        _check_ours(ds)
        return _preview(ds, path)


def _check_ours(ds: pydicom.Dataset) -> None:
    if words(ds, "ConversionType").upper() in _PAPER:
        msg = "Scanned paper or film. It is left aside."
        raise NotOurs(msg)
    if not ds.get("Rows"):
        msg = "A Secondary Capture without a picture. It is left aside."
        raise NotOurs(msg)


def _preview(ds: pydicom.Dataset, path: Path) -> Preview:
    study = result_fields.uid(words(ds, "StudyInstanceUID"), "Study Instance UID")
    sop = result_fields.uid(words(ds, "SOPInstanceUID"), "SOP Instance UID")
    if not study or not sop:
        msg = "The picture carries no study or no UID of its own. Send the original."
        raise UnusableResult(msg)
    place = words(ds, "InstanceNumber")
    return Preview(
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
        sop_uid=sop,
        study_uid=study,
        series_uid=result_fields.uid(words(ds, "SeriesInstanceUID"), "Series Instance UID"),
        modality=words(ds, "Modality"),
        maker=words(ds, "Manufacturer")[:SHORT],
        model=words(ds, "ManufacturerModelName")[:SHORT],
        version=words(ds, "SoftwareVersions").strip("[]").replace("'", "")[:SHORT],
        words=words(ds, "SeriesDescription")[:SHORT],
        place=int(place) if place.isdigit() and len(place) < 10 else 0,
        patient=patient_of(ds),
    )
