"""The files: written whole or not at all, named by digest, never by what a sender said."""

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from store.domain.refusal import Unusable

_NAME = re.compile(r"[0-9a-f]{16,64}\Z")
_SUFFIX = {
    "stacks": ".stack",
    "exports": ".xlsx",
    "masks": ".nii.gz",
    "points": ".json",
    "messages": ".hl7",
    "captures": ".dcm",
    "previews": ".png",
}


class Archive:
    """One folder: ``staging`` for what is being written, and one for each kind of file.

    Every file is complete and flushed to the disk before it gets its name, so a kill leaves
    either the whole file or a stray in ``staging``, which `sweep` removes. Each process has a
    folder of its own there, and holds it by a lock that ends with it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("staging", "series", *_SUFFIX):
            (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        self._own: tuple[Path, int] | None = None

    def _stray(self) -> Path:
        """A path for what is being written; no other process sweeps it away."""
        if self._own is None or not self._own[0].is_dir():
            folder = self.folder / "staging" / uuid4().hex
            folder.mkdir(mode=0o700)
            handle = os.open(folder, os.O_RDONLY)
            fcntl.flock(handle, fcntl.LOCK_EX)
            self._own = folder, handle
        return self._own[0] / uuid4().hex

    def put(self, kind: str, name: str, write: Callable[[BinaryIO], None]) -> Path:
        """The path of a file named *name* (hexadecimal) of *kind*, filled by *write*."""
        goal = self.path(kind, name)
        stray = self._stray()
        try:
            with stray.open("wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            stray.replace(goal)
        finally:
            stray.unlink(missing_ok=True)
        _settle(goal.parent)
        return goal

    def put_series(self, digest: str, files: Iterable[Path]) -> Path:
        """The folder that holds copies of *files*, numbered, under *digest*."""
        goal = self.path("series", digest)
        if goal.is_dir():
            return goal
        stray = self._stray()
        stray.mkdir()
        try:
            for number, source in enumerate(files):
                _copy(source, stray / f"{number:05}.dcm")
            _settle(stray)
            try:
                stray.replace(goal)
            except OSError:
                if not goal.is_dir():  # else another receiver of the same was faster
                    raise
        finally:
            shutil.rmtree(stray, ignore_errors=True)
        _settle(goal.parent)
        return goal

    def path(self, kind: str, name: str) -> Path:
        """Where *name* of *kind* lies, there or not.

        Raises:
            Unusable: the name is not one the archive gives.
        """
        if not _NAME.match(name):
            msg = "Files of the archive are named by digest; this name is not one."
            raise Unusable(msg)
        suffix = _SUFFIX.get(kind, "")
        return self.folder / kind / f"{name}{suffix}"

    def files(self, kind: str, name: str) -> int:
        """How many files *name* of *kind* is made of; 0 where it is not there."""
        path = self.path(kind, name)
        return sum(1 for _ in path.iterdir()) if path.is_dir() else int(path.exists())

    def remove(self, kind: str, name: str) -> None:
        """Remove *name* of *kind*, there or not; nothing else may be made of it."""
        path = self.path(kind, name)
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)

    def sweep(self) -> int:
        """Remove what killed processes left half written; the number of strays."""
        count = 0
        for stray in (self.folder / "staging").iterdir():
            if _held(stray):
                continue
            count += sum(1 for _ in stray.iterdir()) if stray.is_dir() else 1
            shutil.rmtree(stray, ignore_errors=True) if stray.is_dir() else stray.unlink()
        return count


def _held(stray: Path) -> bool:
    """Whether a process that lives, this one included, is writing in *stray*."""
    try:
        handle = os.open(stray, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _copy(source: Path, goal: Path) -> None:
    with source.open("rb") as inside, goal.open("wb") as outside:
        shutil.copyfileobj(inside, outside, 1 << 20)
        outside.flush()
        os.fsync(outside.fileno())


def _settle(folder: Path) -> None:
    """Flush the folder itself, so that the names in it survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
