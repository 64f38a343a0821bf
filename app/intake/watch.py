"""A watched folder: what somebody copied there is received once it has lain unchanged a while.

Everything under one entry of the folder waits for the last of its files. Folders in which
something is new are received whole, so that a series that grew is seen whole and a result finds
the scan beside it. What was taken is remembered by digests of path, size and time, or moved to
``done``, as the site chooses; either way it is not received again.
"""

import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from app.intake.receive import Delivery, receive
from app.intake.spool import Spool, write_whole
from app.sources import Folder
from app.wiring import Site

log = logging.getLogger("vcf_review")
DONE = "done"
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", "~")
"""Endings by which programs mark what they are still copying."""
FORGET_SECONDS = 180 * 86400.0
"""How long a file that is gone is remembered: a share may be away for a while."""
Stamp = tuple[int, int]
"""Size in bytes and time of change in nanoseconds."""


@dataclass(slots=True)
class Watch:
    """What is known of the folder of *source*; `look` looks once.

    Attributes:
        now: Seconds of a clock that never goes back.
    """

    site: Site
    source: Folder
    spool: Spool
    now: Callable[[], float] = time.monotonic
    _since: dict[Path, tuple[Stamp, float]] = field(default_factory=dict)
    _taken: dict[str, tuple[int, int, float]] = field(default_factory=dict)
    _away: bool = False

    def __post_init__(self) -> None:
        try:
            held = json.loads(self._memory.read_text())
            self._taken = {key: (int(a), int(b), float(c)) for key, (a, b, c) in held.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            self._taken = {}  # the worst that follows is receiving duplicates

    @property
    def _memory(self) -> Path:
        return self.spool.folder / ".watched.json"

    def look(self) -> int:
        """Receive what has lain unchanged long enough; how many files were new."""
        found = self._files()
        if found is None:
            return 0
        fresh = self._settled(found)
        if not fresh:
            return 0
        touched = {path.parent for path in fresh}
        paths = [path for path in found if path.parent in touched]
        done = receive(self.site, Delivery(tuple(paths), source=self.source.name))
        if done.defects:
            log.error("%s: not everything was entered; it is tried again", self.source.name)
            return 0
        log.info("%s: %d new files were received", self.source.name, len(fresh))
        moved = self.source.after == "move" and self._moved(paths)
        for path in () if moved else paths:
            self._taken[self._key(path)] = (*found[path], time.time())
        self._keep()
        return len(fresh)

    def _files(self) -> dict[Path, Stamp] | None:
        """Every file that may be taken; None, once said, where the folder is not there."""
        try:
            next(self.source.path.iterdir(), None)
        except OSError as error:
            if not self._away:
                log.warning(
                    "%s: the folder is not to be read: %s", self.source.name, error.strerror
                )
            self._away = True
            return None
        self._away = False
        return dict(_under(self.source.path, top=True))

    def _settled(self, found: dict[Path, Stamp]) -> list[Path]:
        """The new files of those entries in which nothing has changed for the quiet time."""
        now, restless = self.now(), set()
        since: dict[Path, tuple[Stamp, float]] = {}
        for path, stamp in found.items():
            before = self._since.get(path)
            since[path] = before if before and before[0] == stamp else (stamp, now)
            if now - since[path][1] < self.source.quiet_seconds and not self._known(path, stamp):
                restless.add(self._entry(path))
        self._since = since
        return [
            path
            for path, stamp in found.items()
            if not self._known(path, stamp) and self._entry(path) not in restless
        ]

    def _known(self, path: Path, stamp: Stamp) -> bool:
        return self._taken.get(self._key(path), ())[:2] == stamp

    def _entry(self, path: Path) -> str:
        """The entry of the folder that *path* lies under; loose files are one entry."""
        parts = path.relative_to(self.source.path).parts
        return parts[0] if len(parts) > 1 else ""

    def _key(self, path: Path) -> str:
        return hashlib.sha256(os.fsencode(path.relative_to(self.source.path))).hexdigest()[:32]

    def _moved(self, paths: list[Path]) -> bool:
        """Move *paths* to today's folder in ``done``; whether all could be."""
        goal = self.source.path / DONE / f"{datetime.now().astimezone():%Y-%m-%d}"
        try:
            for path in paths:
                place = goal / path.relative_to(self.source.path)
                place.parent.mkdir(parents=True, exist_ok=True)
                if place.exists():
                    place = place.with_name(uuid4().hex)
                if path.exists():
                    path.rename(place)
        except OSError as error:
            said = "%s: what was received stays where it lies, because it cannot be moved: %s"
            log.warning(said, self.source.name, error.strerror)
            return False
        for folder in sorted({path.parent for path in paths}, reverse=True):
            if folder != self.source.path:
                _remove_empty(folder)
        return True

    def _keep(self) -> None:
        limit = time.time() - FORGET_SECONDS
        self._taken = {key: one for key, one in self._taken.items() if one[2] > limit}
        write_whole(self._memory, json.dumps(self._taken).encode())


def watch(one: Watch, stopped: Callable[[float], object]) -> None:
    """Look again and again until *stopped*, which waits so many seconds, says so."""
    log.info("%s: watching", one.source.name)
    pause = one.source.every_seconds
    while True:
        try:
            one.look()
            pause = one.source.every_seconds
        except Exception:
            # The record may be away for a while; the files are where they were.
            log.exception("%s: what lies there was not received", one.source.name)
            pause = min(600.0, pause * 2)
        if stopped(pause):
            return


def _under(folder: Path, *, top: bool = False) -> Iterator[tuple[Path, Stamp]]:
    """Regular files in *folder* and below; no link is followed, no hidden file taken."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in found:
        if entry.name.startswith(".") or (top and entry.name == DONE):
            continue
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _under(folder / entry.name)
            elif entry.is_file(follow_symlinks=False) and not entry.name.endswith(UNFINISHED):
                said = entry.stat(follow_symlinks=False)
                yield folder / entry.name, (said.st_size, said.st_mtime_ns)
        except OSError:
            continue  # renamed away this moment


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return
