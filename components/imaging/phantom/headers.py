"""What the headers of a phantom's series say."""

import hashlib
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage
from pydicom.valuerep import format_number_as_ds

from components.imaging.phantom.packing import Packing
from components.imaging.phantom.render import PhantomScan


@dataclass(frozen=True, slots=True)
class Maker:
    """A make of scanner and how it stores HU.

    Attributes:
        intercept_hu: RescaleIntercept; the slope is 1.
        kernels: Names of its soft, standard and sharp kernels.
    """

    name: str
    model: str
    intercept_hu: int
    signed: bool
    kernels: tuple[str, str, str]


GE = Maker("GE MEDICAL SYSTEMS", "Revolution EVO", -1024, True, ("SOFT", "STANDARD", "BONE"))
SIEMENS = Maker("Siemens Healthineers", "SOMATOM X.cite", -1024, False, ("Br36f", "Br40f", "Br64f"))
PHILIPS = Maker("Philips", "Incisive CT", -1024, False, ("A", "B", "YB"))
CANON = Maker("Canon Medical Systems", "Aquilion Prime SP", 0, True, ("FC08", "FC18", "FC30"))


@dataclass(frozen=True, slots=True)
class Identity:
    """The patient as the headers name them, valid or not.

    Attributes:
        name: DICOM form, ``Surname^Forename``.
        hospital_number: PatientID.
        nhs_number: In OtherPatientIDsSequence; empty for none.
    """

    name: str
    hospital_number: str
    nhs_number: str
    born: date | None
    sex: str


@dataclass(frozen=True, slots=True)
class Study:
    """One study and its one series, as the headers name them.

    Attributes:
        position: PatientPosition.
        missing: Slices that are left out, counted from the last; every second one from some
            slice on makes a series of two spacings.
        repeated: Slices that are sent twice, as two instances.
    """

    study_uid: str
    series_uid: str
    accession: str
    scanned: date
    exam: str
    site: str
    maker: Maker
    kernel: str
    series_description: str = "AXIAL"
    requester: str = ""
    specialty: str = ""
    indication: str = ""
    packing: Packing = Packing.PLAIN
    missing: frozenset[int] = field(default_factory=frozenset)
    repeated: frozenset[int] = field(default_factory=frozenset)
    position: str = "HFS"


def uid(*parts: object) -> str:
    """A UID under 2.25 that is always the same for the same *parts*."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def decimal(value: float) -> str:
    """*value* to a tenth of a micrometre, as a DICOM decimal string."""
    return str(format_number_as_ds(round(float(value), 4) + 0.0))


def orientation(scan: PhantomScan) -> list[str]:
    """ImageOrientationPatient: along a row, then down a column."""
    _, row, column = scan.affine[:3, :3].T
    # Sixteen characters are all that a decimal string holds.
    ways = [*(column / np.linalg.norm(column)), *(row / np.linalg.norm(row))]
    return [str(format_number_as_ds(round(float(v), 12) + 0.0)) for v in ways]


def shared(scan: PhantomScan, identity: Identity, study: Study) -> Dataset:
    """What every slice of the series says alike."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SOPClassUID = CTImageStorage
    _put_patient(ds, identity, study)
    _put_study(ds, study)
    _put_geometry(ds, scan, study)
    return ds


def _put_patient(ds: Dataset, identity: Identity, study: Study) -> None:
    ds.PatientName = identity.name
    ds.PatientID = identity.hospital_number
    ds.IssuerOfPatientID = study.site
    ds.PatientBirthDate = f"{identity.born:%Y%m%d}" if identity.born else ""
    ds.PatientSex = identity.sex
    if identity.nhs_number:
        other = Dataset()
        other.PatientID = identity.nhs_number
        other.IssuerOfPatientID = "NHS"
        other.TypeOfPatientID = "TEXT"
        ds.OtherPatientIDsSequence = Sequence([other])


def _put_study(ds: Dataset, study: Study) -> None:
    day = f"{study.scanned:%Y%m%d}"
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = day
    ds.StudyTime = ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = "101500"
    ds.StudyInstanceUID = study.study_uid
    ds.SeriesInstanceUID = study.series_uid
    ds.FrameOfReferenceUID = uid("frame", study.study_uid)
    ds.PositionReferenceIndicator = ""
    ds.AccessionNumber = study.accession
    ds.StudyID = "1"
    ds.SeriesNumber = 3
    ds.AcquisitionNumber = 1
    ds.Modality = "CT"
    ds.StudyDescription = study.exam
    ds.SeriesDescription = study.series_description
    ds.InstitutionName = study.site
    ds.Manufacturer = study.maker.name
    ds.ManufacturerModelName = study.maker.model
    ds.ConvolutionKernel = study.kernel
    ds.ReferringPhysicianName = ""
    ds.RequestingPhysician = study.requester
    ds.RequestingService = study.specialty
    ds.ReasonForTheRequestedProcedure = study.indication
    ds.PatientPosition = study.position
    ds.KVP = "120"
    ds.BurnedInAnnotation = "NO"


def _put_geometry(ds: Dataset, scan: PhantomScan, study: Study) -> None:
    between, row, column = scan.spacing_mm
    ds.ImageOrientationPatient = orientation(scan)
    ds.PixelSpacing = [decimal(row), decimal(column)]
    ds.SliceThickness = decimal(scan.thickness_mm or between)
    ds.SpacingBetweenSlices = decimal(between)
    if scan.tilt_degrees:
        ds.GantryDetectorTilt = decimal(scan.tilt_degrees)
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.Rows, ds.Columns = scan.voxels.shape[1:]
    ds.BitsAllocated = ds.BitsStored = 16
    ds.HighBit = 15
    ds.PixelRepresentation = int(study.maker.signed)
    ds.RescaleIntercept = str(study.maker.intercept_hu)
    ds.RescaleSlope = "1"
    ds.RescaleType = "HU"
    ds.WindowCenter, ds.WindowWidth = "300", "1500"
