"""A vertebra mask, read from NIfTI or a DICOM segmentation and laid on the grid of its scan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from components.imaging.dicom_kind import Sent, sent
from components.imaging.frame import Box, Frame
from components.imaging.grown_grid import grown_box, whole_boxes
from components.imaging.label_tables import TABLES, level_named, levels_named
from components.imaging.mask_grid import laid_on
from components.imaging.nifti import Head, UnusableMask, head_of, layers_of, opened
from components.imaging.segmentation import laid_out
from store.domain.spine import ORDER, Level

__all__ = ["TABLES", "LabelSource", "Labels", "UnusableMask", "read_labels"]

Labelled = NDArray[np.uint8]


TALLEST_MM = 120.0
"""No vertebra, its spinous process hanging down, is taller."""
LARGEST_LABEL = 1000
"""No program numbers its structures higher; a CT read as a mask would be speckled with levels."""


@dataclass(frozen=True, slots=True)
class LabelSource:
    """A mask on disk.

    Attributes:
        table: Which of `TABLES` its numbers follow; None takes the names in the file itself.
        names: What its labels are called, by number, where a file beside it says so.
        grid: The grid of the scan when the mask was made, where more slices came after it.
    """

    path: Path
    table: str | None
    names: Mapping[int, str] = field(default_factory=dict)
    grid: Frame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """The vertebrae of a mask.

    Attributes:
        ids: uint8 (plane, row, column) inside *box*; 1 + place in `ORDER`, 0 elsewhere.
        box: Where that part lies in the frame of the scan.
        boxes: Of each vertebra, inside *ids*.
    """

    ids: Labelled
    box: Box
    boxes: dict[Level, Box]


@dataclass(frozen=True, slots=True, eq=False)
class _Lookup:
    """From stored values to vertebra numbers."""

    ids: Labelled
    slope: float
    intercept: float

    def ids_of(self, layer: NDArray[Any]) -> Labelled:
        """Vertebra numbers of a *layer* of stored values.

        Raises:
            UnusableMask: a value is no whole number.
        """
        if layer.dtype == np.uint8 and (self.slope, self.intercept) == (1.0, 0.0):
            return np.asarray(cv2.LUT(layer, self.ids[:256]), np.uint8)
        values = layer * self.slope + self.intercept
        whole = np.rint(values)
        if not np.array_equal(whole, values):
            msg = "The mask holds fractions; labels are whole numbers. Send labels."
            raise UnusableMask(msg)
        if whole.size and (whole.min() < 0 or whole.max() > LARGEST_LABEL):
            msg = f"It holds values from {whole.min():g} to {whole.max():g}: an image, not a mask."
            msg_0 = f"{msg} Send the labels."
            raise UnusableMask(msg_0)
        known = whole < len(self.ids)
        taken: Labelled = self.ids[np.where(known, whole, 0).astype(np.int64)]
        return taken


def number_of(level: Level) -> int:
    """The number that stands for *level* in `Labels.ids`."""
    return ORDER.index(level) + 1


def read_labels(source: LabelSource, frame: Frame) -> Labels:
    """The vertebrae of *source*, on the grid that *frame* describes.

    Raises:
        UnusableMask: unreadable, on another grid, without names or without a vertebra.
    """
    if source.grid is not None:
        before = read_labels(replace(source, grid=None), source.grid)
        return _grown(before, source.grid, frame)
    if sent(source.path) is Sent.SEGMENTATION:
        return _from_segmentation(source.path, frame)
    with opened(source.path) as file:
        head = head_of(file)
        table = _table(source, head.names or source.names)
        seen = _placed(head, frame)
        ids, stored = _ids(layers_of(file, head), _lookup(head, table))
    labels = _labels(seen, ids, stored)
    _check_heights(labels, frame)
    return labels


def _grown(labels: Labels, grid: Frame, frame: Frame) -> Labels:
    """*labels* of *grid* in *frame*, without those that the edge of *grid* cut."""
    boxes = whole_boxes(labels.boxes, labels.box, grid)
    cut = [number_of(level) for level in labels.boxes.keys() - boxes.keys()]
    ids = np.where(np.isin(labels.ids, cut), 0, labels.ids).astype(np.uint8)
    return Labels(ids, grown_box(labels.box, grid, frame), boxes)


def check_grid(path: Path, frame: Frame) -> None:
    """Refuse a mask that lies on another grid than *frame*, by its header alone.

    Raises:
        UnusableMask: it does, or cannot be read.
    """
    if sent(path) is Sent.SEGMENTATION:
        found = laid_out(path, frame, pixels=False)
        laid_on(found.affine, found.shape, frame)
        return
    with opened(path) as file:
        _placed(head_of(file), frame)


def _from_segmentation(path: Path, frame: Frame) -> Labels:
    found = laid_out(path, frame)
    numbers = np.zeros(1 << 16, np.uint8)
    for number, level in found.levels.items():
        numbers[number & 0xFFFF] = number_of(level)
    seen = laid_on(found.affine, found.shape, frame)
    labels = _labels(seen, *_ids(found.layers(), _Lookup(numbers, 1.0, 0.0)))
    _check_heights(labels, frame)
    return labels


def _check_heights(labels: Labels, frame: Frame) -> None:
    """Refuse one label for several bodies, which a table would take for one vertebra."""
    step = float(np.linalg.norm(frame.affine[:3, 1]))
    for level, (_, (low, high), _) in labels.boxes.items():
        if level is Level.S1 or (high - low) * step <= TALLEST_MM:
            continue
        rows = (labels.ids[:, low:high] == number_of(level)).sum(axis=(0, 2))
        # A few stray voxels far off do no harm.
        tall = float((rows > rows.max() / 10).sum()) * step
        if tall > TALLEST_MM:
            msg = f"The label of {level} is {tall:.0f} mm tall: more than one vertebra."
            msg_0 = f"{msg} Send a mask with a label for each vertebra."
            raise UnusableMask(msg_0)


def _table(source: LabelSource, names: Mapping[int, str]) -> dict[int, Level]:
    """What each number means: by the chosen table, or by the names in the file."""
    named = levels_named(names)
    if source.table is None:
        if named:
            return named
        if names:
            said = ", ".join(list(names.values())[:3])
            msg = f"The mask names its labels ({said}), but no vertebra among them."
            msg_0 = f"{msg} Send one with a label for each vertebra."
            raise UnusableMask(msg_0)
        msg = "The mask does not name its labels. Choose the table that its program uses:"
        msg_0 = f"{msg} {', '.join(TABLES)}."
        raise UnusableMask(msg_0)
    if source.table not in TABLES:
        msg = "No table of labels has this name. Choose one of:"
        msg_0 = f"{msg} {', '.join(TABLES)}."
        raise UnusableMask(msg_0)
    table = TABLES[source.table]
    differing = [n for n in sorted(names.keys() & table) if not _means(names[n], table[n])]
    if differing:
        n = differing[0]
        said = named.get(n) or names[n]
        msg = f"The table says label {n} is {table[n]}, the mask itself says {said}."
        msg_0 = f"{msg} Leave the table out."
        raise UnusableMask(msg_0)
    return table


def _means(name: str, level: Level) -> bool:
    """Whether the *name* of a label can be that of *level*; some call the sacrum S1."""
    return level_named(name) is level or (level is Level.S1 and "sacrum" in name.lower())


def _placed(head: Head, frame: Frame) -> Frame:
    """How the grid of a mask is turned to lie on that of *frame*, by its sform or its qform.

    Where a file has both, the one that lies on the scan counts. Programs differ in which they
    heed, so a file whose two forms lie on the scan in two ways is refused.
    """
    found, refusals = [], []
    for affine in head.affines:
        try:
            found.append(laid_on(affine, head.shape, frame))
        except UnusableMask as refusal:
            refusals.append(refusal)
    if not found:
        raise refusals[0]
    if len({(one.axes, one.flips) for one in found}) > 1:
        msg = "The sform and the qform of the mask lay it on the scan in two ways."
        msg_0 = f"{msg} Send it with one of them."
        raise UnusableMask(msg_0)
    return found[0]


def _lookup(head: Head, table: dict[int, Level]) -> _Lookup:
    ids = np.zeros(1 << 16, np.uint8)
    for number, level in table.items():
        if 0 <= number < len(ids):
            ids[number] = number_of(level)
    scaled = head.slope != 0.0 and (head.slope, head.intercept) != (1.0, 0.0)
    return _Lookup(ids, head.slope if scaled else 1.0, head.intercept if scaled else 0.0)


def _ids(layers: Iterable[NDArray[Any]], lookup: _Lookup) -> tuple[Labelled, Box]:
    """Vertebra numbers of the part of the (j, i) *layers* that holds any, and where it lies."""
    parts: list[tuple[int, tuple[int, int, int, int], Labelled]] = []
    for k, layer in enumerate(layers):
        # Most of a mask is empty: looking up the rest only takes a third of the time.
        left, upper, right, lower = _marked(layer) if lookup.intercept == 0 else _all_of(layer)
        if right <= left:
            continue
        ids = lookup.ids_of(layer[upper:lower, left:right])
        x, y, width, height = cv2.boundingRect(ids)
        if width:
            rectangle = left + x, upper + y, left + x + width, upper + y + height
            parts.append((k, rectangle, ids[y : y + height, x : x + width].copy()))
    if not parts:
        msg = "The mask holds no vertebra under this table of labels."
        msg_0 = f"{msg} Choose another table, or send the right mask."
        raise UnusableMask(msg_0)
    edges = np.array([rectangle for _, rectangle, _ in parts])
    (x0, y0), (x1, y1) = edges[:, :2].min(axis=0), edges[:, 2:].max(axis=0)
    k0, k1 = parts[0][0], parts[-1][0] + 1
    whole = np.zeros((k1 - k0, y1 - y0, x1 - x0), np.uint8)
    for k, (left, upper, right, lower), part in parts:
        whole[k - k0, upper - y0 : lower - y0, left - x0 : right - x0] = part
    return whole, ((int(x0), int(x1)), (int(y0), int(y1)), (k0, k1))


def _all_of(layer: NDArray[Any]) -> tuple[int, int, int, int]:
    return 0, 0, layer.shape[1], layer.shape[0]


def _marked(layer: NDArray[Any]) -> tuple[int, int, int, int]:
    """Left, upper, right and lower end of what is not 0 in *layer*."""
    size = layer.dtype.itemsize
    x, y, width, height = cv2.boundingRect(layer.view(np.uint8))
    return x // size, y, -(-(x + width) // size), y + height


def _labels(seen: Frame, ids: Labelled, stored: Box) -> Labels:
    """*ids*, (k, j, i) at *stored* of the mask's grid, turned into the frame of the scan."""
    turned = np.ascontiguousarray(seen.as_seen(ids.transpose(2, 1, 0)))
    ranges = []
    for place, axis in enumerate(seen.axes):
        low, high = stored[axis]
        size = seen.shape[place]
        ranges.append((size - high, size - low) if seen.flips[place] else (low, high))
    return Labels(turned, (ranges[0], ranges[1], ranges[2]), boxes_of(turned))


def boxes_of(ids: Labelled) -> dict[Level, Box]:
    """Where each vertebra lies in *ids*."""
    rows: dict[int, list[int]] = {}
    for row in range(ids.shape[1]):
        counts = np.bincount(ids[:, row].ravel(), minlength=2)
        for number in np.flatnonzero(counts[1:]) + 1:
            rows.setdefault(int(number), []).append(row)
    boxes: dict[Level, Box] = {}
    for label, seen in sorted(rows.items()):
        r0, r1 = seen[0], seen[-1] + 1
        part = ids[:, r0:r1] == label
        planes = np.flatnonzero(part.any(axis=(1, 2)))
        columns = np.flatnonzero(part.any(axis=(0, 1)))
        boxes[ORDER[label - 1]] = (
            (int(planes[0]), int(planes[-1]) + 1),
            (r0, r1),
            (int(columns[0]), int(columns[-1]) + 1),
        )
    return boxes
