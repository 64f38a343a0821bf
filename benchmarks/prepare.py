"""Goal P1: from a series on disk to the stack, beside SimpleITK merely reading the series.

Run: python benchmarks/prepare.py [slices ...]. Each figure is the median of several runs, each
in its own process; both sides read the same files in the same order, warm in the page cache.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "imaging")]

RUNS = 3
SIDE = 512
SPACING_MM = (0.9, 0.75, 0.75)
GOALS = {500: (0.7, 0.5, 0.55), 160: (1.2, 1.2, None)}
"""CPU with a mask, CPU without, peak memory; as ratios of SimpleITK."""
LARGEST_STACK = 0.05


def build(folder: Path, slices: int) -> None:
    """An uncompressed series with a chain of vertebrae, and its mask."""
    from ct_files import affine_of, write_mask, write_series

    rng = np.random.default_rng(1)
    flesh = rng.normal(40, 25, (8, SIDE, SIDE)).astype(np.int16)
    y, x = np.ogrid[:SIDE, :SIDE]
    outside = ((x - 256) / 230) ** 2 + ((y - 256) / 160) ** 2 > 1
    body = ((x - 256) / 28) ** 2 + ((y - 320) / 21) ** 2 < 1
    arch = (abs(x - 256) < 26) & (y > 366) & (y < 378) | (abs(x - 256) < 5) & (y > 376) & (y < 410)
    arch = arch | (abs(abs(x - 256) - 22) < 5) & (y > 325) & (y < 370)
    hu = np.empty((slices, SIDE, SIDE), np.int16)
    ids = np.zeros((slices, SIDE, SIDE), np.uint8)
    tall = round(30 / SPACING_MM[0])
    for n in range(slices):
        hu[n] = flesh[n % 8]
        hu[n][outside] = -1000
        if n % tall < round(23 / SPACING_MM[0]):
            bone = body | arch
            hu[n][bone] += 200
            # Counted upwards from L5 = 27, as TotalSegmentator does.
            ids[n][bone] = 27 + n // tall
    write_series(folder / "dicom", hu, spacing_mm=SPACING_MM)
    write_mask(folder / "mask.nii.gz", ids, affine_of(SPACING_MM))


def simpleitk(folder: Path) -> dict[str, float]:
    """SimpleITK reads the sorted series."""
    import SimpleITK as sitk

    files = [str(path) for path in sorted((folder / "dicom").iterdir())]
    start = time.perf_counter(), time.process_time()
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(files)
    reader.Execute()
    return spent(*start)


def ours(folder: Path, mask: Path | None) -> dict[str, float]:
    """Sorting, preparing and writing the stack."""
    from components.imaging.header import sort_files
    from components.imaging.prepare import LabelSource, prepare

    start = time.perf_counter(), time.process_time()
    series = sort_files([folder / "dicom"]).series[0]
    sorted_s = time.process_time() - start[1]
    source = LabelSource(mask, "totalsegmentator_v2") if mask else None
    with (folder / "stack").open("wb") as target:
        done = prepare(series, source, target)
    found = spent(*start)
    whole = sum(path.stat().st_size for path in (folder / "dicom").iterdir())
    return {**found, "sort_cpu_s": sorted_s, "stack": done.size / whole, "bones": len(done.heights)}


def spent(wall: float, cpu: float) -> dict[str, float]:
    """Wall and CPU seconds since, and the peak memory of the process in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": time.process_time() - cpu,
        "peak_mb": peak,
    }


def measured(which: str, folder: Path) -> dict[str, float]:
    """Medians over several fresh processes."""
    command = [sys.executable, __file__, "--one", which, str(folder)]
    runs = []
    for _ in range(RUNS):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        runs.append(json.loads(done.stdout))
    return {key: median(run[key] for run in runs) for key in runs[0]}


def compare(slices: int) -> None:
    """Print one table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # In a process of its own: a child inherits the peak memory of its parent.
        subprocess.run([sys.executable, __file__, "--build", name, str(slices)], check=True)
        base = measured("simpleitk", folder)
        masked, plain = measured("mask", folder), measured("plain", folder)
    print(f"\n{slices} slices of {SIDE} x {SIDE}, uncompressed; SimpleITK reading = 1.00")
    print(f"  SimpleITK           cpu {base['cpu_s']:.2f} s  peak {base['peak_mb']:.0f} MB")
    with_mask, without, memory = GOALS.get(slices, (None, None, None))
    for title, run, goal in (("with a mask", masked, with_mask), ("without", plain, without)):
        cpu, wall = run["cpu_s"] / base["cpu_s"], run["wall_s"] / base["wall_s"]
        peak = run["peak_mb"] / base["peak_mb"]
        print(
            f"  {title:<12} cpu {cpu:.2f} (goal {goal}), of it sorting "
            f"{run['sort_cpu_s'] / base['cpu_s']:.2f}; wall {wall:.2f}; "
            f"peak memory {peak:.2f} (goal {memory}); "
            f"stack {run['stack']:.3f} of the series (goal {LARGEST_STACK}); "
            f"{run['bones']:.0f} vertebrae measured"
        )


def main() -> None:
    """Build or measure one side when told to, else compare."""
    if sys.argv[1:2] == ["--build"]:
        build(Path(sys.argv[2]), int(sys.argv[3]))
        return
    if sys.argv[1:2] == ["--one"]:
        which, folder = sys.argv[2], Path(sys.argv[3])
        mask = folder / "mask.nii.gz" if which == "mask" else None
        print(json.dumps(simpleitk(folder) if which == "simpleitk" else ours(folder, mask)))
        return
    for slices in [int(n) for n in sys.argv[1:]] or [500, 160]:
        compare(slices)


if __name__ == "__main__":
    main()
