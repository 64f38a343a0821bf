"""What a person at the keyboard does, in their words. No mouse here.

A press that makes the page run is followed by a wait for what it should have made: keys that fall
into the middle of a change land elsewhere, for a person as for a test.
"""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

ROOM = "[data-painted]"
NAMED = """() => {
  const at = document.activeElement;
  return at && at.matches("input, textarea, button, a, summary, [role]")
    ? at.getAttribute("aria-label") || at.innerText || "" : "";
}"""
DESK = """
  const modules = performance.getEntriesByType("resource").map((one) => one.name);
  const { deskFor } = await import(modules.find((name) => name.endsWith("/desk.js")));
  const { loader, claims } = deskFor("api");
"""
"""The page's own desk, by its own module."""
AHEAD = f"""async (count) => {{ {DESK}
  const {{ ahead }} = loader;
  return ahead.length >= count && ahead.every((room) => room.meta && room.held.has(room.centre));
}}"""
HELD = f"async () => {{ {DESK} return claims.mine?.case ?? ''; }}"


def settled(page: Page) -> None:
    """Wait until the page's script has run to its end and every control of it is drawn."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator("[data-testid^=stSkeleton]")).to_have_count(0)


def focus(one: Locator) -> None:
    """Put the focus on *one*, and see that it is there."""
    one.focus()
    expect(one).to_be_focused()


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what is called *words* has the focus."""
    settled(page)
    met = []
    for _ in range(80):
        page.keyboard.press("Tab")
        met.append(page.evaluate(NAMED))
        if words in met[-1]:
            return
    msg = f"Tab never reached {words!r}; it came by {met}"
    raise AssertionError(msg)


class Reader:
    """Someone who works by keyboard alone."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def sign_in(self, role: str, path: str = "/") -> None:
        """Open the workstation, choose *role* with Tab and Enter, and wait to be let in."""
        self.page.goto(self.address + path)
        for _ in range(20):
            self.page.keyboard.press("Tab")
            if role in (self.page.evaluate("document.activeElement.innerText") or ""):
                self.page.keyboard.press("Enter")
                expect(self.page).not_to_have_url(re.compile("/sign-in"))
                return
        msg = f"No button for {role}"
        raise AssertionError(msg)

    def open_first_case(self) -> None:
        """Press Enter on the first row of the worklist, which has the focus."""
        self.page.wait_for_selector("table tbody tr")
        self.until(lambda: self.focused_tag() == "TR")
        self.page.keyboard.press("Enter")
        self.seen()

    def focused_tag(self) -> str:
        """What has the focus, looked up through shadow roots."""
        return str(
            self.page.evaluate(
                "() => { let a = document.activeElement;"
                " while (a && a.shadowRoot && a.shadowRoot.activeElement)"
                " a = a.shadowRoot.activeElement; return a ? a.tagName : ''; }"
            )
        )

    def press(self, *keys: str) -> None:
        """Press *keys* one after the other; the room takes each before the next is pressed."""
        for key in keys:
            self.page.keyboard.press(key)

    def seen(self) -> None:
        """Wait until the case on the screen is painted and was there long enough to be seen."""
        self.page.wait_for_selector(f"{ROOM}[data-ready='true']:not([data-painted=''])")

    def framed(self) -> None:
        """Wait until what was changed by now is drawn: two frames, and a moment more."""
        self.page.evaluate(
            "() => new Promise((seen) =>"
            " requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(seen, 50))))"
        )

    def painted(self) -> None:
        """Wait for the slice that was asked for: nothing is decided on one not yet shown."""
        self.framed()
        self.page.wait_for_function(
            "() => document.querySelector('[data-painted]').dataset.painted.split(' ')[1]"
            " === document.querySelector('.vcf-slider').value"
        )

    def along(self, deeds: Callable[[], None]) -> None:
        """Do *deeds* at each finding, from the first down, each on its own picture."""
        for place in range(len(self.states())):
            if place:
                self.press("ArrowDown")
                self.painted()
            deeds()

    def ahead(self, count: int = 1) -> None:
        """Wait until the next *count* cases could be shown without the server."""
        self.until(lambda: bool(self.page.evaluate(AHEAD, count)))

    def held(self) -> None:
        """Wait until the page knows that the case on the screen is the reader's to work on."""
        self.until(lambda: self.page.evaluate(HELD) == self.attribute("data-case"))

    def said(self) -> str:
        """The line beside the buttons: what was done, or why a press was not taken."""
        return self.page.locator(".vcf-said").inner_text()

    def says(self, words: str | re.Pattern[str]) -> None:
        """Wait until that line has *words* in it."""
        expect(self.page.locator(".vcf-said")).to_contain_text(words)

    def moved_from(self, case: str) -> None:
        """Wait until another case than *case* is on the screen and was seen."""
        self.until(lambda: self.attribute("data-case") not in {"", case})
        self.seen()
        if self.page.evaluate("navigator.onLine"):
            settled(self.page)  # the page follows; what it put up anew is to be seen anew
            self.seen()

    def saved(self) -> None:
        """Wait until nothing is on its way any more; forty steps take a while to be kept."""
        room = self.page.locator("[data-saved]").first
        expect(room).to_have_attribute("data-saved", "saved", timeout=60_000)

    def attribute(self, name: str) -> str:
        """An attribute of the room, such as ``data-version``."""
        return self.page.locator(ROOM).first.get_attribute(name) or ""

    def states(self) -> dict[str, str]:
        """Where each finding stands on the screen."""
        found: list[tuple[str, str]] = self.page.locator("[data-finding]").evaluate_all(
            "(rows) => rows.map((row) => [row.dataset.finding, row.dataset.state])"
        )
        return dict(found)

    def until(self, true: Callable[[], bool], seconds: float = 20) -> None:
        """Wait until *true* is."""
        for _ in range(int(seconds * 20)):
            if true():
                return
            self.page.wait_for_timeout(50)
        msg = "It never came true."
        if self.page.locator(".vcf-said").count():
            msg += f" The room says: {self.said()!r}"
        raise AssertionError(msg)
