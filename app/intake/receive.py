"""The one way in: files become scans, pictures, flags and reports; each gets an outcome."""

import hashlib
import logging
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from app.intake.beside import belongs_to, folder_of, near
from app.intake.outcomes import Received, SeriesOutcome
from app.intake.picture import Overlay, lies_on, picture_of
from app.wiring import Site
from components.imaging.header import SeriesOnDisk, Sorting, sort_files
from components.imaging.label_names import LabelNames, names_for, read_names
from components.imaging.results import Kind, Recognised, read_reports, read_results, recognise
from store import arrivals, reports
from store.domain.arrival import AiResult, Fate
from store.domain.people import INTAKE
from store.domain.refusal import NotAllowed, Unusable

log = logging.getLogger("vcf_review")
T = TypeVar("T")
Tick = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is to be received.

    Attributes:
        results: Results given by name; without a scan of their own they need a single one.
        labels: Name of the label table of masks that do not carry one.
        source: The configured name of where it came from; empty for by hand.
    """

    paths: tuple[Path, ...]
    results: tuple[Path, ...] = ()
    labels: str | None = None
    source: str = ""


def receive(site: Site, delivery: Delivery, tick: Tick = lambda *_: None) -> Received:
    """Take in everything of *delivery*; one bad file never stops the rest."""
    site.archive.sweep()
    found = sort_files(delivery.paths, lambda n: tick("Reading headers", n, 0))
    done = Received(aside=[(aside.reason, aside.files) for aside in found.aside])
    for aside in found.aside:
        digest = hashlib.sha256(aside.reason.encode()).hexdigest()
        site.submit(INTAKE, arrivals.refuse, "file", digest, Fate.IGNORED, aside.reason)
    papers = _Papers(site, delivery, found, done)
    for number, series in enumerate(found.series):
        tick("Preparing scans", number, len(found.series))
        _guarded(site, series, papers, done)
    papers.enter()
    tick("Preparing scans", len(found.series), len(found.series))
    return done


def _guarded(site: Site, series: SeriesOnDisk, papers: "_Papers", done: Received) -> None:
    outcome = SeriesOutcome(
        series.header.series_uid, series.header.study_uid, len(series.instances), Fate.REFUSED
    )
    done.series.append(outcome)
    try:
        _receive_series(site, series, papers, outcome)
    except (Unusable, NotAllowed) as refusal:
        outcome.fate, outcome.reason = Fate.REFUSED, str(refusal)
        digest = series.header.digest
        site.submit(INTAKE, arrivals.refuse, "series", digest, Fate.REFUSED, str(refusal))
    except Exception:
        reference = uuid.uuid4().hex[:8]
        log.exception("defect %s while receiving a series", reference)
        outcome.reason = f"A defect of this software (reference {reference}). Report it."
        done.defects += 1


def _receive_series(
    site: Site, series: SeriesOnDisk, papers: "_Papers", outcome: SeriesOutcome
) -> None:
    if series.refusal:
        raise Unusable(series.refusal)
    header = series.header
    known = site.ask(INTAKE, arrivals.known, header.series_uid)
    overlays = papers.overlays_for(header.series_uid)
    masks = [one for one in overlays if one.kind == "mask"]
    if known is not None and (known.digest != header.digest or known.mask_digest or not masks):
        picture = arrivals.Picture(None, {}, {})
        outcome.mask = _unneeded(site, overlays, known)
    else:
        site.archive.put_series(header.digest, (one.path for one in series.instances))
        tried = overlays if known is None else masks
        picture = _picture(site, series, tried, outcome, known=known is not None)
    share = site.settings.unaided_share
    said = site.submit(INTAKE, arrivals.receive_series, header, picture, share)
    outcome.fate, outcome.reason, outcome.case = said.fate, said.reason, said.case
    _count_copies(site, series, outcome)
    for result in papers.results_for(header.series_uid):
        answer = site.submit(INTAKE, arrivals.receive_result, _named(result, series), share)
        outcome.case = answer.case or outcome.case
        outcome.results.append(" ".join((answer.fate.value, answer.reason)).strip())


def _picture(
    site: Site,
    series: SeriesOnDisk,
    overlays: Sequence[Overlay],
    outcome: SeriesOutcome,
    *,
    known: bool,
) -> arrivals.Picture:
    """The picture of *series*; what is not drawn over it has its receipt."""
    picture, used, held = picture_of(site.archive, series, overlays, known=known)
    for one in held:
        kind, digest = one.overlay.kind, one.overlay.digest
        site.submit(INTAKE, arrivals.refuse, kind, digest, Fate.HELD, one.reason)
    said = [f"{one.overlay.kind} held: {one.reason}" for one in held]
    if used is not None:
        said.insert(0, "used" if used.kind == "mask" else "centroids used")
    outcome.mask = "; ".join(said)
    return picture


def _unneeded(site: Site, overlays: Sequence[Overlay], known: arrivals.Known) -> str:
    """What is said of masks and points for a series whose picture stays as it is."""
    why = "The series is here already, and its picture stays as it is."
    for one in overlays:
        again = one.digest == known.mask_digest
        fate, reason = (Fate.DUPLICATE, "") if again else (Fate.IGNORED, why)
        site.submit(INTAKE, arrivals.refuse, one.kind, one.digest, fate, reason)
    return f"not needed: {why}" if overlays else ""


def _count_copies(site: Site, series: SeriesOnDisk, outcome: SeriesOutcome) -> None:
    """A copy that came in the same delivery has its receipt, as one that comes later has."""
    whole = series.copies // len(series.instances)
    for _ in range(whole):
        why = "A copy in the same delivery."
        site.submit(INTAKE, arrivals.refuse, "series", series.header.digest, Fate.DUPLICATE, why)
    if series.copies:
        said = f"{series.copies} files repeat a slice exactly; one of each is kept."
        outcome.reason = " ".join(filter(None, (outcome.reason, said)))


def _named(result: AiResult, series: SeriesOnDisk) -> AiResult:
    """*result*, which named no scan, with the scan it lay beside.

    The digest takes the scan in as well: two scans may have equal results.
    """
    uid = series.header.study_uid
    digest = hashlib.sha256(f"{result.digest} {uid}".encode()).hexdigest()
    return replace(result, study_uid=uid, series_uid=series.header.series_uid, digest=digest)


class _Papers:
    """Everything of a delivery that is not a CT: masks, results and reports."""

    def __init__(self, site: Site, delivery: Delivery, found: Sorting, done: Received) -> None:
        self.site, self.done = site, done
        self._folders = {
            one.header.series_uid: folder_of(i.path for i in one.instances)
            for one in found.series
            if one.instances
        }
        self._series = {one.header.series_uid: one for one in found.series}
        self._given = frozenset(path.resolve() for path in delivery.results)
        self._overlays: dict[str, list[Overlay]] = {}
        self._unnamed: dict[str, list[AiResult]] = {}
        self._named: list[AiResult] = []
        self._reports: list[Path] = []
        self._names: list[LabelNames] = []
        paths = dict.fromkeys([*_files(delivery.results), *found.others])
        # What names the labels of a mask must be known before the mask.
        for path, what in sorted(
            ((path, recognise(path)) for path in paths), key=lambda one: one[1].kind != Kind.LABELS
        ):
            self._sort(path, what, delivery.labels)
        self._ignore_names()

    def overlays_for(self, series_uid: str) -> Sequence[Overlay]:
        """Masks and centres that lay beside the series."""
        return self._overlays.get(series_uid, ())

    def results_for(self, series_uid: str) -> Iterable[AiResult]:
        """Results that named no scan and lay beside the series."""
        return self._unnamed.get(series_uid, ())

    def enter(self) -> None:
        """Enter what names its scan itself."""
        share = self.site.settings.unaided_share
        for result in self._named:
            answer = self.site.submit(INTAKE, arrivals.receive_result, result, share)
            self.done.others.append(("AI result", answer.fate, answer.reason))
        for path in self._reports:
            try:
                reading = read_reports(path)
            except Unusable as refusal:
                self._refuse(path, "report table", str(refusal))
                continue
            for report in reading.reports:
                answer = self.site.submit(INTAKE, reports.receive, report)
                self.done.others.append(("report", answer.fate, answer.reason))
            for refused in reading.refusals:
                self._refuse(path, "report", refused)

    def _sort(self, path: Path, found: Recognised, labels: str | None) -> None:
        try:
            if found.kind is Kind.LABELS:
                self._names.append(read_names(path))
            elif found.kind in (Kind.MASK, Kind.CENTROIDS):
                self._overlay(path, found.kind, labels)
            elif found.kind is Kind.REPORTS:
                self._reports.append(path)
            elif found.kind is Kind.RESULT:
                self._read(path)
            else:
                self._refuse(path, "file", found.reason or "Not a result, a mask or a report.")
        except Unusable as refusal:
            self._refuse(path, "AI result", str(refusal))

    def _overlay(self, path: Path, kind: Kind, labels: str | None) -> None:
        overlay = Overlay(path, "centroids")
        if kind is Kind.MASK:
            overlay = Overlay(path, "mask", labels, names_for(path, self._names))
        beside = [self._series[uid] for uid in near(path, self._folders)]
        if len(beside) < 2 or len({one.header.study_uid for one in beside}) > 1:
            self._place(path, self._overlays, overlay, overlay.kind)
            return
        # Several reconstructions of one scan: the grid tells which of them is meant.
        meant = [one.header.series_uid for one in beside if lies_on(overlay, one)]
        for uid in meant:
            self._overlays.setdefault(uid, []).append(overlay)
        if not meant:
            why = f"It lies on the grid of none of the {len(beside)} series beside it."
            self._refuse(path, overlay.kind, why, Fate.HELD)

    def _ignore_names(self) -> None:
        """Say of names that no mask needs."""
        laid = [one for shelf in self._overlays.values() for one in shelf]
        used = {one.names.path for one in laid if one.names}
        for one in self._names:
            if one.path not in used:
                why = "It names labels, and no mask that it is for lies beside it."
                self._refuse(one.path, "label names", why, Fate.IGNORED)

    def _read(self, path: Path) -> None:
        reading = read_results(path)
        for refusal in reading.refusals:
            self._refuse(path, "AI result", refusal)
        for result in reading.results:
            if result.study_uid or result.accession:
                self._named.append(result)
            else:
                self._place(path, self._unnamed, result, "AI result")

    def _place(self, path: Path, shelf: dict[str, list[T]], thing: T, kind: str) -> None:
        alone = len(self._folders) == 1 and path.resolve() in self._given
        uid, doubt = (next(iter(self._folders)), "") if alone else belongs_to(path, self._folders)
        if uid is None:
            self._refuse(path, kind, doubt, Fate.HELD)
        else:
            shelf.setdefault(uid, []).append(thing)

    def _refuse(self, path: Path, kind: str, reason: str, fate: Fate = Fate.REFUSED) -> None:
        self.done.others.append((kind, fate, reason))
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        entered = kind if kind in ("mask", "centroids") else "paper"
        self.site.submit(INTAKE, arrivals.refuse, entered, digest, fate, reason)


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(inside for inside in path.rglob("*") if inside.is_file())
        else:
            yield path
