"""From the spool into the record, while the record cannot be written and while others write."""

import subprocess
import sys
from pathlib import Path

import pytest
from sending import rows, write_scan

from app.intake.hand_over import HandOver
from app.intake.spool import Spool, digest_of
from app.settings import Settings
from app.wiring import open_site
from components.imaging.naming import named
from store.archive import Archive


def test_a_study_waits_while_the_record_is_away_and_is_entered_when_it_is_back(
    tmp_path: Path,
) -> None:
    site = open_site(Settings(data=tmp_path / "data"))
    spool = Spool(site.archive.folder / "inbox", "ct")
    for path in write_scan(tmp_path / "scan", 21):
        name = named(path.read_bytes())
        spool.put(name, path.read_bytes())
    clock = [0.0]
    hand_over = HandOver(site, spool, now=lambda: clock[0])
    record = tmp_path / "data" / "record.db"
    site.engine.dispose()
    record.rename(record.with_suffix(".away"))
    for _ in range(12):
        assert hand_over.take([digest_of(name.study_uid)]) == 0
        clock[0] += 1000.0
    site.engine.dispose()
    record.unlink()
    record.with_suffix(".away").rename(record)
    assert hand_over.take(()) == 1
    assert rows(tmp_path / "data", "SELECT fate, source FROM receipt WHERE kind = 'series'") == [
        ("accepted", "ct")
    ]
    assert hand_over.take(()) == 0
    assert not list(spool.folder.rglob("*.dcm"))
    spool.close()
    site.engine.dispose()


def test_half_a_scan_is_refused_and_whole_once_the_rest_comes(tmp_path: Path) -> None:
    site = open_site(Settings(data=tmp_path / "data"))
    spool = Spool(site.archive.folder / "inbox", "ct")
    hand_over = HandOver(site, spool)
    contents = sorted(
        (path.read_bytes() for path in write_scan(tmp_path / "scan", 22)),
        key=lambda one: int(named(one).sop_uid.rpartition(".")[2]),
    )
    study = digest_of(named(contents[0]).study_uid)
    for part in (contents[::3], contents):
        for content in part:
            spool.put(named(content), content)
        assert hand_over.take([study]) == 1
    fates = rows(tmp_path / "data", "SELECT fate FROM receipt WHERE kind = 'series' ORDER BY id")
    assert fates == [("refused",), ("accepted",)]
    assert hand_over.refused == 1
    spool.close()
    site.engine.dispose()


WRITING = """
import os, signal, sys
from pathlib import Path
from store.archive import Archive
def write(file):
    print("writing", flush=True)
    sys.stdin.readline()
    file.write(b"whole")
Archive(Path(sys.argv[1])).put("stacks", "ab" * 32, write)
"""


@pytest.mark.parametrize("killed", [False, True])
def test_one_process_sweeps_away_only_what_no_living_one_is_writing(
    tmp_path: Path, killed: bool
) -> None:
    asked = [sys.executable, "-c", WRITING, tmp_path]
    with subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin
        assert other.stdout
        assert other.stdout.readline() == b"writing\n"
        if killed:
            other.kill()
            other.wait()
        assert Archive(tmp_path).sweep() == int(killed)
        other.stdin.close()
    assert other.returncode == (-9 if killed else 0)
    assert (tmp_path / "stacks" / ("ab" * 32 + ".stack")).exists() is not killed
