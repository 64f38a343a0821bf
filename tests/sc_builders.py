"""Secondary Captures as AI products write them: small pictures beside a finding."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid

PRODUCT = "HealthVCF"


def a_picture(rows: int = 48, columns: int = 64) -> NDArray[np.uint8]:
    """Red to the right, green to the foot, and a blue square in the first corner."""
    picture = np.zeros((rows, columns, 3), np.uint8)
    picture[..., 0] = np.linspace(0, 255, columns)[None, :]
    picture[..., 1] = np.linspace(0, 255, rows)[:, None]
    picture[:8, :8] = (0, 0, 255)
    return picture


def capture(
    pixels: NDArray[Any],
    *,
    study: str = "1.2.3",
    photometric: str = "",
    syntax: str = ExplicitVRLittleEndian,
    packed: bytes | None = None,
    **changes: object,
) -> Dataset:
    """A Secondary Capture of *pixels*; *packed* stands for them where they are compressed."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.SOPClassUID = SecondaryCaptureImageStorage
    ds.SOPInstanceUID = generate_uid()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study, generate_uid()
    ds.Modality, ds.ConversionType, ds.InstanceNumber = "OT", "WSD", 1
    ds.PatientID = ds.PatientName = ds.PatientBirthDate = ""
    ds.Manufacturer, ds.ManufacturerModelName = "Example Vision", PRODUCT
    ds.SoftwareVersions, ds.SeriesDescription = "2.1.0", "VCF preview"
    colour = pixels.ndim == 3
    ds.Rows, ds.Columns = pixels.shape[:2]
    ds.SamplesPerPixel = 3 if colour else 1
    ds.PhotometricInterpretation = photometric or ("RGB" if colour else "MONOCHROME2")
    if colour:
        ds.PlanarConfiguration = 0
    bits = pixels.dtype.itemsize * 8
    ds.BitsAllocated = ds.BitsStored = bits
    ds.HighBit, ds.PixelRepresentation = bits - 1, 0
    ds.PixelData = encapsulate([packed]) if packed is not None else pixels.tobytes()
    for name, value in changes.items():
        setattr(ds, name, value)
    return ds


def write_capture(path: Path, pixels: NDArray[Any], **changes: Any) -> Path:  # noqa: ANN401 - as `capture`
    """The same as a file at *path*."""
    path.parent.mkdir(parents=True, exist_ok=True)
    capture(pixels, **changes).save_as(path, enforce_file_format=True)
    return path
