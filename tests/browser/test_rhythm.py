"""A case a minute by keyboard: few keys, the next case at once, nothing for the wrong case."""

import re
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import FloatRect, Page, expect
from queues import deeds, holder
from reader import Reader
from running import Server

pytestmark = pytest.mark.browser

COUNT = """
window.pressed = 0;
addEventListener("keydown", (event) => { if (!event.repeat) pressed += 1; }, true);
"""


AHEAD = re.compile("/api/(cases|stacks)/")
"""Cases and slices, as they are fetched while a case is looked at."""
BREATH = """
for (const key of ["a", "Enter", "a", "Enter", "a", "Enter"]) {
  const press = new KeyboardEvent("keydown", { key, bubbles: true });
  document.querySelector(".vcf-stage").dispatchEvent(press);
}
"""
"""Six presses within one millisecond: quicker than any wait of the room."""


def closed(data: Path) -> set[str]:
    """The cases that are closed in the record."""
    with sqlite3.connect(data / "record.db") as record:
        query = "SELECT id FROM review_case WHERE state = 'closed'"
        return {case for (case,) in record.execute(query)}


@pytest.fixture
def reader(queue: Server, page: Page) -> Reader:
    """Anna at the first case of the queue."""
    one = Reader(page, queue.address)
    one.sign_in("Anna Lead")
    one.open_first_case()
    return one


def test_a_clear_case_is_two_keys_and_a_rejected_one_three(
    queue: Server, page: Page, reader: Reader
) -> None:
    page.evaluate(COUNT)
    first = reader.attribute("data-case")
    reader.press("a", "Enter")
    reader.moved_from(first)
    assert page.evaluate("pressed") == 2
    second = reader.attribute("data-case")
    reader.press("x", "1", "Enter")
    reader.moved_from(second)
    assert page.evaluate("pressed") == 5
    reader.saved()
    assert deeds(queue.data, first) == ["confirm", "close"]
    assert deeds(queue.data, second) == ["reject", "close"]
    assert closed(queue.data) == {first, second}


def test_a_quick_closing_is_noted_and_nothing_more(reader: Reader) -> None:
    first = reader.attribute("data-case")
    reader.press("a", "Enter")
    reader.until(lambda: reader.attribute("data-case") != first)
    reader.says(re.compile("^Closed after "))
    reader.seen()
    reader.press("a")
    reader.says(re.compile(" accepted[.]$"))


def test_enter_says_what_is_left_and_closes_nothing(queue: Server, reader: Reader) -> None:
    first = reader.attribute("data-case")
    reader.press("Enter", "Enter")
    reader.says(re.compile("Not decided yet: L.*[(]2 times[)]"))
    assert reader.attribute("data-case") == first
    assert deeds(queue.data) == []


def test_presses_meant_for_one_case_never_reach_the_next(
    queue: Server, page: Page, reader: Reader
) -> None:
    first = reader.attribute("data-case")
    reader.ahead()
    page.evaluate(BREATH)
    reader.says(re.compile("^(This has only just appeared|Not decided yet)"))
    reader.moved_from(first)
    second = reader.attribute("data-case")
    reader.saved()
    assert deeds(queue.data, first) == ["confirm", "close"]
    assert deeds(queue.data) == ["confirm", "close"]
    assert list(reader.states().values()) == ["flagged"]
    assert reader.attribute("data-case") == second


def test_a_held_key_closes_one_case_only(queue: Server, page: Page, reader: Reader) -> None:
    first = reader.attribute("data-case")
    for key in ("a", "Enter"):
        for _ in range(30):
            page.keyboard.down(key)
            page.wait_for_timeout(20)
        page.keyboard.up(key)
    reader.moved_from(first)
    for _ in range(30):
        page.keyboard.down("z")
    page.keyboard.up("z")
    reader.saved()
    assert deeds(queue.data) == ["confirm", "close"]


def test_a_button_held_by_enter_is_pressed_once(queue: Server, page: Page, reader: Reader) -> None:
    page.locator("[data-action=unsure]").focus()
    for _ in range(20):
        page.keyboard.down("Enter")
        page.wait_for_timeout(20)
    page.keyboard.up("Enter")
    reader.saved()
    assert deeds(queue.data) == ["unsure"]


def test_the_last_closing_is_taken_back_on_the_scan_before(queue: Server, reader: Reader) -> None:
    first = reader.attribute("data-case")
    reader.press("a", "Enter")
    reader.moved_from(first)
    second = reader.attribute("data-case")
    reader.saved()
    assert closed(queue.data) == {first}
    reader.press("q")
    reader.moved_from(second)
    assert reader.attribute("data-case") == first
    reader.press("z")
    reader.saved()
    assert closed(queue.data) == set(), reader.said()
    reader.press("z")
    reader.saved()
    assert set(reader.states().values()) == {"flagged"}
    assert deeds(queue.data) == ["confirm", "close", "undo", "undo"]


def test_the_next_case_is_there_while_the_line_is_cut(
    queue: Server, page: Page, reader: Reader
) -> None:
    reader.ahead()
    first = reader.attribute("data-case")
    page.context.set_offline(True)
    reader.press("a", "Enter")
    reader.moved_from(first)
    reader.press("a")
    reader.until(lambda: reader.attribute("data-saved") == "not saved")
    expect(page.locator(".vcf-saved")).to_contain_text("NOT SAVED (3): no connection")
    assert deeds(queue.data) == []
    second = reader.attribute("data-case")
    page.context.set_offline(False)
    reader.saved()
    assert deeds(queue.data, first) == ["confirm", "close"]
    assert deeds(queue.data, second) == ["confirm"]


def test_a_case_somebody_reads_says_so_and_is_taken_over_with_a_reason(
    queue: Server, page: Page, reader: Reader
) -> None:
    case = reader.attribute("data-case")
    reader.until(lambda: holder(queue.data, case) == "a.lead")
    other = Reader(page.context.browser.new_context().new_page(), queue.address)  # type: ignore[union-attr]
    other.sign_in("Ben Second", f"/review?case={case}")
    other.seen()
    expect(other.page.get_by_text("Being read by Anna Lead until")).to_be_visible()
    other.press("a")
    other.says("Being read by Anna Lead")
    other.press(".", "1")
    expect(other.page.locator(".vcf-words-field")).to_be_focused()
    other.page.keyboard.type("She has gone home")
    other.press("Enter")
    other.says("The case is yours now.")
    expect(other.page.get_by_text("Being read by Anna Lead until")).to_have_count(0)
    other.seen()
    other.press("a")
    other.saved()
    other.page.context.close()
    assert deeds(queue.data) == ["confirm"]


def test_leaving_a_case_gives_it_back(queue: Server, page: Page, reader: Reader) -> None:
    def held() -> list[str]:
        with sqlite3.connect(queue.data / "record.db") as record:
            return [case for (case,) in record.execute("SELECT case_id FROM claim")]

    first = reader.attribute("data-case")
    reader.until(lambda: held() == [first])
    reader.press("n")
    reader.moved_from(first)
    reader.until(lambda: held() == [reader.attribute("data-case")])
    reader.held()  # what the page does not know yet it cannot give back
    page.goto("about:blank")
    reader.until(lambda: held() == [])


def test_in_two_tabs_both_versions_stand_side_by_side_and_one_key_decides_again(
    queue: Server, page: Page, reader: Reader
) -> None:
    case = reader.attribute("data-case")
    other = Reader(page.context.new_page(), queue.address)
    other.page.goto(f"{queue.address}/review?case={case}")
    other.seen()
    reader.press("a")
    reader.saved()
    other.press("u")
    expect(other.page.get_by_text("You decided (not saved)")).to_be_visible()
    versions = other.page.locator(".vcf-versions")
    expect(versions).to_contain_text("unsure")
    expect(versions).to_contain_text("confirmed")
    expect(versions).to_contain_text("Anna Lead")
    assert deeds(queue.data) == ["confirm"]
    other.seen()
    other.press("2")
    other.saved()
    assert deeds(queue.data) == ["confirm", "unsure"]


def test_a_person_s_own_key_works_and_stays(queue: Server, page: Page, reader: Reader) -> None:
    reader.press("h")
    page.locator("[data-change=accept]").focus()
    reader.press("Enter", "x")
    expect(page.locator(".vcf-key-told")).to_contain_text("is the key of “Reject, with a reason”")
    page.locator("[data-change=accept]").focus()
    reader.press("Enter", "r")
    expect(page.locator(".vcf-key-told")).to_contain_text("belongs to the page")
    page.locator("[data-change=accept]").focus()
    with page.expect_response("**/api/preferences"):
        reader.press("Enter", "#")
    expect(page.locator(".vcf-key-told")).to_contain_text("# is now the key")
    reader.press("Escape")
    accept = page.locator("[data-action=accept]")
    expect(accept).to_have_attribute("aria-keyshortcuts", "#")
    reader.press("a")
    page.reload()
    reader.seen()
    expect(accept).to_have_attribute("aria-keyshortcuts", "#")
    reader.press("a", "#")
    reader.saved()
    assert deeds(queue.data) == ["confirm"]


def test_signed_out_elsewhere_nothing_is_lost(queue: Server, page: Page, reader: Reader) -> None:
    case = reader.attribute("data-case")
    page.route(AHEAD, lambda asked: asked.abort())  # the press is the first that is refused
    other = page.context.new_page()
    other.goto(f"{queue.address}/sign-out")
    other.wait_for_selector("text=Choose who you are")
    other.close()
    reader.press("a")
    expect(page.get_by_text("Reload the page to sign in")).to_be_visible()
    assert deeds(queue.data) == []
    page.unroute(AHEAD)
    reader.sign_in("Anna Lead", f"/review?case={case}")
    reader.seen()
    reader.until(lambda: deeds(queue.data) == ["confirm"])
    reader.until(lambda: list(reader.states().values()) == ["confirmed"])


def ends(box: FloatRect) -> float:
    """How far down *box* reaches, in pixels of the window."""
    return box["y"] + box["height"]


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_every_key_has_a_button_in_sight_of_24_pixels(
    page: Page, reader: Reader, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    in_sight = page.locator(".vcf-viewer")
    reader.until(lambda: (box := in_sight.bounding_box()) is not None and ends(box) <= size[1] + 1)
    found = page.evaluate(
        """() => [...document.querySelectorAll(".vcf-viewer [data-action]")]
        .filter((one) => one.checkVisibility())
        .map((one) => [one.dataset.action, one.getBoundingClientRect().toJSON(),
                       one.getAttribute("aria-keyshortcuts")])"""
    )
    assert len(found) > 30
    for action, box, key in found:
        assert box["width"] >= 24, action
        assert box["height"] >= 24, action
        assert key, action
