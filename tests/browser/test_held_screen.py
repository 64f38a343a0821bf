"""What is held is decided on by keys alone, with words, and never by itself."""

import shutil
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from reader import Reader, focus, settled
from running import Server
from screens import COORDINATOR, DARK, LIGHT, complaints_of_axe, see

from app.settings import Settings
from app.wiring import open_site
from store import arrivals
from store.domain.arrival import AiFinding, AiResult, Ending, Fate
from store.domain.identity import NhsNumberStatus, Patient
from store.domain.people import INTAKE
from store.domain.spine import Level

pytestmark = pytest.mark.browser


def of_another_patient(data: Path) -> None:
    """A result for the first scan that names somebody else."""
    with sqlite3.connect(data / "record.db") as record:
        (study,) = record.execute("SELECT study_uid FROM scan ORDER BY id LIMIT 1").fetchone()
    nobody = Patient(
        nhs_number=None,
        nhs_status=NhsNumberStatus.NOT_PRESENT,
        hospital_number="X9",
        surname="<b>DEMO</b>",
        forename="*Zoe*",
        born=date(1931, 1, 1),
        sex="F",
    )
    result = AiResult(
        product="Example Spine",
        version="2.1.0",
        ending=Ending.POSITIVE,
        findings=(AiFinding(Level.T7, 0.3),),
        format="DICOM SR",
        digest="ab" * 32,
        study_uid=study,
        patient=nobody,
    )
    site = open_site(Settings(data))
    answer = site.submit(INTAKE, arrivals.receive_result, result, source="pacs-web")
    assert answer.fate is Fate.HELD
    site.engine.dispose()


def test_a_held_result_is_joined_by_keys_to_the_scan_that_is_chosen(
    chromium: Browser, drawn: Path, tmp_path: Path, shots: Path
) -> None:
    data = Path(shutil.copytree(drawn, tmp_path / "data"))
    of_another_patient(data)
    server = Server(data).start()
    context = chromium.new_context()
    page = context.new_page()
    try:
        Reader(page, server.address).sign_in(COORDINATOR, "/held")
        release = page.get_by_role("button", name="Release", exact=True)
        expect(release).to_be_visible()
        expect(page.get_by_text("another date of birth")).to_be_visible()
        # A name from outside is text, never markup.
        expect(page.get_by_text("<b>DEMO</b>, *Zoe*")).to_be_visible()
        for name, look in (("light", LIGHT), ("dark", DARK)):
            see(page, look)
            page.screenshot(path=shots / f"held-{name}.png", full_page=True)
            assert list(complaints_of_axe(page)) == [], name
        settled(page)
        page.get_by_label("Why").fill("PACS says it is the same person.")
        focus(release)
        page.keyboard.press("Enter")
        expect(page.get_by_text("Nothing is chosen")).to_be_visible()
        settled(page)
        to = page.get_by_role("combobox")
        focus(to)
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("option")).to_have_count(2)
        page.keyboard.press("Enter")
        expect(to).not_to_have_value("Choose")
        focus(release)
        page.keyboard.press("Enter")
        expect(page.get_by_text("joined to the scan")).to_be_visible()
        expect(page.get_by_text("Nothing is held.")).to_be_visible()
        expect(page.get_by_role("cell", name="released")).to_be_visible()
    finally:
        context.close()
        server.stop()
