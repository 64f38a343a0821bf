"""One invented scan made into thick and into thin slices, each with the same flag beside it."""

import json
from datetime import date
from pathlib import Path

from components.imaging.phantom import GE, Identity, Study, plan, render, uid, write_dicom
from store.domain.spine import Level

WHO = Identity("DEMO^Ann", "DEMO-1", "", date(1950, 5, 5), "F")
MADE = {"thick": (5.0, "STANDARD"), "thin": (2.5, "BONE")}
FLAG = {
    "schema": "vcf-review-result/1", "product": "P", "version": "1", "study_uid": uid("study"),
    "series_uid": "", "accession": "", "ending": "AI_POSITIVE", "reason": "",
    "threshold_rule": "", "findings": [{"level": "L1", "loss": 0.3}],
}  # fmt: skip


def write_both(folder: Path) -> dict[str, Path]:
    """The folders of the two deliveries, inside *folder*."""
    spine, folders = plan(Level.T11, Level.L4, seed=4), {}
    for name, (step, kernel) in MADE.items():
        folders[name] = folder / name
        when = date(2026, 10, 3)
        study = Study(uid("study"), uid(name), "00123", when, "CT", "Demo", GE, kernel)
        scan = render(spine, spacing_mm=(step, 1.2, 1.2), size=240)
        write_dicom(scan, folders[name], WHO, study)
        (folders[name] / "flag.json").write_text(json.dumps(FLAG))
    return folders
