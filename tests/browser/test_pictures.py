"""The spine straightened, across and point by point, in a real browser on drawn scans."""

import json
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import FloatRect, Page, expect
from reader import ROOM, Reader
from running import Server

pytestmark = pytest.mark.browser

STRAIGHT, TRUE, OWN = "straight-", "", "own-"


@pytest.fixture
def reader(server: Server, page: Page) -> Reader:
    """A bone lead with the first case on the screen."""
    one = Reader(page, server.address)
    one.sign_in("Metabolic bone lead")
    one.open_first_case()
    return one


def shown(reader: Reader) -> str:
    """What is painted: the number of a true plane, ``straight-4``, ``own-T7``."""
    return reader.attribute("data-painted").split()[1]


def shows(reader: Reader, kind: str) -> None:
    """Wait until the picture is of *kind*."""
    reader.until(
        lambda: shown(reader).startswith(kind) and (kind != TRUE or shown(reader).isdigit())
    )


def measured(data: Path) -> list[tuple[str, dict[str, object]]]:
    """Every measurement by a person in the record: who, and what was kept."""
    with sqlite3.connect(data / "record.db") as record:
        found = record.execute("SELECT actor, after FROM decision WHERE deed = 'measure'")
        return [(who, json.loads(after)) for who, after in found]


def test_a_level_is_found_straightened_measured_by_hand_and_kept(
    server: Server, reader: Reader, shots: Path
) -> None:
    page = reader.page
    reader.press("v")
    shows(reader, STRAIGHT)
    page.screenshot(path=shots / "straightened.png")
    stage = page.locator(".vcf-stage").bounding_box()
    assert stage is not None
    page.mouse.click(stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] * 0.6)
    shows(reader, TRUE)
    level = reader.attribute("data-level")
    assert level
    reader.press("p")
    shows(reader, f"{OWN}{level}")
    machine = page.locator(".vcf-now").inner_text()
    reader.press("3", *["ArrowUp"] * 4, "Shift+ArrowUp")
    expect(page.locator(".vcf-heights")).to_contain_text("Not saved")
    reader.framed()
    person = page.locator(".vcf-now").inner_text()
    assert person != machine
    page.screenshot(path=shots / "points.png")
    reader.press("n")  # moved points hold the scan
    expect(page.locator(".vcf-said")).to_contain_text("are not saved")
    reader.press("Enter")
    reader.saved()
    page.reload()
    reader.seen()
    expect(page.locator(".vcf-findings")).to_contain_text(person)
    reader.press("p")
    shows(reader, OWN)
    if shown(reader) != f"{OWN}{level}":  # the case opened at another level
        reader.press("Escape")
        shows(reader, TRUE)
        reader.press("v")
        shows(reader, STRAIGHT)
        page.mouse.click(stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] * 0.6)
        shows(reader, TRUE)
        reader.press("p")
    shows(reader, f"{OWN}{level}")
    expect(page.locator(".vcf-heights")).to_contain_text(person)
    expect(page.locator(".vcf-heights")).to_contain_text("Measured by Anna Lead")
    expect(page.locator(".vcf-heights")).to_contain_text(f"Machine {machine}")


def test_points_moved_by_keys_and_buttons_leave_no_trace_unless_saved(
    server: Server, reader: Reader
) -> None:
    page = reader.page
    reader.press("p")
    shows(reader, OWN)
    heights = page.locator(".vcf-now")
    before = heights.inner_text()
    for point in range(1, 7):
        reader.press(str(point), "Shift+ArrowLeft", "Shift+ArrowRight")
    expect(heights).to_have_text(before)
    page.get_by_role("button", name="Point 1: front top").click()
    page.get_by_role("button", name="Point 1 mm towards the head").click()
    expect(heights).not_to_have_text(before)
    page.get_by_role("button", name="Back to the machine's points").click()
    expect(heights).to_have_text(before)
    reader.press("1")
    reader.framed()
    stage = page.locator(".vcf-stage").bounding_box()
    assert stage is not None
    _drag_chosen_point(page, stage)
    expect(heights).not_to_have_text(before)
    reader.press("Backspace")
    expect(heights).to_have_text(before)
    reader.press("Escape")
    shows(reader, TRUE)
    page.wait_for_timeout(300)  # what must not be sent would be kept by now
    assert measured(server.data) == []


def _drag_chosen_point(page: Page, stage: FloatRect) -> None:
    """Find the yellow ring of the chosen point on the canvas, and drag it 30 pixels up."""
    x, y = page.evaluate(
        "() => { const c = document.querySelector('.vcf-over');"
        " const { data, width, height } = c.getContext('2d').getImageData(0, 0, c.width, c.height);"
        " let [n, x, y] = [0, 0, 0];"
        " for (let at = 60 * width; at < (height - 90) * width; at += 1) {"
        "  const [r, g, b] = data.subarray(4 * at, 4 * at + 3);"
        "  if (r < 240 || g < 210 || b > 20) continue;"
        "  n += 1; x += at % width; y += Math.trunc(at / width);"
        " } return [x / n, y / n]; }"
    )
    page.mouse.move(stage["x"] + x, stage["y"] + y)
    page.mouse.down()
    page.mouse.move(stage["x"] + x, stage["y"] + y - 30, steps=5)
    page.mouse.up()


def test_a_curve_drawn_by_keys_is_straightened(reader: Reader, shots: Path) -> None:
    page = reader.page
    reader.press("v")
    shows(reader, STRAIGHT)
    reader.press("d")
    shows(reader, TRUE)
    reader.press("v")
    expect(page.locator(".vcf-said")).to_contain_text("needs 3 vertebral centres")
    for _ in range(4):
        reader.press("Enter", *["ArrowUp"] * 12)
    page.screenshot(path=shots / "curve.png")
    reader.press("Backspace", "v")
    shows(reader, STRAIGHT)
    expect(page.locator(".vcf-facts")).to_contain_text("the curve you drew")
    page.screenshot(path=shots / "drawn.png")


def test_a_press_in_a_locator_moves_the_stack(reader: Reader) -> None:
    page = reader.page
    before = int(shown(reader))
    coronal = page.get_by_role("img", name="Coronal locator").bounding_box()
    assert coronal is not None
    x, y = coronal["x"] + coronal["width"] / 2, coronal["y"] + coronal["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y, steps=4)
    page.mouse.up()
    reader.until(lambda: int(shown(reader)) > before)
    reader.press("k")
    expect(page.get_by_role("img", name="Coronal locator")).to_be_hidden()


def test_a_slab_says_what_it_is_and_the_whole_account_opens(reader: Reader) -> None:
    page = reader.page
    reader.press("b", "i")
    expect(page.locator(".vcf-facts")).to_contain_text("5 mm slab: MIP of")
    reader.press("f")
    panel = page.locator(".vcf-panel")
    expect(panel).to_contain_text("How this picture was made")
    expect(panel).to_contain_text("CT slices")
    reader.press("Escape")
    expect(panel).to_be_hidden()


def test_another_reconstruction_is_marked_and_left_behind_with_the_case(
    twice_built: Server, page: Page
) -> None:
    reader = Reader(page, twice_built.address)
    reader.sign_in("Metabolic bone lead")
    row = page.locator("tr", has_text="Demo-Quince")
    case = row.get_attribute("data-id")
    page.goto(f"{twice_built.address}/review?case={case}")
    reader.seen()
    facts, other = page.locator(".vcf-facts"), "Other reconstruction"
    expect(facts).to_contain_text("Unsuitable for heights")
    reader.press("p")
    expect(page.locator(".vcf-said")).to_contain_text("too thick for heights")
    reader.press("e", "2")
    expect(facts).to_contain_text(other)
    expect(facts).to_contain_text("1.5 mm every 1.5 mm")
    reader.seen()
    reader.press("u")
    reader.saved()
    assert list(reader.states().values()) == ["unsure"]
    reader.press("n")
    reader.moved_from(case or "")
    page.goto(f"{twice_built.address}/review?case={case}")
    reader.seen()
    expect(facts).not_to_contain_text(other)
    expect(facts).to_contain_text("Unsuitable for heights")


def test_every_target_is_large_enough_and_named(reader: Reader) -> None:
    page = reader.page
    for keys, kind in (("", TRUE), ("v", STRAIGHT), ("d", TRUE), ("Escape p", OWN)):
        reader.press(*keys.split())
        shows(reader, kind)
        reader.framed()
        small = page.evaluate(
            "(room) => [...document.querySelectorAll(`${room} button, ${room} input`)]"
            ".filter((one) => one.checkVisibility()).map((one) => [one.getBoundingClientRect(),"
            " one.getAttribute('aria-label') || one.innerText])"
            ".filter(([box, name]) => box.width < 24 || box.height < 24 || !name)"
            ".map(([box, name]) => [name, box.width, box.height])",
            ROOM,
        )
        assert small == []
        assert page.evaluate(
            "(room) => { const left = document.querySelector(`${room} .vcf-left`);"
            " return left.scrollHeight <= left.clientHeight; }",
            ROOM,
        )
