"""The picture that an invented AI product sends with a flag on a whole scan."""

from pathlib import Path

import cv2
import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, SecondaryCaptureImageStorage

from components.imaging.phantom.headers import Identity, Study, uid
from components.imaging.phantom.render import PhantomScan

_SIDE = 640
_BONE_HU = (-160.0, 640.0)
_YELLOW = (255, 221, 0)


def write_capture(
    scan: PhantomScan, path: Path, identity: Identity, study: Study, *, product: str, version: str
) -> None:
    """A Secondary Capture at *path*: the middle of the spine, framed as *product* would."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = _drawn(scan, f"{product} {version} - PREVIEW")
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    ds.SOPInstanceUID = uid("preview", study.study_uid)
    ds.file_meta.MediaStorageSOPInstanceUID = UID(ds.SOPInstanceUID)
    ds.StudyInstanceUID = study.study_uid
    ds.SeriesInstanceUID = uid("previews", study.study_uid)
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName, ds.PatientID = identity.name, identity.hospital_number
    ds.PatientBirthDate = f"{identity.born:%Y%m%d}" if identity.born else ""
    ds.PatientSex, ds.AccessionNumber = identity.sex, study.accession
    ds.Modality, ds.ConversionType = "OT", "WSD"
    ds.ImageType = ["DERIVED", "SECONDARY"]
    ds.Manufacturer, ds.ManufacturerModelName = "Invented AI", product
    ds.SoftwareVersions, ds.SeriesDescription = version, "Flagged region"
    ds.InstanceNumber = 1
    ds.Rows, ds.Columns, ds.SamplesPerPixel = *picture.shape[:2], 3
    ds.PhotometricInterpretation, ds.PlanarConfiguration = "RGB", 0
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    ds.PixelData = picture.tobytes()
    ds.save_as(path, enforce_file_format=True)


def _drawn(scan: PhantomScan, words: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The sagittal plane through the most bone, its vertebrae framed."""
    column = int(np.argmax(np.count_nonzero(scan.labels, axis=(0, 1))))
    between, row, _ = scan.spacing_mm
    plane, marked = (part[::-1, :, column] for part in (scan.voxels, scan.labels > 0))
    low, high = _BONE_HU
    grey = np.clip((plane.astype(np.float32) - low) / (high - low), 0, 1) * 255
    rows, columns = plane.shape
    scale = _SIDE / max(rows * between, columns * row)
    size = round(columns * row * scale), round(rows * between * scale)
    large = cv2.resize(grey.astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)
    picture = cv2.cvtColor(large, cv2.COLOR_GRAY2RGB)
    ys, xs = np.nonzero(marked)
    down, across = size[1] / rows, size[0] / columns
    first = int(xs.min() * across) - 6, int(ys.min() * down) - 6
    last = int(xs.max() * across) + 6, int(ys.max() * down) + 6
    cv2.rectangle(picture, first, last, _YELLOW, 2)
    cv2.putText(picture, words, (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, _YELLOW, 1, cv2.LINE_AA)
    return np.asarray(picture, np.uint8)
