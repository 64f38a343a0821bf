"""How a picture came about, in figures: what a reader must know before trusting it."""

from typing import Any

import numpy as np

from components.imaging.frame import Frame, obliquity_degrees
from components.imaging.sagittal import Layout
from components.imaging.series import Block
from store.domain.morphometry import height_limits_mm, unsuitable_for_heights

_STORED = {0: "sagittal", 1: "axial", 2: "coronal"}
"""By the place, among planes, rows and columns, that the slices of the series take."""


def sampled_mm(block: Block, frame: Frame) -> tuple[float, float]:
    """From head to foot: how far apart tissue is sampled, and over how much it is averaged.

    For axial slices their distance and thickness; for others the pixels.
    """
    if _STORED[frame.axes.index(0)] == "axial":
        step = block.spacing_mm[0]
        return step, max(step, block.thickness_mm or 0.0)
    pixel = float(np.linalg.norm(frame.affine[:3, 1]))
    return pixel, pixel


def fidelity(
    block: Block, frame: Frame, layout: Layout, kernel: str, *, resampled: bool, measured: bool
) -> dict[str, Any]:
    """The facts of a picture as the viewer shows them; see `prepare`.

    Args:
        block: The series.
        frame: How it is seen.
        layout: The true sagittal stack.
        kernel: ConvolutionKernel as the header names it.
        resampled: Whether the stack lies along other axes than the scan.
        measured: Whether a vertebra shows its body, so that heights are taken.
    """
    stored = _STORED[frame.axes.index(0)]
    step, thickness = sampled_mm(block, frame)
    unsuitable = unsuitable_for_heights(step, thickness)
    within = height_limits_mm(step) if measured and not unsuitable else None
    return {
        "slices": len(block.slices),
        "step_mm": round(block.spacing_mm[0], 3),
        "thickness_mm": None if block.thickness_mm is None else round(block.thickness_mm, 3),
        "in_plane_mm": [round(mm, 4) for mm in block.spacing_mm[1:]],
        "stored": stored,
        "oblique_degrees": round(obliquity_degrees(frame.affine), 1),
        "through_plane_mm": round(layout.plane_mm, 3),
        "merged": layout.merged,
        "interpolated": _interpolated(layout, stored, resampled=resampled),
        "tilt_degrees": round(block.tilt_degrees, 1),
        "kernel": kernel[:64],
        "lossy": block.lossy,
        "overlay": "",
        "overlay_fit": None,
        "unsuitable": unsuitable,
        "notes": [f"Heights within ±{within:.1f} mm (95 %, on phantoms)."] if within else [],
    }


def _interpolated(layout: Layout, stored: str, *, resampled: bool) -> str:
    """Where pixels were made that the scanner did not measure; empty where none were."""
    if resampled:
        return "resampled to the patient's axes"
    _, down, across = layout.spacing_mm
    if abs(down - layout.pixel_mm) < 1e-6 and abs(across - layout.pixel_mm) < 1e-6:
        return ""
    return "rows between slices" if stored == "axial" else "pixels made square"
