"""What becomes of every file under a folder: accepted, refused or set aside, with the sentence.

    python benchmarks/awkward.py FOLDER

Each folder is taken as one delivery; then each of its files by itself, down to its densities.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pydicom.uid import UID

from components.imaging.header import SeriesOnDisk, sort_files
from components.imaging.instance import Instance
from components.imaging.pixels import slice_hu
from store.domain.refusal import Unusable


def table(folder: Path) -> Iterator[str]:
    """The lines of the table."""
    inside = sorted(path for path in folder.rglob("*") if path.is_file())
    for home in dict.fromkeys(path.parent for path in inside):
        files = [path for path in inside if path.parent == home]
        yield f"{home.relative_to(folder.parent)}: {_counted(len(files), 'file')}"
        yield from (f"  {line}" for line in _delivery(files))
        yield from (f"    {path.name}: {_alone(path)}" for path in files)
        yield ""


def _delivery(files: list[Path]) -> Iterator[str]:
    sorting = sort_files(files)
    yield from (_series(series) for series in sorting.series)
    yield from (f"aside, {_counted(a.files, 'file')}: {a.reason}" for a in sorting.aside)
    if sorting.others:
        yield f"perhaps of an AI product, {_counted(len(sorting.others), 'file')}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _series(series: SeriesOnDisk) -> str:
    what = f"series of {_counted(len(series.instances), 'slice')}"
    facts = series.facts
    if facts is None:
        return f"{what}, refused: {series.refusal}"
    words = [f"{facts.step_mm:.2f} mm apart", f"{facts.cover_mm:.0f} mm long"]
    if facts.thickness_mm:
        words.append(f"{facts.thickness_mm:.2f} mm thick")
    if facts.tilt_degrees:
        words.append(f"gantry tilted by {facts.tilt_degrees:.1f} degrees")
    if facts.kernel:
        words.append(f"kernel {facts.kernel}")
    return f"{what}, accepted: {', '.join(words)}."


def _alone(path: Path) -> str:
    sorting = sort_files([path])
    for aside in sorting.aside:
        return f"aside: {aside.reason}"
    for series in sorting.series:
        return _pixels(series.instances[0])
    return "perhaps of an AI product"


def _pixels(one: Instance) -> str:
    """The densities of a slice, or why there are none."""
    try:
        hu = slice_hu(one, (0, one.rows), (0, one.columns))
    except Unusable as refusal:
        return f"refused: {refusal}"
    frames = f" of {one.frames} frames" if one.frames > 1 else ""
    lossy = f", lossy ({one.lossy})" if one.lossy else ""
    span = f"{hu.min()} to {hu.max()} HU, mean {np.mean(hu):.2f}"
    return f"a slice{frames}, {one.rows} x {one.columns}, {UID(one.syntax).name}{lossy}: {span}."


if __name__ == "__main__":
    print("\n".join(table(Path(sys.argv[1]))))
