"""Two reconstructions on the screen: the better one, the other by a key, and a warning."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from reader import Reader
from running import Server, enrolled, received
from two_series import write_both

pytestmark = pytest.mark.browser


def test_a_better_reconstruction_after_a_decision_is_shown_and_said(
    page: Page, tmp_path: Path, shots: Path
) -> None:
    folders = write_both(tmp_path)
    data = enrolled(tmp_path / "data", [("a.lead", "Anna Lead", "METABOLIC_LEAD")])
    received(data, folders["thick"])
    (data / "DEMO").touch()
    server = Server(data).start()
    try:
        reader = Reader(page, server.address)
        reader.sign_in("Metabolic bone lead")
        reader.open_first_case()
        expect(page.locator(".vcf-picture-changed")).to_have_count(0)
        reader.press("u")
        reader.saved()
        received(data, folders["thin"])
        page.reload()
        reader.seen()
        said = page.locator(".vcf-picture-changed")
        expect(said).to_contain_text("The last step, by Anna Lead on ")
        expect(said).to_contain_text("another picture (5.0 mm every 5.0 mm, STANDARD, ")
        page.screenshot(path=shots / "picture-changed.png")
        reader.press("e")
        expect(page.locator(".vcf-option").first).to_be_visible()
        page.screenshot(path=shots / "reconstructions.png")
        other = page.get_by_text("5.0 mm every 5.0 mm, STANDARD", exact=False).last
        other.click()
        expect(page.get_by_text("Another reconstruction is shown", exact=False)).to_be_visible()
        reader.seen()
        page.screenshot(path=shots / "other-series.png")
    finally:
        server.stop()
