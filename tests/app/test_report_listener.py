import contextlib
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hl7_builders import message

from app.settings import Settings
from app.wiring import open_site
from store import arrivals, reports
from store.domain.arrival import Fate
from store.domain.people import INTAKE, Person, Role

LEAD = Person("l", "Lead", Role.METABOLIC_LEAD)
SOURCES = """
[[source]]
name = "ris"
kind = "mllp"
port = 0
idle_seconds = 20
connections = 12

[[source]]
name = "ris-tls"
kind = "mllp"
port = 0
certificate = "{tls}/server.pem"
key = "{tls}/server.key"
peer_ca = "{tls}/server.pem"
"""


@contextlib.contextmanager
def listening(data: Path, sources: Path, name: str) -> Iterator[int]:
    """A listener in a process of its own; its port."""
    program = [sys.executable, "-m", "app.cli", "reports", name, "--data", str(data)]
    with subprocess.Popen(
        program, stderr=subprocess.PIPE, text=True, env=_environment(sources)
    ) as process:
        assert process.stderr
        try:
            said = ""
            while "Listening" not in said:
                said = process.stderr.readline()
                assert said, "the listener ended"
            yield int(said.split(":")[1].split(".")[0])
        finally:
            process.terminate()
            rest = process.communicate(timeout=20)[1]
            (data / "listener.log").write_text(rest)
        assert process.returncode == 0


def _environment(sources: Path) -> dict[str, str]:
    return {**os.environ, "VCF_SOURCES": str(sources)}


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("mllp")
    (folder / "data").mkdir()
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", f"{folder}/server.key", "-out", f"{folder}/server.pem"),
        ],
        check=True,
        capture_output=True,
    )
    sources = folder / "sources.toml"
    sources.write_text(SOURCES.format(tls=folder))
    return folder / "data", sources


def framed(raw: bytes) -> bytes:
    return b"\x0b" + raw + b"\x1c\r"


def answered(connection: socket.socket) -> list[str]:
    """The segments of the next acknowledgement."""
    got = b""
    while not got.endswith(b"\x1c\r"):
        piece = connection.recv(1)
        assert piece, "closed without an answer"
        got += piece
    return got.strip(b"\x0b\x1c\r").decode().split("\r")


def test_reports_are_kept_before_they_are_acknowledged_and_nothing_disturbs_them(
    hospital: tuple[Path, Path],
) -> None:
    data, sources = hospital
    with (
        listening(data, sources, "ris") as port,
        contextlib.ExitStack() as stack,
    ):

        def connect() -> socket.socket:
            return stack.enter_context(socket.create_connection(("127.0.0.1", port), 20))

        # Whoever is silent, speaks another language or stops half way keeps nobody else waiting.
        for noise in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\x0bMSH|half", b"\xff" * 5000):
            connect().sendall(noise)
        good = connect()
        good.sendall(framed(message("OBX|1|TX|R||Wedge of L1.")))
        head, verdict = answered(good)[:2]
        assert head.startswith("MSH|^~\\&|VCFREVIEW||RIS|RX1|")
        assert verdict == "MSA|AA|42|"
        # The record has it now, while the listener still runs.
        site = open_site(Settings(data=data))
        waiting = site.ask(LEAD, reports.waiting)
        assert [(one.source, one.accession) for one in waiting.oldest] == [("ris", "A1")]
        # On the same connection: again, not yet, not ours, not HL7, and a good one at the end.
        sent = [
            (message("OBX|1|TX|R||Wedge of L1."), "AA", ""),
            (message("OBX|1|TX|R||x", status="X"), "AE", "OBR-25"),
            (message("OBX|1|TX|R||x").replace(b"ORU", b"ADT"), "AR", "ORU"),
            (b"nothing", "AR", "MSH"),
            (message("OBX|1|TX|R||Corrected.", status="C"), "AA", ""),
        ]
        good.sendall(b"".join(framed(raw) for raw, _, _ in sent))
        for raw, code, why in sent:
            segments = answered(good)
            assert segments[1].split("|")[1] == code, raw[:20]
            assert why in segments[1]
            assert "H000123" not in "".join(segments)
        big = connect()
        with contextlib.suppress(ConnectionError):
            big.sendall(b"\x0bMSH|^~\\&|" + b"x" * 5_000_000)
        assert "larger than 4 MB" in "".join(answered(big))
        assert site.ask(LEAD, reports.waiting).count == 2
        fates = [(one.kind, one.fate) for one in site.ask(INTAKE, arrivals.receipts)]
        assert ("report", Fate.DUPLICATE) in fates
        assert ("report", Fate.REFUSED) in fates
        site.engine.dispose()
    log = (data / "listener.log").read_text()
    assert "half a message" in log
    assert not any(secret in log for secret in ("H000123", "9990000018", "Wedge", "DEMO"))


def test_a_peer_without_the_right_certificate_is_not_heard(hospital: tuple[Path, Path]) -> None:
    data, sources = hospital
    folder = sources.parent
    context = ssl.create_default_context(cafile=folder / "server.pem")
    with listening(data, sources, "ris-tls") as port:
        with pytest.raises((ssl.SSLError, ConnectionError, AssertionError)):
            _told_by_tls(context, port)
        context.load_cert_chain(folder / "server.pem", folder / "server.key")
        assert _told_by_tls(context, port)[1].startswith("MSA|AA")


def _told_by_tls(context: ssl.SSLContext, port: int) -> list[str]:
    with (
        socket.create_connection(("127.0.0.1", port), 20) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as known,
    ):
        known.sendall(framed(message("OBX|1|TX|R||by TLS", accession="T1")))
        return answered(known)
