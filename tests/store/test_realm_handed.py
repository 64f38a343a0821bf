"""From a case with a patient to bytes in a browser: nothing of anybody, or nothing at all."""

import asyncio
import hashlib
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import httpx
import pytest
from realm_room import CHAIR, EXCERPT, agenda, decided, do, enrol, planned
from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from store_builders import RADIOLOGIST

from app import realm_desk, realm_pack
from app.desk import DESK
from app.settings import Settings
from app.wiring import Site
from exports.canary import Canaries, leaks, words_in
from exports.realm_pack import files_of
from store import identities, meetings, realm
from store.archive import Archive
from store.domain.people import Person
from store.tables import TrailRow

PATIENT = {
    "surname": "QUIXLEY-BRÂN",
    "forename": "Zenobia",
    "hospital_number": "HX0098123",
    "phone": "01248 555019",
    "postcode": "LL57 2PW",
}
WANTED = Canaries(
    ("Quixley-Brân", "Zenobia", "Penhallow"), ("HX0098123", "01248 555019", "LL57 2PW", "1.2.3.")
)


@pytest.fixture
def site(lone: Engine, tmp_path: Path) -> Site:
    return Site(Settings(data=tmp_path), lone, Archive(tmp_path / "files"), b"k")


def prepared(site: Site, excerpt: str = EXCERPT) -> str:
    """A meeting with one released case of a patient with canaries in every field."""
    enrol(site.engine)
    decided(site.engine, said="Lungs clear. Reported by Dr Wolfram Penhallow.", **PATIENT)
    meeting, seal = planned(site.engine), realm_desk.seal(site)
    do(site.engine, meetings.draw, meeting, seal, 1)
    case_no = agenda(site.engine, meeting)[0].case_no
    do(site.engine, identities.open_up, case_no, "to write to the radiologist")
    do(site.engine, identities.name_reporter, case_no, "Dr Wolfram Penhallow", seal)
    do(site.engine, realm.release, case_no, "Cough.", excerpt, seal)
    return meeting


def asked(site: Site, person: Person, address: str) -> httpx.Response:
    """What *person* gets at *address*."""
    routes = Starlette(routes=realm_pack.routes(SimpleNamespace(site=site)))  # type: ignore[arg-type]

    async def signed_in(scope: Scope, receive: Receive, send: Send) -> None:
        scope[DESK] = SimpleNamespace(person=person)
        await routes(scope, receive, send)

    async def got() -> httpx.Response:
        at = httpx.ASGITransport(app=signed_in)
        async with httpx.AsyncClient(transport=at, base_url="http://here") as client:
            return await client.get(address)

    # A thread of its own: a browser's tests before these leave their loop running in this one.
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, got()).result()


def told(engine: Engine) -> list[TrailRow]:
    with Session(engine) as session:
        return list(session.exec(select(TrailRow).order_by(TrailRow.seq)))


def test_the_chair_takes_a_meeting_away_without_anybody_in_it_and_the_trail_keeps_it(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    meeting = prepared(site)
    with caplog.at_level(logging.DEBUG):
        answer = asked(site, CHAIR, f"/api/realm/{meeting}/files/all?for=meeting")
    assert answer.status_code == 200
    name = answer.headers["content-disposition"]
    assert name == f'attachment; filename="realm-{meeting}.zip"'
    with ZipFile(BytesIO(answer.content)) as archive:
        assert archive.namelist() == [
            "attendance.html",
            "case-sheets.html",
            "learning-points.html",
            "slides.pptx",
            "workbook.xlsx",
        ]
    last = told(site.engine)[-1]
    assert last.action == "realm.files_left"
    assert hashlib.sha256(answer.content).hexdigest() in last.detail
    assert "to hold the meeting" in last.detail
    pack = site.ask(CHAIR, realm.pack_of, meeting)
    usual = words_in(files_of(replace(pack, cases=(), themes=())))
    written = {
        "pack": answer.content,
        "log": caplog.text.encode(),
        "trail": str([row.model_dump() for row in told(site.engine)]).encode(),
        name: b"",
    }
    assert set(leaks(written, WANTED, usual)) == set()


def test_a_name_that_was_overlooked_keeps_all_files_here_and_says_only_where(site: Site) -> None:
    meeting = prepared(site, f"{EXCERPT} Seen by W. Penhallow.")
    answer = asked(site, CHAIR, f"/api/realm/{meeting}/files/all?for=meeting")
    assert answer.status_code == 409
    assert "slides.pptx" in answer.text
    assert "enhallow" not in answer.text
    assert told(site.engine)[-1].action == "realm.files_refused"


def test_who_is_no_chair_or_says_no_purpose_gets_nothing(site: Site) -> None:
    meeting = prepared(site)
    address = f"/api/realm/{meeting}/files"
    assert asked(site, RADIOLOGIST, f"{address}/all?for=meeting").status_code == 403
    assert asked(site, CHAIR, f"{address}/all").status_code == 422
    assert asked(site, CHAIR, f"{address}/passwd?for=meeting").status_code == 403
    assert asked(site, CHAIR, "/api/realm/none/files/all?for=meeting").status_code == 403
    sheet = asked(site, CHAIR, f"{address}/learning-points.html?for=absent")
    assert sheet.headers["content-type"].startswith("text/html")
    assert "attachment" in sheet.headers["content-disposition"]
    assert "What we learned" in sheet.text
