"""CT files for tests: made of numbers, written as a scanner would write them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

Change = Callable[[Dataset, int], None]
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


def nothing(_: Dataset, __: int) -> None:
    """Leave the slice as it is."""


def write_series(
    folder: Path,
    hu: NDArray[np.int16],
    *,
    spacing_mm: tuple[float, float, float] = (2.0, 1.0, 1.0),
    orientation: tuple[float, ...] = IDENTITY,
    origin: tuple[float, float, float] = (-20.0, -30.0, 100.0),
    change: Change = nothing,
    seed: str = "a",
) -> list[Path]:
    """*hu* (slice, row, column) as one file a slice; *change* may spoil any of them."""
    folder.mkdir(parents=True, exist_ok=True)
    normal = np.cross(orientation[:3], orientation[3:])
    paths = []
    for n, picture in enumerate(hu):
        ds = _header(seed, n, picture.shape)
        ds.PixelSpacing = [spacing_mm[1], spacing_mm[2]]
        ds.ImageOrientationPatient = list(orientation)
        place = np.array(origin) + normal * spacing_mm[0] * n
        ds.ImagePositionPatient = [round(float(v), 6) for v in place]
        ds.PixelData = (picture.astype(np.int32) + 1024).astype("<i2").tobytes()
        change(ds, n)
        path = folder / f"{n:04d}.dcm"
        ds.save_as(path, enforce_file_format=True)
        paths.append(path)
    return paths


def _header(seed: str, number: int, shape: tuple[int, ...]) -> Dataset:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = CTImageStorage
    ds.SOPClassUID = CTImageStorage
    ds.SOPInstanceUID = generate_uid(entropy_srcs=[seed, "slice", str(number)])
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.StudyInstanceUID = generate_uid(entropy_srcs=[seed, "study"])
    ds.SeriesInstanceUID = generate_uid(entropy_srcs=[seed, "series"])
    ds.Modality, ds.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.PatientID, ds.PatientName = "DEMO-1", "DEMO^Ann"
    ds.StudyDate = "20261003"
    ds.Rows, ds.Columns = shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 1
    ds.RescaleSlope, ds.RescaleIntercept = 1, -1024
    return ds


def write_mask(
    path: Path, ids: NDArray[Any], affine: NDArray[np.float64], names: dict[int, str] | None = None
) -> Path:
    """*ids* (slice, row, column) with *affine* (to LPS mm) as NIfTI, axes the other way round."""
    swap = np.eye(4)[:, [2, 1, 0, 3]]
    image = nib.Nifti1Image(ids.transpose(2, 1, 0), _RAS @ affine @ swap)
    if names:
        rows = "".join(
            f'<Label Key="{k}" Red="1"><![CDATA[{v}]]></Label>' for k, v in names.items()
        )
        table = f"<CaretExtension><LabelTable>{rows}</LabelTable></CaretExtension>"
        image.header.extensions.append(nib.nifti1.Nifti1Extension(0, table.encode()))
    nib.save(image, path)
    return path


def affine_of(
    spacing_mm: tuple[float, float, float] = (2.0, 1.0, 1.0),
    origin: tuple[float, float, float] = (-20.0, -30.0, 100.0),
) -> NDArray[np.float64]:
    """(slice, row, column, 1) to LPS mm of an upright axial series as `write_series` makes it."""
    affine = np.eye(4)
    affine[:3, 0] = 0, 0, spacing_mm[0]
    affine[:3, 1] = 0, spacing_mm[1], 0
    affine[:3, 2] = spacing_mm[2], 0, 0
    affine[:3, 3] = origin
    return affine
