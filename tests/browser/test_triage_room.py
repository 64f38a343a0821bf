"""The triage room by keys: one to refer, two to exclude, one to undo; nobody overwrites anybody."""

from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from reader import Reader
from running import Server
from screens import DARK, LIGHT, complaints_of_axe, quiet, see

from app.settings import Settings
from app.wiring import Site, open_site
from store import cases, findings, triage, worklist
from store.domain.exclusion import Exclusion
from store.domain.finding import Act, Decision, Deed, State
from store.domain.genant import Grade
from store.domain.people import Person, Role
from store.domain.reading import ReadPolicy
from store.domain.report import Recommendation, ReportStatus
from store.domain.triage import Lane, Step

pytestmark = pytest.mark.browser

LEAD = Person("a.lead", "Anna Lead", Role.METABOLIC_LEAD)
OTHER = Person("g.coord", "Gil Coord", Role.FLS_COORD)
ONCE = ReadPolicy(share=0.0, doubtful=False)


def confirm_all(site: Site) -> None:
    """Confirm every flag of every case and compare it with its report."""
    for line in site.ask(LEAD, worklist.page, worklist.Filters()).lines:
        case = line.key.id
        for found in site.ask(LEAD, cases.case, case).findings:
            if found.state is State.FLAGGED:
                _do(site, case, Decision(Deed.CONFIRM, grade=Grade.MODERATE), found.id)
        said = {"status": ReportStatus.NOT_MENTIONED, "recommendation": Recommendation.NONE}
        _do(site, case, Decision(Deed.REPORT, **said))
        _do(site, case, Decision(Deed.CLOSE))


def _do(site: Site, case: str, decision: Decision, finding: str | None = None) -> None:
    version = site.ask(LEAD, cases.case, case).version
    site.submit(LEAD, findings.decide, Act(str(uuid4()), case, version, finding, decision), ONCE)


def exclude_meanwhile(site: Site, patient: str) -> None:
    """Another coordinator, elsewhere, excludes *patient*."""
    policy = site.settings.policy
    shown = site.ask(OTHER, triage.one, patient, policy)
    assert shown is not None
    asked = triage.Asked(
        str(uuid4()), patient, shown.version, Step.EXCLUDE, code=Exclusion.DEPENDENCY
    )
    site.submit(OTHER, triage.act, asked, policy)


def test_triage_by_keys(server: Server, page: Page, shots: Path) -> None:
    site = open_site(Settings(data=server.data))
    confirm_all(site)
    reader = Reader(page, server.address)
    reader.sign_in("FLS coordinator", "/referrals")
    rows, said = page.locator(".vcf-triage tbody tr[data-id]"), page.locator(".vcf-saying")
    here = page.locator("article[data-patient]")
    expect(page.locator(".vcf-triage")).to_have_attribute("data-lane", Lane.DECIDE)
    expect(rows).to_have_count(2)
    expect(page.locator("blockquote mark").first).to_be_visible()
    page.screenshot(path=shots / "triage.png")

    first = here.get_attribute("data-patient") or ""
    page.keyboard.press("a")
    expect(said).to_contain_text("refer")
    expect(rows).to_have_count(1)

    expect(here).not_to_have_attribute("data-patient", first)
    second = here.get_attribute("data-patient") or ""
    page.keyboard.press("x")
    expect(page.locator(".vcf-codes")).to_be_visible()
    page.screenshot(path=shots / "triage-exclude.png")
    page.keyboard.press("9")
    expect(page.locator(".vcf-fields button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(said).to_contain_text("has died")
    expect(rows).to_have_count(0)
    page.keyboard.press("z")
    expect(said).to_contain_text("undone: has died")
    expect(rows).to_have_count(1)

    _meet_a_conflict(page, site, second)
    for look in (LIGHT, DARK):
        see(page, look)
        quiet(page)
        page.screenshot(path=shots / f"triage-{look.scheme}.png")
        assert list(complaints_of_axe(page)) == []

    page.context.clear_cookies()
    reader.sign_in("Metabolic bone lead", "/referrals")
    expect(rows.first).to_be_visible()
    expect(page.get_by_role("button", name="Exclude")).to_have_count(0)


def _meet_a_conflict(page: Page, site: Site, patient: str) -> None:
    """Another coordinator is quicker: nothing is overwritten, and nothing typed is lost."""
    rows, said = page.locator(".vcf-triage tbody tr[data-id]"), page.locator(".vcf-saying")
    here = page.locator("article[data-patient]")
    page.keyboard.press("n")
    expect(here.locator("textarea")).to_be_focused()
    page.keyboard.type("asked the GP, r and c too")
    exclude_meanwhile(site, patient)
    page.keyboard.press("Escape")
    expect(page.locator(".vcf-triage")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator(".vcf-codes")).to_be_visible()
    page.keyboard.press("1")
    expect(said).to_contain_text("Gil Coord acted on this patient")
    expect(rows).to_have_count(0)
    shown = site.ask(OTHER, triage.one, patient, site.settings.policy)
    assert shown is not None
    assert shown.exclusions == (Exclusion.DEPENDENCY,), "nothing was overwritten"

    page.keyboard.press("5")
    expect(page.locator(".vcf-triage")).to_have_attribute("data-lane", Lane.NOT)
    expect(rows).to_contain_text("significant dependency")
    expect(here.locator("textarea")).to_have_value("asked the GP, r and c too")
