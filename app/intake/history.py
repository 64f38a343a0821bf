"""A whole archive taken in: piece by piece, in bounded memory, and resumed where it stopped."""

import hashlib
import hmac
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.intake.outcomes import Received
from app.intake.receive import Delivery, receive
from app.intake.whole import finish
from app.wiring import Site
from store.domain.arrival import Fate

PIECE = 20_000
"""Files that are read together at most, where folders part them: a study of a thousand slices
whose folders lie together is never torn."""

Said = Callable[[Received], None]
Watched = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of an archive that is read together.

    Attributes:
        whole: Everything beneath the folder; else the files that lie in itself alone.
    """

    folder: Path
    whole: bool
    files: int

    def paths(self) -> tuple[Path, ...]:
        """What is to be read."""
        if self.whole:
            return (self.folder,)
        return tuple(Path(one.path) for one in _entries(self.folder) if _is_file(one))

    def listing(self) -> str:
        """A digest of the names, sizes and times of its files."""
        total = hashlib.sha256()
        for one in _files(self.folder) if self.whole else _entries(self.folder):
            if _is_file(one):
                found = one.stat(follow_symlinks=False)
                line = f"{one.path}\0{found.st_size}\0{found.st_mtime_ns}\n"
                total.update(line.encode(errors="surrogateescape"))
        return total.hexdigest()


def pieces(folder: Path, most: int = PIECE) -> Iterator[Piece]:
    """*folder* in pieces of at most *most* files; files side by side in one are never parted."""
    files = _counted(folder, most)
    if files <= most:
        if files:
            yield Piece(folder, True, files)
        return
    entries = list(_entries(folder))
    for one in entries:
        if one.is_dir(follow_symlinks=False):
            yield from pieces(Path(one.path), most)
    here = sum(_is_file(one) for one in entries)
    if here:
        yield Piece(folder, False, here)


def planned(paths: Iterable[Path], most: int) -> tuple[Piece, ...] | None:
    """The pieces of *paths*; None where all of them together are no more than one."""
    folders = [path for path in paths if path.is_dir()]
    if len(folders) < len(list(paths)) or sum(_counted(one, most) for one in folders) <= most:
        return None
    return tuple(piece for folder in folders for piece in pieces(folder, most))


@dataclass(slots=True)
class Memory:
    """Which pieces were taken in, kept in the data folder; no path can be read from it."""

    site: Site
    known: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.known = {}
        if self._path.exists():
            lines = (line.split() for line in self._path.read_text().splitlines())
            # A line that a power cut cut short names nothing, and its piece is read again.
            self.known = {parts[0]: parts[1] for parts in lines if len(parts) == 2}

    @property
    def _path(self) -> Path:
        return self.site.settings.data / "history.txt"

    def has(self, piece: Piece, listing: str) -> bool:
        """Whether *piece* was taken in as it is now."""
        return self.known.get(self._name(piece)) == listing

    def keep(self, piece: Piece, listing: str) -> None:
        """Note that *piece* was taken in."""
        self.known[self._name(piece)] = listing
        with self._path.open("a") as file:
            file.write(f"{self._name(piece)} {listing}\n")
            file.flush()
            os.fsync(file.fileno())

    def _name(self, piece: Piece) -> str:
        said = f"{piece.folder.resolve()}\0{piece.whole}".encode(errors="surrogateescape")
        return hmac.new(self.site.key, said, "sha256").hexdigest()


@dataclass(slots=True)
class Totals:
    """What came of a whole archive, counted.

    Attributes:
        skipped: Files of pieces that were taken in by an earlier run.
    """

    series: Counter[Fate] = field(default_factory=Counter)
    others: Counter[tuple[str, Fate, str]] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)
    files: int = 0
    skipped: int = 0
    defects: int = 0

    def summary(self) -> list[str]:
        """All of it in lines for a person."""
        lines = [f"{fate.value:9} {count} series" for fate, count in self.series.items()]
        for (kind, fate, reason), count in self.others.items():
            said = f": {reason}" if reason else ""
            lines.append(f"{fate.value:9} {count} × {kind}{said}")
        lines += [f"ignored   {count} files: {reason}" for reason, count in self.aside.items()]
        if self.skipped:
            lines.append(f"skipped   {self.skipped} files that were taken in before")
        return lines

    def add(self, done: Received) -> None:
        """Count what came of one piece."""
        self.series.update(one.fate for one in done.series)
        self.others.update(done.others)
        for reason, files in done.aside:
            self.aside[reason] += files
        self.defects += done.defects


def take_in_all(
    site: Site,
    delivery: Delivery,
    plan: tuple[Piece, ...],
    say: Said,
    watch: Watched = lambda *_: None,
    *,
    pictures: bool = True,
    again: bool = False,
) -> Totals:
    """Take in every piece of *plan* that was not taken in before as it is now.

    Args:
        say: Told what came of each piece.
        watch: Told after each piece how many files were read, how many were skipped, and how
            many series were taken in.
        pictures: Make the pictures here too; else they are left to the workers.
        again: Read what is known as well.
    """
    memory, totals = Memory(site), Totals()
    for piece in plan:
        listing = piece.listing()
        if not again and memory.has(piece, listing):
            totals.skipped += piece.files
        else:
            done = receive(site, replace(delivery, paths=piece.paths()))
            if pictures:
                finish(site, done)
            if not done.defects:
                memory.keep(piece, listing)
            totals.files += piece.files
            totals.add(done)
            say(done)
        watch(totals.files, totals.skipped, totals.series.total())
    return totals


def _counted(folder: Path, most: int) -> int:
    """How many files lie beneath *folder*; of more than *most*, only that it is more."""
    count = 0
    for _ in _files(folder):
        count += 1
        if count > most:
            break
    return count


def _files(folder: Path) -> Iterator["os.DirEntry[str]"]:
    for one in _entries(folder):
        if one.is_dir(follow_symlinks=False):
            yield from _files(Path(one.path))
        elif _is_file(one):
            yield one


def _is_file(entry: "os.DirEntry[str]") -> bool:
    return entry.is_file(follow_symlinks=False)


def _entries(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda one: one.name)
    except OSError:
        return []
