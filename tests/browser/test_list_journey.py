"""The worklist by keyboard, on the real server: found, narrowed, kept, given away, put off."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from reader import Reader, focus, settled
from running import Server, run

pytestmark = pytest.mark.browser

ADA, BEN, CHAIR = "Anna Lead", "Ben Second", "Carl Chair"
WAITED = {20: "breached", 12: "at risk", 1: "in time"}
"""Days since the scan, and the band that stands for on the day of the test."""


@pytest.fixture(scope="module")
def listed(queued: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over twelve cases, four in each band of waiting."""
    data = Path(shutil.copytree(queued, tmp_path_factory.mktemp("listed") / "data"))
    assert run(data, "staff", "add", "c.chair", CHAIR, "REALM_CHAIR").returncode == 0
    today = datetime.now(UTC).date()
    with sqlite3.connect(data / "record.db") as record:
        cases = [row[0] for row in record.execute("SELECT id FROM review_case ORDER BY id")]
        for place, case in enumerate(cases):
            since = today - timedelta(days=list(WAITED)[place % 3])
            record.execute(
                "UPDATE review_case SET waiting_since = ? WHERE id = ?", (f"{since}", case)
            )
    server = Server(data).start()
    yield server
    server.stop()


class Desk:
    """One person at the worklist, by keyboard."""

    def __init__(self, chromium: Browser, server: Server, name: str, query: str = "") -> None:
        self.page = chromium.new_context(viewport={"width": 1366, "height": 768}).new_page()
        self.page.set_default_timeout(30_000)
        self.server = server
        Reader(self.page, server.address).sign_in(name, f"/worklist{query}")
        self.rows.first.wait_for()

    @property
    def rows(self) -> Locator:
        return self.page.locator("table tbody tr[data-id]")

    @property
    def ids(self) -> list[str]:
        settled(self.page)
        found: list[str] = self.rows.evaluate_all("(rows) => rows.map((row) => row.dataset.id)")
        return found

    def press(self, button: str | re.Pattern[str]) -> None:
        settled(self.page)
        focus(self.page.get_by_role("button", name=button, exact=isinstance(button, str)))
        self.page.keyboard.press("Enter")

    def write(self, label: str, words: str) -> None:
        """Words into the field *label*, and Enter."""
        settled(self.page)
        field = self.page.get_by_role("textbox", name=label, exact=True)
        focus(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)
        expect(field).to_have_value(words)
        self.page.keyboard.press("Enter")

    def go(self, query: str) -> None:
        self.page.goto(f"{self.server.address}/worklist{query}")

    def choose(self, count: int) -> None:
        """The first rows, by Space and Shift with the arrow."""
        settled(self.page)
        focus(self.rows.first)
        self.page.keyboard.press("Space")
        for _ in range(count - 1):
            self.page.keyboard.press("Shift+ArrowDown")
        expect(self.page.get_by_text(f"{count} chosen")).to_be_visible()


@pytest.fixture(scope="module")
def windows(chromium: Browser, listed: Server) -> Iterator[tuple[Desk, Desk]]:
    """One window of each of two people for all of these."""
    desks = Desk(chromium, listed, ADA), Desk(chromium, listed, BEN)
    yield desks
    for desk in desks:
        desk.page.context.close()


@pytest.fixture
def ada(windows: tuple[Desk, Desk]) -> Desk:
    windows[0].go("")
    expect(windows[0].rows).to_have_count(12)
    return windows[0]


@pytest.fixture
def ben(windows: tuple[Desk, Desk]) -> Desk:
    return windows[1]


def test_a_view_is_ones_own_and_the_address_of_it_is_for_everybody(ada: Desk, ben: Desk) -> None:
    ada.go("?level=L1&sort=newest")
    expect(ada.rows).to_have_count(4)
    ada.press("Columns")
    settled(ada.page)
    focus(ada.page.get_by_role("combobox", name="Columns, in order"))
    ada.page.keyboard.press("Backspace")
    expect(ada.page.get_by_test_id("stMultiSelect")).not_to_contain_text("Assigned to")
    ada.press("Use and keep these columns")
    expect(ada.page.get_by_role("columnheader", name="Assigned to")).to_have_count(0)
    ada.press("Views")
    ada.write("Name of the view", "Lumbar first")
    expect(ada.page.get_by_role("button", name="Lumbar first")).to_be_visible()
    shared, seen = ada.page.url, ada.ids

    ben.page.goto(shared)
    expect(ben.rows).to_have_count(4)
    assert ben.ids == seen
    expect(ben.page.locator("caption").first).to_contain_text("newest first")
    expect(ben.page.get_by_role("columnheader", name="Assigned to")).to_be_visible()
    ben.press("Views")
    expect(ben.page.get_by_role("textbox", name="Name of the view")).to_be_visible()
    expect(ben.page.get_by_role("button", name="Lumbar first")).to_have_count(0)

    ada.go("")
    expect(ada.rows).to_have_count(12)
    ada.press("Views")
    ada.press("Lumbar first")
    expect(ada.rows).to_have_count(4)
    expect(ada.page).to_have_url(shared)
    ada.page.go_back()
    expect(ada.rows).to_have_count(12)


def test_cases_are_given_and_put_off_by_keys_and_come_back_when_the_day_is_past(
    ada: Desk, ben: Desk, listed: Server, shots: Path
) -> None:
    ada.choose(3)
    given = ada.ids[:3]
    ada.page.screenshot(path=shots / "list-chosen.png")
    settled(ada.page)
    focus(ada.page.get_by_label("Assign to", exact=True))
    ada.page.keyboard.type(BEN)
    expect(ada.page.get_by_role("option")).to_have_text([BEN])
    ada.page.keyboard.press("Enter")
    expect(ada.page.get_by_role("option")).to_have_count(0)
    ada.press("Assign")
    expect(ada.page.get_by_text("3 assigned.")).to_be_visible()
    ben.go("")
    ben.press(re.compile("assigned to me 3"))
    expect(ben.rows).to_have_count(3)
    assert sorted(ben.ids) == sorted(given)

    ada.choose(2)
    put_off = ada.ids[:2]
    ada.press("Put off")
    expect(ada.page.get_by_text("Say why, in at most 200 characters.")).to_be_visible()
    ada.write("Why", "earlier scans are asked for")
    expect(ada.page.get_by_text("2 put off.")).to_be_visible()
    expect(ada.rows).to_have_count(10)
    ada.press(re.compile("^deferred 2"))
    expect(ada.rows).to_have_count(2)
    expect(ada.rows.first).to_contain_text("earlier scans are asked for")
    ada.page.screenshot(path=shots / "list-deferred.png")
    with sqlite3.connect(listed.data / "record.db") as record:
        record.execute("UPDATE review_case SET deferred_until = '2020-01-01' WHERE deferred_until")
    ada.go("")
    expect(ada.rows).to_have_count(12)
    assert set(put_off) <= set(ada.ids)


def test_what_waits_too_long_and_what_soon_will_is_counted_and_shown(
    ada: Desk, shots: Path
) -> None:
    for band in WAITED.values():
        expect(ada.page.get_by_role("button", name=f"{band} 4")).to_be_visible()
    ada.page.screenshot(path=shots / "list-bands.png")
    ada.press(re.compile("at risk 4"))
    expect(ada.rows).to_have_count(4)
    expect(ada.rows).to_contain_text(["12 days, at risk"] * 4)
    expect(ada.page).to_have_url(re.compile("waited=at([+]|%20)risk"))


def test_a_patient_is_found_by_name_and_number_where_the_role_allows_it(
    ada: Desk, chromium: Browser, listed: Server
) -> None:
    with sqlite3.connect(listed.data / "record.db") as record:
        (case, *wanted) = record.execute(
            "SELECT c.id, p.nhs_number, p.hospital_number, s.accession, p.surname FROM review_case"
            " c JOIN scan s ON s.id = c.scan_id JOIN patient p ON p.id = s.patient_id"
        ).fetchone()
    for text in wanted:
        ada.write("Find a patient", text)
        # For a moment the list that was stands below the one that was found.
        expect(ada.page.locator("caption").first).to_contain_text("found")
        expect(ada.page.locator(f"tr[data-id='{case}']").first).to_be_visible()
        assert text not in ada.page.url + ada.page.title()
        ada.press("Back to the list")
        expect(ada.rows).to_have_count(12)
    chair = Desk(chromium, listed, CHAIR)
    expect(chair.page.get_by_label("Find a patient")).to_have_count(0)
    assert chair.ids == ada.ids
    chair.page.context.close()


def test_enter_opens_the_row_and_the_address_names_no_patient(ada: Desk) -> None:
    settled(ada.page)
    focus(ada.rows.first)
    ada.page.keyboard.press("Enter")
    Reader(ada.page, ada.server.address).seen()
    assert "demo" not in ada.page.url.lower()
