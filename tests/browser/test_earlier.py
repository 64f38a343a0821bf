"""The patient's earlier scan beside this one: the same vertebra, the same scale, or plainly not."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hospitals import received_from
from playwright.sync_api import Page, expect
from reader import Reader, settled
from running import Server
from screens import faults

from app.demo.patients import CATALOGUE

pytestmark = pytest.mark.browser

BLUE = [65, 199, 255]
ROWS = """([selector, colour]) => {
  const canvas = document.querySelector(selector);
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const rows = [];
  for (let at = 0; at < data.length; at += 4) {
    const near = colour.every((one, part) => Math.abs(data[at + part] - one) < 12);
    if (near && data[at + 3] > 200) rows.push(Math.floor(at / 4 / width));
  }
  return rows.reduce((sum, row) => sum + row, 0) / rows.length;
}"""
BAR = """(selector) => {
  const canvas = document.querySelector(selector);
  const row = canvas.getContext("2d").getImageData(0, canvas.height - 16, canvas.width / 2, 1).data;
  let length = 0;
  for (let at = 0; at < row.length; at += 4) length += row[at] > 250 && row[at + 3] > 250 ? 1 : 0;
  return length;
}"""  # the white of the scale bar, its letters stand higher
HERE, PRIOR = ".vcf-stage .vcf-over", ".vcf-prior .vcf-over"


@pytest.fixture(scope="module")
def twice_seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two patients with an earlier scan in larger pixels; the second's has no mask."""
    of = {patient.number: patient for patient in CATALOGUE}
    now, before = of[18].visits
    bare = replace(of[18], visits=(now, replace(before, mask=False)))
    running = Server(received_from(tmp_path_factory.mktemp("twice"), (bare, of[31]))).start()
    yield running
    running.stop()


def opened(page: Page, server: Server, name: str, exam: str) -> Reader:
    """A reader before the newest scan of the patient *name*."""
    reader = Reader(page, server.address)
    reader.sign_in("Metabolic bone lead")
    page.wait_for_selector("table tbody tr")
    rows = page.locator("table tbody tr", has_text=name)
    expect(rows).to_have_count(2)
    settled(page)
    rows.last.click()
    banner = page.locator(".vcf-pairs")
    expect(banner).to_contain_text(re.compile("Scan.*/20"))
    reader.seen()
    if "2025" in banner.inner_text():  # the list has the oldest last
        before = reader.attribute("data-case")
        page.go_back()
        expect(rows).to_have_count(2)
        settled(page)
        rows.first.click()
        reader.moved_from(before)
    expect(banner).to_contain_text(exam)
    return reader


def told(page: Page) -> dict[str, str]:
    """What the earlier picture says of itself."""
    found: dict[str, str] = page.evaluate(
        "() => ({ ...document.querySelector('.vcf-prior').dataset })"
    )
    return found


def shown(reader: Reader) -> dict[str, str]:
    """The same once its pixels have come."""
    reader.until(lambda: bool(told(reader.page).get("stack")))
    return told(reader.page)


def bars_alike(page: Page) -> bool:
    """Whether the scale bars of both pictures are of one length, and long enough to be read."""
    here, prior = (page.evaluate(BAR, one) for one in (HERE, PRIOR))
    return here > 40 and abs(here - prior) <= 1


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_the_same_vertebra_stands_level_in_both_pictures_at_one_scale(
    page: Page, twice_seen: Server, shots: Path, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    reader = opened(page, twice_seen, "Hornbeam", "CT lumbar spine")
    expect(page.locator(".vcf-timeline")).to_contain_text("1 earlier picture")
    reader.press("k", ",")
    said = shown(reader)
    assert said["level"] == "L2"
    assert said["same"] == "true"
    page.screenshot(path=shots / f"earlier-{size[0]}.png")
    for keys in ("", "+", "ArrowRight", "w"):
        reader.press(*filter(None, [keys]))
        reader.painted()
        reader.until(lambda: bars_alike(page))
        shown(reader)
        rows = [page.evaluate(ROWS, [one, BLUE]) for one in (HERE, PRIOR)]
        offset = page.evaluate(
            "() => document.querySelector('.vcf-prior-stage').getBoundingClientRect().top"
            " - document.querySelector('.vcf-stage').getBoundingClientRect().top"
        )
        assert abs(rows[0] - rows[1] - offset) < 12 * float(said["scale"]), keys
    expect(page.locator(".vcf-prior-title")).to_contain_text("PRIOR · ")
    expect(page.locator(".vcf-prior-notes")).to_contain_text("CT slices of 2 mm")
    reader.press(",")
    expect(page.locator(".vcf-prior")).to_be_hidden()


def test_a_step_to_the_side_moves_both_by_millimetres_of_their_own(
    page: Page, twice_seen: Server
) -> None:
    reader = opened(page, twice_seen, "Hornbeam", "CT lumbar spine")
    reader.press(",")
    before = int(shown(reader)["plane"])
    reader.press(*["ArrowRight"] * 6)
    # six steps of 2 mm, ten of 1.2 mm
    reader.until(lambda: abs(int(told(page)["plane"]) - before) == 10)


def test_a_vertebra_the_earlier_scan_has_not_is_said_and_never_shown_elsewhere(
    page: Page, twice_seen: Server, shots: Path
) -> None:
    reader = opened(page, twice_seen, "Tansy", "CT urinary tract")
    reader.press(",")
    said = shown(reader)
    assert (said["level"], said["same"], said["at"]) == ("L2", "false", "")
    expect(page.locator(".vcf-prior-notes")).to_contain_text("L2 was not found on this scan")
    page.screenshot(path=shots / "earlier-absent.png")
    assert faults(page) == []


def test_nothing_of_the_earlier_scan_outlives_its_case(page: Page, twice_seen: Server) -> None:
    reader = opened(page, twice_seen, "Hornbeam", "CT lumbar spine")
    reader.press(",")
    shown(reader)
    case = reader.attribute("data-case")
    reader.press("n")
    reader.moved_from(case)
    expect(page.locator(".vcf-prior")).to_be_hidden()
    assert told(page).get("stack") is None
