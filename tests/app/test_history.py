"""An archive taken in folder by folder: once, in pieces, and on from where it stopped."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import COMMAND, run
from sending import rows, until, write_scan

from app.intake.history import Piece, pieces, planned
from app.intake.pace import Pace

SLICES = 19
PATIENTS = 6


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scans of six patients in three years, each in a folder of its own."""
    top = tmp_path_factory.mktemp("archive")
    for number in range(PATIENTS):
        write_scan(top / f"{2020 + number // 2}" / f"{number}", number)
    return top


def counted(data: Path, query: str) -> int:
    return int(rows(data, f"SELECT count(*) FROM {query}")[0][0])


def test_folders_are_read_whole_while_they_are_small_enough(archive: Path, tmp_path: Path) -> None:
    year = 2 * SLICES
    years = [Piece(archive / f"{each}", True, year) for each in (2020, 2021, 2022)]
    assert list(pieces(archive, year)) == years
    assert list(pieces(archive, 3 * year)) == [Piece(archive, True, 3 * year)]
    assert len(list(pieces(archive, SLICES))) == PATIENTS
    flat = tmp_path / "flat"
    (flat / "in").mkdir(parents=True)
    for place in ("a", "b", "c", "in/d"):
        (flat / place).touch()
    assert list(pieces(flat, 2)) == [Piece(flat / "in", True, 1), Piece(flat, False, 3)]
    assert planned([archive], 3 * year) is None, "no more than one piece is no archive"


def test_an_archive_is_taken_in_once_and_what_changed_since_anew(
    archive: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    first = run(data, "receive", archive, "--piece", f"{2 * SLICES}", "--queue")
    assert first.returncode == 0, first.stderr
    assert first.stdout.count("accepted") == PATIENTS
    assert "accepted  6 series" in first.stderr
    assert counted(data, "job WHERE state = 'waiting'") == PATIENTS
    receipts = counted(data, "receipt")
    os.utime(next((archive / "2021" / "3").iterdir()))
    again = run(data, "receive", archive, "--piece", f"{2 * SLICES}", "--queue")
    assert again.stdout.count("duplicate") == 2, "the year with a file of another time"
    assert f"skipped   {4 * SLICES} files" in again.stderr
    assert counted(data, "receipt") == receipts + 2, "what is skipped counts as no copy"
    kept = (data / "history.txt").read_text()
    assert "2021" not in kept
    assert str(archive) not in kept


@pytest.fixture
def reading(archive: Path, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [*COMMAND, "--data", str(tmp_path / "data"), "receive", str(archive)]
    with (tmp_path / "said").open("wb") as said:
        one = subprocess.Popen([*command, "--piece", f"{SLICES}"], stdout=said, stderr=said)
    yield one
    one.kill()
    one.wait()


def test_ctrl_c_keeps_what_was_taken_in_and_the_next_run_goes_on(
    archive: Path, tmp_path: Path, reading: subprocess.Popen[bytes]
) -> None:
    data = tmp_path / "data"
    memory = data / "history.txt"
    until(lambda: memory.exists() and memory.read_text().count("\n") > 1, "two pieces")
    reading.send_signal(signal.SIGINT)
    assert reading.wait(60) == 130
    assert "run it again to go on" in (tmp_path / "said").read_text()
    assert counted(data, "job WHERE state = 'running'") == 0
    again = run(data, "receive", archive, "--piece", f"{SLICES}")
    assert again.returncode == 0, again.stderr
    assert "skipped" in again.stderr
    assert counted(data, "scan") == PATIENTS
    assert counted(data, "series WHERE stack IS NOT NULL") >= PATIENTS - 1


def test_the_estimate_rests_on_what_was_read_not_on_what_was_skipped() -> None:
    now = [0.0]
    pace = Pace(1000, lambda: now[0])
    now[0] = 10.0
    assert pace.words(100, 500, 5) == "0.5 series/s, about 40 s left"
    assert pace.words(0, 500, 0) == "0.0 series/s"
