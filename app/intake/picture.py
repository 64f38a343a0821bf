"""From a series on disk to a picture in the archive."""

import hashlib
from collections.abc import Sequence
from typing import BinaryIO

from components.imaging.header import SeriesOnDisk
from components.imaging.masks import LabelSource, UnusableMask
from components.imaging.prepare import Prepared, prepare
from store.archive import Archive
from store.arrivals import Picture

PIPELINE = "1"
"""Raised when the same input would give another picture."""


def picture_of(
    archive: Archive, series: SeriesOnDisk, masks: Sequence[LabelSource]
) -> tuple[Picture, str]:
    """The picture of *series* with the first of *masks* that fits, and what was said of masks.

    Raises:
        Unusable: no honest picture can be made of the series.
    """
    said: list[str] = []
    for mask in masks:
        try:
            return _prepared(archive, series, mask), "; ".join(["used", *dict.fromkeys(said)])
        except UnusableMask as refusal:
            said.append(f"refused: {refusal}")
    return _prepared(archive, series, None), "; ".join(dict.fromkeys(said))


def _prepared(archive: Archive, series: SeriesOnDisk, mask: LabelSource | None) -> Picture:
    digest = hashlib.sha256(mask.path.read_bytes()).hexdigest() if mask else ""
    table = (mask.table or "") if mask else ""
    parts = f"{PIPELINE} {series.header.digest} {digest} {table}"
    name = hashlib.sha256(parts.encode()).hexdigest()
    made: list[Prepared] = []
    archive.put("stacks", name, lambda file: made.append(prepare(series, mask, file)))
    if mask is not None:
        archive.put("masks", digest, lambda file: _copy(mask, file))
    return Picture(name, made[0].heights, made[0].unmeasured, digest)


def _copy(mask: LabelSource, file: BinaryIO) -> None:
    file.write(mask.path.read_bytes())
