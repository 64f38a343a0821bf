"""The awkward public files, one by one: accepted, refused or set aside, with the sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "awkward.txt"


@pytest.mark.realdata
def test_every_awkward_file_meets_its_known_fate(shared_data: Path) -> None:
    """After a change that is meant: run the script with its output into the golden file."""
    script = ROOT / "benchmarks" / "awkward.py"
    found = subprocess.run(
        [sys.executable, str(script), str(shared_data / "05_awkward_dicom")],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert found.stdout.splitlines() == GOLDEN.read_text().splitlines()
