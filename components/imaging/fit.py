"""Whether a mask lies on the bone of its scan.

A mask can fit the grid of a scan to the last voxel and still be mirrored in it, shifted, or
another patient's. On its own bone the rim of a mask is an edge, dense inside and less dense
outside, on every side. Anywhere else edges run either way as often as the other.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from components.imaging.frame import Box, Floats
from components.imaging.masks import Labelled, Labels
from components.imaging.nifti import UnusableMask
from components.imaging.pixels import Int16
from components.imaging.volume import Volume

Ints = NDArray[np.int64]
Turn = tuple[bool, bool, bool]
Way = tuple[int, int, int]
Shares = dict[str, float | None]

EDGE_HU = 50
"""The drop that counts as an edge of bone; the shell of a porotic body is denser by more."""
OUTSIDE_MM = 4.0
"""How far outside the rim is looked; discs and joints are not much wider."""
GROWN_MM = (-2.0, 0.0, 2.0)
"""Right masks are drawn this much outside or inside the edge; the best of the three counts."""
SHIFTS_MM = (4.0, 6.0, 8.0, 10.0, 12.0, 15.0)
NEIGHBOUR_MM = (20.0, 24.0, 28.0, 32.0, 36.0, 40.0)
"""From one vertebra to the next."""
LOWEST = 0.25
"""Coarse right masks, of voxels of 6 mm, reach 0.31; on another's bone 0.20 is rare."""
BETTER = 0.15
"""Elsewhere a mask must fit better by this much to be called misplaced."""
SURE = 0.7
"""One vertebra's mask on its neighbour may reach 0.65; from here the rest is not looked at."""
LINES = 2000
"""Lines through the mask along each axis; their ends are the rim."""
FEWEST_POINTS, MOST_POINTS = 40, 1200
LOOK_MM = 60.0
"""Height of the part that is compared where a mirror image would lie."""
_TURNS: tuple[Turn, ...] = tuple(
    (left, head, front) for left, head, front in product((False, True), repeat=3)
)[1:]
_MIRRORED = ("left to right", "head to foot", "front to back")
_FURTHER = (
    ("to the patient's right", "to the patient's left"),
    ("towards the head", "towards the feet"),
    ("to the front", "to the back"),
)
_WAYS: tuple[Way, ...] = tuple((a, b, c) for a, b, c in product((-1, 0, 1), repeat=3))
_STRAIGHT = tuple(way for way in _WAYS if sum(map(abs, way)) == 1)
_SLANTED = tuple(way for way in _WAYS if sum(map(abs, way)) > 1)
UNTOLD = "Left and right of the mask look alike here, so that a mirrored one could not be told."


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a mask lies on bone.

    Attributes:
        share: Of its rim, from -1 to 1: what is an edge of bone, less what is an edge turned
            the other way.
        notes: What the bone cannot tell, in sentences.
    """

    share: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Rim:
    """Points across the rim of a mask.

    Attributes:
        points: (3, 3, 2, n): plane, row and column in the grid of the scan; for each of
            `GROWN_MM`; inside and outside.
        shape: Of that grid.
        steps_mm: Of that grid.
    """

    points: Ints
    shape: Ints
    steps_mm: Floats

    def mirrored(self, turn: Turn) -> Ints:
        """The points of the mask with the grid turned over along some axes."""
        over = np.array(turn)[:, None, None, None]
        return np.where(over, _each(self.shape - 1) - self.points, self.points)

    def shifted(self, ways: Sequence[int], mm: float) -> Ints:
        """The points further along each axis by -1, 0 or 1 times *mm*, by a voxel at least."""
        voxels = np.maximum(1, np.rint(mm / self.steps_mm)).astype(np.int64)
        return self.points + _each(voxels * ways)

    def middle(self) -> "_Rim":
        """The part of `LOOK_MM` in the middle of the height."""
        rows = self.points[1, 1, 0]
        near = np.abs(rows - np.median(rows)) * self.steps_mm[1] <= LOOK_MM / 2
        return _Rim(self.points[..., near], self.shape, self.steps_mm)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """The part of a scan that starts at *low* of its grid."""

    hu: Int16
    low: Ints

    def share(self, points: Ints) -> float | None:
        """`Fit.share` at *points*, as `_Rim` has them; None where too few of them are seen."""
        place = points - _each(self.low)
        size = self.hu.shape
        held = np.all((place >= 0) & (place < _each(np.array(size))), axis=0)
        flat = (place[0] * size[1] + place[1]) * size[2] + place[2]
        hu = self.hu.reshape(-1)[np.where(held, flat, 0)].astype(np.int32)
        known = held[:, 0] & held[:, 1]
        counts = known.sum(axis=1)
        if counts.min() < max(FEWEST_POINTS, 0.3 * known.shape[1]):
            return None
        drop = np.where(known, hu[:, 0] - hu[:, 1], 0)
        edges = (drop > EDGE_HU).sum(axis=1) - (drop < -EDGE_HU).sum(axis=1)
        return float((edges / counts).max())


def fit_of(
    labels: Labels,
    volume: Volume,
    box: Box,
    shape: tuple[int, int, int],
    read: Callable[[Box], Volume],
) -> Fit:
    """How well *labels* lie on the bone of their scan.

    Args:
        labels: On the grid of the scan.
        volume: The part of the scan about them.
        box: Where that part lies in the grid.
        shape: Of the whole grid: planes, rows, columns.
        read: Another part of the scan; asked for only where the mask is doubtful.

    Raises:
        UnusableMask: they lie beside the bone, or would fit it better mirrored or shifted.
    """
    rim = _rim(labels, volume.spacing_mm, shape)
    seen = _Seen(volume.hu, np.array([low for low, _ in box]))
    share = seen.share(rim.points)
    if share is None:
        msg = "The mask is too small to be checked against bone. Send one of whole vertebrae."
        raise UnusableMask(msg)
    mirrors = {turn: seen.share(rim.mirrored(turn)) for turn in _TURNS}
    elsewhere = _shifts(rim, seen, _STRAIGHT, SHIFTS_MM)
    if share < SURE:
        elsewhere |= _shifts(rim, seen, _SLANTED, SHIFTS_MM[:2])
        mirrors |= _mirrors(rim.middle(), read)
        elsewhere |= _neighbours(rim.middle(), read)
    _check_elsewhere(share, elsewhere | {_mirrored(turn): mirrors[turn] for turn in _TURNS})
    if share < LOWEST:
        _refuse(labels, volume, box, share)
    twin = mirrors[_TURNS[3]]
    return Fit(round(share, 2), (UNTOLD,) if twin is not None and twin > share - BETTER else ())


def _each(values: Ints) -> Ints:
    """One value for planes, rows and columns each, to go with `_Rim.points`."""
    return values[:, None, None, None]


def _check_elsewhere(share: float, elsewhere: Shares) -> None:
    best, where = max((found, words) for words, found in elsewhere.items() if found is not None)
    if best >= max(LOWEST, share + BETTER):
        msg = f"The mask fits the bone better {where}: {_percent(best)} of its rim lies on an edge"
        msg_0 = f"{msg} of bone there, {_percent(share)} as sent. Send the mask of this scan."
        raise UnusableMask(msg_0)


def _refuse(labels: Labels, volume: Volume, box: Box, share: float) -> None:
    inner = tuple(
        slice(low - outer, high - outer)
        for (low, high), (outer, _) in zip(labels.box, box, strict=True)
    )
    marked = volume.hu[inner][::2, ::2, ::2][labels.ids[::2, ::2, ::2] > 0]
    msg = f"The mask does not lie on bone: {_percent(share)} of its rim lies on an edge of bone,"
    msg_0 = f"{msg} {_percent(LOWEST)} is the least; half of it is darker than"
    msg_1 = f"{msg_0} {np.median(marked) if len(marked) else 0:.0f} HU. Send the mask of this scan."
    raise UnusableMask(msg_1)


def _percent(share: float) -> str:
    return f"{max(0.0, share):.0%}".replace("%", " %")


def _mirrored(turn: Turn) -> str:
    return "mirrored " + " and ".join(
        way for way, over in zip(_MIRRORED, turn, strict=True) if over
    )


def _shifts(rim: _Rim, seen: _Seen, ways: Iterable[Way], mm: Sequence[float]) -> Shares:
    """Shares a few millimetres away."""
    return {_further(way, one): seen.share(rim.shifted(way, one)) for way, one in product(ways, mm)}


def _further(way: Way, mm: float) -> str:
    said = [words[sign > 0] for words, sign in zip(_FURTHER, way, strict=True) if sign]
    return f"{mm:g} mm further {' and '.join(said)}"


def _mirrors(part: _Rim, read: Callable[[Box], Volume]) -> dict[Turn, float | None]:
    """Shares of all mirror images, wherever they lie."""
    found: dict[Turn, float | None] = {}
    for over in (False, True):
        places = {turn: part.mirrored(turn) for turn in _TURNS if turn[1] is over}
        seen = _read(part, list(places.values()), read)
        found |= {turn: seen.share(points) for turn, points in places.items()}
    return found


def _neighbours(part: _Rim, read: Callable[[Box], Volume]) -> Shares:
    """Shares one vertebra higher and lower."""
    ways = [way for way in _STRAIGHT if way[1]]
    places = [part.shifted(way, mm) for way, mm in product(ways, NEIGHBOUR_MM)]
    return _shifts(part, _read(part, places, read), ways, NEIGHBOUR_MM)


def _read(part: _Rim, places: list[Ints], read: Callable[[Box], Volume]) -> _Seen:
    """What the scan shows at all of *places*."""
    every = np.stack(places, axis=1).reshape(3, -1)
    low = np.clip(every.min(axis=1), 0, part.shape - 1)
    high = np.clip(every.max(axis=1) + 1, low + 1, part.shape)
    planes, rows, columns = (range(int(a), int(b)) for a, b in zip(low, high, strict=True))
    box = tuple((one.start, one.stop) for one in (planes, rows, columns))
    return _Seen(read((box[0], box[1], box[2])).hu, low)


def _rim(labels: Labels, steps: tuple[float, float, float], shape: tuple[int, int, int]) -> _Rim:
    parts = [points for axis in range(3) for points in _ends(labels, axis, np.array(steps))]
    points = np.concatenate(parts, axis=-1)
    every = -(-points.shape[-1] // MOST_POINTS) or 1
    return _Rim(np.ascontiguousarray(points[..., ::every]), np.array(shape), np.array(steps))


def _ends(labels: Labels, axis: int, steps: Floats) -> Iterator[Ints]:
    """`_Rim.points` at the ends of lines along *axis*, low ends and high ends."""
    others = [other for other in range(3) if other != axis]
    sizes = np.array(labels.ids.shape)
    apart = max(2.0, float(np.sqrt(np.prod(sizes[others] * steps[others]) / LINES)))
    every = [1, 1, 1]
    for other in others:
        every[other] = max(1, round(apart / steps[other]))
    lines = labels.ids[:: every[0], :: every[1], :: every[2]]
    out = max(1, round(OUTSIDE_MM / steps[axis]))
    low = np.array([first for first, _ in labels.box])
    for way in (-1, 1):
        ends = _end(lines, axis, way, out) * every + low
        grown = np.zeros((3, len(GROWN_MM), 2, 1), np.int64)
        for place, mm in enumerate(GROWN_MM):
            step = round(mm / steps[axis])
            grown[axis, place, :, 0] = way * step, way * (step + out)
        yield ends.T[:, None, None] + grown


def _end(lines: Labelled, axis: int, way: int, out: int) -> Ints:
    """n x 3: marked voxels with nothing marked beside them nor *out* voxels further that way."""
    marked = np.greater(np.moveaxis(lines, axis, 0)[::way], 0, order="C")
    beyond = np.concatenate([marked, np.zeros((out, *marked.shape[1:]), bool)])
    size = len(marked)
    found = marked & ~beyond[1 : size + 1] & ~beyond[out : size + out]
    along, *others = np.unravel_index(np.flatnonzero(found), found.shape)
    others.insert(axis, along if way > 0 else size - 1 - along)
    return np.stack(others, axis=1)
