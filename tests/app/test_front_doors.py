"""The doors: who may come in, and what every answer carries."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from clerk import Clerk
from running import Server
from websockets.exceptions import InvalidHandshake
from websockets.sync.client import connect


@pytest.fixture(scope="module")
def server(received_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all of these: none of them changes a case."""
    data = Path(shutil.copytree(received_once, tmp_path_factory.mktemp("doors") / "data"))
    running = Server(data).start()
    yield running
    running.stop()


CLOSED = ("/", "/review?case=c_1", "/referrals", "/api/rates", "/api/exports/x", "/media/x")


@pytest.mark.parametrize("path", CLOSED)
def test_nobody_gets_in_without_signing_in(server: Server, path: str) -> None:
    answer = httpx.get(server.address + path)
    assert answer.status_code in {303, 401}
    if answer.status_code == 303:
        assert answer.headers["location"].startswith("/sign-in?next=")


def test_a_deep_link_survives_signing_in(server: Server) -> None:
    with httpx.Client(base_url=server.address, headers={"Origin": server.address}) as browser:
        there = browser.get("/review?case=c_123", follow_redirects=True)
        assert 'value="/review?case=c_123"' in there.text
        answer = browser.post("/sign-in", data={"handle": "a.lead", "next": "/review?case=c_123"})
        assert answer.headers["location"] == "/review?case=c_123"


@pytest.mark.parametrize(
    "goal", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb"]
)
def test_signing_in_leads_nowhere_else(server: Server, goal: str) -> None:
    headers = {"Origin": server.address}
    form = {"handle": "a.lead", "next": goal}
    answer = httpx.post(f"{server.address}/sign-in", data=form, headers=headers)
    assert answer.headers["location"] == "/"


def test_somebody_unknown_cannot_sign_in(server: Server) -> None:
    headers = {"Origin": server.address}
    answer = httpx.post(f"{server.address}/sign-in", data={"handle": "<b>"}, headers=headers)
    assert answer.status_code == 403
    assert "Nobody of that name" in answer.text


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example"])
def test_a_change_asked_for_by_another_site_is_refused(lead: Clerk, origin: str | None) -> None:
    case = lead.cases()[0]
    headers = lead.ticket(case)
    lead.http.headers.pop("Origin")
    if origin:
        headers["Origin"] = origin
    answer = lead.http.post("/api/decisions", json=lead.act(case, 0, "undo"), headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("origin", [None, "http://evil.example"])
def test_a_foreign_websocket_is_refused(lead: Clerk, origin: str | None) -> None:
    address = lead.server.address.replace("http", "ws") + "/_stcore/stream"
    cookie = {"Cookie": f"vcf_session={lead.http.cookies['vcf_session']}"}
    with pytest.raises(InvalidHandshake):
        connect(address, origin=origin, additional_headers=cookie)  # type: ignore[arg-type]  # text


def test_a_websocket_without_a_session_is_refused(server: Server) -> None:
    address = server.address.replace("http", "ws") + "/_stcore/stream"
    with pytest.raises(InvalidHandshake):
        connect(address, origin=server.address)  # type: ignore[arg-type]  # text


def test_another_host_name_is_not_served(server: Server) -> None:
    answer = httpx.get(f"{server.address}/sign-in", headers={"Host": "evil.example"})
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/sign-in", "/health", "/", "/api/rates"])
def test_every_answer_carries_the_headers_of_safety(server: Server, path: str) -> None:
    headers = httpx.get(server.address + path).headers
    scripts = headers["content-security-policy"].split("script-src ")[1].split(";")[0].split()
    assert scripts[:2] == ["'self'", "'wasm-unsafe-eval'"]
    assert all(one.startswith("'sha256-") for one in scripts[2:])
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(server: Server) -> None:
    headers = {"Origin": server.address}
    answer = httpx.post(f"{server.address}/sign-in", data={"handle": "a.lead"}, headers=headers)
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
