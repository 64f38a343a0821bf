"""AI results and reports as they arrive, for the tests."""

import json
from pathlib import Path
from typing import Any

from components.imaging.result_tables import RESULT_COLUMNS
from components.imaging.results import read_results
from store.domain.arrival import AiResult

FINDING: dict[str, Any] = {
    "level": "L1",
    "loss": 0.32,
    "grade": 2,
    "formula": "1 - min(Ha, Hm)/Hp",
    "heights_mm": [17.0, 21.0, 25.0],
}
RESULT: dict[str, Any] = {
    "schema": "vcf-review-result/1",
    "product": "Example Spine",
    "version": "1.2.0",
    "study_uid": "1.2.3",
    "series_uid": "1.2.3.4",
    "accession": "00123",
    "ending": "AI_POSITIVE",
    "reason": "",
    "threshold_rule": "loss > 20 %",
    "findings": [FINDING],
}
CELLS = {
    "product": "Example Spine",
    "version": "1.2.0",
    "accession": "00123",
    "ending": "AI_POSITIVE",
    "level": "L1",
    "loss": "0.32",
}


def a_file(folder: Path, content: str | bytes) -> Path:
    path = folder / "arrived"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def one(folder: Path, content: object) -> AiResult:
    text = content if isinstance(content, str) else json.dumps(content)
    (result,) = read_results(a_file(folder, text)).results
    return result


def a_table(*rows: dict[str, str], names: tuple[str, ...] = RESULT_COLUMNS) -> str:
    quoted = (",".join(f'"{row.get(name, "")}"' for name in names) for row in rows)
    return "\n".join([",".join(names), *quoted]) + "\n"


def a_spine_report(**differences: float | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for level, difference in differences.items():
        values[f"vertebrae_{level}_height_anterior_mm"] = 21.0
        values[f"vertebrae_{level}_height_middle_mm"] = 24.0
        values[f"vertebrae_{level}_height_posterior_mm"] = 27.0
        values[f"vertebrae_{level}_height_difference"] = difference
        values[f"vertebrae_{level}_volume_ml"] = 35.6
    return {"results": values, "metadata": {"version": "0.1.0", "PatientName": "Unknown"}}
