"""Scans fetched by DICOMweb from a real Orthanc, and answers no PACS should give."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orthanc import Orthanc
from running import COMMAND
from sending import Receiving, rows, spooled, write_scan

from app.intake.multipart import Failed, Parts, Refused, boundary_of
from app.intake.send import failures_in
from app.intake.web import Service, tried
from app.sources import DicomWeb
from app.web_address import Unreachable

SOURCE = """
[[source]]
name = "pacs-web"
kind = "dicomweb"
url = "{url}"
auth = "basic"
user = "vcf"
secret_env = "PACS_SECRET"
"""


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


@pytest.mark.parametrize(
    ("answer", "failures"),
    [
        ({}, 0),
        ([], 0),
        ({"00081198": {"vr": "SQ"}}, 0),
        ({"00081198": {"vr": "SQ", "Value": []}}, 0),
        ({"00081198": {"vr": "SQ", "Value": [{"00081197": {"vr": "US", "Value": [272]}}]}}, 1),
    ],
)
def test_an_empty_list_of_failures_is_no_failure(answer: object, failures: int) -> None:
    assert len(failures_in(answer)) == failures


def parts_of(answer: bytes, boundary: bytes, step: int) -> list[bytes]:
    at = 0

    def read(_: int) -> bytes:
        nonlocal at
        at += step
        return answer[at - step : at]

    return [b"".join(blocks) for blocks in Parts(read, boundary)]


def multipart(contents: list[bytes], boundary: bytes) -> bytes:
    head = b"\r\nContent-Type: application/dicom\r\n\r\n"
    parts = (b"--" + boundary + head + one for one in contents)
    return b"\r\n".join([*parts, b"--" + boundary + b"--\r\n"])


@given(st.lists(st.binary(max_size=60), max_size=4), st.integers(1, 90))
def test_parts_come_out_as_they_went_in_however_they_arrive(
    contents: list[bytes], step: int
) -> None:
    answer = multipart(contents, b"mark")
    if all(b"\r\n--mark" not in b"\r\n" + one for one in contents):
        assert parts_of(answer, b"mark", step) == contents


def test_an_answer_that_ends_too_early_is_never_taken_for_whole() -> None:
    answer = multipart([b"one", b"two"], b"mark")
    for end in range(len(answer) - 4):
        with pytest.raises(Failed):
            parts_of(answer[:end], b"mark", 7)


@pytest.mark.parametrize("said", ["", "text/html", "multipart/related", "application/dicom"])
def test_an_answer_that_is_no_multipart_is_refused(said: str) -> None:
    with pytest.raises(Refused):
        boundary_of(said)


def test_what_fails_is_tried_again_and_what_is_refused_is_not() -> None:
    pauses: list[float] = []

    def failing() -> None:
        raise Failed

    with pytest.raises(Failed):
        tried(failing, pauses.append)
    bounds = [(1, 3), (2, 6), (4, 12), (8, 24)]
    assert all(low <= one <= high for one, (low, high) in zip(pauses, bounds, strict=True))


class Elsewhere(BaseHTTPRequestHandler):
    """Sends whoever asks to another address."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(302)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_an_answer_that_leads_elsewhere_is_not_followed() -> None:
    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        source = DicomWeb("x", f"http://127.0.0.1:{server.server_port}/web")
        with pytest.raises(Refused, match="302, which is not followed"):
            list(Service(source).found("studies"))
        server.shutdown()
    assert len(Elsewhere.asked) == 1


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://pacs.example/", "127.0.0.1"),
        ("https://pacs.example/", "169.254.169.254"),
        ("https://pacs.example/", "::ffff:127.0.0.1"),
        ("https://pacs.example/", "0.0.0.0"),
        ("http://localhost/", "10.1.2.3"),
    ],
)
def test_a_name_that_leads_to_this_machine_or_nowhere_is_refused(
    url: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with pytest.raises(Unreachable, match="Name the service itself"):
        Service(DicomWeb("x", url))


def test_a_name_that_changes_its_address_leads_nowhere_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = Service(DicomWeb("x", "http://localhost:9/", timeout_seconds=1.0))
    went: list[object] = []

    def reach(where: object, *_: object) -> NoReturn:
        went.append(where)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("it asked again"))
    monkeypatch.setattr(socket, "create_connection", reach)
    with pytest.raises(Failed):
        list(service.found("studies"))
    assert went in ([("127.0.0.1", 9)], [("::1", 9)])
