"""A key image: one prepared slice rendered anew, with no header and no text but level and grade."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from components.imaging.elements import Elements, NotDicom, read_elements
from components.imaging.pixels import Int16
from components.imaging.png import png
from components.imaging.stack_file import decode_plane, open_plane, read_meta
from components.imaging.syntaxes import lossy_name
from components.imaging.walk import Broken
from store.domain.refusal import Unusable

TALL_PX = 1400
"""Height of the picture: sharp on a slide of a projector."""
FRONT_MM, BEHIND_MM, ABOVE_MM = 55.0, 55.0, 40.0
"""Shown about the marked vertebrae; less of the rest of the body is less that tells a person."""
_BONE_HU = (400.0, 1800.0)
_LEAST_SHOWN_MM = 160.0
_ASIDE_MM = 30.0
_HEAD_BYTES = 1 << 18
_BAR_MM, _INK, _OUTLINE = 50.0, (255, 255, 255), (255, 214, 0)
_CT = "1.2.840.10008.5.1.4.1.1.2"
"""CT, enhanced CT and legacy converted CT begin so. Source: DICOM PS3.6, annex A."""


class UnsafeSource(Unusable):
    """The scan may carry words in its pixels; no key image is made of it."""


@dataclass(frozen=True, slots=True)
class View:
    """What the picture shows.

    Attributes:
        plane: Slice of the stack; None for the one through the middle of the vertebrae.
        centre_hu, width_hu: Of the window; a bone window by default.
        outlined: Level, and words of its grade, of the vertebrae to outline and to name; none
            for a picture that does not give the answer away.
        about: Levels to show closely; none for the whole spine.
        whole: The whole slice in place of the part about the spine.
    """

    plane: int | None = None
    centre_hu: float = _BONE_HU[0]
    width_hu: float = _BONE_HU[1]
    outlined: tuple[tuple[str, str], ...] = ()
    about: tuple[str, ...] = ()
    whole: bool = False


def check_source(files: Iterable[Path]) -> None:
    """Raise `UnsafeSource` unless the slices in *files* are free of burned-in words, as they say.

    Source: DICOM PS3.3 C.7.6.1.1.1 (Burned In Annotation), PS3.15 annex E.3.1.
    """
    seen = False
    for file in files:
        found = _elements(file)
        if found is not None:
            seen = True
            _check(found)
    if not seen:
        msg = "The slices of this scan are not kept any more. Choose another case."
        raise UnsafeSource(msg)


def _elements(file: Path) -> Elements | None:
    with file.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
        try:
            return read_elements(memoryview(head))
        except NotDicom:
            return None
        except Broken:
            return read_elements(memoryview(head + opened.read()))


def _check(found: Elements) -> None:
    kinds = set(found.text("ImageType").upper().split("\\"))
    lossy = lossy_name(
        found.syntax,
        found.text("LossyImageCompression"),
        found.text("LossyImageCompressionMethod"),
    )
    sop_class = found.text("SOPClassUID")
    reasons = (
        (found.text("BurnedInAnnotation").upper() == "YES", "says that words are burned in"),
        (bool(sop_class) and not sop_class.startswith(_CT), "is a capture of a screen, no CT"),
        ("SCREEN SAVE" in kinds, "is a capture of a screen"),
        (bool(lossy) and "SECONDARY" in kinds, f"is a lossy copy of a picture ({lossy})"),
    )
    for applies, reason in reasons:
        if applies:
            msg = (
                f"A slice of this scan {reason}. It could name the patient; choose another case, "
                "or show this one without a picture."
            )
            raise UnsafeSource(msg)


def key_image(stack: Path, originals: Iterable[Path], view: View) -> bytes:
    """The slice of *stack* that *view* asks for, as a PNG of pixels alone.

    A person still has to look at it: no header says for certain that a picture is free of words.

    Args:
        stack: The prepared picture.
        originals: The slices it was made of, whose headers are asked for burned-in words.
        view: What to show.

    Raises:
        UnsafeSource: a slice may have words in its pixels.
        UnusableStack: the stack is damaged.
        IndexError: it has no such slice.
    """
    check_source(originals)
    meta = read_meta(stack)
    rows, columns, plane = int(str(meta["rows"])), int(str(meta["columns"])), _plane(meta, view)
    hu = decode_plane(open_plane(stack, plane), rows, columns)
    return png(_rendered(hu, meta, view, plane))


def _plane(meta: Mapping[str, Any], view: View) -> int:
    plane = int(meta["best_plane"]) if view.plane is None else view.plane
    if not 0 <= plane < int(meta["planes"]):
        raise IndexError(plane)
    return plane


def _rendered(hu: Int16, meta: Mapping[str, Any], view: View, plane: int) -> NDArray[np.uint8]:
    mm = float(meta["mm_per_pixel"])
    top, bottom, left, right = _part(hu, meta, mm, view)
    low = view.centre_hu - view.width_hu / 2
    shown = np.clip((hu[top:bottom, left:right] - low) / view.width_hu, 0.0, 1.0) * 255.0
    scale = TALL_PX / (bottom - top)
    size = max(1, round((right - left) * scale)), TALL_PX
    grey = cv2.resize(shown.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    picture = np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
    for level, words in view.outlined:
        _outline(picture, meta, plane, level, words, (left, top), scale)
    _bar(picture, scale / mm)
    coloured = bool(view.outlined)
    return picture if coloured else np.ascontiguousarray(picture[:, :, 0])


def _part(hu: Int16, meta: Mapping[str, Any], mm: float, view: View) -> tuple[int, int, int, int]:
    """Rows and columns about the marked vertebrae; all of them where none is marked."""
    rows, columns = hu.shape
    marked = {one["level"]: one["centre"] for one in meta["vertebrae"]}
    near = [level for level in view.about if level in marked] or list(marked)
    centres = np.array([marked[level] for level in near]).reshape(-1, 2)
    if view.whole or not len(centres):
        return 0, rows, 0, columns
    across, down = centres[:, 0], centres[:, 1]
    more = max(0.0, _LEAST_SHOWN_MM - float(np.ptp(down)) * mm - 2 * ABOVE_MM) / 2
    above = (ABOVE_MM + more) / mm
    top, bottom = max(0, int(down.min() - above)), min(rows, int(down.max() + above) + 1)
    left = max(0, int(across.min() - FRONT_MM / mm))
    return top, bottom, left, min(columns, int(across.max() + BEHIND_MM / mm) + 1)


def _outline(
    picture: NDArray[np.uint8],
    meta: Mapping[str, Any],
    plane: int,
    level: str,
    words: str,
    corner: tuple[int, int],
    scale: float,
) -> None:
    found = next((one for one in meta["vertebrae"] if one["level"] == level), None)
    if found is None:
        return
    for flat in found["outlines"].get(str(plane), ()):
        points = (np.array(flat).reshape(-1, 2) + 0.5 - corner) * scale
        around = [np.round(points).astype(np.int32)]
        cv2.polylines(picture, around, isClosed=True, color=_OUTLINE, thickness=2)
    aside = _ASIDE_MM * scale / float(meta["mm_per_pixel"])
    at = (np.array(found["centre"]) + 0.5 - corner) * scale
    _words(picture, f"{level} {words}".strip(), (int(at[0] + aside), int(at[1])))


def _words(picture: NDArray[np.uint8], words: str, at: tuple[int, int]) -> None:
    face, size = cv2.FONT_HERSHEY_SIMPLEX, 1.0
    (wide, tall), _ = cv2.getTextSize(words, face, size, 2)
    x = max(4, min(at[0], picture.shape[1] - wide - 8))
    y = max(tall + 8, min(at[1], picture.shape[0] - 8))
    for colour, thick in (((0, 0, 0), 6), (_OUTLINE, 2)):
        cv2.putText(picture, words, (x, y), face, size, colour, thick, cv2.LINE_AA)


def _bar(picture: NDArray[np.uint8], px_per_mm: float) -> None:
    """A scale of 5 cm with a tick a centimetre, low on the left."""
    length = round(_BAR_MM * px_per_mm)
    x, y = 24, picture.shape[0] - 28
    if x + length + 90 > picture.shape[1]:
        return
    for colour, thick in (((0, 0, 0), 7), (_INK, 3)):
        cv2.line(picture, (x, y), (x + length, y), colour, thick)
        for tick in range(6):
            across = x + round(tick * length / 5)
            cv2.line(picture, (across, y - 9), (across, y), colour, thick)
        face = cv2.FONT_HERSHEY_SIMPLEX
        cv2.putText(
            picture, "5 cm", (x + length + 14, y + 4), face, 0.8, colour, thick, cv2.LINE_AA
        )
