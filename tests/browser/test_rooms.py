"""Every room opens for whoever may enter it, says that the patients are invented, and works."""

import pytest
from playwright.sync_api import Page, expect
from reader import Reader, settled
from running import Server

pytestmark = pytest.mark.browser

BESIDE = ("Worklist", "Review", "Alerts", "Referrals", "Outcomes")
RECORDS = ("Rates", "Patients", "Held", "Opt-outs")
ROOMS = {
    "Metabolic bone lead": (*BESIDE, "Discrepancies", "REALM", *RECORDS),
    "FLS coordinator": (*BESIDE, *RECORDS),
    "Audit lead": ("Rates", "Trail"),
    "System administrator": ("Trail", "Arrivals", "System"),
}


@pytest.mark.parametrize("role", ROOMS)
def test_each_role_sees_its_rooms_and_no_others(server: Server, page: Page, role: str) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    Reader(page, server.address).sign_in(role)
    expect(page.get_by_text("every patient is invented")).to_be_visible()
    expect(page.get_by_test_id("stTopNavLink")).to_have_text([*ROOMS[role]])
    for room in ROOMS[role]:
        page.goto(f"{server.address}/{room.lower().replace('-', '_')}")
        expect(page.get_by_text("every patient is invented")).to_be_visible()
        heading = "Findings" if room == "Review" else room
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        settled(page)
        expect(page.get_by_text("Something went wrong")).to_have_count(0)


def test_rooms_without_a_place_beside_the_band_share_a_menu(server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    Reader(page, server.address).sign_in("Metabolic bone lead")
    more = page.get_by_test_id("stTopNavSection").filter(has_text="more")
    expect(more).to_be_visible()
    settled(page)
    last, band = more.bounding_box(), page.locator(".st-key-band").bounding_box()
    assert last is not None
    assert band is not None
    assert last["x"] + last["width"] <= band["x"]
    more.click()
    page.get_by_test_id("stTopNavDropdownLink").filter(has_text="Opt-outs").click()
    expect(page.get_by_role("heading", name="Opt-outs").first).to_be_visible()


def test_markup_in_names_and_reports_stays_text(server: Server, page: Page) -> None:
    boxes: list[str] = []
    page.on("dialog", lambda dialog: boxes.append(dialog.message))
    reader = Reader(page, server.address)
    reader.sign_in("Metabolic bone lead")
    expect(page.get_by_text("Demo-<b>Fern</b>, @SUM(1+1)")).to_be_visible()
    row = page.locator("tr", has_text="Demo-<b>Fern</b>")
    page.goto(f"{server.address}/review?case={row.get_attribute('data-id')}")
    reader.seen()
    expect(page.get_by_text("<script>alert(1)</script>").first).to_be_visible()
    assert boxes == []


def test_the_worklist_is_narrowed_by_state(server: Server, page: Page) -> None:
    reader = Reader(page, server.address)
    reader.sign_in("Metabolic bone lead")
    rows = page.locator("table tbody tr[data-id]")
    expect(rows.first).to_be_visible()
    before = rows.count()
    reader.open_first_case()
    reader.along(lambda: reader.press("x", "b"))
    reader.press("Enter")
    reader.saved()
    page.goto(f"{server.address}/worklist")
    expect(rows).to_have_count(before - 1)
    settled(page)
    page.get_by_label("State").click()
    page.get_by_role("option", name="closed").click()
    expect(rows).to_have_count(1)


def test_a_deep_link_opens_its_case_after_signing_in(server: Server, page: Page) -> None:
    reader = Reader(page, server.address)
    reader.sign_in("Metabolic bone lead")
    last = page.locator("table tbody tr[data-id]").last
    expect(last).to_be_visible()
    case = last.get_attribute("data-id")
    page.context.clear_cookies()
    reader.sign_in("Metabolic bone lead", f"/review?case={case}")
    reader.seen()
    assert reader.attribute("data-case") == case


def test_the_picture_keeps_up_with_a_held_key(server: Server, page: Page) -> None:
    reader = Reader(page, server.address)
    reader.sign_in("Metabolic bone lead")
    reader.open_first_case()
    before = int(reader.attribute("data-painted").split()[1])
    for _ in range(5):
        reader.press("ArrowLeft")
    reader.until(lambda: int(reader.attribute("data-painted").split()[1]) == before - 5)
