"""Memory of a pull by DICOMweb for 200 and 2,000 slices of 256 x 256, from a real Orthanc.

Run: python benchmarks/pull.py (as root: Orthanc gets a network of its own)
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "imaging")]
from ct_files import write_series  # noqa: E402
from orthanc import Orthanc  # noqa: E402
from sending import Receiving, rows  # noqa: E402

SIDE = 256
SOURCE = '[[source]]\nname = "pacs-web"\nkind = "dicomweb"\nurl = "{}"\n'


def main() -> None:
    """Print a line a series; the second is of a later year, and the first not asked for again."""
    with tempfile.TemporaryDirectory() as name:
        server = Orthanc(Path(name)).start()
        try:
            for slices, year in ((200, 2025), (2000, 2026)):
                print(measured(server, slices, year), flush=True)
        finally:
            server.stop()


def measured(server: Orthanc, slices: int, year: int) -> str:
    """What the pull of one new series took."""

    def dated(ds: Dataset, _: int) -> None:
        ds.StudyDate, ds.PatientID = f"{year}0103", f"DEMO-{year}"

    folder = server.folder / str(slices)
    noise = np.random.default_rng(1).normal(40, 25, (4, SIDE, SIDE)).astype(np.int16)
    write_series(folder, noise[np.arange(slices) % 4], change=dated, seed=str(year))
    server.given(folder)
    data = server.folder / f"data{slices}"
    data.mkdir()
    one = Receiving(data, "pull", SOURCE.format(server.url))
    asked = [sys.executable, "-m", "app.cli", "pull", "--once", "--since", f"{year}-01-01"]
    told = {**one.environment, "PYTHONPATH": str(ROOT)}
    began = time.monotonic()
    with one.log.open("wb") as log:
        run = subprocess.Popen([*server.within, *asked], env=told, stdout=log, stderr=log)
        peak = 0
        # Of what runs now alone: the system's own figure begins with the memory of its parent.
        while run.poll() is None:
            peak = _peak_kb(run.pid) or peak
            time.sleep(0.02)
    assert rows(data, "SELECT instances FROM series") == [(slices,)], one.said()
    seconds = time.monotonic() - began
    return f"{slices:5} slices: peak {peak / 1024:.0f} MB, {seconds:.0f} s"


def _peak_kb(pid: int) -> int:
    """The most memory that a process had; 0 where it is over."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(one.split()[1]) for one in lines if one.startswith("VmHWM")), 0)


if __name__ == "__main__":
    main()
