"""Goal P1: from a series on disk to the stack, beside SimpleITK merely reading the series.

Run: python benchmarks/prepare.py [slices ...]
"""

import sys
import tempfile
from pathlib import Path

from side_by_side import SIDE, built, measured

RUNS = 7
GOALS = {500: (0.7, 0.5, 0.55), 160: (1.2, 1.2, None)}
"""CPU with a mask, CPU without, peak memory; as ratios of SimpleITK."""
LARGEST_STACK = 0.05


def compare(slices: int) -> None:
    """Print one table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        built(folder, slices)
        found = measured(folder, ("simpleitk", "mask", "plain"), RUNS)
    base = found["simpleitk"]
    print(f"\n{slices} slices of {SIDE} x {SIDE}, uncompressed; SimpleITK reading = 1.00")
    print(f"  SimpleITK           cpu {base['cpu_s']:.2f} s  peak {base['peak_mb']:.0f} MB")
    with_mask, without, memory = GOALS.get(slices, (None, None, None))
    for side, title, goal in (("mask", "with a mask", with_mask), ("plain", "without", without)):
        run = found[side]
        cpu, wall = run["cpu_s"] / base["cpu_s"], run["wall_s"] / base["wall_s"]
        peak = run["peak_mb"] / base["peak_mb"]
        print(
            f"  {title:<12} cpu {cpu:.2f} (goal {goal}), of it sorting "
            f"{run['sort_cpu_s'] / base['cpu_s']:.2f}; wall {wall:.2f}; "
            f"peak memory {peak:.2f} (goal {memory}); "
            f"stack {run['stack']:.3f} of the series (goal {LARGEST_STACK}); "
            f"{run['bones']:.0f} vertebrae measured"
        )


if __name__ == "__main__":
    for slices in [int(n) for n in sys.argv[1:]] or [500, 160]:
        compare(slices)
