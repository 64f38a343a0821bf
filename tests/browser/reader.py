"""What a person at the keyboard does, in their words. No mouse here."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

ROOM = "[data-painted]"


class Reader:
    """Someone who works by keyboard alone."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def sign_in(self, role: str, path: str = "/") -> None:
        """Open the workstation and choose *role* with Tab and Enter."""
        self.page.goto(self.address + path)
        for _ in range(20):
            self.page.keyboard.press("Tab")
            if role in (self.page.evaluate("document.activeElement.innerText") or ""):
                self.page.keyboard.press("Enter")
                return
        msg = f"No button for {role}"
        raise AssertionError(msg)

    def open_first_case(self) -> None:
        """Press Enter on the first row of the worklist, which has the focus."""
        self.page.wait_for_selector("table tbody tr")
        self.page.wait_for_function("document.activeElement.shadowRoot || document.activeElement")
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
        """Press *keys* one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def seen(self) -> None:
        """Wait until the case on the screen is painted and was there long enough to be seen."""
        self.page.wait_for_selector(f"{ROOM}[data-ready='true']:not([data-painted=''])")

    def painted(self) -> None:
        """Wait for the slice that was asked for: nothing is decided on one not yet shown."""
        self.page.evaluate(
            "() => new Promise((seen) =>"
            " requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(seen, 50))))"
        )
        self.page.wait_for_function(
            "() => document.querySelector('[data-painted]').dataset.painted.split(' ')[1]"
            " === document.querySelector('.vcf-slider').value"
        )

    def said(self) -> str:
        """The line beside the buttons: what was done, or why a press was not taken."""
        return self.page.locator(".vcf-said").inner_text()

    def moved_from(self, case: str) -> None:
        """Wait until another case than *case* is on the screen and was seen."""
        self.until(lambda: self.attribute("data-case") not in {"", case})
        self.seen()

    def saved(self) -> None:
        """Wait until nothing is on its way any more."""
        expect(self.page.locator("[data-saved]").first).to_have_attribute("data-saved", "saved")

    def attribute(self, name: str) -> str:
        """An attribute of the room, such as ``data-version``."""
        return self.page.locator(ROOM).first.get_attribute(name) or ""

    def states(self) -> dict[str, str]:
        """Where each finding stands on the screen."""
        rows = self.page.locator("[data-finding]")
        return {
            row.get_attribute("data-finding") or "": row.get_attribute("data-state") or ""
            for row in rows.all()
        }

    def until(self, true: Callable[[], bool], seconds: float = 20) -> None:
        """Wait until *true* is."""
        for _ in range(int(seconds * 20)):
            if true():
                return
            self.page.wait_for_timeout(50)
        msg = f"It never came true. The room says: {self.said()!r}"
        raise AssertionError(msg)
