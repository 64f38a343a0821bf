"""Every screen of the product, and what is measured on it in the page itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from playwright.sync_api import Browser, Page
from reader import ROOM, Reader, settled
from running import Server

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LEAD, COORDINATOR, ADMIN = "Metabolic bone lead", "FLS coordinator", "System administrator"
CHAIR = "REALM chair"


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
SIZES = ((1366, 768), (683, 384), (1920, 1080))
"""The second size is the first one enlarged to 200 %."""
LIGHT, DARK = (Look(scheme, *SIZES[0]) for scheme in SCHEMES)

ROWS = "table tbody tr[data-id]"
SEEN = f"{ROOM}[data-ready='true']:not([data-painted=''])"
ROOM_OF = "/review?case={case}"
SCREENS = (
    Screen("sign in", "", "/sign-in", "button", "Sign in"),
    Screen("worklist", LEAD, "/worklist", ROWS, "Worklist"),
    Screen("review", LEAD, ROOM_OF, SEEN, "Review"),
    Screen("straightened", LEAD, ROOM_OF, SEEN, "Review", ("v",)),
    Screen("points", LEAD, ROOM_OF, SEEN, "Review", ("p",)),
    Screen("rejecting", LEAD, ROOM_OF, SEEN, "Review", ("x",)),
    Screen("preview", LEAD, ROOM_OF, SEEN, "Review", ("/",)),
    Screen("unknown case", LEAD, "/review?case=c_0", ".vcf-refusal:not([hidden])", "Review"),
    Screen("looking only", COORDINATOR, ROOM_OF, SEEN, "Review"),
    Screen("alerts", LEAD, "/alerts", "h1", "Alerts"),
    Screen("held", COORDINATOR, "/held", "h1", "Held"),
    Screen("referrals", COORDINATOR, "/referrals", "table", "Referrals"),
    Screen("outcomes", COORDINATOR, "/outcomes", ".vcf-plain td", "Outcomes"),
    Screen("patients", COORDINATOR, "/patients", "h1", "Patients"),
    Screen("opt-outs", COORDINATOR, "/opt_outs", "table", "Opt-outs"),
    Screen("discrepancies", LEAD, "/discrepancies", "table", "Discrepancies"),
    Screen("meeting", LEAD, "/realm", "form, [data-testid=stForm]", "REALM"),
    Screen("chair's desk", CHAIR, "/realm", ".vcf-plain td", "REALM"),
    Screen("rates", LEAD, "/rates", ".js-plotly-plot .main-svg", "Rates"),
    Screen("trail", ADMIN, "/trail", ".vcf-plain td", "Trail"),
    Screen("arrivals", ADMIN, "/arrivals", ".js-plotly-plot .main-svg", "Arrivals"),
    Screen("system", ADMIN, "/system", ".vcf-plain td", "System"),
)


def looks_of(screen: Screen) -> tuple[Look, ...]:
    """How *screen* is looked at: in both lights and, light and dark by turns, in every size.

    Over all screens each light meets each size, so that any two of screen, light and size meet
    once. What keys lead to is the same room again, which is not looked at in the largest size.
    """
    first = SCREENS.index(screen)
    sizes = SIZES[:2] if screen.keys else SIZES
    return tuple(Look(SCHEMES[(first + at) % 2], *size) for at, size in enumerate(sizes))


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
        see(page, LIGHT)
        page.goto(self.server.address + screen.path.format(case=self.case))
        page.wait_for_selector(screen.settled)
        if screen.role:
            settled(page)
        for key in screen.keys:
            page.keyboard.press(key)
        quiet(page)
        return page

    def room(self) -> Page:
        """The room in the lead's window with nothing unfolded, opened only when it is not there."""
        page = self.page(LEAD)
        if not page.url.endswith(ROOM_OF.format(case=self.case)):
            return self.open(next(one for one in SCREENS if one.path == ROOM_OF))
        see(page, LIGHT)
        page.keyboard.press("Escape")
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


def faults(page: Page) -> list[str]:
    """What axe-core finds wrong in *page* as it stands, by light and in the dark."""
    found = []
    for look in (LIGHT, DARK):
        see(page, look)
        quiet(page)
        found += [f"{look.scheme}: {one}" for one in complaints_of_axe(page)]
    see(page, LIGHT)
    return found
