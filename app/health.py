"""Whether this installation is well, in lines: proven by what came, not by what runs."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app import sources
from app.settings import UnusableSetting
from app.wiring import Site
from store import audit, awaiting, floods, health, jobs
from store.domain.alert import age_words
from store.domain.people import Person
from store.domain.rhythm import Pulse

GIGABYTE = 1_000_000_000
LEAST_FREE, SCARCE_FREE = 2 * GIGABYTE, 10 * GIGABYTE
"""Free space of the data folder: below the first nothing should be sent any more."""
LONGEST_IN_QUEUE = timedelta(hours=4)
LONGEST_WITHOUT_RESULT = timedelta(days=2)
"""A scan that no AI answered by then ages visibly. Defaults of ours."""
KIND_WORDS = {"series": "Scans", "result": "AI results", "report": "Radiology reports"}


class State(StrEnum):
    """How a line stands."""

    WELL = "well"
    NOTE = "note"
    ALARM = "ALARM"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at."""

    state: State
    name: str
    words: str


def lines(site: Site, person: Person) -> tuple[Line, ...]:
    """Everything that *person* may know of how *site* does; alarms first."""
    now = datetime.now(UTC)
    found = [
        *_sources(site, person, now),
        _queue(site, person, now),
        *_backlog(site, person, now),
        *(Line(State.ALARM, "Copies", each) for each in site.ask(person, floods.floods).words),
        _disk(site),
        _trail(site),
    ]
    order = (State.ALARM, State.NOTE, State.WELL)
    return tuple(sorted(found, key=lambda line: order.index(line.state)))


def way_name(source: str, kind: str) -> str:
    """A way in as people read it."""
    return f"{KIND_WORDS[kind]} {f'by {source}' if source else 'given by hand'}"


def _sources(site: Site, person: Person, now: datetime) -> Iterable[Line]:
    heard = set()
    for way in site.ask(person, health.ways):
        heard.add(way.source)
        gap = (now.astimezone().date() - way.newest_scan).days if way.newest_scan else 0
        days = "1 day" if gap == 1 else f"{gap} days"
        late = f" Newest scan made {days} ago, on {way.newest_scan:%d/%m/%Y}." if gap else ""
        # What people give by hand has no rhythm to keep.
        silent = way.rhythm.pulse is Pulse.SILENT and way.source != ""
        state = State.ALARM if silent else State.WELL
        yield Line(state, way_name(way.source, way.kind), way.rhythm.words(now) + late)
    try:
        configured = sources.read(site.settings)
    except UnusableSetting as wrong:
        yield Line(State.ALARM, "Sources", str(wrong))
        return
    for one in configured:
        if one.name not in heard and not isinstance(one, sources.Results):
            words = "Nothing has come since it was set up. Send a test study through it."
            yield Line(State.NOTE, f"Source {one.name}", words)


def _queue(site: Site, person: Person, now: datetime) -> Line:
    queue = site.ask(person, jobs.standing)
    waits = f"{queue.waiting} waiting, {queue.running} running, {queue.dead_count} given up."
    if queue.oldest:
        waits += f" The oldest has waited for {age_words(queue.oldest, now)}."
    late = queue.oldest is not None and now - queue.oldest > LONGEST_IN_QUEUE
    state = State.ALARM if late else State.NOTE if queue.dead_count else State.WELL
    return Line(state, "Pictures to be prepared", waits)


def _backlog(site: Site, person: Person, now: datetime) -> Iterable[Line]:
    halves = site.ask(person, awaiting.awaiting)
    cases, held = site.ask(person, health.for_people)
    for name, waits, longest in (
        ("Scans without an AI result", halves.scans, LONGEST_WITHOUT_RESULT),
        ("AI results without a scan", halves.results, None),
        ("Reports without a scan", halves.reports, None),
        ("Masks without a scan", halves.masks, None),
        ("AI pictures without a scan", halves.pictures, None),
        ("Held for a person", held, None),
        ("Cases to be reviewed", cases, None),
    ):
        oldest = waits.oldest
        age = f", the oldest for {age_words(oldest, now)}" if oldest else ""
        late = bool(longest and oldest and now - oldest > longest)
        yield Line(State.NOTE if late else State.WELL, name, f"{waits.count:,}{age}.")


def _disk(site: Site) -> Line:
    free = shutil.disk_usage(site.settings.data).free
    words = f"{free / GIGABYTE:.1f} GB free in the data folder."
    if free < LEAST_FREE:
        return Line(State.ALARM, "Disk", f"{words} Make room before more is sent.")
    return Line(State.NOTE if free < SCARCE_FREE else State.WELL, "Disk", words)


def _trail(site: Site) -> Line:
    gone = audit.missing_guards(site.engine)
    if gone:
        return Line(State.ALARM, "Trail", f"{len(gone)} guards are gone. Restore from a backup.")
    return Line(State.WELL, "Trail", "Guarded. Run vcf-review trail verify to walk it.")
