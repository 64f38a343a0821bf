"""The frames of an enhanced or legacy converted CT: one file, many slices."""

from collections.abc import Iterator
from dataclasses import replace

from components.imaging.elements import Elements, walker_of
from components.imaging.image import Instance, NotASlice, check_unit, checked, plain, thickness
from components.imaging.walk import Broken, Odd, Walker
from components.imaging.wanted import WANTED

_SHARED = WANTED["SharedFunctionalGroupsSequence"]
_PER_FRAME = WANTED["PerFrameFunctionalGroupsSequence"]
_PART = {
    0x00209113: "position",  # Plane Position
    0x00209116: "orientation",  # Plane Orientation
    0x00289110: "measures",  # Pixel Measures
    0x00289145: "scale",  # Pixel Value Transformation
    0x00209111: "content",  # Frame Content
    0x00189329: "type",  # CT Image Frame Type
    0x00189314: "kernel",  # CT Reconstruction
}
_NOWHERE = "No position or orientation in the patient."
Fields = dict[int, bytes]
Groups = dict[str, Fields]


def frames_of(one: Instance, content: memoryview, found: Elements) -> tuple[Instance, ...]:
    """Every frame of the file that *one* describes, each with its own place and scale.

    Raises:
        NotASlice: the frames have no place in the patient.
        Broken: there are not as many of them as the header says, or they are damaged.

    Source: DICOM PS3.3 C.7.6.16 (Multi-frame Functional Groups).
    """
    source = content if found.body is None else found.body
    if _PER_FRAME not in found.spans:
        raise NotASlice(_NOWHERE)
    walker = walker_of(source, found.syntax)
    try:
        shared = next(_groups(walker, source, found.spans.get(_SHARED)), {})
        own = list(_groups(walker, source, found.spans[_PER_FRAME]))
    except Odd:
        msg = "The frames do not say where they lie."
        raise Broken(msg) from None
    if len(own) != one.frames:
        msg = f"It claims {one.frames} frames and describes {len(own)}."
        raise Broken(msg)
    return tuple(
        checked(_frame(one, number, {**shared, **groups}, found.order))
        for number, groups in enumerate(own)
    )


def _groups(
    walker: Walker, source: bytes | memoryview, span: tuple[int, int] | None
) -> Iterator[Groups]:
    """The groups of each item of the sequence element that lies at *span*."""
    if span is None:
        return
    whole = next(walker.elements(*span))
    for start, stop in walker.items(whole.start, whole.stop):
        yield {
            _PART[group.tag]: fields
            for group in walker.elements(start, stop)
            if group.tag in _PART
            for fields in [_first(walker, source, group.start, group.stop)]
            if fields
        }


def _first(walker: Walker, source: bytes | memoryview, start: int, stop: int) -> Fields:
    """The elements of the first item of a sequence."""
    for low, high in walker.items(start, stop):
        return {e.tag: bytes(source[e.start : e.stop]) for e in walker.elements(low, high)}
    return {}


def _frame(one: Instance, number: int, groups: Groups, order: str) -> Instance:
    place = groups.get("position", {})
    lie = groups.get("orientation", {})
    measures = groups.get("measures", {})
    scale = groups.get("scale", {})
    content = groups.get("content", {})
    check_unit(_text(scale, 0x00281054))
    slope = _numbers(scale, 0x00281053)
    intercept = _numbers(scale, 0x00281052)
    return replace(
        one,
        frame=number,
        slope=slope[0] if slope else one.slope,
        intercept=intercept[0] if intercept else one.intercept,
        position=_numbers(place, 0x00200032),
        orientation=_numbers(lie, 0x00200037),
        spacing_mm=_numbers(measures, 0x00280030),
        thickness_mm=thickness(_numbers(measures, 0x00180050)) or one.thickness_mm,
        kernel=plain(_text(groups.get("kernel", {}), 0x00181210)) or one.kernel,
        image_type=_text(groups.get("type", {}), 0x00089007) or one.image_type,
        acquisition=_whole(content, 0x00209156, order) or one.acquisition,
        moment=_whole(content, 0x00209128, order),
    )


def _text(fields: Fields, tag: int) -> str:
    return fields.get(tag, b"").decode("ascii", "replace").strip(" \0")


def _whole(fields: Fields, tag: int, order: str) -> str:
    """A binary whole number as text; empty when absent."""
    value = fields.get(tag, b"")
    return str(int.from_bytes(value, "big" if order == ">" else "little")) if value else ""


def _numbers(fields: Fields, tag: int) -> tuple[float, ...]:
    text = _text(fields, tag)
    try:
        return tuple(float(part) for part in text.split("\\")) if text else ()
    except ValueError:
        msg = "A frame's place or scale does not hold numbers."
        raise Broken(msg) from None
