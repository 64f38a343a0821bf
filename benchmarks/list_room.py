"""The worklist in Chromium while 100,000 cases are open, beside the same acts on 200 cases.

    python benchmarks/list_room.py [--cases 100000] [--rounds 5] [--shots FOLDER]

Invented cases are written straight into a record; the server and Debian's Chromium are real. Each
act is timed from the press to the rows painted. Goal: no act over 1 s, none over twice as long as
with few cases.
"""

import argparse
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "browser")]

from reader import Reader  # noqa: E402 - found only on the path set above
from running import Server, run  # noqa: E402
from worklist import filled  # noqa: E402

GOAL_MS, GOAL_RATIO = 1000.0, 2.0
FEW = 200
ROWS = "table tbody tr[data-id]"
SIZE = {"width": 1366, "height": 768}
PAINTED = "() => new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(d)))"

Act = Callable[[Page], None]


def at_the_list(page: Page) -> None:
    """The whole list, as somebody finds it."""
    page.goto(page.url.split("/worklist")[0] + "/worklist")
    page.wait_for_selector(ROWS)
    settle(page)


def settle(page: Page) -> None:
    """Wait until the script of the page has run to its end."""
    page.wait_for_selector("[data-testid='stStatusWidget']", state="detached")
    page.wait_for_timeout(150)


def told(page: Page, words: str) -> None:
    """Wait until the line above the table says *words*."""
    page.locator("caption", has_text=re.compile(words)).wait_for()


def first_paint(page: Page) -> None:
    """A reload, to the rows."""
    page.reload()
    page.wait_for_selector(ROWS)


def turn(page: Page) -> None:
    """The next page."""
    first = page.locator(ROWS).first
    before = first.get_attribute("data-id") or ""
    page.get_by_role("button", name="Next page").click()
    expect(first).not_to_have_attribute("data-id", before)


def band(page: Page) -> None:
    """The breached cases, by their count."""
    page.get_by_role("button", name="breached").click()
    page.wait_for_function("() => location.search.includes('waited')")


def order(page: Page) -> None:
    """The newest first, by the box."""
    page.get_by_label("Order").click()
    page.get_by_role("option", name="Newest first").click()
    told(page, "newest first")


def rare(page: Page) -> None:
    """A rare level, by typing it."""
    page.get_by_label("Level", exact=True).click()
    page.keyboard.type("L6")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('level=L6')")


def name(page: Page) -> None:
    """A patient by name."""
    page.get_by_label("Find a patient").fill("quill ann")
    page.keyboard.press("Enter")
    told(page, "found")


def number(page: Page) -> None:
    """A patient by accession number."""
    page.get_by_label("Find a patient").fill("ACC00000007")
    page.keyboard.press("Enter")
    told(page, "1 case found")


def choose(page: Page) -> None:
    """A row chosen by Space, to the deeds that may be done; 0.4 s of it wait for further rows."""
    page.locator(ROWS).first.focus()
    page.keyboard.press("Space")
    page.get_by_text("1 chosen").wait_for()


ACTS: dict[str, Act] = {
    "first paint (reload)": first_paint,
    "next page": turn,
    "filter: breached, by its count": band,
    "order: newest first": order,
    "filter: a rare level": rare,
    "search by name": name,
    "search by accession": number,
    "choose a row": choose,
}


def timed(page: Page, act: Act, rounds: int) -> float:
    """The median time of *act* in milliseconds, each from the list as it is found."""
    found = []
    for _ in range(rounds):
        at_the_list(page)
        start = time.perf_counter()
        act(page)
        page.evaluate(PAINTED)
        found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found)


def measured(browser: Browser, folder: Path, cases: int, given: argparse.Namespace) -> list[float]:
    """Each act's time on a list of *cases* open cases."""
    data = folder / f"data{cases}"
    data.mkdir()
    filled(data / "record.db", cases, whole=True).dispose()
    run(data, "staff", "add", "a.lead", "Ada Lead", "METABOLIC_LEAD")
    server = Server(data).start()
    try:
        page = browser.new_context(viewport=SIZE).new_page()
        page.set_default_timeout(60_000)
        Reader(page, server.address).sign_in("Metabolic bone lead", "/worklist")
        page.wait_for_selector(ROWS)
        times = [timed(page, act, given.rounds) for act in ACTS.values()]
        if given.shots:
            at_the_list(page)
            page.screenshot(path=Path(given.shots) / f"list-{cases}.png")
        page.context.close()
        return times
    finally:
        server.stop()
        shutil.rmtree(data)


def main() -> None:
    """Measure few and many."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--shots", help="folder for a picture of each list")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            few, many = (measured(browser, folder, n, given) for n in (FEW, given.cases))
            browser.close()
    finally:
        shutil.rmtree(folder)
    print(f"load average {os.getloadavg()[0]:.1f}; goals: 1 s, and {GOAL_RATIO:g} times few cases")
    print(f"{'act':32} {f'{given.cases:,} cases':>14} {f'{FEW} cases':>12} {'ratio':>7}")
    for act, small, big in zip(ACTS, few, many, strict=True):
        over = "  over the goal" if big > GOAL_MS or big > GOAL_RATIO * small else ""
        print(f"{act:32} {big:11.0f} ms {small:9.0f} ms {big / small:6.2f}x{over}")


if __name__ == "__main__":
    main()
