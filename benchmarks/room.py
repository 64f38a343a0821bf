"""Goals P3 and P4: slices served and painted, the next case, a cold case from the worklist.

Run: python benchmarks/room.py
Draws a small hospital, starts the server and Debian's Chromium, and prints each figure beside a
reference taken in the same run: the same bytes from a bare server without any check, and the
browser's own frame.
"""

import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
import uvicorn
from playwright.sync_api import Page, sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "app"), str(ROOT / "tests" / "browser")]

from clerk import Clerk  # noqa: E402 - found only on the path set above
from reader import Reader  # noqa: E402
from running import Server, free_port, run  # noqa: E402

from app.demo.hospital import write_hospital  # noqa: E402
from app.demo.patients import CATALOGUE  # noqa: E402

WARM, TIMED = 50, 500


def p(values: list[float], share: float) -> float:
    """The value below which *share* of *values* lie."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def said(name: str, values: list[float], goal: str) -> None:
    """Print one distribution."""
    print(
        f"{name:44} median {statistics.median(values):7.1f} ms   "
        f"p95 {p(values, 0.95):7.1f} ms   goal {goal}"
    )


def bare(content: bytes) -> str:
    """The address of a server that only hands out *content*."""

    def answer(_request: Request) -> Response:
        return Response(content, media_type="application/octet-stream")

    port = free_port()
    config = uvicorn.Config(Starlette(routes=[Route("/", answer)]), port=port, log_level="error")
    threading.Thread(target=uvicorn.Server(config).run, daemon=True).start()
    time.sleep(1)
    return f"http://127.0.0.1:{port}/"


def served(server: Server) -> None:
    """One slice: cookie, ticket and case checked, bytes out; against a bare server."""
    with Clerk(server, "a.lead") as clerk:
        case = next(c for c in map(clerk.case, clerk.cases()) if c["stack"])
        ticket = clerk.ticket(case["case"])
        planes = clerk.http.get(f"/api/stacks/{case['stack']}/meta", headers=ticket).json()[
            "planes"
        ]
        ours, theirs = [], []
        content = clerk.http.get(f"/api/stacks/{case['stack']}/0", headers=ticket).content
        reference = bare(content)
        with httpx.Client() as plain:
            for number in range(WARM + TIMED):
                start = time.perf_counter()
                path = f"/api/stacks/{case['stack']}/{number % planes}"
                assert clerk.http.get(path, headers=ticket).is_success
                middle = time.perf_counter()
                plain.get(reference)
                end = time.perf_counter()
                if number >= WARM:
                    ours.append((middle - start) * 1000)
                    theirs.append((end - middle) * 1000)
    said("P3 one slice, client and server together", ours, "server side p95 <= 5")
    said("   the same bytes, no check, bare server", theirs, "reference")
    print(f"   ratio of medians {statistics.median(ours) / statistics.median(theirs):.2f}")


def painted(page: Page, reader: Reader) -> None:
    """Arrow key to painted slice, and notches of the wheel."""
    times = []
    for number in range(120):
        before = reader.attribute("data-painted")
        reader.press("ArrowRight" if number % 60 < 30 else "ArrowLeft")
        reader.until(lambda before=before: reader.attribute("data-painted") != before, 5)
        times.append(float(reader.attribute("data-paint-ms") or "nan"))
    frame = page.evaluate(
        "() => new Promise(done => { const t = []; const f = n => { t.push(n);"
        " t.length < 61 ? requestAnimationFrame(f) : done((t[60] - t[0]) / 60); };"
        " requestAnimationFrame(f); })"
    )
    said("P3 slice key to painted", times, "median <= 17")
    print(
        f"   one frame of this browser {frame:.1f} ms, ratio {statistics.median(times) / frame:.2f}"
    )


WATCH = """
window.seen = { key: 0, paint: 0, room: "" };
addEventListener("keydown", () => { seen.key = performance.now(); seen.paint = 0; }, true);
new MutationObserver((changes) => {
  for (const { target } of changes) {
    const room = (target.dataset.painted ?? "").split(" ")[0];
    if (room && (room !== seen.room || seen.fresh)) {
      Object.assign(seen, { room, fresh: false, paint: performance.now() });
    }
  }
}).observe(document, { subtree: true, attributeFilter: ["data-painted"] });
"""
"""Notes in the page itself when a key went down and when a case was painted after it."""


def taken(reader: Reader) -> float:
    """Milliseconds from the last key to the case painted after it."""
    reader.until(lambda: bool(reader.page.evaluate("seen.paint")), 30)
    return float(reader.page.evaluate("seen.paint - seen.key"))


def following(reader: Reader, cases: int) -> None:
    """N to the next case painted, its planes fetched ahead."""
    times = []
    for _ in range(cases):
        reader.page.wait_for_timeout(1500)
        reader.press("n")
        times.append(taken(reader))
    said("P4 next case painted, fetched ahead", times, "p95 <= 250")


def cold(reader: Reader, rounds: int) -> None:
    """Enter in the worklist to the first slice of a case not fetched before."""
    times = []
    for _ in range(rounds):
        reader.page.goto(reader.address + "/")
        reader.page.wait_for_selector("table tbody tr")
        reader.page.wait_for_timeout(1500)
        reader.press("Enter")
        times.append(taken(reader))
    said("P4 cold case from the worklist", times, "p95 <= 500")


def main() -> None:
    """Measure everything once."""
    folder = Path(tempfile.mkdtemp())
    chosen = tuple(patient for patient in CATALOGUE if patient.number in {1, 3, 4, 8, 26})
    write_hospital(folder / "delivery", lambda *_: None, patients=chosen)
    data = folder / "data"
    run(data, "staff", "add", "a.lead", "Anna Lead", "METABOLIC_LEAD")
    print(run(data, "receive", folder / "delivery").stdout)
    server = Server(data).start()
    try:
        served(server)
        with sync_playwright() as play:
            browser = play.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1440, "height": 900}, bypass_csp=True)
            page.add_init_script(WATCH)
            reader = Reader(page, server.address)
            reader.sign_in("Metabolic bone lead")
            reader.open_first_case()
            page.wait_for_timeout(3000)
            painted(page, reader)
            following(reader, 12)
            cold(reader, 10)
            browser.close()
    finally:
        server.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
