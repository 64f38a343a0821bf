"""The one way in: files become scans, flags, reports and work; each gets an outcome."""

import hashlib
import logging
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from app.intake import late
from app.intake.entry import Entry
from app.intake.outcomes import Received, SeriesOutcome
from app.intake.papers import Papers
from app.intake.picture import Overlay, keep, work_on
from app.intake.probe_seal import signed
from app.intake.segmentations import with_known_scans
from app.wiring import Site
from components.imaging.header import SeriesOnDisk, sort_files
from store import arrivals, probing
from store.domain.arrival import AiResult, Fate, SeriesHeader, Work
from store.domain.codes import System, sex_system
from store.domain.people import INTAKE
from store.domain.refusal import NotAllowed, Unusable

log = logging.getLogger("vcf_review")
Tick = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is to be received.

    Attributes:
        results: Results given by name; without a scan of their own they need a single one.
        labels: Name of the label table of masks that do not carry one.
        source: Configured name of the way in; empty for what a person gives by hand.
    """

    paths: tuple[Path, ...]
    results: tuple[Path, ...] = ()
    labels: str | None = None
    source: str = ""


def receive(site: Site, delivery: Delivery, tick: Tick = lambda *_: None) -> Received:
    """Take in everything of *delivery*; one bad file never stops the rest.

    Pictures are left to the workers of `app.intake.work`; until one is there, its scan is
    offered to nobody.
    """
    site.archive.sweep()
    entry = Entry(site, delivery.source)
    found = sort_files(delivery.paths, lambda n: tick("Reading headers", n, 0))
    found = with_known_scans(entry, found)
    done = Received(aside=[(aside.reason, aside.files) for aside in found.aside])
    for aside in found.aside:
        digest = hashlib.sha256(aside.reason.encode()).hexdigest()
        entry.submit(arrivals.refuse, "file", digest, Fate.IGNORED, aside.reason)
    wholes = _grown(entry, found.series)
    papers = Papers(entry, delivery.results, delivery.labels, found, done, wholes)
    for number, series in enumerate(found.series):
        tick("Taking in scans", number, len(found.series))
        _guarded(entry, series, papers, done)
    papers.enter()
    tick("Taking in scans", len(found.series), len(found.series))
    return done


def _grown(entry: Entry, series: Sequence[SeriesOnDisk]) -> dict[str, SeriesOnDisk]:
    """Those of *series* that are larger with what is here of them, whole, by UID.

    Masks that come with late slices are of the whole. What goes wrong is told where the series
    itself is received.
    """
    wholes = {}
    for one in series:
        known = entry.site.ask(INTAKE, arrivals.known, one.header.series_uid)
        with suppress(Unusable):
            found = late.late(entry, one, known)
            if found is not None and found.grew:
                wholes[one.header.series_uid] = found.joined.whole
    return wholes


def _guarded(entry: Entry, series: SeriesOnDisk, papers: Papers, done: Received) -> None:
    outcome = SeriesOutcome(
        series.header.series_uid, series.header.study_uid, len(series.instances), Fate.REFUSED
    )
    done.series.append(outcome)
    try:
        _receive_series(entry, series, papers, outcome)
    except (Unusable, NotAllowed) as refusal:
        outcome.fate, outcome.reason = Fate.REFUSED, str(refusal)
        digest = series.header.digest
        entry.submit(arrivals.refuse, "series", digest, Fate.REFUSED, str(refusal))
    except Exception:
        reference = uuid.uuid4().hex[:8]
        log.exception("defect %s while receiving a series", reference)
        outcome.reason = f"A defect of this software (reference {reference}). Report it."
        done.defects += 1


def _receive_series(
    entry: Entry, series: SeriesOnDisk, papers: Papers, outcome: SeriesOutcome
) -> None:
    series = replace(series, header=_coded(entry, series.header))
    header = series.header
    known = entry.site.ask(INTAKE, arrivals.known, header.series_uid)
    found = late.late(entry, series, known)
    if series.refusal and found is None:
        raise Unusable(series.refusal)
    if header.study_uid == signed(header.series_uid, entry.site.key):
        outcome.fate, outcome.reason = _tested(entry, series)
        return
    if found is None:
        _whole(entry, series, known, papers, outcome)
    else:
        _late(entry, found, papers, outcome)
    _count_copies(entry, series, outcome)
    for result in papers.results_for(header.series_uid):
        answer = entry.submit(arrivals.receive_result, _named(result, series), entry.share)
        outcome.case = answer.case or outcome.case
        outcome.results.append(" ".join((answer.fate.value, answer.reason)).strip())


def _coded(entry: Entry, header: SeriesHeader) -> SeriesHeader:
    """*header* with whose code for sex it carries: scanners are sent the codes of their site."""
    who = header.patient
    whose = sex_system(who.sex, System.DICOM, entry.site.settings.codes)
    return replace(header, patient=replace(who, sex_system=whose.value))


def _late(entry: Entry, found: late.Late, papers: Papers, outcome: SeriesOutcome) -> None:
    """Take in what came for a series that is here already."""
    uid = found.series.header.series_uid
    overlays = papers.overlays_for(uid)
    for overlay in overlays if found.grew else ():
        keep(entry.site.archive, overlay)
    found, said = late.enter(entry, found, overlays)
    outcome.fate, outcome.reason, outcome.case = said.fate, said.reason, said.case
    known = entry.site.ask(INTAKE, arrivals.known, uid)
    if known is not None and found.grew:
        outcome.job = known.job
    elif known is not None:
        outcome.mask = _unneeded(entry, overlays, known)


def _whole(
    entry: Entry,
    series: SeriesOnDisk,
    known: arrivals.Known | None,
    papers: Papers,
    outcome: SeriesOutcome,
) -> None:
    """Take in a series that is new, or here exactly as it came."""
    header = series.header
    overlays = papers.overlays_for(header.series_uid)
    masks = [one for one in overlays if one.kind == "mask"]
    if known is not None and (known.mask_digest or not masks):
        picture = arrivals.Picture(None, {}, {})
        outcome.mask = _unneeded(entry, overlays, known)
    else:
        picture = _wanted(entry, series, overlays if known is None else masks, known is not None)
    said = entry.submit(arrivals.receive_series, header, picture, entry.share)
    outcome.fate, outcome.reason, outcome.case = said.fate, said.reason, said.case
    if picture.work is not None:
        entered = entry.site.ask(INTAKE, arrivals.known, header.series_uid)
        outcome.job = entered.job if entered and entered.digest == header.digest else ""


def _tested(entry: Entry, series: SeriesOnDisk) -> tuple[Fate, str]:
    """What comes of a test study: it is tried in full and becomes no scan."""
    work = _work(entry, series, (), known=False)
    said = entry.submit(probing.arrived, series.header, work)
    return Fate.IGNORED, f"A test study. {said.reason}"


def _wanted(
    entry: Entry, series: SeriesOnDisk, overlays: Sequence[Overlay], known: bool
) -> arrivals.Picture:
    """The picture of *series* as it is to be made, once all that it is made of is kept."""
    return arrivals.Picture(None, {}, {}, work=_work(entry, series, overlays, known=known))


def _work(entry: Entry, series: SeriesOnDisk, overlays: Sequence[Overlay], *, known: bool) -> Work:
    archive, digest = entry.site.archive, series.header.digest
    # A file of many frames holds many instances and is kept once.
    archive.put_series(digest, dict.fromkeys(one.path for one in series.instances))
    for overlay in overlays:
        keep(archive, overlay)
    return work_on(digest, overlays, known=known)


def _unneeded(entry: Entry, overlays: Sequence[Overlay], known: arrivals.Known) -> str:
    """What is said of masks and points for a series whose picture stays as it is."""
    why = "The series is here already, and its picture stays as it is."
    for one in overlays:
        again = one.digest == known.mask_digest
        fate, reason = (Fate.DUPLICATE, "") if again else (Fate.IGNORED, why)
        entry.submit(arrivals.refuse, one.kind, one.digest, fate, reason)
    return f"not needed: {why}" if overlays else ""


def _count_copies(entry: Entry, series: SeriesOnDisk, outcome: SeriesOutcome) -> None:
    """A copy that came in the same delivery has its receipt, as one that comes later has."""
    whole = series.copies // len(series.instances)
    for _ in range(whole):
        why = "A copy in the same delivery."
        entry.submit(arrivals.refuse, "series", series.header.digest, Fate.DUPLICATE, why)
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
