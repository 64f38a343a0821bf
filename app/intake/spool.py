"""Where a sender's bytes lie until the record has them.

``<data>/files/inbox/<source>/<study>/<object>.dcm``, named by digests of UIDs alone. A file is
complete and flushed to the disk before it has its name, and has its name before its sender is
told. A study that is handed over moves to ``.handing`` first, whole and in one step, so that
what comes for it meanwhile begins a new folder; it goes only after the record has it. What a
kill leaves is taken up again at the next start: in ``.handing`` at once, the rest when it is
quiet.
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from threading import Lock
from typing import BinaryIO
from uuid import uuid4

from components.imaging.naming import Named
from store.domain.refusal import Unusable

KEPT_SECONDS = 14 * 86400.0
"""How long the files of a study that was refused wait for the rest of it."""


class SpoolBusy(Unusable):
    """Another process receives for the same source."""


class Put(Enum):
    """What became of one object."""

    NEW = "new"
    COPY = "copy"
    OTHER = "other content"


@dataclass(frozen=True, slots=True)
class Handed:
    """A study that is being handed over.

    Attributes:
        folder: Its files.
        repeats: How many objects came again with equal content, by digest of the series UID.
    """

    study: str
    folder: Path
    repeats: dict[str, int]


def digest_of(uid: str) -> str:
    """What stands for *uid* in a path."""
    return hashlib.sha256(uid.encode()).hexdigest()[:32]


class Spool:
    """What one source has sent and the record has not yet; one process has it at a time.

    Raises:
        SpoolBusy: another process has it.
    """

    def __init__(self, inbox: Path, source: str) -> None:
        self.source = source
        self.folder = inbox / source
        for name in (".staging", ".copies", ".handing", ".kept"):
            (self.folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        self._held = (self.folder / ".lock").open("wb")
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._held.close()
            msg = f"Source {source} is being received already. Stop that process first."
            raise SpoolBusy(msg) from None
        self._lock = Lock()
        # What lay here at the start counts as having come just now.
        self._last = dict.fromkeys(self._names(), time.monotonic())
        for stray in (self.folder / ".staging").iterdir():
            shutil.rmtree(stray) if stray.is_dir() else stray.unlink()

    def close(self) -> None:
        """Let another process have it."""
        self._held.close()

    def staging(self) -> Path:
        """A path for bytes on their way in; nothing is there yet."""
        return self.folder / ".staging" / uuid4().hex

    def put(self, named: Named, content: bytes, *, counted: bool = True) -> Put:
        """Keep *content*, which is *named*; it is on the disk when this returns.

        Args:
            named: What it calls itself.
            content: The file.
            counted: Whether a copy counts as one, and not only as a repeated question of ours.

        Raises:
            OSError: it could not be kept, and nothing of it was.
        """
        stray = self.staging()
        try:
            with stray.open("wb") as file:
                file.write(content)
                settle(file)
            return self.adopt(named, stray, counted=counted)
        finally:
            stray.unlink(missing_ok=True)

    def adopt(self, named: Named, stray: Path, *, counted: bool = True) -> Put:
        """As `put`, for a whole and flushed file in `staging`, which goes from there."""
        study, stem = digest_of(named.study_uid), digest_of(named.sop_uid)
        with self._lock:
            self._last[study] = time.monotonic()
        done = self._linked(study, stem, stray)
        stray.unlink(missing_ok=True)
        if done is Put.COPY and counted:
            self._count(study, digest_of(named.series_uid))
        return done

    def _linked(self, study: str, stem: str, stray: Path) -> Put:
        folder = self.folder / study
        while True:
            try:
                return _link(folder, stem, stray)
            except FileNotFoundError:
                # New, or handed over a moment ago.
                folder.mkdir(exist_ok=True, mode=0o700)
                flush(self.folder)

    def _count(self, study: str, series: str) -> None:
        with self._lock, (self.folder / ".copies" / study).open("a") as log:
            log.write(f"{series}\n")

    def quiet(self, seconds: float) -> list[str]:
        """The studies for which nothing has come for *seconds*, longest quiet first."""
        now = time.monotonic()
        with self._lock:
            last = sorted((at, study) for study, at in self._last.items())
        return [study for at, study in last if now - at >= seconds]

    def touch(self, studies: set[str]) -> None:
        """Begin the quiet time of *studies* anew: somebody is still about to send."""
        with self._lock:
            for study in studies & self._last.keys():
                self._last[study] = time.monotonic()

    def files(self, study: str) -> int:
        """How many objects of *study* lie here."""
        folder = self.folder / study
        return sum(1 for _ in folder.glob("*.dcm")) if folder.is_dir() else 0

    def hand(self, study: str) -> bool:
        """Set *study* apart to be received; whether it is here."""
        goal = self.folder / ".handing" / f"{study}-{uuid4().hex[:8]}"
        with self._lock:
            self._last.pop(study, None)
            try:
                (self.folder / study).rename(goal)
            except FileNotFoundError:
                return False
        return True

    def handing(self) -> Iterator[Handed]:
        """What is set apart, by `hand` or by a process that was killed, with what was kept."""
        for folder in sorted((self.folder / ".handing").iterdir()):
            study = folder.name.partition("-")[0]
            kept = self.folder / ".kept" / study
            for file in sorted(kept.iterdir()) if kept.is_dir() else ():
                _linked_beside(file, folder)
            log = self.folder / ".copies" / study
            lines = log.read_text().split() if log.is_file() else []
            yield Handed(study, folder, dict(Counter(lines)))

    def done(self, handed: Handed, *, keep: bool = False) -> None:
        """Let go of *handed*, which the record has; *keep* its files for the rest to come.

        What is kept was refused: slices that are missing may yet come.
        """
        kept = self.folder / ".kept" / handed.study
        (self.folder / ".copies" / handed.study).unlink(missing_ok=True)
        # Away in one step: half of a study must never be taken for the whole of it.
        for gone in (kept, *([] if keep else [handed.folder])):
            if gone.is_dir():
                shutil.rmtree(gone.rename(self.staging()), ignore_errors=True)
        if keep:
            os.utime(handed.folder)
            handed.folder.rename(kept)
            flush(kept.parent)

    def forget(self, now: float, seconds: float = KEPT_SECONDS) -> int:
        """Remove what was kept longer than *seconds* before *now* (POSIX); how many studies."""
        kept = (self.folder / ".kept").iterdir()
        old = [one for one in kept if now - one.stat().st_mtime > seconds]
        for one in old:
            shutil.rmtree(one)
        return len(old)

    def _names(self) -> list[str]:
        return [one.name for one in self.folder.iterdir() if not one.name.startswith(".")]


def settle(file: BinaryIO) -> None:
    """Flush *file* to the disk."""
    file.flush()
    os.fdatasync(file.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """*content* at *path*, in place of what stood there; a kill leaves the one or the other."""
    stray = path.with_suffix(".part")
    with stray.open("wb") as file:
        file.write(content)
        settle(file)
    stray.replace(path)
    flush(path.parent)


def flush(folder: Path) -> None:
    """Flush the names in *folder* to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _link(folder: Path, stem: str, stray: Path) -> Put:
    """Give *stray* its name in *folder*; other content of the same object lies beside it."""
    goal = folder / f"{stem}.dcm"
    try:
        goal.hardlink_to(stray)
    except FileExistsError:
        if _same(goal, stray):
            return Put.COPY
        return _beside(folder, stem, stray)
    flush(folder)
    return Put.NEW


def _beside(folder: Path, stem: str, stray: Path) -> Put:
    with stray.open("rb") as file:
        other = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    try:
        (folder / f"{stem}.{other}.dcm").hardlink_to(stray)
    except FileExistsError:
        return Put.COPY
    flush(folder)
    return Put.OTHER


def _same(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        while block := first.read(1 << 20):
            if block != second.read(1 << 20):
                return False
    return True


def _linked_beside(file: Path, folder: Path) -> None:
    """*file* in *folder* too, unless it is there; an object with other content stays beside."""
    goal = folder / file.name
    if goal.exists():
        if _same(file, goal):
            return
        goal = folder / f"{file.stem}.{uuid4().hex[:16]}.dcm"
    goal.hardlink_to(file)
