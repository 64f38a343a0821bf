"""An archive of made-up small series taken in: series a second, memory, a second run, and copies.

Run: python benchmarks/history.py [SERIES]
Every series has eight slices of 64 x 64, so what is measured is what each series costs besides its
pixels; reading those of a real series comes on top (`prepare.py`, `memory.py`). The memory is
printed at a tenth and at the whole: what grows with the archive shows there. The reference is the
same files merely read.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from components.imaging.header import sort_files
from components.imaging.phantom import GE, Identity, Study, plan, render, uid, write_dicom
from store.domain.spine import Level

COUNT = 2000
AIM = 100_000
_NUMBER = "77777777"
_CHILD = """
import json, resource, sys, time
from pathlib import Path
from app.intake import history
from app.intake.receive import Delivery
from app.settings import Settings
from app.wiring import open_site

data, archive, pictures = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "pictures"
site = open_site(Settings(data=data))
start, seen = time.perf_counter(), []

def watch(read, skipped, series):
    seen.append((series, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))

plan = tuple(history.pieces(archive, 400))
totals = history.take_in_all(site, Delivery((archive,)), plan, lambda _: None, watch,
                             pictures=pictures, again=sys.argv[3] == "again")
early = next((mb for n, mb in seen if n >= totals.series.total() / 10), 0)
print(json.dumps({"seconds": time.perf_counter() - start, "series": totals.series.total(),
                  "skipped": totals.skipped, "early_mb": early,
                  "peak_mb": seen[-1][1] if seen else 0}))
"""


def archive_of(folder: Path, count: int) -> int:
    """Write *count* series, fifty a folder, each of a patient of its own; the bytes written."""
    sample = folder / "sample"
    scan = render(plan(Level.L1, Level.L1, seed=4), spacing_mm=(8.0, 6.0, 6.0), size=64)
    who = Identity("DEMO^ANN", _NUMBER, "", date(1950, 5, 5), "F")
    study = Study(
        uid("study"), uid("series"), _NUMBER, date(2026, 10, 3), "CT", "Demo", GE, "STANDARD"
    )
    write_dicom(scan, sample, who, study)
    (found,) = sort_files([sample]).series
    slices = [(one.path.read_bytes(), one.sop_uid) for one in found.instances]
    written = 0
    for number in range(count):
        goal = folder / "archive" / f"{number // 50:05}" / f"{number:06}"
        goal.mkdir(parents=True)
        for place, (content, sop_uid) in enumerate(slices):
            own = _renamed(content, (study.study_uid, study.series_uid, sop_uid), number)
            (goal / f"{place}").write_bytes(own)
            written += len(own)
    return written


def _renamed(content: bytes, uids: tuple[str, ...], number: int) -> bytes:
    """The slice as one of series *number*: names of equal length, so that nothing moves."""
    own = f"{number:08}".encode()
    for name in uids:
        content = content.replace(name.encode(), name.encode()[:-8] + own)
    return content.replace(_NUMBER.encode(), own)


def run(data: Path, archive: Path, what: str) -> dict[str, float]:
    """One run in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(data), str(archive), what],
        capture_output=True, text=True, check=True, env=os.environ,
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


def merely_read(archive: Path) -> float:
    """Seconds to read every file of it."""
    start = time.perf_counter()
    for path in archive.rglob("*"):
        if path.is_file():
            path.read_bytes()
    return time.perf_counter() - start


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = archive_of(folder, count)
        archive = folder / "archive"
        base = merely_read(archive)
        first = run(folder / "data", archive, "queue")
        second = run(folder / "data", archive, "queue")
        copies = run(folder / "data", archive, "again")
        few = run(folder / "few", next(archive.iterdir()), "pictures")
    rate = first["series"] / first["seconds"]
    print(f"{count:,} series, {size / 1e6:.0f} MB; read alone in {base:.1f} s")
    print(
        f"  taken in, pictures left to workers: {rate:.1f} series/s; {AIM:,} in "
        f"{AIM / rate / 3600:.1f} h and their pixels on top; {first['seconds'] / base:.0f} x "
        "merely reading"
    )
    print(
        f"  peak memory {first['early_mb']:.0f} MB at a tenth, {first['peak_mb']:.0f} MB at the end"
    )
    print(
        f"  a second run passes {second['skipped']:,.0f} known files in {second['seconds']:.1f} s"
        f" ({second['seconds'] / first['seconds']:.3f} of the first); {AIM:,} series in "
        f"{second['seconds'] * AIM / count / 60:.1f} min"
    )
    print(
        f"  the same series as copies, each read again: {copies['series'] / copies['seconds']:.1f} "
        f"series/s ({copies['seconds'] / first['seconds']:.2f} of the first)"
    )
    print(f"  with pictures here: {few['series'] / few['seconds']:.1f} series/s")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  (this script itself: {own:.0f} MB)")


if __name__ == "__main__":
    main()
