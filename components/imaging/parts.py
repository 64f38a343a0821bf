"""The reconstructions inside one series, told apart; the best of them is the series."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from components.imaging.distances import Floats, check_distances
from components.imaging.instance import Instance
from components.imaging.pixels import check_syntax
from components.imaging.refused import FEWEST_SLICES, UnusableSeries
from components.imaging.series import alike, block
from store.domain.reconstruction import Reconstruction, order

MOST_PARTS = 32
"""A series of more kinds of slices than this is no series; what is left stays together."""
_APART = frozenset({"LOCALIZER", "REF_SURVIEW", "MIP", "MINIP", "PROJECTION IMAGE", "VRT", "SSD"})
"""ImageType values of pictures that are never slices of the volume beside them."""

Slices = tuple[Instance, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Slices of one reconstruction.

    Attributes:
        refusal: Why no picture can be made of them; empty otherwise.
        facts: What they are; None where they are refused.
    """

    slices: Slices
    refusal: str
    facts: Reconstruction | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The best part of a series, and the rest as reasons with their numbers of files."""

    best: Part
    rest: tuple[tuple[str, int], ...]


def best_of(slices: Sequence[Instance], description: str) -> Chosen:
    """The part of a series that shows the spine best; where none is usable, the largest.

    Several usable parts are ordered by `store.domain.reconstruction.order`.

    Args:
        slices: All of the series, in any order; at least one.
        description: Of the series.
    """
    parts = [_part(found, description) for found in _reconstructions(slices)]
    usable = [part for part in parts if part.facts]
    places = order([part.facts for part in usable if part.facts])
    best = usable[places[0].number] if places else max(parts, key=lambda part: len(part.slices))
    why = {id(usable[place.number]): place.why for place in places}
    rest = tuple(_left(part, best, why.get(id(part), "")) for part in parts if part is not best)
    return Chosen(best, rest)


def _part(slices: Slices, description: str) -> Part:
    try:
        for syntax in sorted({one.syntax for one in slices}):
            check_syntax(syntax)
        found = block(slices)
    except UnusableSeries as refusal:
        return Part(slices, str(refusal), None)
    first = slices[0]
    step = found.spacing_mm[0]
    facts = Reconstruction(
        slices=len(slices),
        step_mm=round(step, 3),
        thickness_mm=found.thickness_mm,
        cover_mm=round(step * (len(slices) - 1), 1),
        kernel=first.kernel.replace("\\", ", "),
        description=description,
        image_type=tuple(first.image_type.split("\\")) if first.image_type else (),
        lossy=found.lossy,
        tilt_degrees=found.tilt_degrees,
    )
    return Part(slices, "", facts)


def _left(part: Part, best: Part, why: str) -> tuple[str, int]:
    """Why *part* is not the series, and how many files it is."""
    differs = ", ".join(words for words, same in _differences(part, best) if not same)
    what = f"Another reconstruction in the same series ({differs or 'the same places again'})"
    reason = f"{what}: {why}." if why else f"{what}, unusable by itself: {part.refusal}"
    return reason, len({one.path for one in part.slices} - {one.path for one in best.slices}) or 1


def _differences(part: Part, best: Part) -> list[tuple[str, bool]]:
    one, other = part.slices[0], best.slices[0]
    spacing = " x ".join(f"{mm:.2f}" for mm in one.spacing_mm)
    return [
        (f"{one.rows} x {one.columns} pixels", _size(one) == _size(other)),
        ("another orientation", alike(one.orientation, other.orientation)),
        (f"pixels of {spacing} mm", alike(one.spacing_mm, other.spacing_mm)),
        (" ".join(sorted(_kinds(one))).lower() or "true slices", _kinds(one) == _kinds(other)),
        (f"kernel {one.kernel or 'not named'}", one.kernel == other.kernel),
        ("another frame of reference", one.frame_uid == other.frame_uid),
        ("slices of another thickness", one.thickness_mm == other.thickness_mm),
        (f"acquisition {one.acquisition}", one.acquisition == other.acquisition),
        ("another point in time", one.moment == other.moment),
    ]


def _size(one: Instance) -> tuple[int, int]:
    return one.rows, one.columns


def _kinds(one: Instance) -> frozenset[str]:
    return _APART & set(one.image_type.split("\\"))


def _reconstructions(slices: Sequence[Instance]) -> list[Slices]:
    found: list[list[Instance]] = []
    known: dict[object, list[Instance]] = {}
    for one in slices:
        key = (_size(one), one.orientation, one.spacing_mm, _kinds(one), one.kernel, one.frame_uid)
        if key not in known:
            known[key] = _home(one, found)
        known[key].append(one)
    return [part for group in found for part in _moments(tuple(group))]


def _home(one: Instance, found: list[list[Instance]]) -> list[Instance]:
    """The group whose slices are like *one*; a new one where there is none yet."""
    for group in found:
        if _like(one, group[0]):
            return group
    if len(found) == MOST_PARTS:
        return found[-1]
    found.append([])
    return found[-1]


def _like(one: Instance, other: Instance) -> bool:
    same = (_size(one), one.kernel, one.frame_uid, _kinds(one)) == (
        (_size(other), other.kernel, other.frame_uid, _kinds(other))
    )
    return (
        same
        and alike(one.orientation, other.orientation)
        and alike(one.spacing_mm, other.spacing_mm)
    )


_TOLD_APART: tuple[Callable[[Instance], object], ...] = (
    lambda one: one.thickness_mm,
    lambda one: one.acquisition,
    lambda one: one.moment,
    lambda one: (one.acquisition, one.moment),
)


def _moments(group: Slices) -> list[Slices]:
    """*group* divided where scans of one range lie in it and their headers tell them apart.

    Numbers of acquisitions alone divide nothing: a scan in steps counts every slice.
    """
    if _even(group):
        return [group]
    for told in _TOLD_APART:
        parts: dict[object, list[Instance]] = {}
        for one in group:
            parts.setdefault(told(one), []).append(one)
        found = [tuple(part) for part in parts.values()]
        if _cross(found) and any(len(part) >= FEWEST_SLICES and _even(part) for part in found):
            return found
    return [group]


def _even(part: Slices) -> bool:
    try:
        check_distances(_along(part))
    except UnusableSeries:
        return False
    return True


def _cross(parts: Sequence[Slices]) -> bool:
    """Whether two of the ranges that *parts* cover lie over one another."""
    ranges = sorted((float(along[0]), float(along[-1])) for along in map(_along, parts))
    return any(low < high for (_, high), (low, _) in pairwise(ranges))


def _along(part: Slices) -> Floats:
    """Places along the normal, mm, rising."""
    across, down = np.array(part[0].orientation[:3]), np.array(part[0].orientation[3:])
    return np.sort(np.array([one.position for one in part]) @ np.cross(across, down))
