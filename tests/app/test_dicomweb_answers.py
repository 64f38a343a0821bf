"""What a DICOMweb service answers: in any pieces, cut short, and as no PACS should answer."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake.multipart import Failed, Parts, Refused, boundary_of
from app.intake.send import failures_in
from app.intake.web import Service, tried
from app.sources import DicomWeb
from app.web_address import Unreachable


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
