"""Scans fetched by DICOMweb from a real Orthanc, and results sent to it."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pydicom
import pytest
from orthanc import Orthanc
from running import COMMAND
from sending import Receiving, rows, spooled, write_scan

from app.intake.receive import Delivery, receive
from app.settings import Settings
from app.wiring import open_site
from store.domain.arrival import Fate

SOURCE = """
[[source]]
name = "pacs-web"
kind = "dicomweb"
url = "{url}"
auth = "basic"
user = "vcf"
secret_env = "PACS_SECRET"
"""
EACH = 80
"""Slices of each series that is fetched while somebody kills the fetching."""


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    folder = tmp_path_factory.mktemp("orthanc")
    server = Orthanc(folder).start({"vcf": "s3cret"})
    for number in (11, 12):
        write_scan(folder / str(number), number)
        server.given(folder / str(number))
    yield server
    server.stop()


def pulled(data: Path, orthanc: Orthanc, *more: str) -> subprocess.CompletedProcess[str]:
    data.mkdir(exist_ok=True, parents=True)
    one = Receiving(data, "pull", SOURCE.format(url=orthanc.url))
    asked = [*orthanc.within, *COMMAND, "pull", "--once", *more]
    told = {"PACS_SECRET": "s3cret", **one.environment}
    return subprocess.run(asked, env=told, capture_output=True, text=True, check=False)


def test_every_scan_of_the_window_is_fetched_once_and_nothing_twice(
    orthanc: Orthanc, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    first = pulled(data, orthanc, "--since", "2026-10-01")
    assert first.returncode == 0, first.stderr
    assert "fetched 2, known 0, failed 0 series" in first.stderr
    assert rows(data, "SELECT accession FROM scan ORDER BY 1") == [("A00011",), ("A00012",)]
    sent = {path.read_bytes()[-500:] for path in (orthanc.folder / "11").iterdir()}
    kept = {p.read_bytes()[-500:] for p in (data / "files" / "series").rglob("*.dcm")}
    assert sent <= kept
    again = pulled(data, orthanc, "--since", "2026-10-01")
    assert "fetched 0, known 2, failed 0 series" in again.stderr
    assert rows(data, "SELECT count(*) FROM receipt WHERE kind = 'series'") == [(2,)]
    assert spooled(data) == []
    # Its own memory gone, the record still knows.
    (data / "files" / "inbox" / "pacs-web" / ".pulled.json").write_text("{")
    assert "fetched 0, known 2" in pulled(data, orthanc, "--since", "2026-10-01").stderr
    assert "DEMO" not in first.stderr + again.stderr


def test_a_series_that_came_only_in_part_is_fetched_whole_and_a_whole_one_is_not(
    orthanc: Orthanc, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    slices = sorted((orthanc.folder / "11").iterdir(), key=_height)
    site = open_site(Settings(data=data))
    given = receive(site, Delivery((*slices[: len(slices) // 2], orthanc.folder / "12")))
    assert [one.fate for one in given.series] == [Fate.ACCEPTED] * 2
    site.engine.dispose()
    done = pulled(data, orthanc, "--since", "2026-10-01")
    assert done.returncode == 0, done.stderr
    counts = "SELECT accession, count(*), max(instances) FROM receipt r JOIN scan s ON "
    counts += "r.scan_id = s.id JOIN series e ON e.scan_id = s.id WHERE r.kind = 'series' "
    whole = len(slices)
    assert rows(data, counts + "GROUP BY 1 ORDER BY 1")[:2] == [
        ("A00011", 2, whole),
        ("A00012", 1, whole),
    ]


def _height(path: Path) -> float:
    return float(pydicom.dcmread(path).ImagePositionPatient[2])


def test_a_pull_that_is_killed_twice_ends_with_every_slice_once_and_one_scan(
    orthanc: Orthanc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACS_SECRET", "s3cret")
    data, asked = tmp_path / "data", ("--once", "--since", "2026-11-01")
    data.mkdir()
    _study_of_two(tmp_path / "study")
    orthanc.given(tmp_path / "study")
    source = SOURCE.format(url=orthanc.url)
    inbox = data / "files" / "inbox" / "pacs-web"
    with Receiving(data, "pull", source, prefix=orthanc.within, more=asked) as one:
        one.start()
        killed_once(one, lambda: inbox.exists() and len(spooled(data)) > EACH)
        assert EACH < len(spooled(data)) < 2 * EACH
        one.start()
        killed_once(one, lambda: any((inbox / ".handing").iterdir()))
        assert len(spooled(data)) == 2 * EACH
    assert rows(data, "SELECT * FROM series WHERE instances != ?", EACH) == []
    done = pulled(data, orthanc, *asked[1:])
    assert done.returncode == 0, done.stderr
    assert rows(data, "SELECT count(*) FROM scan") == [(1,)]
    assert rows(data, "SELECT instances FROM series") == [(EACH,), (EACH,)]
    assert rows(data, "SELECT DISTINCT fate FROM receipt WHERE kind = 'series'") == [("accepted",)]
    kept = [len([*one.iterdir()]) for one in (data / "files" / "series").iterdir()]
    assert kept == [EACH, EACH]
    assert spooled(data) == []


def killed_once(one: Receiving, what: Callable[[], object]) -> None:
    """Kill *one* the moment that *what* is true: no pause, as what it does takes a tenth of one."""
    end = time.monotonic() + 180
    while not what():
        assert time.monotonic() < end, one.said()
        assert not one.process_ended(), one.said()
    one.kill()


def _study_of_two(folder: Path) -> None:
    """Two series of one study, the scan of a day on which the other tests have none."""
    folder.mkdir()
    one = pydicom.dcmread(write_scan(folder.parent / "sample", 77)[0])
    one.StudyDate, x_y = "20261102", list(one.ImagePositionPatient[:2])
    for number in range(2 * EACH):
        one.SeriesInstanceUID = f"{one.StudyInstanceUID}.{number // EACH}"
        one.SOPInstanceUID = f"{one.SeriesInstanceUID}.{number}"
        one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
        one.ImagePositionPatient = [*x_y, 2.0 * number]
        one.save_as(folder / f"{number}.dcm")


def test_a_wrong_secret_is_said_with_what_to_check(orthanc: Orthanc, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    one = Receiving(tmp_path / "data", "pull", SOURCE.format(url=orthanc.url))
    asked = [*orthanc.within, *COMMAND, "pull", "--once"]
    told = {**one.environment, "PACS_SECRET": "wrong"}
    done = subprocess.run(asked, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 11
    assert "Check auth, user and secret" in done.stderr
    assert "wrong" not in done.stderr


def sent(orthanc: Orthanc, data: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    one = Receiving(data, "send", SOURCE.format(url=orthanc.url))
    asked = [*orthanc.within, *COMMAND, "send", *files]
    told = {"PACS_SECRET": "s3cret", **one.environment}
    return subprocess.run(asked, env=told, capture_output=True, text=True, check=False)


def test_a_result_goes_out_to_the_pacs_and_what_is_none_is_refused(
    orthanc: Orthanc, tmp_path: Path
) -> None:
    slices = write_scan(tmp_path / "scan", 13)
    (tmp_path / "words").write_text("no object")
    done = sent(orthanc, tmp_path / "data", slices[0], slices[1])
    assert done.returncode == 0, done.stderr
    assert "2 of 2 sent" in done.stdout
    refused = sent(orthanc, tmp_path / "data", tmp_path / "words")
    assert refused.returncode == 11
    assert "Not DICOM" in refused.stderr
