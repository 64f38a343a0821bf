"""From a series on disk to the stack that is reviewed: pictures, outlines, points, heights."""

from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from components.imaging.frame import Box, Floats, Frame, frame_of, obliquity_degrees
from components.imaging.header import SeriesOnDisk
from components.imaging.masks import Labels, LabelSource, UnusableMask, number_of, read_labels
from components.imaging.oblique import straightened
from components.imaging.outlines import outlines
from components.imaging.sagittal import Layout, layout_of, plane_picture, with_margin
from components.imaging.series import Block, UnusableSeries, block
from components.imaging.stack_file import write_stack
from components.imaging.vertebrae import Vertebra, vertebrae
from components.imaging.volume import Volume, body_box, read_volume
from store.domain.morphometry import Heights
from store.domain.spine import REVIEWABLE, Level

__all__ = ["LabelSource", "Prepared", "UnusableMask", "UnusableSeries", "prepare"]

MOST_OBLIQUE_DEGREES = 10.0
"""A grid further off the patient's axes is resampled to them."""
AIR_BELOW_HU = 0
"""A mask whose vertebrae are darker than water does not lie on bone."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was prepared.

    Attributes:
        meta: As written to the stack file.
        heights: Of every vertebra measured.
        unmeasured: Why another of T1 to L6 was not.
        size: Of the stack file, bytes.
    """

    meta: dict[str, object]
    heights: dict[Level, Heights]
    unmeasured: dict[Level, str]
    size: int


def prepare(series: SeriesOnDisk, mask: LabelSource | None, target: BinaryIO) -> Prepared:
    """Write the stack of *series* to *target*, measured where *mask* shows its vertebrae.

    Raises:
        UnusableSeries: no picture can be made of it; the text says why.
        UnusableMask: the mask does not belong to it, or cannot be read.
    """
    if series.refusal:
        raise UnusableSeries(series.refusal)
    slices = block(series.instances)
    if slices.tilt_degrees > 1:
        msg = f"The gantry was tilted by {slices.tilt_degrees:.1f} degrees,"
        msg_0 = f"{msg} which would falsify heights. Send a reconstruction without tilt."
        raise UnusableSeries(msg_0)
    frame = frame_of(slices.affine, slices.shape)
    labels = read_labels(mask, frame) if mask else None
    box = _box(slices, frame, labels)
    volume = read_volume(slices, frame, box)
    if labels is not None:
        _check_on_bone(volume, labels, box)
    bones = vertebrae(labels, frame.affine, frame.shape, volume) if labels else []
    oblique = obliquity_degrees(frame.affine)
    notes = _notes(slices, oblique)
    affine = frame.affine
    if oblique > MOST_OBLIQUE_DEGREES:
        volume, labels = straightened(volume, labels, frame.affine)
        affine = volume.affine
        box = _whole(volume)
    layout = layout_of(box, affine)
    volume = _part(volume, box, layout)
    meta = _meta(slices, layout, " ".join(notes))
    meta["vertebrae"] = [_picture(bone, labels, layout) for bone in bones if labels]
    meta["best_plane"] = _best_plane(bones, layout)
    size = write_stack(
        target, meta, (plane_picture(volume, layout, n) for n in range(layout.planes))
    )
    return Prepared(
        meta,
        {bone.level: bone.shape.heights for bone in bones if bone.shape},
        {b.level: b.unmeasured for b in bones if b.unmeasured and b.level in REVIEWABLE},
        size,
    )


def _box(slices: Block, frame: Frame, labels: Labels | None) -> Box:
    if labels is None:
        return body_box(slices, frame)
    return with_margin(labels.box, frame.affine, frame.shape)


def _whole(volume: Volume) -> Box:
    planes, rows, columns = volume.hu.shape
    return (0, planes), (0, rows), (0, columns)


def _part(volume: Volume, box: Box, layout: Layout) -> Volume:
    """The planes that the layout kept of *volume*, which covers *box*."""
    (first, _), (start, end) = box[0], layout.box[0]
    return Volume(volume.hu[start - first : end - first], volume.affine)


def _check_on_bone(volume: Volume, labels: Labels, box: Box) -> None:
    """Refuse a mask that fits the grid and yet lies beside the spine, mirrored for one."""
    inner = tuple(
        slice(low - outer, high - outer)
        for (low, high), (outer, _) in zip(labels.box, box, strict=True)
    )
    marked = volume.hu[inner][::2, ::2, ::2][labels.ids[::2, ::2, ::2] > 0]
    if not len(marked):
        return
    median = float(np.median(marked))
    if median < AIR_BELOW_HU:
        msg = f"The mask does not lie on bone: half of it is darker than {median:.0f} HU."
        msg_0 = f"{msg} Send the mask of this scan."
        raise UnusableMask(msg_0)


def _notes(slices: Block, oblique: float) -> list[str]:
    notes = []
    if slices.lossy:
        notes.append(f"Stored with loss of detail ({slices.lossy}).")
    if oblique > MOST_OBLIQUE_DEGREES:
        notes.append(
            f"Resampled to the patient's axes; the scan lay {oblique:.0f} degrees oblique."
        )
    return notes


def _meta(slices: Block, layout: Layout, note: str) -> dict[str, object]:
    return {
        "planes": layout.planes,
        "rows": layout.rows,
        "columns": layout.columns,
        "mm_per_pixel": round(layout.pixel_mm, 6),
        "plane_x_mm": layout.plane_x_mm(),
        "plane_mm": round(layout.plane_mm, 4),
        "source": {
            "spacing_mm": [round(mm, 4) for mm in slices.spacing_mm],
            "slices": len(slices.slices),
            "note": note,
        },
    }


def _best_plane(bones: list[Vertebra], layout: Layout) -> int:
    """Through the middle of the reviewable spine; of the stack where nothing is marked."""
    marked = [bone.centre for bone in bones if bone.level in REVIEWABLE] or [
        bone.centre for bone in bones
    ]
    if not marked:
        return layout.planes // 2
    planes, _ = layout.place(np.array(marked))
    return int(np.median(planes))


def _picture(bone: Vertebra, labels: Labels, layout: Layout) -> dict[str, object]:
    plane, centre = layout.place(bone.centre[None])
    points: list[list[float]] | None = None
    heights: list[float] | None = None
    if bone.shape is not None:
        points = _rounded(layout.place(bone.shape.points)[1])
        heights = [round(mm, 2) for mm in bone.shape.heights.three]
    (first, _), (top, _), (left, _) = labels.box
    box = labels.boxes.get(bone.level)
    number = number_of(bone.level)
    return {
        "level": bone.level.value,
        "plane": int(plane[0]),
        "centre": _rounded(centre)[0],
        "outlines": outlines(labels.ids, (first, top, left), box, number, layout) if box else {},
        "points": points,
        "heights_mm": heights,
        "unmeasured": bone.unmeasured,
    }


def _rounded(pairs: Floats) -> list[list[float]]:
    return [[round(float(x), 2), round(float(y), 2)] for x, y in pairs]
