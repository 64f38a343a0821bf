"""A heap of files, sorted into CT series, results, and what is left aside and why."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pydicom

from components.imaging.elements import Elements, NotDicom, dataset
from components.imaging.forgiving import unquoted
from components.imaging.instance import Damaged, Instance, NotASlice, Paper, read_instances
from components.imaging.parts import best_of
from components.imaging.patient import header_of
from components.imaging.pixels import slice_hu
from components.imaging.results import holds_messages
from components.imaging.series import UnusableSeries
from components.imaging.walk import Broken
from store.domain.arrival import SeriesHeader
from store.domain.reconstruction import Reconstruction

_UID = re.compile(r"[0-9.]{1,64}")
_RESULTS = (".json", ".csv", ".nii", ".nii.gz")


@dataclass(frozen=True, slots=True)
class SetAside:
    """Files that are no CT slices, and why."""

    reason: str
    files: int


@dataclass(frozen=True, slots=True)
class SeriesOnDisk:
    """One CT series, or the best reconstruction of those that came under its UID.

    Attributes:
        instances: Its slices in no particular order; a copy of a slice counts once.
        refusal: Why the headers alone rule it out; empty otherwise.
        copies: Files that repeat a slice exactly.
        facts: What decides between it and other reconstructions; None where it is refused.
        files: Every file that came under its UID, also those of other reconstructions.
        broken: Whether the files contradict each other or are damaged: no further slice mends it.
    """

    header: SeriesHeader
    instances: tuple[Instance, ...]
    refusal: str = ""
    copies: int = 0
    facts: Reconstruction | None = None
    files: tuple[Path, ...] = ()
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Sorting:
    """What a heap of files holds.

    Attributes:
        others: Files that look like results: structured reports, segmentations, and others by name.
    """

    series: tuple[SeriesOnDisk, ...]
    aside: tuple[SetAside, ...]
    others: tuple[Path, ...]


@dataclass(slots=True)
class _Pile:
    """The instances of one series as they come in."""

    sample: pydicom.Dataset
    slices: dict[tuple[str, int], Instance] = field(default_factory=dict)
    patients: set[bytes] = field(default_factory=set)
    damaged: dict[str, str] = field(default_factory=dict)
    doubles: list[tuple[Instance, Instance]] = field(default_factory=list)
    copies: int = 0

    def add(self, one: Instance) -> None:
        self.patients.add(one.patient)
        # Without a UID no two files can be called copies of one slice.
        key = (one.sop_uid or str(one.path), one.frame)
        known = self.slices.setdefault(key, one)
        if known is one:
            return
        if known.picture == one.picture:
            self.copies += 1
        else:
            self.doubles.append((known, one))
            # Whichever came first: the same heap gives the same series.
            self.slices[key] = min(known, one, key=lambda each: each.content)

    def clashes(self) -> int:
        """Slices that came twice and differ; the same pixels packed otherwise are a copy."""
        differing = [pair for pair in self.doubles if not _same_pixels(*pair)]
        self.copies += len(self.doubles) - len(differing)
        self.doubles = differing
        return len(differing)


def _same_pixels(one: Instance, other: Instance) -> bool:
    """Whether two files of one slice show the same, in whatever transfer syntaxes."""
    if one.syntax == other.syntax or one.picture[1:] != other.picture[1:]:
        return False
    if (one.rows, one.columns) != (other.rows, other.columns):
        return False
    whole = (0, one.rows), (0, one.columns)
    try:
        return np.array_equal(slice_hu(one, *whole), slice_hu(other, *whole))
    except (UnusableSeries, OSError):
        return False


def _silent(_: int) -> None:
    """Nobody watches."""


def sort_files(paths: Iterable[Path], tick: Callable[[int], None] = _silent) -> Sorting:
    """Every file under *paths*, sorted; one bad file never stops the rest.

    Args:
        paths: Files and folders, in any order; folders are searched to the bottom.
        tick: Told after each file how many have been read.
    """
    heap = _Heap()
    with unquoted():
        for count, path in enumerate(_files(paths), start=1):
            heap.take(path)
            tick(count)
        series = heap.series()
    series.sort(key=lambda one: (one.header.study_uid, one.header.series_uid))
    aside = tuple(SetAside(reason, files) for reason, files in sorted(heap.aside.items()))
    return Sorting(tuple(series), aside, tuple(sorted(heap.others)))


@dataclass(slots=True)
class _Heap:
    """What has been found so far."""

    piles: dict[tuple[str, str], _Pile] = field(default_factory=dict)
    aside: Counter[str] = field(default_factory=Counter)
    others: list[Path] = field(default_factory=list)
    damaged: list[Damaged] = field(default_factory=list)
    buffer: bytearray = field(default_factory=lambda: bytearray(1 << 20))

    def take(self, path: Path) -> None:
        """Sort one file; whatever is wrong with it becomes a reason."""
        try:
            found, content, slices = read_instances(path, self.buffer)
            self._pile(found, content, slices)
        except NotDicom:
            if path.name.lower().endswith(_RESULTS) or holds_messages(path):
                self.others.append(path)
            else:
                self.aside["Not DICOM."] += 1
        except Paper:
            self.others.append(path)
        except (NotASlice, Broken) as reason:
            self.aside[str(reason)] += 1
            if isinstance(reason, Damaged):
                self.damaged.append(reason)
        except OSError as error:
            self.aside[f"Could not be read ({error.strerror or 'input error'})."] += 1
        except Exception as error:  # noqa: BLE001 - a foreign file's oddity is its own affair
            self.aside[f"Broken ({type(error).__name__})."] += 1

    def _pile(self, found: Elements, content: memoryview, slices: tuple[Instance, ...]) -> None:
        key = slices[0].study_uid, slices[0].series_uid
        if key not in self.piles:
            self.piles[key] = _Pile(dataset(content, found))
        for one in slices:
            self.piles[key].add(one)

    def series(self) -> list[SeriesOnDisk]:
        """The series of every pile; what is left of a pile is set aside."""
        for slice_ in self.damaged:
            if slice_.series in self.piles:
                self.piles[slice_.series].damaged[slice_.sop_uid] = str(slice_)
        return [self._one(pile) for pile in self.piles.values()]

    def _one(self, pile: _Pile) -> SeriesOnDisk:
        slices = tuple(sorted(pile.slices.values(), key=lambda one: (one.sop_uid, one.frame)))
        files = tuple(dict.fromkeys(one.path for one in slices))
        header = header_of(pile.sample, _digest(slices), len(slices))
        if refusal := _refusal(pile, slices):
            return SeriesOnDisk(header, slices, refusal, pile.copies, files=files, broken=True)
        chosen = best_of(slices, header.series_description)
        best = chosen.best
        if chosen.rest:
            for reason, number in chosen.rest:
                self.aside[reason] += number
            header = replace(
                header,
                kernel=best.slices[0].kernel.replace("\\", ", "),
                digest=_digest(best.slices),
                instances=len(best.slices),
            )
        return SeriesOnDisk(header, best.slices, best.refusal, pile.copies, best.facts, files)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """Regular files; links out of the heap, pipes and devices are never opened."""
    for path in paths:
        if path.is_dir():
            yield from _under(path)
        else:
            yield path


def _under(top: Path) -> Iterator[Path]:
    """Regular files in *top* and below, by name; a folder that cannot be read is passed over."""
    rest = [top]
    while rest:
        folder = rest.pop()
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            continue
        yield from (folder / one.name for one in entries if one.is_file(follow_symlinks=False))
        inner = [folder / one.name for one in entries if one.is_dir(follow_symlinks=False)]
        rest += reversed(inner)


def _digest(slices: tuple[Instance, ...]) -> str:
    total = hashlib.sha256()
    for one in slices:
        total.update(f"{one.sop_uid}\0{one.frame}\0".encode() + one.content)
    return total.hexdigest()


def _refusal(pile: _Pile, slices: tuple[Instance, ...]) -> str:
    """The first thing in the headers that rules the series out, or nothing."""
    if wrong := _wrong_uid(slices):
        return wrong
    if clashes := pile.clashes():
        return (
            f"{clashes} slices came twice under one SOPInstanceUID with different content."
            " Send the series again from its source."
        )
    if len(pile.patients) > 1:
        return f"One series names {len(pile.patients)} patients. Send it from its source."
    damaged = [why for sop, why in pile.damaged.items() if (sop, 0) not in pile.slices]
    if damaged:
        whole = len(slices) + len(damaged)
        verb = "is" if len(damaged) == 1 else "are"
        return (
            f"{len(damaged)} of {whole} slices {verb} damaged: {damaged[0]} Send the series again."
        )
    return ""


def _wrong_uid(slices: tuple[Instance, ...]) -> str:
    for name, uid in (("Study", slices[0].study_uid), ("Series", slices[0].series_uid)):
        if not uid:
            return f"The files carry no {name}InstanceUID. Send the original series."
        if not _UID.fullmatch(uid):
            return f"The {name}InstanceUID is not a DICOM UID. Send the original series."
    if all(_UID.fullmatch(one.sop_uid) for one in slices):
        return ""
    return "A slice carries no valid SOPInstanceUID. Send the original series."
