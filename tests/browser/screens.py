"""Every screen of the product, and what is measured on it in the page itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from playwright.sync_api import Browser, Page
from reader import ROOM, Reader
from running import Server

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LEAD, COORDINATOR, ADMIN = "Metabolic bone lead", "FLS coordinator", "System administrator"


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen: who sees it, where, and which keys lead to it.

    Attributes:
        settled: What is there once the screen is.
        title: How the browser names it.
    """

    name: str
    role: str
    path: str
    settled: str
    title: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """Light or dark, at one size of the window in CSS pixels."""

    scheme: Literal["light", "dark"]
    width: int
    height: int


SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LOOKS = tuple(
    Look(scheme, width, height)
    for scheme in SCHEMES
    for width, height in ((1366, 768), (1920, 1080), (683, 384))
)
"""The last size is the first one enlarged to 200 %."""

ROWS = "table tbody tr[data-id]"
SEEN = f"{ROOM}[data-ready='true']:not([data-painted=''])"
SCREENS = (
    Screen("sign in", "", "/sign-in", "button", "Sign in"),
    Screen("worklist", LEAD, "/worklist", ROWS, "Worklist"),
    Screen("review", LEAD, "/review?case={case}", SEEN, "Review"),
    Screen("straightened", LEAD, "/review?case={case}", SEEN, "Review", ("v",)),
    Screen("points", LEAD, "/review?case={case}", SEEN, "Review", ("p",)),
    Screen("rejecting", LEAD, "/review?case={case}", SEEN, "Review", ("x",)),
    Screen("unknown case", LEAD, "/review?case=c_0", ".vcf-refusal:not([hidden])", "Review"),
    Screen("looking only", COORDINATOR, "/review?case={case}", SEEN, "Review"),
    Screen("alerts", LEAD, "/alerts", "h1", "Alerts"),
    Screen("referrals", COORDINATOR, "/referrals", "table", "Referrals"),
    Screen("rates", LEAD, "/rates", ".js-plotly-plot .main-svg", "Rates"),
    Screen("trail", ADMIN, "/trail", ".vcf-plain td", "Trail"),
    Screen("system", ADMIN, "/system", ".vcf-plain td", "System"),
)


class House:
    """One server, and one window for each person who walks through its screens."""

    def __init__(self, chromium: Browser, server: Server) -> None:
        self.chromium = chromium
        self.server = server
        self.pages: dict[str, Page] = {}
        self.complaints: list[str] = []
        self.case = ""
        self.page(LEAD).wait_for_selector(ROWS)
        self.case = self.page(LEAD).locator(ROWS).first.get_attribute("data-id") or ""

    def page(self, role: str) -> Page:
        """The window of *role*, signed in."""
        if role not in self.pages:
            page = self.chromium.new_context().new_page()
            page.set_default_timeout(30_000)
            page.on("console", lambda said: self.complaints.append(said.text))
            if role:
                Reader(page, self.server.address).sign_in(role)
            self.pages[role] = page
        return self.pages[role]

    def open(self, screen: Screen) -> Page:
        """*screen* in the window of whoever sees it, quiet after all its changes."""
        page = self.page(screen.role)
        see(page, LOOKS[0])
        page.goto(self.server.address + screen.path.format(case=self.case))
        page.wait_for_selector(screen.settled)
        for key in screen.keys:
            page.keyboard.press(key)
        quiet(page)
        return page

    def close(self) -> None:
        """Close every window."""
        for page in self.pages.values():
            page.context.close()


def see(page: Page, look: Look, *, still: bool = False) -> None:
    """Look at *page* in another light or size, or as somebody who asked for stillness."""
    page.set_viewport_size({"width": look.width, "height": look.height})
    motion = "reduce" if still else "no-preference"
    page.emulate_media(color_scheme=look.scheme, reduced_motion=motion)


def quiet(page: Page) -> None:
    """Wait until nothing of *page* has changed for a tenth of a second."""
    page.evaluate(
        """() => new Promise((done) => {
            const end = () => { watch.disconnect(); done(); };
            let timer = setTimeout(end, 100);
            const watch = new MutationObserver(() => {
              clearTimeout(timer);
              timer = setTimeout(end, 100);
            });
            watch.observe(document, { subtree: true, childList: true, attributes: true });
            setTimeout(end, 5000);
        })"""
    )


def complaints_of_axe(page: Page, within: str = "html") -> Iterator[str]:
    """What axe-core finds wrong: rule, element, and what is to be mended.

    It is put in by the debugger, past the content policy, which stays as it is.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found = page.evaluate(
        "([within, tags]) => axe.run(within,"
        " { runOnly: tags, resultTypes: ['violations'], preload: false })",
        [within, TAGS],
    )
    for violation in found["violations"]:
        for node in violation["nodes"]:
            where = f"{node['target']} {node['html'][:120]}"
            yield f"{violation['id']}: {where} {node['failureSummary']}"
