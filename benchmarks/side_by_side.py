"""A series made for measuring, and the two sides that read it: ours and SimpleITK.

Every figure comes from a process of its own, the sides take turns, and both read the same files
in the same order, warm in the page cache. What is imported is imported before the clock starts.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "imaging")]

SIDE = 512
SPACING_MM = (0.9, 0.75, 0.75)
VERTEBRA_MM, BODY_MM = 30.0, 23.0
LOWEST, HIGHEST = 27, 50
"""L5 and C1 as TotalSegmentator numbers them, counted upwards."""
Figures = dict[str, float]


def build(folder: Path, slices: int, syntax: str = "", step_mm: float = SPACING_MM[0]) -> None:
    """A series of noisy flesh with a chain of vertebrae, and its mask.

    Args:
        syntax: Transfer syntax; explicit VR little endian where empty.
        step_mm: Between slices.
    """
    from ct_files import affine_of, write_mask, write_series

    spacing = (step_mm, *SPACING_MM[1:])
    hu, ids = _voxels(slices, step_mm)
    change = {"change": _packed(syntax)} if syntax else {}
    write_series(folder / "dicom", hu, spacing_mm=spacing, **change)
    write_mask(folder / "mask.nii.gz", ids, affine_of(spacing))


def _voxels(slices: int, step_mm: float) -> tuple[Any, Any]:
    """HU and TotalSegmentator's numbers, (slice, row, column)."""
    rng = np.random.default_rng(1)
    flesh = rng.normal(40, 25, (8, SIDE, SIDE)).astype(np.int16)
    y, x = np.ogrid[:SIDE, :SIDE]
    outside = ((x - 256) / 230) ** 2 + ((y - 256) / 160) ** 2 > 1
    bone = ((x - 256) / 28) ** 2 + ((y - 320) / 21) ** 2 < 1
    bone = bone | (abs(x - 256) < 26) & (y > 366) & (y < 378)
    bone = bone | (abs(x - 256) < 5) & (y > 376) & (y < 410)
    bone = bone | (abs(abs(x - 256) - 22) < 5) & (y > 325) & (y < 370)
    hu = np.empty((slices, SIDE, SIDE), np.int16)
    ids = np.zeros((slices, SIDE, SIDE), np.uint8)
    tall, body = round(VERTEBRA_MM / step_mm), round(BODY_MM / step_mm)
    for n in range(slices):
        hu[n] = flesh[n % 8]
        hu[n][outside] = -1000
        if n % tall < body and LOWEST + n // tall <= HIGHEST:
            hu[n][bone] += 200
            ids[n][bone] = LOWEST + n // tall
    return hu, ids


def _packed(syntax: str) -> Any:  # noqa: ANN401 - the type belongs to the tests' own module
    """Stores each slice in *syntax*."""
    from pydicom.encaps import encapsulate

    from components.imaging.phantom.packing import Packing

    known: dict[bytes, bytes] = {}

    def change(ds: Any, _: int) -> None:  # noqa: ANN401 - a pydicom data set
        plain = bytes(ds.PixelData)
        if plain not in known:
            pixels = np.frombuffer(plain, "<u2").reshape(ds.Rows, ds.Columns)
            known[plain] = Packing(syntax).frame(pixels)
        ds.file_meta.TransferSyntaxUID = syntax
        ds.PixelRepresentation = 0
        ds.PixelData = encapsulate([known[plain]])
        ds["PixelData"].VR = "OB"
        ds["PixelData"].is_undefined_length = True

    return change


def simpleitk(folder: Path) -> Figures:
    """SimpleITK reads the sorted series."""
    import SimpleITK as sitk

    files = [str(path) for path in sorted((folder / "dicom").iterdir())]
    with spent() as found:
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(files)
        found["voxels"] = reader.Execute().GetNumberOfPixels()
    return found


def ours(folder: Path, mask: Path | None) -> Figures:
    """Sorting, preparing and writing the stack."""
    import numpy.ma  # noqa: F401 - numpy loads it with the first median

    from components.imaging.header import sort_files
    from components.imaging.prepare import LabelSource, prepare

    with spent() as found:
        start = time.process_time()
        series = sort_files([folder / "dicom"]).series[0]
        found["sort_cpu_s"] = time.process_time() - start
        source = LabelSource(mask, "totalsegmentator_v2") if mask else None
        with (folder / "stack").open("wb") as target:
            done = prepare(series, source, target)
    whole = sum(path.stat().st_size for path in (folder / "dicom").iterdir())
    return {**found, "stack": done.size / whole, "bones": float(len(done.heights))}


@contextmanager
def spent() -> Iterator[Figures]:
    """Wall and CPU seconds of the block, all threads, and the peak memory of the process in MB."""
    found: Figures = {}
    wall, cpu = time.perf_counter(), time.process_time()
    yield found
    found["wall_s"] = time.perf_counter() - wall
    found["cpu_s"] = time.process_time() - cpu
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def built(folder: Path, slices: int, syntax: str = "", step_mm: float = SPACING_MM[0]) -> None:
    """As `build`, in a process of its own: a child inherits the peak memory of its parent."""
    arguments = ["build", str(folder), str(slices), syntax, str(step_mm)]
    subprocess.run([sys.executable, __file__, *arguments], check=True)


def measured(folder: Path, sides: tuple[str, ...], rounds: int) -> dict[str, Figures]:
    """The least of every figure of *sides* ("simpleitk", "mask", "plain"), which take turns.

    Whatever else the machine does only adds to a figure; medians of a busy one say little.
    """
    runs: dict[str, list[Figures]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            command = [sys.executable, __file__, side, str(folder)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            runs[side].append(json.loads(done.stdout))
    return {
        side: {key: min(run[key] for run in found) for key in found[0]}
        for side, found in runs.items()
    }


def _main(which: str, folder: Path, *rest: str) -> None:
    if which == "build":
        build(folder, int(rest[0]), rest[1], float(rest[2]))
    elif which == "simpleitk":
        print(json.dumps(simpleitk(folder)))
    else:
        print(json.dumps(ours(folder, folder / "mask.nii.gz" if which == "mask" else None)))


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
