"""Centres of vertebral bodies, read from the point files of VerSe and TPTBox."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from components.imaging.frame import Floats, Frame, indices, points_lps
from components.imaging.label_tables import TABLES, level_named
from components.imaging.volume import Volume
from store.domain.refusal import Unusable
from store.domain.spine import ORDER, Level, steps_between

LARGEST_BYTES = 1_000_000
"""A point file has a few kilobytes."""
_PARTS = 256
"""A number is the part times this, plus the vertebra. Source: TPTBox, vert_constants."""
_BODY = (0, 50)
"""The parts that stand for the body: none named, and the corpus."""
_BODY_NAMES = frozenset({"50", "Vertebra_Corpus"})
_NO_BODY = frozenset({27, *range(29, 40)})
"""Coccyx and lower sacrum."""
_WAYS: Mapping[str, tuple[int, int]] = {
    "L": (0, 1), "R": (0, -1), "I": (1, 1), "S": (1, -1), "P": (2, 1), "A": (2, -1),
}  # fmt: skip
"""The axis of a sagittal frame along each direction, and whether it runs that way."""
_WORLDS: Mapping[str, tuple[float, float, float]] = {
    "nib": (-1.0, -1.0, 1.0), "itk": (1.0, 1.0, 1.0)
}  # fmt: skip
"""Signs that turn mm of a file without voxels into LPS."""
APART_MM = (7.0, 60.0)
"""From one centre to the next: a child's neck, and a tall lumbar spine."""
BALL_MM = 5.0
DARKEST_HU = 0.0
"""Porotic marrow stays above water; fat, lung and air about the spine do not."""
PLATE_HU = 50.0
PLATES_MM = (5.0, 20.0)
"""How far above and below its centre a body has end-plates, this much denser."""
FEWEST_PLATED = 0.4
"""Share of the centres between two end-plates; right ones reach 0.6, most wrong ones 0.3."""
_AGAIN = "Send the points of this scan."


class UnusableCentroids(Unusable):
    """The points cannot be used for this scan. The text says why, with its numbers."""


def centres_in(path: Path, frame: Frame) -> dict[Level, Floats]:
    """The centre of each vertebral body that a file gives, LPS mm, from head to foot.

    Args:
        path: JSON: a list that opens with the grid and goes on with points.
        frame: The grid of the scan.

    Raises:
        UnusableCentroids: unreadable, of another grid, outside the scan, or out of order.
    """
    head, rows = _parsed(path)
    found = dict(sorted(_points(rows), key=lambda one: ORDER.index(one[0])))
    if not found:
        msg = f"The file holds no centre of a vertebral body. {_AGAIN}"
        raise UnusableCentroids(msg)
    index = _index(head, np.array(list(found.values())), frame)
    levels = list(found)
    _check_inside(levels, index, frame)
    centres = points_lps(frame.affine, index)
    _check_order(levels, index, centres)
    return dict(zip(levels, centres, strict=True))


def check_on_bone(centres: Mapping[Level, Floats], volume: Volume) -> None:
    """Refuse *centres* that do not lie in bone of *volume*, which covers them.

    Raises:
        UnusableCentroids: one lies in fat or air, or too few lie between two end-plates.
    """
    index = indices(volume.affine, np.array(list(centres.values())))
    steps = np.array(volume.spacing_mm)
    for level, place in zip(centres, index, strict=True):
        density = float(_about(volume, place, steps, (BALL_MM,) * 3).mean())
        if density < DARKEST_HU:
            msg = f"The centre of {level} lies in no bone: {density:.0f} HU within {BALL_MM:g} mm."
            msg_0 = f"{msg} {_AGAIN}"
            raise UnusableCentroids(msg_0)
    plated = float(np.mean([_between_plates(volume, place, steps) for place in index]))
    if plated < FEWEST_PLATED:
        msg = f"Only {plated:.0%} of the centres lie between two end-plates of bone,"
        msg_0 = f"{msg} {FEWEST_PLATED:.0%} are the least. {_AGAIN}".replace("%", " %")
        raise UnusableCentroids(msg_0)


def _about(volume: Volume, place: Floats, steps: Floats, half_mm: tuple[float, ...]) -> Floats:
    """HU of the box of *half_mm* about *place*; one voxel at least."""
    size = np.array(volume.hu.shape)
    low = np.clip(np.rint(place - half_mm / steps), 0, size - 1).astype(int)
    high = np.clip(np.rint(place + half_mm / steps) + 1, low + 1, size).astype(int)
    part = volume.hu[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
    return np.asarray(part, np.float64)


def _between_plates(volume: Volume, place: Floats, steps: Floats) -> bool:
    near, far = PLATES_MM
    column = _about(volume, place, steps, (3.0, far, 3.0)).mean(axis=(0, 2))
    middle = min(round(far / steps[1]), round(place[1]), len(column) - 1)
    inside = max(1, round(near / steps[1]))
    marrow = column[max(0, middle - inside // 2) : middle + inside // 2 + 1].mean()
    above, below = column[: max(0, middle - inside) + 1], column[middle + inside :]
    return bool(len(below) and min(above.max(), below.max()) > marrow + PLATE_HU)


def _parsed(path: Path) -> tuple[dict[str, Any], list[Any]]:
    """The header and what follows it."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
        found = json.loads(content) if len(content) <= LARGEST_BYTES else None
    except (ValueError, RecursionError, OSError) as error:
        msg = f"The points cannot be read as JSON ({type(error).__name__}). Send them again."
        raise UnusableCentroids(msg) from None
    if isinstance(found, list) and found and all(isinstance(one, dict) for one in found):
        return found[0], found[1:]
    msg = "The file is no list of points, or larger than 1 MB. Send a point file of TPTBox."
    raise UnusableCentroids(msg)


def _points(rows: list[Any]) -> Iterator[tuple[Level, tuple[float, float, float]]]:
    """Body centres, in either of the two layouts; what has no place is left out."""
    seen: set[Level] = set()
    for level, place in _marks(rows):
        if level in seen:
            msg = f"The file gives two centres of {level}. Send one of each."
            raise UnusableCentroids(msg)
        numbers = [n for n in place if isinstance(n, int | float) and not isinstance(n, bool)]
        if len(numbers) != 3 or len(place) != 3:
            msg = f"The centre of {level} is not three numbers. {_AGAIN}"
            raise UnusableCentroids(msg)
        # TPTBox writes NaN for a vertebra it did not find.
        if np.isfinite(numbers).all():
            seen.add(level)
            yield level, (float(numbers[0]), float(numbers[1]), float(numbers[2]))


def _marks(rows: list[Any]) -> Iterator[tuple[Level, list[Any]]]:
    for row in rows:
        if "label" in row:
            level = _level(row["label"])
            if level:
                yield level, [row.get(axis) for axis in "XYZ"]
            continue
        for name, parts in row.items():
            named = level_named(str(name)) or TABLES["verse"].get(_whole(name))
            for part, place in parts.items() if named and isinstance(parts, dict) else ():
                if part in _BODY_NAMES and named:
                    yield named, place if isinstance(place, list) else []


def _whole(name: object) -> int:
    return int(name) if isinstance(name, str) and name.isascii() and name.isdigit() else 0


def _level(label: object) -> Level | None:
    """The vertebra whose body a number means; None for other parts of a spine."""
    if not isinstance(label, int) or isinstance(label, bool):
        msg = "A label of the points is no whole number. Send the numbers of VerSe."
        raise UnusableCentroids(msg)
    part, vertebra = divmod(label, _PARTS)
    if part not in _BODY or vertebra in _NO_BODY:
        return None
    level = TABLES["verse"].get(vertebra)
    if level is None:
        msg = f"Label {label} is no vertebra in the table of VerSe. {_AGAIN}"
        raise UnusableCentroids(msg)
    return level


def _index(head: dict[str, Any], places: Floats, frame: Frame) -> Floats:
    """*places* of a file as (plane, row, column) of *frame*."""
    signs = _WORLDS.get(str(head.get("coordinate_system")))
    if signs:
        return indices(frame.affine, places * signs)
    said = head.get("direction")
    ways = [_WAYS.get(str(one)) for one in said] if isinstance(said, list) else []
    known = [way for way in ways if way is not None]
    if len(ways) != 3 or sorted(axis for axis, _ in known) != [0, 1, 2]:
        msg = "The points do not say along which directions they count. Send them with “direction”."
        raise UnusableCentroids(msg)
    _check_grid(head, [axis for axis, _ in known], frame)
    index = np.empty(places.shape)
    for place, (axis, sign) in enumerate(known):
        counted = places[:, place]
        index[:, axis] = counted if sign > 0 else frame.shape[axis] - 1 - counted
    return index


def _check_grid(head: dict[str, Any], axes: list[int], frame: Frame) -> None:
    """Refuse points that count in another grid, where their header gives its size."""
    steps = np.linalg.norm(frame.affine[:3, :3], axis=0)
    for name, own, slack in (("shape", frame.shape, 0.5), ("zoom", steps, 0.05)):
        said = head.get(name)
        if said is None:
            continue
        scan = [float(own[axis]) for axis in axes]
        if not _near(said, scan, slack):
            listed = " x ".join(f"{n:g}" for n in scan)
            msg = f"The points count in a grid of another {name}; that of the scan is {listed}."
            msg_0 = f"{msg} {_AGAIN}"
            raise UnusableCentroids(msg_0)


def _near(said: object, scan: list[float], slack: float) -> bool:
    try:
        return bool(np.abs(np.array(said, float) - scan).max() <= slack)
    except (TypeError, ValueError):
        return False


def _check_inside(levels: list[Level], index: Floats, frame: Frame) -> None:
    outside = ((index < -0.5) | (index > np.array(frame.shape) - 0.5)).any(axis=1)
    if outside.any():
        first = int(np.argmax(outside))
        at = ", ".join(f"{n:.0f}" for n in index[first])
        size = " x ".join(map(str, frame.shape))
        msg = f"The centre of {levels[first]} lies outside the scan: voxel {at} of {size}. {_AGAIN}"
        raise UnusableCentroids(msg)


def _check_order(levels: list[Level], index: Floats, centres: Floats) -> None:
    present = frozenset(levels)
    for n in range(1, len(levels)):
        upper, lower = levels[n - 1], levels[n]
        if index[n, 1] <= index[n - 1, 1]:
            msg = f"The centre of {lower} lies above that of {upper}. {_AGAIN}"
            raise UnusableCentroids(msg)
        apart = float(np.linalg.norm(centres[n] - centres[n - 1]))
        steps = steps_between(upper, lower, present)
        if not APART_MM[0] * steps <= apart <= APART_MM[1] * steps:
            msg = f"The centres of {upper} and {lower} lie {apart:.0f} mm apart. {_AGAIN}"
            raise UnusableCentroids(msg)
