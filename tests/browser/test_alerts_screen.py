"""An urgent alert by keyboard: raised in the room, told on its own screen, counted in headings."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from reader import Reader, tab_to
from running import Server
from screens import DARK, LIGHT, complaints_of_axe, quiet, see

from store.domain.rejection import REASONS

pytestmark = pytest.mark.browser

KEYS = "1234567890abdefghijklmnopqstuvwxyz"
"""The keys of a menu's choices in their order, without those that Streamlit takes."""
MALIGNANT = "Malignant fracture suspected"


def test_an_alert_is_raised_told_and_gone_from_the_heading_by_keys_alone(
    server: Server, page: Page, shots: Path
) -> None:
    reader = Reader(page, server.address)
    reader.sign_in("Metabolic bone lead")
    reader.open_first_case()
    reader.press("x")
    reader.press(KEYS[list(REASONS).index("MALIGNANT")])
    reader.until(lambda: "rejected" in reader.states().values())
    reader.saved()
    page.goto(f"{server.address}/alerts")
    expect(page.get_by_text("1 urgent alert: nobody told yet").first).to_be_visible()
    expect(page.get_by_text(MALIGNANT).first).to_be_visible()
    expect(page.get_by_text("less than a minute").first).to_be_visible()
    page.screenshot(path=shots / "alerts-open.png", full_page=True)
    page.goto(f"{server.address}/worklist")
    expect(page.get_by_text("1 urgent alert: nobody told yet")).to_be_visible()
    page.goto(f"{server.address}/alerts")
    expect(page.get_by_label("Who was told, and how")).to_be_visible()
    tab_to(page, "Note that they were told")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Write who was told, and how")).to_be_visible()
    page.goto(f"{server.address}/alerts")
    expect(page.get_by_label("Who was told, and how")).to_be_visible()
    tab_to(page, "Who was told, and how")
    page.keyboard.type("Dr X, on-call oncology, by phone")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No urgent alert is open.")).to_be_visible()
    expect(page.get_by_text("Dr X, on-call oncology, by phone")).to_be_visible()
    expect(page.get_by_text("nobody told yet")).to_have_count(0)
    page.screenshot(path=shots / "alerts-told.png", full_page=True)
    tab_to(page, "Put right who was told")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Why is it put right?")).to_be_visible()
    tab_to(page, "Who was told, and how")
    page.keyboard.press("Control+A")
    page.keyboard.type("Dr Y, spinal registrar, by phone")
    tab_to(page, "Why is it put right?")
    page.keyboard.type("the wrong name")
    page.keyboard.press("Enter")
    told = page.get_by_role("table")
    expect(told).to_contain_text("Noted before, by Anna Lead: Dr X, on-call oncology, by phone")
    expect(told).to_contain_text("Dr Y, spinal registrar, by phone")
    page.screenshot(path=shots / "alerts-put-right.png", full_page=True)
    for look in (LIGHT, DARK):
        see(page, look)
        quiet(page)
        assert list(complaints_of_axe(page)) == []
