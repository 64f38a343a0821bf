"""Everything of a delivery that is not a CT: masks, results and reports."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from app.intake.beside import belongs_to, folder_of, near
from app.intake.entry import Entry
from app.intake.outcomes import Received
from app.intake.picture import Overlay, keep, lies_on, work_on
from app.intake.previews import Previews
from app.intake.report_messages import take_file
from app.intake.report_tables import mapping_for, take_table
from app.intake.segmentations import Meant, is_segmentation, meant_by, waited_for
from app.sources import result_mappings
from components.imaging.header import SeriesOnDisk, Sorting
from components.imaging.label_names import LabelNames, names_for, read_names
from components.imaging.nifti import UnusableMask
from components.imaging.report_mapping import ReportMapping
from components.imaging.results import (
    Kind,
    NotOurs,
    Recognised,
    read_reports,
    read_results,
    recognise,
)
from store import arrivals, masks, reports
from store.domain.arrival import AiResult, Fate
from store.domain.people import INTAKE
from store.domain.refusal import Unusable

T = TypeVar("T")


class Papers:
    """Everything of a delivery that is not a CT: masks, results and reports."""

    def __init__(
        self,
        entry: Entry,
        given: Iterable[Path],
        labels: str | None,
        found: Sorting,
        done: Received,
        wholes: Mapping[str, SeriesOnDisk],
    ) -> None:
        self._entry, self.done = entry, done
        self._mappings = result_mappings(entry.site.settings)
        given = tuple(given)
        self._folders = {
            one.header.series_uid: folder_of(i.path for i in one.instances)
            for one in found.series
            if one.instances
        }
        # Of a series that grows, a mask lies on the whole.
        self._series = {one.header.series_uid: one for one in found.series} | dict(wholes)
        self._given = frozenset(path.resolve() for path in given)
        self._overlays: dict[str, list[Overlay]] = {}
        self._unnamed: dict[str, list[AiResult]] = {}
        self._named: list[AiResult] = []
        self._reports: list[Path] = []
        self._messages: list[Path] = []
        self._tables: list[tuple[Path, str, ReportMapping]] = []
        self._names: list[LabelNames] = []
        self._previews = Previews(entry)
        waits = waited_for(entry, found)
        self._waited = frozenset(path.name.partition(".")[0] for path in waits)
        self._shelves: dict[Kind, Callable[[Path], None]] = {
            Kind.REPORTS: self._reports.append,
            Kind.MESSAGES: self._messages.append,
            Kind.PREVIEW: self._previews.add,
            Kind.RESULT: self._read,
        }
        paths = dict.fromkeys([*_files(given), *found.others, *waits])
        # What names the labels of a mask must be known before the mask.
        for path, what in sorted(
            ((path, recognise(path, self._mappings)) for path in paths),
            key=lambda one: one[1].kind != Kind.LABELS,
        ):
            self._sort(path, what, labels)
        self._ignore_names()

    def overlays_for(self, series_uid: str) -> Sequence[Overlay]:
        """Masks and centres that lay beside the series."""
        return self._overlays.get(series_uid, ())

    def results_for(self, series_uid: str) -> Iterable[AiResult]:
        """Results that named no scan and lay beside the series."""
        return self._unnamed.get(series_uid, ())

    def enter(self) -> None:
        """Enter what names its scan itself."""
        share = self._entry.share
        for result in self._named:
            answer = self._entry.submit(arrivals.receive_result, result, share)
            self.done.others.append(("AI result", answer.fate, answer.reason))
        self.done.others += self._previews.enter()
        for path in self._reports:
            try:
                reading = read_reports(path)
            except Unusable as refusal:
                self._refuse(path, "report table", str(refusal))
                continue
            for report in reading.reports:
                named = replace(report, source=self._entry.source)
                answer = self._entry.site.submit(INTAKE, reports.receive, named)
                self.done.others.append(("report", answer.fate, answer.reason))
            for refused in reading.refusals:
                self._refuse(path, "report", refused)
        for path in self._messages:
            self.done.others += take_file(self._entry.site, path, self._entry.source)
        for path, name, mapping in self._tables:
            self.done.others += take_table(self._entry, path, name, mapping)

    def _sort(self, path: Path, found: Recognised, labels: str | None) -> None:
        try:
            if found.kind is Kind.LABELS:
                self._names.append(read_names(path))
            elif found.kind in (Kind.MASK, Kind.CENTROIDS):
                self._overlay(path, found.kind, labels)
            elif found.kind in self._shelves:
                self._shelves[found.kind](path)
            elif path.suffix.lower() == ".csv" and (known := mapping_for(self._entry, path)):
                self._tables.append((path, *known))
            else:
                self._refuse(path, "file", found.reason or "Not a result, a mask or a report.")
        except NotOurs as reason:
            self._refuse(path, "AI result", str(reason), Fate.IGNORED)
        except Unusable as refusal:
            self._refuse(path, "AI result", str(refusal))

    def _overlay(self, path: Path, kind: Kind, labels: str | None) -> None:
        overlay = Overlay(path, "centroids")
        if kind is Kind.MASK:
            overlay = Overlay(path, "mask", labels, names_for(path, self._names))
            if is_segmentation(path):
                self._lay(path, overlay)
                return
        beside = [self._series[uid] for uid in near(path, self._folders)]
        if len(beside) < 2 or len({one.header.study_uid for one in beside}) > 1:
            uid, doubt = self._where(path)
            if uid is None:
                self._doubt(path, overlay, doubt)
            else:
                self._overlays.setdefault(uid, []).append(overlay)
            return
        # Several reconstructions of one scan: the grid tells which of them is meant.
        meant = [one.header.series_uid for one in beside if lies_on(overlay, one)]
        for uid in meant:
            self._overlays.setdefault(uid, []).append(overlay)
        if not meant:
            why = f"It lies on the grid of none of the {len(beside)} series beside it."
            self._doubt(path, overlay, why)

    def _doubt(self, path: Path, overlay: Overlay, why: str) -> None:
        """Lay a mask of which nobody can tell the series before a person, with its bytes."""
        if overlay.kind != "mask":
            # Centres are a few numbers that can be sent again; nothing is lost with the file.
            self._refuse(path, overlay.kind, why, Fate.HELD)
            return
        keep(self._entry.site.archive, overlay)
        said = self._entry.submit(masks.doubt, overlay.digest, why, [])
        self.done.others.append(("mask", said.fate, said.reason))

    def _lay(self, path: Path, overlay: Overlay) -> None:
        """Put a segmentation to the series that it names."""
        try:
            meant = meant_by(overlay, self._series)
        except UnusableMask as refusal:
            self._refuse(path, "mask", str(refusal))
            return
        for uid in meant.series:
            self._overlays.setdefault(uid, []).append(overlay)
        if overlay.digest in self._waited and not meant.early:
            self._entry.site.submit(INTAKE, masks.came, overlay.digest)
        if not meant.series:
            self._unlaid(path, overlay, meant)

    def _unlaid(self, path: Path, overlay: Overlay, meant: Meant) -> None:
        """Keep a segmentation that can be put to no series now, for its scan or for a person."""
        archive = self._entry.site.archive
        if not meant.ours:
            self._refuse(path, "mask", meant.reason, Fate.IGNORED)
        elif archive.path("masks", overlay.digest).exists() and overlay.digest not in self._waited:
            self._refuse(path, "mask", meant.reason, Fate.DUPLICATE)
        elif meant.early and self._entry.site.ask(INTAKE, masks.here, meant.early):
            self._refuse(path, "mask", meant.reason, Fate.HELD)
        else:
            keep(archive, overlay)
            self.done.others.append(("mask", *self._left(overlay, meant)))

    def _left(self, overlay: Overlay, meant: Meant) -> tuple[Fate, str]:
        submit = self._entry.submit
        if meant.early:
            said = submit(masks.wait, overlay.digest, meant.early)
        else:
            fits = [
                (uid, work_on(self._series[uid].header.digest, [overlay], known=True))
                for uid in meant.fits
            ]
            said = submit(masks.doubt, overlay.digest, meant.reason, fits)
        return said.fate, said.reason

    def _ignore_names(self) -> None:
        """Say of names that no mask needs."""
        laid = [one for shelf in self._overlays.values() for one in shelf]
        used = {one.names.path for one in laid if one.names}
        for one in self._names:
            if one.path not in used:
                why = "It names labels, and no mask that it is for lies beside it."
                self._refuse(one.path, "label names", why, Fate.IGNORED)

    def _read(self, path: Path) -> None:
        reading = read_results(path, self._mappings)
        for refusal in reading.refusals:
            self._refuse(path, "AI result", refusal)
        for result in reading.results:
            if result.study_uid or result.accession:
                self._named.append(result)
            else:
                self._place(path, self._unnamed, result, "AI result")

    def _place(self, path: Path, shelf: dict[str, list[T]], thing: T, kind: str) -> None:
        uid, doubt = self._where(path)
        if uid is None:
            self._refuse(path, kind, doubt, Fate.HELD)
        else:
            shelf.setdefault(uid, []).append(thing)

    def _where(self, path: Path) -> tuple[str | None, str]:
        """The one series that *path* is for, or None and why it cannot be told."""
        alone = len(self._folders) == 1 and path.resolve() in self._given
        return (next(iter(self._folders)), "") if alone else belongs_to(path, self._folders)

    def _refuse(self, path: Path, kind: str, reason: str, fate: Fate = Fate.REFUSED) -> None:
        self.done.others.append((kind, fate, reason))
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        entered = kind if kind in ("mask", "centroids") else "paper"
        self._entry.submit(arrivals.refuse, entered, digest, fate, reason)


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(inside for inside in path.rglob("*") if inside.is_file())
        else:
            yield path
