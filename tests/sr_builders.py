"""Structured reports and segmentations of the spine, written by highdicom as a product would."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
from highdicom import sr
from numpy.typing import NDArray
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from components.imaging.sr_codes import GRADES, LEVELS, OURS, Grade
from store.domain.spine import Level

FRACTURE = Code("42942008", "SCT", "Compression fracture of vertebral column")
ABNORMAL = Code("49755003", "SCT", "Morphologically Abnormal Structure")
SEVERITY = Code("246112005", "SCT", "Severity")
PRESENCE = Code("705057003", "SCT", "Presence")
LOSS = Code("VCF-101", OURS, "Loss of vertebral height")
GENANT = Code("VCF-110", OURS, "Genant grade")
HEIGHT = Code("121207", "DCM", "Height")
PROBABILITY = Code("122157", "DCM", "Probability")
SUMMARY = Code("111017", "DCM", "CAD Processing and Findings Summary")
PARTS = (
    Code("255549009", "SCT", "Anterior"),
    Code("C25569", "NCIt", "Middle"),
    Code("255551008", "SCT", "Posterior"),
)
PRODUCT, VERSION, RULE = "Example Spine", "2.1.0", "loss > 20 %"
_SITES = {level: value for (value, _), level in LEVELS.items() if value != "65985001"}
_SEVERITIES = {
    grade: value for (value, scheme), grade in GRADES.items()
    if scheme == "SCT" and not value.startswith("3719")
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flag:
    """What one group says of one vertebra; *sure* is a probability, *uid* its tracking UID."""

    level: Level | None
    grade: Grade | None = None
    loss: float | None = None
    heights: tuple[float, float, float] | None = None
    present: str = "Present"
    sure: float | None = None
    uid: str = ""


def evidence(slices: Sequence[Path]) -> list[pydicom.Dataset]:
    """The slices as highdicom wants them: with every element that a scanner writes."""
    found = []
    for path in slices:
        ds = pydicom.dcmread(path)
        for keyword in ("PatientBirthDate", "PatientSex", "StudyTime", "StudyID"):
            setattr(ds, keyword, ds.get(keyword, ""))
        for keyword in ("AccessionNumber", "ReferringPhysicianName"):
            setattr(ds, keyword, ds.get(keyword, ""))
        ds.SliceThickness = ds.get("SliceThickness", 2.0)
        if "FrameOfReferenceUID" not in ds:
            ds.FrameOfReferenceUID = generate_uid(entropy_srcs=[ds.StudyInstanceUID])
        found.append(ds)
    return found


def site_of(level: Level, part: Code | None = None) -> sr.FindingSite:
    """The vertebra as a site; T13 and L6, which have no code, by a private one and their words."""
    value = _SITES.get(level)
    code = (
        Code(value, "SCT", f"{level} vertebra") if value else Code(level, OURS, f"{level} vertebra")
    )
    return sr.FindingSite(code, topographical_modifier=part)


def _group(
    flag: Flag, algorithm: sr.AlgorithmIdentification
) -> sr.MeasurementsAndQualitativeEvaluations:
    measurements = []
    if flag.loss is not None:
        # A decimal string has 16 characters at most.
        measurements.append(sr.Measurement(LOSS, round(flag.loss * 100, 9), codes.UCUM.Percent))
    if flag.sure is not None:
        measurements.append(sr.Measurement(PROBABILITY, flag.sure, codes.UCUM.NoUnits))
    for part, height in zip(PARTS, flag.heights or (), strict=False):
        assert flag.level
        sites = [site_of(flag.level, part)]
        measurements.append(
            sr.Measurement(HEIGHT, height, codes.UCUM.Millimeter, finding_sites=sites)
        )
    evaluations = []
    if flag.present:
        evaluations.append(sr.QualitativeEvaluation(PRESENCE, getattr(codes.cid240, flag.present)))
    if flag.grade is not None:
        severity = Code(_SEVERITIES[flag.grade], "SCT", flag.grade.name.title())
        private = Code(f"VCF-{111 + flag.grade}", OURS, f"Genant {int(flag.grade)}")
        evaluations += [
            sr.QualitativeEvaluation(SEVERITY, severity),
            sr.QualitativeEvaluation(GENANT, private),
        ]
    name = f"{flag.level or 'scan'}"
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(flag.uid or generate_uid(), f"VCF {name}"),
        algorithm_id=algorithm,
        finding_type=FRACTURE,
        finding_category=ABNORMAL,
        finding_sites=[site_of(flag.level)] if flag.level else None,
        measurements=measurements or None,
        qualitative_evaluations=evaluations or None,
    )


def write_sr(
    path: Path,
    slices: Sequence[Path],
    flags: Sequence[Flag],
    *,
    product: str = PRODUCT,
    version: str = VERSION,
    summary: Code | None = None,
) -> Path:
    """A Comprehensive 3D SR of *flags* on the scan of *slices*; *summary* is of CID 6047."""
    images = evidence(slices)
    algorithm = sr.AlgorithmIdentification(
        product, version, [RULE], codes.cid7162.ArtificialIntelligence
    )
    device = sr.ObserverContext(
        codes.DCM.Device, sr.DeviceObserverIdentifyingAttributes(uid=generate_uid(), name=product)
    )
    report = sr.MeasurementReport(
        observation_context=sr.ObservationContext(observer_device_context=device),
        procedure_reported=Code("25045-6", "LN", "CT unspecified body region"),
        imaging_measurements=[_group(flag, algorithm) for flag in flags],
        language_of_content_item_and_descendants=sr.LanguageOfContentItemAndDescendants(
            Code("en-GB", "RFC5646", "English (United Kingdom)")
        ),
        referenced_images=images,
    )
    if summary is not None:
        report[0].ContentSequence.append(sr.CodeContentItem(SUMMARY, summary, "CONTAINS"))
    document = sr.Comprehensive3DSR(
        evidence=images,
        content=report[0],
        series_instance_uid=generate_uid(),
        series_number=501,
        sop_instance_uid=generate_uid(),
        instance_number=1,
        manufacturer="Example",
        is_complete=True,
    )
    document.ManufacturerModelName = product
    document.save_as(path)
    return path


def write_seg(
    path: Path,
    slices: Sequence[Path],
    ids: NDArray[np.uint8],
    levels: Sequence[Level],
    *,
    kind: str = "BINARY",
    syntax: str = ExplicitVRLittleEndian,
    labels: Sequence[str] | None = None,
) -> Path:
    """*ids* (slice, row, column; 1 is the first of *levels*) as a DICOM SEG of the slices."""
    images = evidence(slices)
    described = [
        hd.seg.SegmentDescription(
            segment_number=number,
            segment_label=labels[number - 1] if labels else f"vertebrae_{level}",
            segmented_property_category=Code("123037004", "SCT", "Anatomical Structure"),
            segmented_property_type=(
                Code("51282000", "SCT", "Vertebra")
                if labels or level not in _SITES
                else Code(_SITES[level], "SCT", f"{level} vertebra")
            ),
            algorithm_type="AUTOMATIC",
            algorithm_identification=hd.AlgorithmIdentificationSequence(
                PRODUCT, codes.cid7162.ArtificialIntelligence, VERSION
            ),
        )
        for number, level in enumerate(levels, 1)
    ]
    seg = hd.seg.Segmentation(
        source_images=images,
        pixel_array=ids,
        segmentation_type=kind,
        segment_descriptions=described,
        series_instance_uid=generate_uid(),
        series_number=502,
        sop_instance_uid=generate_uid(),
        instance_number=1,
        manufacturer="Example",
        manufacturer_model_name=PRODUCT,
        software_versions=VERSION,
        device_serial_number="1",
        transfer_syntax_uid=syntax,
    )
    seg.save_as(path)
    return path


def dicom_errors(path: Path) -> list[str]:
    """What dicom3tools' dciodvfy finds wrong with the file at *path*."""
    tool = shutil.which("dciodvfy")
    assert tool, "dciodvfy (Debian: dicom3tools) is not installed."
    said = subprocess.run([tool, str(path)], capture_output=True, text=True, check=False)
    return [line for line in said.stderr.splitlines() if line.startswith("Error")]
