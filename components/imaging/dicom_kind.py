"""What a DICOM file that is no CT slice was sent as."""

from enum import StrEnum
from pathlib import Path

from pydicom.filereader import read_partial
from pydicom.tag import BaseTag

from components.imaging.forgiving import unquoted
from components.imaging.patient import words
from components.imaging.preview import SC_CLASSES

_MODALITY = 0x00080060


class Sent(StrEnum):
    """What an AI product may send beside numbers."""

    REPORT = "structured report"
    SEGMENTATION = "segmentation"
    PICTURE = "picture by software"
    OTHER = "other"


_BY_MODALITY = {"SR": Sent.REPORT, "SEG": Sent.SEGMENTATION}


def sent(path: Path) -> Sent:
    """What the file at *path* is, by its modality; nothing behind that is read."""

    def beyond(tag: BaseTag, _vr: str | None, _length: int) -> bool:
        return int(tag) > _MODALITY

    with unquoted(), path.open("rb") as file:
        try:
            ds = read_partial(file, stop_when=beyond)
        except Exception:  # noqa: BLE001 - pydicom raises many kinds over foreign files
            return Sent.OTHER
        modality = words(ds, "Modality")
        kinds = words(ds, "ImageType").upper()
        derived = modality in {"CT", "MR"} and "DERIVED" in kinds and "SECONDARY" in kinds
        if words(ds, "SOPClassUID") in SC_CLASSES or derived:
            return Sent.PICTURE
    return _BY_MODALITY.get(modality, Sent.OTHER)
