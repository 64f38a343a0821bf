"""The DICOM listener as a process of its own, and dcmtk's storescu as the sender."""

import resource
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sending import Receiving, listener, rows, spooled, storescu, until, write_scan

UNLIMITED = resource.RLIM_INFINITY


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scan")
    write_scan(folder, 1)
    return folder


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Receiving, int]]:
    data = tmp_path_factory.mktemp("listened") / "data"
    port, text = listener(data)
    one = Receiving(data, "listen", text).start("listening on port")
    yield one, port
    if not one.process_ended():
        assert one.stop() == 0, one.said()


def fates(data: Path) -> dict[str, int]:
    query = "SELECT fate, count(*) FROM receipt WHERE kind = 'series' GROUP BY fate"
    return dict(rows(data, query))


def settled(data: Path) -> None:
    until(lambda: not spooled(data), "the spool to empty")


def test_thirty_silent_connections_hold_up_no_sender_and_http_is_ignored(
    hospital: tuple[Receiving, int], scan: Path
) -> None:
    one, port = hospital
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(30)]
    with socket.create_connection(("127.0.0.1", port)) as web:
        web.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + b"\xff" * 4000)
    began = time.monotonic()
    done = storescu(port, scan)
    assert done.returncode == 0, done.stdout + done.stderr
    assert time.monotonic() - began < 15
    for each in idle:
        each.close()
    until(lambda: fates(one.data) == {"accepted": 1}, "the scan to be accepted")
    settled(one.data)
    (held,) = (one.data / "files" / "series").iterdir()
    sent = sorted(path.read_bytes()[-1000:] for path in scan.iterdir())
    assert sorted(path.read_bytes()[-1000:] for path in held.iterdir()) == sent
    assert "DEMO" not in one.said()


@pytest.mark.parametrize(
    ("calling", "called"), [("STRANGER", "VCFREVIEW"), ("CTSCAN1", "SOMEBODY")]
)
def test_who_is_not_on_the_list_or_calls_somebody_else_is_refused(
    hospital: tuple[Receiving, int], scan: Path, calling: str, called: str
) -> None:
    one, port = hospital
    done = storescu(port, scan, calling=calling, called=called)
    assert done.returncode != 0
    assert "Association Rejected" in done.stdout + done.stderr
    assert spooled(one.data) == []


def test_four_senders_with_thirty_copies_each_make_one_case_and_exact_counts(
    hospital: tuple[Receiving, int], tmp_path: Path
) -> None:
    one, port = hospital
    before = fates(one.data).get("duplicate", 0)
    write_scan(tmp_path / "again", 2)
    thirty = [tmp_path / "again"] * 30
    with ThreadPoolExecutor(4) as senders:
        done = list(senders.map(lambda _: storescu(port, *thirty), range(4)))
    assert [each.returncode for each in done] == [0] * 4
    settled(one.data)
    until(lambda: fates(one.data).get("duplicate", 0) - before >= 119, "every copy to be counted")
    assert fates(one.data)["duplicate"] - before == 119
    assert rows(one.data, "SELECT count(*) FROM scan WHERE accession = 'A00002'") == [(1,)]
    mine = "SELECT count(*) FROM series e JOIN scan s ON e.scan_id = s.id"
    assert rows(one.data, f"{mine} WHERE s.accession = 'A00002'") == [(1,)]


def test_a_listener_killed_half_way_and_a_sender_that_repeats_make_one_whole_scan(
    tmp_path: Path,
) -> None:
    slices = write_scan(tmp_path / "scan", 3)
    port, text = listener(tmp_path / "data", quiet_seconds=2)
    with Receiving(tmp_path / "data", "listen", text) as one:
        one.start("listening on port")
        assert storescu(port, *slices[: len(slices) // 2]).returncode == 0
        one.kill()
        assert len(spooled(one.data)) == len(slices) // 2
        one.start("listening on port")
        assert storescu(port, tmp_path / "scan").returncode == 0
        until(lambda: fates(one.data), "the scan to be received")
        settled(one.data)
        assert fates(one.data) == {"accepted": 1}
        assert rows(one.data, "SELECT instances FROM series") == [(len(slices),)]
        assert one.stop() == 0


def test_a_full_disk_is_told_to_the_sender_and_the_listener_goes_on_afterwards(
    tmp_path: Path,
) -> None:
    write_scan(tmp_path / "scan", 4)
    port, text = listener(tmp_path / "data")
    with Receiving(tmp_path / "data", "listen", text) as one:
        one.start("listening on port")
        assert one.process
        # A process may write no file this large: every write fails as on a full disk.
        resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE, (20_000, UNLIMITED))
        done = storescu(port, tmp_path / "scan")
        assert "Refused: OutOfResources" in done.stdout + done.stderr
        assert spooled(one.data) == []
        resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE, (UNLIMITED, UNLIMITED))
        assert storescu(port, tmp_path / "scan").returncode == 0
        until(lambda: fates(one.data) == {"accepted": 1}, "the scan to be accepted")
        assert one.stop() == 0


def test_with_certificates_only_a_peer_that_shows_one_is_heard(tmp_path: Path) -> None:
    write_scan(tmp_path / "scan", 5)
    pem, key = tmp_path / "both.pem", tmp_path / "both.key"
    asked = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    files = ["-keyout", key, "-out", pem]
    subprocess.run([*asked.split(), *files], check=True, capture_output=True)
    names = {"certificate": pem, "key": key, "peer_ca": pem}
    port, text = listener(tmp_path / "data", **{name: f'"{file}"' for name, file in names.items()})
    with Receiving(tmp_path / "data", "listen", text) as one:
        one.start("listening on port")
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(30)]
        assert storescu(port, tmp_path / "scan").returncode != 0
        nameless = ("+tla", "+cf", str(pem))
        assert storescu(port, tmp_path / "scan", more=nameless).returncode != 0
        known = ("+tls", str(key), str(pem), "+cf", str(pem))
        began = time.monotonic()
        done = storescu(port, tmp_path / "scan", more=known)
        assert done.returncode == 0, done.stdout + done.stderr
        assert time.monotonic() - began < 15
        for each in idle:
            each.close()
        until(lambda: fates(one.data) == {"accepted": 1}, "the scan to be accepted")
