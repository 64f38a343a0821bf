"""Pictures that AI products send beside their answers: kept as they came, and made anew as PNG."""

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from app.intake.entry import Entry
from components.imaging.preview import read_preview
from components.imaging.preview_png import UnusablePreview, rendered
from components.imaging.result_fields import NotOurs
from store import arrivals, previews
from store.domain.arrival import Fate
from store.domain.people import INTAKE
from store.domain.preview import Preview
from store.domain.refusal import Unusable

Told = tuple[str, Fate, str]
KIND = "preview"


class Previews:
    """The pictures of one delivery."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._found: list[tuple[Path, Preview]] = []
        self._aside: Counter[str] = Counter()
        self._refused: list[tuple[Path, str]] = []

    def add(self, path: Path) -> None:
        """Take note of the picture at *path*; it is entered once scans and results are."""
        try:
            self._found.append((path, read_preview(path)))
        except NotOurs as reason:
            self._aside[str(reason)] += 1
        except Unusable as refusal:
            self._refused.append((path, str(refusal)))

    def enter(self) -> list[Told]:
        """What became of each picture: kind, fate and reason."""
        told = [self._entered(path, one) for path, one in self._in_order()]
        done = [one for one in told if one is not None]
        for path, reason in self._refused:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            done.append(self._told(digest, Fate.REFUSED, reason))
        for reason, count in self._aside.items():
            # The scanner's own pages come with every study: a line for all of a kind.
            digest = hashlib.sha256(reason.encode()).hexdigest()
            done += [self._told(digest, Fate.IGNORED, reason)] * count
        return done

    def _in_order(self) -> list[tuple[Path, Preview]]:
        return sorted(self._found, key=lambda one: (one[1].series_uid, one[1].place, one[1].digest))

    def _entered(self, path: Path, one: Preview) -> Told | None:
        why = self._entry.site.ask(INTAKE, previews.unwanted, one)
        if why:
            self._aside[why] += 1
            return None
        kept = self._kept(path, one)
        answer = self._entry.submit(previews.receive, kept)
        return KIND, answer.fate, answer.reason

    def _kept(self, path: Path, one: Preview) -> Preview:
        """*one* once its bytes and its frames made anew lie in the archive."""
        archive = self._entry.site.archive

        def copy(file: BinaryIO) -> None:
            with path.open("rb") as source:
                shutil.copyfileobj(source, file)

        archive.put("captures", one.digest, copy)
        try:
            frames = rendered(path)
        except UnusablePreview as refusal:
            return replace(one, refusal=str(refusal))
        names = []
        for number, frame in enumerate(frames):
            name = hashlib.sha256(f"{one.digest} {number}".encode()).hexdigest()
            archive.put("previews", name, _writes(frame))
            names.append(name)
        return replace(one, pictures=tuple(names))

    def _told(self, digest: str, fate: Fate, reason: str) -> Told:
        self._entry.submit(arrivals.refuse, KIND, digest, fate, reason)
        return KIND, fate, reason


def _writes(content: bytes) -> Callable[[BinaryIO], None]:
    def write(file: BinaryIO) -> None:
        file.write(content)

    return write
