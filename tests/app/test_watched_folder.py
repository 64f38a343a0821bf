"""A folder that people copy to by hand: what is taken, when, and what never is."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sending import rows, write_scan

from app.intake.spool import Spool
from app.intake.watch import Watch
from app.settings import Settings
from app.sources import Folder
from app.wiring import open_site
from store.domain.people import INTAKE
from store.health import ways


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(tmp_path: Path, clock: Clock) -> Iterator[Watch]:
    site = open_site(Settings(data=tmp_path / "data"))
    spool = Spool(site.archive.folder / "inbox", "weekly")
    (tmp_path / "share").mkdir()
    yield Watch(site, Folder("weekly", tmp_path / "share", quiet_seconds=60.0), spool, clock)
    spool.close()
    site.engine.dispose()


def quietly(watch: Watch, clock: Clock) -> int:
    """What is received once everything has lain long enough."""
    watch.look()
    clock.seconds += 61
    return watch.look()


def series(watch: Watch) -> list[str]:
    query = "SELECT fate FROM receipt WHERE kind = 'series' ORDER BY id"
    return [fate for (fate,) in rows(watch.site.settings.data, query)]


def test_a_scan_is_taken_once_it_has_lain_unchanged_and_not_again(
    watch: Watch, clock: Clock
) -> None:
    slices = write_scan(watch.source.path / "one", 31)
    assert watch.look() == 0
    clock.seconds += 59
    with slices[0].open("ab") as half_written:
        half_written.write(b"\0\0")
    clock.seconds += 30
    assert watch.look() == 0
    clock.seconds += 59
    assert watch.look() == 0
    assert series(watch) == []
    clock.seconds += 2
    assert watch.look() == len(slices)
    assert series(watch) == ["accepted"]
    assert quietly(watch, clock) == 0
    # Another process, later: what was taken is remembered.
    later = Watch(watch.site, watch.source, watch.spool, clock)
    assert quietly(later, clock) == 0
    (way,) = watch.site.ask(INTAKE, ways)
    assert (way.source, way.kind, way.newest_scan) == ("weekly", "series", date(2026, 10, 3))


def test_what_was_taken_is_moved_away_where_the_site_wants_it(watch: Watch, clock: Clock) -> None:
    watch.source = replace(watch.source, after="move")
    for number in (32, 32, 33):
        slices = write_scan(watch.source.path / "same name", number)
        assert quietly(watch, clock) == len(slices)
    assert series(watch) == ["accepted", "duplicate", "accepted"]
    assert [one.name for one in watch.source.path.iterdir()] == ["done"]
    assert sum(one.is_file() for one in watch.source.path.rglob("*")) == 3 * len(slices)
    assert quietly(watch, clock) == 0


def test_odd_names_links_and_unfinished_files_stop_nothing_and_lead_nowhere(
    watch: Watch, clock: Clock, tmp_path: Path
) -> None:
    top = watch.source.path
    slices = write_scan(top / "good\nname", 34)
    folder = os.fsencode(top)
    for name in (b"n" * 255, b"\xff\xfe.dcm", b"line\nbreak.dcm", b"; rm -rf.dcm", b"empty"):
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(b"nothing")
    shutil.copy(slices[0], top / "copying.dcm.part")
    write_scan(tmp_path / "secret", 35)
    (top / "link").symlink_to(tmp_path / "secret")
    (top / "file").symlink_to(next((tmp_path / "secret").iterdir()))
    (top / "gone").symlink_to(tmp_path / "nowhere")
    os.mkfifo(top / "pipe")
    assert quietly(watch, clock) == len(slices) + 5
    assert series(watch) == ["accepted"]
    assert quietly(watch, clock) == 0


def test_a_series_that_grew_is_seen_whole_and_its_neighbours_are_left(
    watch: Watch, clock: Clock
) -> None:
    slices = write_scan(watch.source.path / "a", 36)
    write_scan(watch.source.path / "b", 37)
    away = [path.rename(watch.source.path.parent / path.name) for path in slices[::3]]
    quietly(watch, clock)
    assert sorted(series(watch)) == ["accepted", "refused"]
    for path in away:
        path.rename(watch.source.path / "a" / path.name)
    assert quietly(watch, clock) == len(away)
    assert sorted(series(watch)) == ["accepted", "accepted", "refused"]


def test_a_share_that_is_away_for_a_while_changes_nothing(watch: Watch, clock: Clock) -> None:
    write_scan(watch.source.path / "one", 38)
    assert quietly(watch, clock) > 0
    away = watch.source.path.rename(watch.source.path.with_name("away"))
    assert quietly(watch, clock) == 0
    away.rename(watch.source.path)
    assert quietly(watch, clock) == 0
    assert series(watch) == ["accepted"]
