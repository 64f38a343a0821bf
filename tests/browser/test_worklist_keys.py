import re

from playwright.sync_api import Page, expect
from reader import Reader
from running import Server


def test_the_list_is_searched_chosen_and_kept_by_keyboard(server: Server, page: Page) -> None:
    reader = Reader(page, server.address)
    reader.sign_in("Metabolic bone lead", "/worklist?sort=newest")
    rows = page.locator("table tbody tr[data-id]")
    expect(rows.first).to_be_visible()
    rows.first.focus()
    expect(page.locator("caption")).to_contain_text("newest first")
    every = rows.count()

    page.keyboard.press("Space")
    expect(page.get_by_text("1 chosen")).to_be_visible()
    page.get_by_role("button", name="Assign", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 assigned.")).to_be_visible()
    expect(rows.first).to_contain_text("Anna Lead")

    page.reload()
    expect(page.locator("caption")).to_contain_text("newest first")
    page.get_by_role("button", name=re.compile("assigned to me")).focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    assert "assigned=me" in page.url
    page.go_back()
    expect(rows).to_have_count(every)

    name = rows.first.locator("td").nth(1).inner_text().split(",")[0]
    page.get_by_label("Find a patient").focus()
    page.keyboard.type(name.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("cases found"))).to_be_visible()
    assert name.lower() not in (page.url + page.title()).lower()

    rows.first.focus()
    page.keyboard.press("Enter")
    reader.seen()
    assert name.lower() not in page.url.lower()
