"""What the machine measures on a phantom, as it would on a patient's scan and mask."""

import numpy as np

from components.imaging.frame import frame_of
from components.imaging.masks import Labels, boxes_of, number_of
from components.imaging.phantom import PhantomScan
from components.imaging.phantom.sizes import INTACT
from components.imaging.vertebrae import Vertebra, vertebrae
from components.imaging.volume import Volume
from store.domain.morphometry import Heights
from store.domain.spine import Level


def bones_of(
    scan: PhantomScan, *, seen: bool = True, bodies_only: bool = False
) -> dict[Level, Vertebra]:
    """Every vertebra as found on voxels and mask; on the mask alone unless *seen*."""
    frame = frame_of(scan.affine, scan.voxels.shape)
    numbers = np.zeros(256, np.uint8)
    for level, size in INTACT.items():
        numbers[size.label] = number_of(level)
    ids = np.ascontiguousarray(frame.as_seen(numbers[scan.bodies if bodies_only else scan.labels]))
    whole = (0, ids.shape[0]), (0, ids.shape[1]), (0, ids.shape[2])
    hu = np.ascontiguousarray(frame.as_seen(scan.voxels))
    volume = Volume(hu, frame.affine) if seen else None
    found = vertebrae(Labels(ids, whole, boxes_of(ids)), frame.affine, frame.shape, volume)
    return {bone.level: bone for bone in found}


def heights_of(
    scan: PhantomScan, *, seen: bool = True, bodies_only: bool = False
) -> dict[Level, Heights]:
    """The heights of those that could be measured."""
    bones = bones_of(scan, seen=seen, bodies_only=bodies_only)
    return {level: bone.shape.heights for level, bone in bones.items() if bone.shape}
