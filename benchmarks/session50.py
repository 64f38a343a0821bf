"""A scripted session by keys alone: fifty cases one after the other, in Chromium.

    python benchmarks/session50.py [--cases 50] [--think 700]
    python benchmarks/session50.py --two [--cases 500]

Small invented scans go through the real intake. Four of five are accepted (A, Enter), every fifth
is rejected (X, 1, Enter). Printed are keys and seconds a case, and the time from Enter to the next
case painted beside one frame of the same browser. With `--two` two people in browsers of their own
work off one queue; printed is what they closed, and the script fails where a case was closed twice.
"""

import argparse
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "browser")]

from queues import queue_of  # noqa: E402 - found only on the path set above
from reader import Reader  # noqa: E402
from room import WATCH, p, said, taken  # noqa: E402
from running import Server  # noqa: E402
from test_two_readers import closings, worked_off  # noqa: E402

PAIR = (("a.lead", "Anna Lead", "METABOLIC_LEAD"), ("b.lead", "Ben Second", "METABOLIC_LEAD"))
SIZE = {"width": 1366, "height": 768}
FRAME = """
() => new Promise((done) => {
  const times = [];
  const next = (now) => {
    times.push(now);
    if (times.length < 61) requestAnimationFrame(next);
    else done((times[60] - times[0]) / 60);
  };
  requestAnimationFrame(next);
})
"""


def at_work(browser: Browser, server: Server, name: str) -> Reader:
    """*name* at the first case of the queue."""
    page = browser.new_context(viewport=SIZE, bypass_csp=True).new_page()
    page.set_default_timeout(60_000)
    page.add_init_script(WATCH)
    reader = Reader(page, server.address)
    reader.sign_in(name)
    reader.open_first_case()
    return reader


def session(reader: Reader, cases: int, think_ms: int) -> None:
    """Work off *cases* cases and print the figures; the reader thinks *think_ms* over each."""
    frame = float(reader.page.evaluate(FRAME))
    keys, seconds, painted = [], [], []
    for number in range(cases):
        begin = time.perf_counter()
        reader.seen()
        reader.page.wait_for_timeout(think_ms)
        pressed = ("x", "1", "Enter") if number % 5 == 4 else ("a", "Enter")
        case = reader.attribute("data-case")
        reader.press(*pressed)
        keys.append(len(pressed))
        if number + 1 < cases:
            painted.append(taken(reader))
            assert reader.attribute("data-case") != case
        seconds.append(time.perf_counter() - begin)
    reader.saved()
    print(f"{cases} cases, {sum(keys) / cases:.2f} keys a case; {think_ms} ms to think over each")
    print(
        f"seconds a case: median {p(seconds, 0.5):.2f}, p95 {p(seconds, 0.95):.2f} "
        "(0.4 s of them nothing is taken: what has only just appeared is not decided on)"
    )
    said("P4 Enter to the next case painted", painted, "p95 <= 250")
    ratio = p(painted, 0.5) / frame
    print(f"   one frame of this browser {frame:.1f} ms, ratio of the median {ratio:.1f}")


def kept(data: Path) -> None:
    """Print what the record holds, and fail where a case was closed twice."""
    found = closings(data)
    with sqlite3.connect(data / "record.db") as record:
        (states,) = (
            dict(record.execute("SELECT state, COUNT(*) FROM review_case GROUP BY state")),
        )
    twice = len(found) - len({case for case, _ in found})
    by = Counter(who for _, who in found)
    print(f"in the record: {states}, closed by {dict(by)}, closed twice: {twice}")
    assert twice == 0


def main() -> None:
    """Draw the queue, work it off, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int)
    parser.add_argument("--think", type=int, default=700, help="milliseconds over each case")
    parser.add_argument("--two", action="store_true", help="two people on one queue")
    given = parser.parse_args()
    cases = given.cases or (500 if given.two else 50)
    folder = Path(tempfile.mkdtemp())
    server = Server(queue_of(folder, cases, PAIR)).start()
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            if given.two:
                readers = [at_work(browser, server, name) for _, name, _ in PAIR]
                worked_off(readers, rounds=2 * cases)
                for reader in readers:
                    reader.saved()
            else:
                session(at_work(browser, server, "Anna Lead"), cases, given.think)
            browser.close()
        kept(server.data)
    finally:
        server.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
