"""Scans fetched by DICOMweb: what the PACS has of some days and the record has not.

A series is fetched whole, in one request, as it is stored, straight to the disk; a study is
handed over when every series of it that is wanted is there, by count. What was fetched is
remembered with its count: another run asks for the rest alone, and a series that has grown is
fetched again. So is one of which the record has fewer objects, whoever brought them.
"""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.intake.hand_over import HandOver
from app.intake.multipart import Failed, Refused
from app.intake.spool import digest_of, settle, write_whole
from app.intake.web import Pause, Service, text_in, tried, uid_in
from app.sources import DicomWeb
from components.imaging.elements import HEADER_LIMIT
from components.imaging.naming import Nameless, named
from store import arrivals
from store.domain.people import INTAKE

log = logging.getLogger("vcf_review")
STUDY, SERIES = "0020000D", "0020000E"
COUNT, MODALITY = "00201209", "00080060"
STUDY_WORDS, SERIES_WORDS = "00081030", "0008103E"
LARGEST_OBJECT = 4 << 30
LEFT_OVER_SECONDS = 3600.0
"""After so long a study that the PACS no longer names is handed over as it is."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A series that the PACS has; `count` is 0 where it does not say how many objects."""

    study_uid: str
    series_uid: str
    count: int


@dataclass(slots=True)
class Round:
    """What one round did."""

    fetched: int = 0
    known: int = 0
    failed: int = 0


@dataclass(slots=True)
class Memory:
    """What was fetched, and up to which day was asked; written whole or not at all."""

    path: Path
    asked: str = ""
    series: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> "Memory":
        """What stands in *folder*; nothing where it is new or cannot be read."""
        memory = cls(folder / ".pulled.json")
        try:
            held = json.loads(memory.path.read_text())
            date.fromisoformat(held["asked"] or "2000-01-01")
            memory.asked = str(held["asked"])
            memory.series = {str(key): int(count) for key, count in held["series"].items()}
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            # The worst that follows is that something is fetched twice.
            return cls(memory.path)
        return memory

    def keep(self) -> None:
        """Write it down."""
        said = {"asked": self.asked, "series": self.series}
        write_whole(self.path, json.dumps(said).encode())

    def window(self, days: int, today: date) -> tuple[date, date]:
        """The scan dates to ask for: *days* back from the last question, or from *today*."""
        last = date.fromisoformat(self.asked) if self.asked else today
        return min(last, today) - timedelta(days), today


def pull(
    source: DicomWeb,
    hand_over: HandOver,
    today: date,
    pause: Pause,
    since: date | None = None,
) -> Round:
    """One round: everything of the window that is not known is fetched and handed over.

    Args:
        source: The PACS.
        hand_over: Where studies go.
        today: The last scan date that is asked for.
        pause: Waits so many seconds before something is tried again.
        since: The first scan date, instead of the remembered one.

    Raises:
        Unreachable: the service has no address that may be used.
        Failed, Refused: it did not say what it has.
    """
    one = _Pull(source, hand_over, Service(source), Memory.of(hand_over.spool.folder), pause)
    return one.round(today, since)


@dataclass(slots=True)
class _Pull:
    source: DicomWeb
    hand_over: HandOver
    service: Service
    memory: Memory
    pause: Pause
    done: Round = field(default_factory=Round)

    def round(self, today: date, since: date | None) -> Round:
        first, last = self.memory.window(self.source.days, today)
        seen: set[str] = set()
        for study_uid, offered in self._studies(since or first, last):
            seen.update(digest_of(one.series_uid) for one in offered)
            there = [self._there(one) for one in offered]
            if all(there):
                self.hand_over.take([digest_of(study_uid)])
        self.hand_over.take(self.hand_over.spool.quiet(LEFT_OVER_SECONDS))
        if not self.done.failed:
            self.memory.asked = today.isoformat()
            # What the window has left behind is never asked for again.
            kept = self.memory.series.items()
            self.memory.series = {key: count for key, count in kept if key in seen}
        self.memory.keep()
        return self.done

    def _studies(self, first: date, last: date) -> Iterator[tuple[str, list[Offered]]]:
        days = f"{first:%Y%m%d}-{last:%Y%m%d}"
        fields = ",".join((STUDY_WORDS, STUDY))
        asked = {"StudyDate": days, "ModalitiesInStudy": "CT", "includefield": fields}
        for study in self._found("studies", **asked):
            study_uid = uid_in(study, STUDY)
            if not study_uid:
                continue
            entries = self._found(f"studies/{study_uid}/series", includefield=SERIES_WORDS)
            yield study_uid, [each for one in entries if (each := self._wanted(study, one))]

    def _found(self, path: str, **asked: str) -> list[dict[str, Any]]:
        return list(tried(lambda: list(self.service.found(path, **asked)), self.pause))

    def _wanted(self, study: dict[str, Any], entry: dict[str, Any]) -> Offered | None:
        series_uid, modality = uid_in(entry, SERIES), text_in(entry, MODALITY)
        if not series_uid or modality not in self.source.modalities:
            return None
        said = f"{text_in(study, STUDY_WORDS)}\n{text_in(entry, SERIES_WORDS)}".lower()
        words = self.source.words
        if modality == "CT" and words and not any(word.lower() in said for word in words):
            return None
        count = text_in(entry, COUNT)
        return Offered(uid_in(study, STUDY), series_uid, int(count) if count.isdecimal() else 0)

    def _there(self, one: Offered) -> bool:
        """Whether *one* is known or was fetched whole."""
        key = digest_of(one.series_uid)
        remembered = self.memory.series.get(key)
        known = remembered is None and self._recorded(one)
        if known or (remembered is not None and remembered == one.count):
            self.memory.series[key] = one.count
            self.done.known += 1
            return True
        try:
            tried(lambda: self._fetch(one), self.pause)
        except (Failed, Refused) as refusal:
            log.warning("%s: a series was not fetched: %s", self.source.name, refusal)
            self.done.failed += 1
            return False
        self.memory.series[key] = one.count
        self.memory.keep()
        self.done.fetched += 1
        return True

    def _recorded(self, one: Offered) -> bool:
        """Whether the record has *one*, and no fewer objects of it than the PACS."""
        site = self.hand_over.site
        known = site.ask(INTAKE, arrivals.known, one.series_uid)
        # Files, as a file of many frames is one object to the PACS and many slices to the record.
        return known is not None and site.archive.files("series", known.digest) >= one.count

    def _fetch(self, one: Offered) -> None:
        came: set[str] = set()
        for blocks in self.service.fetched(one.study_uid, one.series_uid):
            came.add(self._kept(one, blocks))
        if one.count and len(came) < one.count:
            msg = f"{len(came)} of {one.count} objects came; the series is asked for again."
            raise Failed(msg)

    def _kept(self, one: Offered, blocks: Iterator[bytes]) -> str:
        """The UID of the object that *blocks* are, once it lies in the spool."""
        spool = self.hand_over.spool
        stray = spool.staging()
        try:
            with stray.open("w+b") as file:
                for block in blocks:
                    file.write(block)
                    if file.tell() > LARGEST_OBJECT:
                        msg = f"An object is larger than {LARGEST_OBJECT >> 30} GB."
                        raise Refused(msg)
                settle(file)
                file.seek(0)
                name = named(file.read(HEADER_LIMIT))
            if (name.study_uid, name.series_uid) != (one.study_uid, one.series_uid):
                msg = "The service sent an object of another series than was asked for."
                raise Refused(msg)
            spool.adopt(name, stray, counted=False)
        except Nameless as reason:
            msg = f"The service sent something that is no DICOM object. {reason}"
            raise Refused(msg) from None
        except OSError as error:
            msg = f"An object could not be kept: {os.strerror(error.errno or 0)}."
            raise Refused(msg) from None
        finally:
            stray.unlink(missing_ok=True)
        return name.sop_uid
