"""Phantom CT scans of a spine whose heights are known exactly, for the demo and the tests."""

from components.imaging.phantom.dicom import write_dicom
from components.imaging.phantom.headers import (
    CANON,
    GE,
    PHILIPS,
    SIEMENS,
    Identity,
    Maker,
    Packing,
    Study,
    uid,
)
from components.imaging.phantom.masks import write_mask
from components.imaging.phantom.noise import BONE, SOFT, STANDARD, Kernel
from components.imaging.phantom.plan import Fracture, Mimic, Spine, plan
from components.imaging.phantom.render import PhantomScan, render

__all__ = [
    "BONE",
    "CANON",
    "GE",
    "PHILIPS",
    "SIEMENS",
    "SOFT",
    "STANDARD",
    "Fracture",
    "Identity",
    "Kernel",
    "Maker",
    "Mimic",
    "Packing",
    "PhantomScan",
    "Spine",
    "Study",
    "plan",
    "render",
    "uid",
    "write_dicom",
    "write_mask",
]
