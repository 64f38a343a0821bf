"""From a series on disk to the stack that is reviewed: pictures, outlines, points, heights."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO

import numpy as np

from components.imaging.centroids import UnusableCentroids, check_on_bone
from components.imaging.fidelity import fidelity
from components.imaging.fit import Fit, fit_of
from components.imaging.frame import Box, Floats, Frame, frame_of, indices, obliquity_degrees
from components.imaging.header import SeriesOnDisk
from components.imaging.masks import Labels, LabelSource, UnusableMask, number_of, read_labels
from components.imaging.oblique import on_patient_axes
from components.imaging.outlines import outlines
from components.imaging.pixels import Int16
from components.imaging.reformats import Seen, own_plane, straight_levels, straight_outlines
from components.imaging.sagittal import Layout, layout_of, plane_picture, with_margin
from components.imaging.sampling import hu_on
from components.imaging.series import Block, UnusableSeries, block
from components.imaging.stack_file import write_stack
from components.imaging.straighten import straight_meta
from components.imaging.vertebrae import Vertebra, vertebrae
from components.imaging.volume import Volume, body_box, read_volume
from store.domain.morphometry import Heights
from store.domain.spine import REVIEWABLE, Level

__all__ = [
    "LabelSource",
    "Prepared",
    "UnusableCentroids",
    "UnusableMask",
    "UnusableSeries",
    "prepare",
]

MOST_OBLIQUE_DEGREES = 10.0
"""A grid further off the patient's axes is resampled to them."""
ABOUT_CENTRES_MM = ((45.0, 45.0), (35.0, 35.0), (50.0, 75.0))
"""Kept about given centres: right and left, head and foot, front and back."""

Centres = Mapping[Level, Floats]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was prepared.

    Attributes:
        meta: As written to the stack file.
        heights: Of every vertebra measured.
        unmeasured: Why another of T1 to L6 was not.
        size: Of the stack file, bytes.
    """

    meta: dict[str, Any]
    heights: dict[Level, Heights]
    unmeasured: dict[Level, str]
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class _Scan:
    """A series as read: its grid, the part about the spine, and what marks its vertebrae.

    Attributes:
        affine: Of the whole grid in which `box` and `labels.box` count.
        volume: Covers `box`.
        fit: Of the mask on the bone, where there is a mask.
    """

    affine: Floats
    box: Box
    volume: Volume
    labels: Labels | None
    fit: Fit | None = None


def prepare(
    series: SeriesOnDisk,
    mask: LabelSource | None,
    target: BinaryIO,
    *,
    centres_in: Callable[[Frame], Centres] | None = None,
    notes: Sequence[str] = (),
) -> Prepared:
    """Write the stack of *series* to *target*, measured where *mask* shows its vertebrae.

    Args:
        series: The slices on disk.
        mask: Outlines of its vertebrae.
        target: Takes the stack file.
        centres_in: Gives the centres of its vertebral bodies, LPS mm, for the grid of the
            scan; used for the straightened picture where no mask is.
        notes: Sentences that stand with the facts of the picture.

    Raises:
        UnusableSeries: no picture can be made of it; the text says why.
        UnusableMask: the mask does not belong to it, or cannot be read.
        UnusableCentroids: the centres do not belong to it, or cannot be read.
    """
    if series.refusal:
        raise UnusableSeries(series.refusal)
    slices = block(series.instances)
    frame = frame_of(slices.affine, slices.shape)
    centres = centres_in(frame) if centres_in and not mask else {}
    scan = _read(slices, frame, mask, centres)
    whole = frame.affine, frame.shape
    bones = vertebrae(scan.labels, *whole, scan.volume) if scan.labels else []
    seen = Seen.of(bones) if bones else Seen(centres, {}, "centroids")
    turned = slices.tilt_degrees > 0 or obliquity_degrees(frame.affine) > MOST_OBLIQUE_DEGREES
    shown = _upright(scan) if turned else scan
    layout = layout_of(shown.box, shown.affine)
    kernel, measured = series.header.kernel, any(bone.shape for bone in bones)
    facts = fidelity(slices, frame, layout, kernel, resampled=turned, measured=measured)
    facts["overlay"] = seen.source if seen.centres else ""
    facts["overlay_fit"] = scan.fit.share if scan.fit else None
    facts["notes"] = [*facts["notes"], *(scan.fit.notes if scan.fit else ()), *notes]
    if facts["unsuitable"]:
        bones = [bone.without_shape(str(facts["unsuitable"])) for bone in bones]
    extra: list[Int16] = []
    meta = _size(layout) | {
        "fidelity": facts,
        "best_plane": _best_plane(seen.centres, layout),
        "straight": _straight(seen, scan, layout, extra),
        "vertebrae": [_picture(bone, shown.labels, layout) for bone in bones],
    }
    for bone, about in zip(bones, meta["vertebrae"], strict=True):
        about["own"] = _own(bone, scan.volume, layout.planes, extra)
    part = _part(shown, layout)
    planes = (plane_picture(part, layout, n) for n in range(layout.planes))
    size = write_stack(target, meta, chain(planes, extra))
    return Prepared(
        meta,
        {bone.level: bone.shape.heights for bone in bones if bone.shape},
        {b.level: b.unmeasured for b in bones if b.unmeasured and b.level in REVIEWABLE},
        size,
    )


def _read(slices: Block, frame: Frame, mask: LabelSource | None, centres: Centres) -> _Scan:
    """The part of the scan about the spine, and its mask once it is seen to fit."""
    labels = read_labels(mask, frame) if mask else None
    if labels is not None:
        box = with_margin(labels.box, frame.affine, frame.shape)
    elif centres:
        box = _about(centres, frame)
    else:
        box = body_box(slices, frame)
    volume = read_volume(slices, frame, box)
    if centres:
        check_on_bone(centres, volume)
    if labels is None:
        return _Scan(frame.affine, box, volume, None)
    fit = fit_of(labels, volume, box, frame.shape, lambda part: read_volume(slices, frame, part))
    return _Scan(frame.affine, box, volume, labels, fit)


def _about(centres: Centres, frame: Frame) -> Box:
    """The part of the grid about given centres."""
    index = indices(frame.affine, np.array(list(centres.values())))
    steps = np.linalg.norm(frame.affine[:3, :3], axis=0)
    ranges = []
    for place, (before, after) in enumerate(ABOUT_CENTRES_MM):
        low = int(index[:, place].min() - before / steps[place])
        high = int(index[:, place].max() + after / steps[place]) + 1
        ranges.append((max(0, low), min(frame.shape[place], high)))
    return ranges[0], ranges[1], ranges[2]


def _upright(scan: _Scan) -> _Scan:
    """The same on a grid along the patient's axes."""
    volume, labels = on_patient_axes(scan.volume, scan.labels, scan.affine)
    planes, rows, columns = volume.hu.shape
    return _Scan(volume.affine, ((0, planes), (0, rows), (0, columns)), volume, labels)


def _part(scan: _Scan, layout: Layout) -> Volume:
    """The planes that the layout kept."""
    (first, _), (start, end) = scan.box[0], layout.box[0]
    return Volume(scan.volume.hu[start - first : end - first], scan.volume.affine)


def _size(layout: Layout) -> dict[str, Any]:
    return {
        "planes": layout.planes,
        "rows": layout.rows,
        "columns": layout.columns,
        "mm_per_pixel": round(layout.pixel_mm, 6),
        "plane_x_mm": layout.plane_x_mm(),
        "plane_mm": round(layout.plane_mm, 4),
    }


def _best_plane(centres: Centres, layout: Layout) -> int:
    """Through the middle of the reviewable spine; of the stack where nothing is marked."""
    marked = [centre for level, centre in centres.items() if level in REVIEWABLE]
    if not marked:
        return layout.planes // 2
    planes, _ = layout.place(np.array(marked))
    return int(np.median(planes))


def _straight(
    seen: Seen, scan: _Scan, layout: Layout, extra: list[Int16]
) -> dict[str, object] | None:
    """The straightened spine as the viewer must know it; its pictures join *extra*."""
    curve = seen.curve(layout.pixel_mm)
    if curve is None:
        return None
    index = layout.fractions(curve.points)
    found = straight_meta(curve, layout.pixel_mm, index, seen.source)
    found["first"] = layout.planes + len(extra)
    found["levels"] = straight_levels(seen, curve, layout.pixel_mm)
    if scan.labels is not None:
        found["outlines"] = straight_outlines(curve, scan.labels, scan.affine, layout.pixel_mm)
    extra += hu_on(scan.volume.hu, scan.volume.affine, curve.surfaces(layout.pixel_mm))
    return found


def _own(bone: Vertebra, volume: Volume, first: int, extra: list[Int16]) -> dict[str, Any] | None:
    """The body's own plane as the viewer must know it; its picture joins *extra*."""
    if bone.shape is None:
        return None
    about, picture = own_plane(bone.shape.body, bone.shape.points, volume)
    extra.append(picture)
    return {"plane": first + len(extra) - 1, **about}


def _picture(bone: Vertebra, labels: Labels | None, layout: Layout) -> dict[str, Any]:
    plane, centre = layout.place(bone.centre[None])
    points: list[list[float]] | None = None
    heights: list[float] | None = None
    if bone.shape is not None:
        points = _rounded(layout.place(bone.shape.points)[1])
        heights = [round(mm, 2) for mm in bone.shape.heights.three]
    return {
        "level": bone.level.value,
        "plane": int(plane[0]),
        "centre": _rounded(centre)[0],
        "outlines": _outlines(bone.level, labels, layout) if labels else {},
        "points": points,
        "heights_mm": heights,
        "unmeasured": bone.unmeasured,
    }


def _outlines(level: Level, labels: Labels, layout: Layout) -> dict[str, list[list[float]]]:
    box = labels.boxes.get(level)
    if box is None:
        return {}
    (first, _), (top, _), (left, _) = labels.box
    return outlines(labels.ids, (first, top, left), box, number_of(level), layout)


def _rounded(pairs: Floats) -> list[list[float]]:
    return [[round(float(x), 2), round(float(y), 2)] for x, y in pairs]
