"""Real CTs under invented names, as a hospital would send them."""

import csv
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pydicom


@dataclass(frozen=True)
class RealScan:
    """One real CT of the shared data, and what is said of it."""

    folder: str
    dicom: str
    mask: str
    table: str
    surname: str
    nhs_number: str
    flags: tuple[str, ...]
    result: str = ""


SCANS = (
    RealScan(
        "01_lidc0001_chest_ct", "dicom", "mask.nii.gz", "totalsegmentator_v2", "DEMO-ONE",
        "9990000018", ("T8", "T12"),
    ),
    RealScan(
        "02_totalseg_lumbar_ct", "dicom_converted", "totalseg_vertebrae.nii.gz",
        "totalsegmentator_v2", "DEMO-TWO", "9990000026", (), "ai_result/spine_report.json",
    ),
    RealScan(
        "04_verse014_lumbar", "dicom_converted", "sub-verse014_seg-vert_msk.nii.gz", "verse",
        "DEMO-FOUR", "9990000034", ("L1", "L2"),
    ),
)  # fmt: skip


def deliver(scan: RealScan, shared: Path, inbox: Path) -> tuple[Path, Path]:
    """Copies of *scan* under its invented name with an AI result, and the mask's path."""
    home = inbox / scan.surname
    home.mkdir(parents=True)
    study = ""
    for number, path in enumerate(sorted((shared / scan.folder / scan.dicom).iterdir())):
        if path.suffix not in {".dcm", ""}:
            continue
        one = pydicom.dcmread(path)
        one.PatientName = f"{scan.surname}^Real CT"
        one.PatientID = scan.nhs_number
        one.PatientBirthDate, one.StudyDate = "19480229", "20261001"
        one.AccessionNumber = f"00{scan.nhs_number[-4:]}"
        one.save_as(home / f"{number:04}.dcm")
        study = str(one.StudyInstanceUID)
    if scan.result:
        shutil.copy(shared / scan.folder / scan.result, home / "spine_report.json")
    else:
        (home / "result.json").write_text(json.dumps(_result(study, scan.flags)))
    return home, shared / scan.folder / scan.mask


def _result(study: str, levels: tuple[str, ...]) -> dict[str, object]:
    return {
        "schema": "vcf-review-result/1",
        "product": "TestAI",
        "version": "1.0",
        "study_uid": study,
        "series_uid": "",
        "accession": "",
        "ending": "AI_POSITIVE",
        "reason": "",
        "threshold_rule": "loss > 20 %",
        "findings": [
            {
                "level": level,
                "loss": 0.31,
                "grade": 2,
                "formula": "1 - min(Ha, Hm) / Hp",
                "heights_mm": None,
            }
            for level in levels
        ],
    }


def reports(inbox: Path) -> Path:
    """A report on each scan that says nothing of the spine."""
    path = inbox / "reports.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["accession", "study_uid", "status", "reported", "text"])
        for scan in SCANS:
            text = "CT as requested. Lungs clear. No lymphadenopathy. <b>Normal</b> heart size."
            table.writerow([f"00{scan.nhs_number[-4:]}", "", "F", "2026-10-02", text])
    return path
