"""The chair prepares a case, a radiologist votes without the answer, the chair reveals it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from learning_room import prepared
from playwright.sync_api import Browser, Page, expect
from reader import Reader, focus, settled
from running import Server
from screens import DARK, LIGHT, see

pytestmark = pytest.mark.browser

POINT = "Look at the sagittal reformat of every scan."


@pytest.fixture
def served(drawn: Path, tmp_path: Path) -> Iterator[Server]:
    """A server over a hospital with a meeting to come."""
    data = prepared(Path(shutil.copytree(drawn, tmp_path / "data")), shown=False)
    server = Server(data).start()
    yield server
    server.stop()


def press(page: Page, words: str) -> None:
    """Press the button *words* by keyboard, once the page rests."""
    settled(page)
    focus(page.get_by_role("button", name=words, exact=True))
    page.keyboard.press("Enter")


def choose(page: Page, question: str, answer: str) -> None:
    """Type *answer* into the list that is called *question*, and take it."""
    box = page.get_by_role("combobox", name=question)
    focus(box)
    page.keyboard.type(answer)
    expect(page.get_by_role("option")).to_have_text([answer])
    page.keyboard.press("Enter")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(box).to_have_value(answer)


def at_the_table(chromium: Browser, server: Server, role: str) -> Page:
    page = chromium.new_context(viewport={"width": 1366, "height": 900}).new_page()
    page.set_default_timeout(30_000)
    Reader(page, server.address).sign_in(role, "/realm")
    expect(page.get_by_role("heading", name="REALM", exact=True)).to_be_visible()
    settled(page)
    return page


def test_a_case_is_redacted_voted_on_revealed_and_learnt_from(
    chromium: Browser, served: Server, shots: Path
) -> None:
    chair = at_the_table(chromium, served, "REALM chair")
    reader = at_the_table(chromium, served, "Radiologist")
    expect(reader.get_by_text("No case of this meeting is shown yet")).to_be_visible()

    press(chair, "Open the identity")
    told = chair.get_by_role("textbox", name="Excerpt of the report, redacted")
    told.fill("Lungs clear. No bony abnormality.")
    chair.get_by_role("textbox", name="Clinical question, redacted").fill("Cough.")
    press(chair, "Release the case")
    expect(chair.get_by_text("Read both texts and say so")).to_be_visible()
    focus(chair.get_by_role("checkbox", name="I read both texts"))
    chair.keyboard.press("Space")
    press(chair, "Release the case")
    expect(chair.get_by_text("Redaction checked by c.chair")).to_be_visible()
    press(chair, "Open for votes")
    expect(chair.get_by_text("written to before the case is shown")).to_be_visible()
    focus(chair.locator("summary").filter(has_text="Write to the radiologist"))
    chair.keyboard.press("Enter")
    press(chair, "Note it")
    expect(chair.get_by_text("Radiologist: written to on")).to_be_visible()
    press(chair, "Open for votes")
    expect(chair.get_by_text("voted so far")).to_be_visible()

    press(reader, "Look again")
    expect(reader.get_by_text("Question: Cough.")).to_be_visible()
    settled(reader)
    assert "No bony abnormality" not in reader.content()
    assert "The AI flagged" not in reader.content()
    for name, look in (("light", LIGHT), ("dark", DARK)):
        see(reader, look)
        reader.screenshot(path=shots / f"realm-vote-{name}.png", full_page=True)
    press(reader, "Vote")
    expect(reader.get_by_text("Say whether there is a fracture")).to_be_visible()
    choose(reader, "Is there a fracture?", "Not sure")
    choose(reader, "Would you report it?", "I do not know")
    press(reader, "Vote")
    expect(reader.get_by_text("You voted.")).to_be_visible()

    press(chair, "Reveal the answer")
    expect(chair.get_by_role("textbox", name="Learning point 1")).to_be_visible()
    press(reader, "Look again")
    expect(reader.get_by_text("No bony abnormality")).to_be_visible()
    expect(reader.get_by_text("1 voted: too few to tell how")).to_be_visible()

    settled(chair)
    chair.get_by_role("textbox", name="Learning point 1").fill(POINT)
    press(chair, "Close the case")
    expect(chair.get_by_role("button", name="Open it again")).to_be_visible()
    press(reader, "Look again")
    expect(reader.get_by_text(POINT).first).to_be_visible()
    reader.screenshot(path=shots / "realm-answer.png", full_page=True)
    for page in (chair, reader):
        page.context.close()
