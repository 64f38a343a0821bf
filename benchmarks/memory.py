"""Memory of intake for 500 and 2,000 slices: it follows the spine's box, not the series.

Run: python benchmarks/memory.py
The long series is the same spine with three times as much of the patient about it, and the same
spine in slices of a quarter of the thickness. SimpleITK reading the same stands beside each.
"""

import tempfile
from pathlib import Path

from side_by_side import SIDE, SPACING_MM, built, measured

SERIES = (
    ("500 slices of 0.9 mm", 500, SPACING_MM[0]),
    ("2,000 slices of 0.9 mm", 2000, SPACING_MM[0]),
    ("2,000 slices of 0.225 mm", 2000, SPACING_MM[0] / 4),
)


def main() -> None:
    """Print a line a series."""
    print(f"Peak memory, MB; slices of {SIDE} x {SIDE}, uncompressed")
    for title, slices, step_mm in SERIES:
        with tempfile.TemporaryDirectory() as name:
            built(Path(name), slices, step_mm=step_mm)
            found = measured(Path(name), ("simpleitk", "mask", "plain"), 1)
        base, mask, plain = (found[side]["peak_mb"] for side in ("simpleitk", "mask", "plain"))
        print(
            f"  {title:<26} SimpleITK {base:6.0f}; with a mask {mask:5.0f} ({mask / base:.2f}); "
            f"without {plain:5.0f} ({plain / base:.2f})"
        )


if __name__ == "__main__":
    main()
