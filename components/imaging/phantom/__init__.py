"""Phantom CT scans of a spine whose heights are known exactly, for the demo and the tests."""

from components.imaging.phantom.capture import write_capture
from components.imaging.phantom.dicom import write_dicom
from components.imaging.phantom.headers import (
    CANON,
    GE,
    PHILIPS,
    SIEMENS,
    Identity,
    Maker,
    Study,
    uid,
)
from components.imaging.phantom.masks import write_mask
from components.imaging.phantom.multiframe import write_enhanced
from components.imaging.phantom.noise import BONE, SOFT, STANDARD, Kernel
from components.imaging.phantom.packing import Packing
from components.imaging.phantom.plan import Curve, Fracture, Mimic, Spine, Variant, plan
from components.imaging.phantom.render import PhantomScan, Planted, render
from components.imaging.phantom.scanning import Scanning, Storage

__all__ = [
    "BONE",
    "CANON",
    "GE",
    "PHILIPS",
    "SIEMENS",
    "SOFT",
    "STANDARD",
    "Curve",
    "Fracture",
    "Identity",
    "Kernel",
    "Maker",
    "Mimic",
    "Packing",
    "PhantomScan",
    "Planted",
    "Scanning",
    "Spine",
    "Storage",
    "Study",
    "Variant",
    "plan",
    "render",
    "uid",
    "write_capture",
    "write_dicom",
    "write_enhanced",
    "write_mask",
]
