"""What a DICOM object calls itself, read without decoding any of it."""

import re
from dataclasses import dataclass

from components.imaging.elements import NotDicom, read_elements
from components.imaging.walk import Broken
from store.domain.refusal import Unusable

UID = re.compile(r"[0-9.]{1,64}")
"""Source: DICOM PS3.5 9.1. Anything else, ``../`` among it, never reaches a path."""


class Nameless(Unusable):
    """An object that does not say what it is."""


@dataclass(frozen=True, slots=True)
class Named:
    """The UIDs of one object."""

    study_uid: str
    series_uid: str
    sop_uid: str


def named(content: bytes | memoryview) -> Named:
    """The UIDs in the DICOM file *content*.

    Raises:
        Nameless: it is no DICOM file, its header cannot be read, or a UID is missing or is none.
    """
    try:
        found = read_elements(memoryview(content))
    except (NotDicom, Broken) as reason:
        raise Nameless(str(reason)) from None
    except Exception as error:  # noqa: BLE001 - a foreign file's oddity is its own affair
        msg = f"Broken ({type(error).__name__})."
        raise Nameless(msg) from None
    words = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
    uids = [found.text(word) for word in words]
    for word, uid in zip(words, uids, strict=True):
        if not UID.fullmatch(uid):
            msg = f"It carries no valid {word}. Send the original object."
            raise Nameless(msg)
    return Named(*uids)
