"""A scan as its own headers name it, for an object that is to lie beside it in the PACS."""

import re
from pathlib import Path

import pydicom

from components.imaging.forgiving import unquoted
from components.imaging.naming import UID
from components.imaging.patient import day, words
from store.domain.assessment import Imaged
from store.domain.refusal import Unusable

COPIED = (
    *("PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex"),
    *("StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "AccessionNumber"),
    *("ReferringPhysicianName", "StudyDescription"),
)
_NAMED = ("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID")
_TIME = re.compile(r"\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?")
_SEX = frozenset("MFO")


class UnusableScan(Unusable):
    """The files of a scan do not say which scan it is."""


def imaged(folder: Path) -> Imaged:
    """Patient, study and instances of the series whose files lie in *folder*.

    Raises:
        UnusableScan: a file cannot be read, or carries no valid UID.
    """
    try:
        with unquoted():
            files = sorted(folder.glob("*.dcm"))
            read = [pydicom.dcmread(path, specific_tags=[*COPIED, *_NAMED]) for path in files]
            first = {word: words(ds, word) for ds in read[:1] for word in COPIED}
            named = [tuple(words(ds, word) for word in _NAMED) for ds in read]
    except Exception as error:  # noqa: BLE001 - pydicom raises many kinds over foreign files
        msg = f"The scan's files cannot be read ({type(error).__name__}). Take the scan in again."
        raise UnusableScan(msg) from None
    uids = [first.get("StudyInstanceUID", ""), *(uid for one in named for uid in one)]
    if not all(UID.fullmatch(uid) for uid in uids):
        msg = "The scan's files are not here, or lack a UID. Take the scan in again."
        raise UnusableScan(msg)
    return Imaged(
        header={word: _fit(word, text) for word, text in first.items()},
        series_uid=named[0][2],
        instances=tuple(sorted({(one[0], one[1]) for one in named})),
    )


def _fit(word: str, text: str) -> str:
    """*text*, or nothing where it is no value that such an element may have."""
    if word.endswith("Date"):
        return text.replace(".", "") if day(text) else ""
    if word == "StudyTime":
        return text if _TIME.fullmatch(text) else ""
    if word == "PatientSex":
        return text if text in _SEX else ""
    return text
