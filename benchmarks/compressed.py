"""Goal P2: compressed series to the stack, beside SimpleITK merely reading the same files.

Run: python benchmarks/compressed.py [slices]
Where SimpleITK cannot read a syntax, the plain series read by SimpleITK stands in, and it is said.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from side_by_side import SIDE, built, measured

RUNS = 3
GOALS = {
    "1.2.840.10008.1.2.4.80": ("JPEG-LS", 0.7),
    "1.2.840.10008.1.2.4.70": ("JPEG lossless", 0.7),
    "1.2.840.10008.1.2.4.201": ("HTJ2K", 0.7),
    "1.2.840.10008.1.2.5": ("RLE", 0.2),
    "1.2.840.10008.1.2.4.90": ("JPEG 2000", 1.0),
}
"""Wall time by transfer syntax, as a ratio of SimpleITK."""


def compare(slices: int, syntax: str) -> None:
    """Print one line."""
    title, goal = GOALS[syntax]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        built(folder, slices, syntax)
        try:
            found = measured(folder, ("simpleitk", "mask", "plain"), RUNS)
        except subprocess.CalledProcessError:
            found = measured(folder, ("mask", "plain"), RUNS)
            title += " (SimpleITK cannot)"
    base = found.get("simpleitk")
    for side, words in (("mask", "with a mask"), ("plain", "without")):
        run = found[side]
        line = f"  {title:<28} {words:<12} "
        if base is None:
            print(f"{line}wall {run['wall_s']:.2f} s, cpu {run['cpu_s']:.2f} s")
            continue
        print(
            f"{line}wall {run['wall_s'] / base['wall_s']:.2f} (goal {goal}); "
            f"cpu {run['cpu_s'] / base['cpu_s']:.2f}; SimpleITK {base['wall_s']:.2f} s; "
            f"peak memory {run['peak_mb'] / base['peak_mb']:.2f}; {run['bones']:.0f} measured"
        )


if __name__ == "__main__":
    count = int(sys.argv[1]) if sys.argv[1:] else 160
    print(f"{count} slices of {SIDE} x {SIDE}; SimpleITK reading the same = 1.00")
    for one in GOALS:
        compare(count, one)
