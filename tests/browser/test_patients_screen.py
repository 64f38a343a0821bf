"""Two records are merged, a report is moved, an opt-out lifted: by keys alone, with words."""

import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from reader import Reader, focus, settled
from running import Server
from screens import COORDINATOR

pytestmark = pytest.mark.browser

WHY = "PACS says so."


def looked_for(page: Page, label: str, words: str) -> None:
    """Type *words* into the field *label* and have the page look."""
    settled(page)
    focus(page.get_by_label(label))
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def decided(page: Page, button: str, field: str = "How you know") -> None:
    """Say why in the form of *button*, and press it."""
    pressed = page.get_by_role("button", name=button, exact=True)
    expect(pressed).to_be_visible()
    settled(page)
    form: Locator = page.get_by_test_id("stForm").filter(has=pressed)
    focus(form.get_by_label(field))
    page.keyboard.type(WHY)
    focus(pressed)
    page.keyboard.press("Enter")


def told(data: Path, query: str) -> list[str]:
    """The first column of *query* in the record."""
    with sqlite3.connect(data / "record.db") as record:
        return [str(row[0]) for row in record.execute(query)]


def test_records_are_merged_and_parted_and_a_report_moved_by_keys(
    server: Server, page: Page, shots: Path
) -> None:
    Reader(page, server.address).sign_in(COORDINATOR, "/patients")
    looked_for(page, "Look for a patient by name or number", "Demo")
    decided(page, "Merge the first into the second")
    merged = page.get_by_role("table", name="Records that were merged")
    expect(merged.get_by_role("cell", name=WHY)).to_have_count(1)
    settled(page)
    page.screenshot(path=shots / "patients-merged.png", full_page=True)
    decided(page, "Part the two again")
    expect(merged.get_by_role("cell", name=WHY)).to_have_count(2)
    expect(page.get_by_role("button", name="Part the two again")).to_have_count(0)

    at = "SELECT scan_id FROM report WHERE scan_id IS NOT NULL ORDER BY scan_id"
    joined = told(server.data, at)
    looked_for(page, "The scan it is at, by name or number", "Willow")
    decided(page, "Take the report off this scan")
    expect(page.get_by_text("1 wait")).to_be_visible()
    looked_for(page, "Its scan, by name or number", "Willow")
    expect(page.get_by_role("button", name="Attach the report to the scan")).to_be_visible()
    settled(page)
    page.screenshot(path=shots / "patients-waiting.png", full_page=True)
    assert len(told(server.data, at)) == len(joined) - 1
    decided(page, "Attach the report to the scan")
    expect(page.get_by_text("No report waits.")).to_be_visible()
    assert told(server.data, at) == joined


def test_an_opt_out_is_entered_and_lifted_by_keys(server: Server, page: Page, shots: Path) -> None:
    number = told(server.data, "SELECT nhs_number FROM patient WHERE surname LIKE '%WILLOW%'")[0]
    Reader(page, server.address).sign_in(COORDINATOR, "/opt_outs")
    settled(page)
    for label, words in (("NHS number", number), ("Reason", "A letter of theirs")):
        focus(page.get_by_label(label, exact=True))
        page.keyboard.type(words)
    decided(page, "Leave this patient's scans out", "Where it is known from")
    expect(page.get_by_text("1 scans are left out by it.")).to_be_visible()
    settled(page)
    page.screenshot(path=shots / "opt-outs.png", full_page=True)
    decided(page, "Lift it", "Why it ends")
    expect(page.get_by_text("Lifted; 1 scans are back where they were.")).to_be_visible()
    register = page.get_by_role("table", name="The register")
    expect(register.get_by_role("cell", name=WHY).last).to_be_visible()
