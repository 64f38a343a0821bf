"""What others do meanwhile: withdrawn, read twice, numbered anew, told; three people."""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from queues import deeds, holder
from reader import Reader
from running import Server, run
from screens import faults

pytestmark = pytest.mark.browser

SIZE = {"width": 1366, "height": 768}
NAMES = ("Anna Lead", "Ben Second", "Cara Third")
MALIGNANT, BY_SCHEUERMANN = "h", "5"


@pytest.fixture(scope="module")
def queue_of_three(queued: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over the queue, where a third person works too."""
    data = Path(shutil.copytree(queued, tmp_path_factory.mktemp("meanwhile") / "data"))
    assert run(data, "staff", "add", "c.lead", "Cara Third", "METABOLIC_LEAD").returncode == 0
    running = Server(data).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def people(chromium: Browser, queue_of_three: Server) -> Iterator[list[Reader]]:
    """Three people signed in, each in a browser of their own."""
    found = []
    for name in NAMES:
        page = chromium.new_context(viewport=SIZE).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(30_000)
        found.append(Reader(page, queue_of_three.address))
        found[-1].sign_in(name)
    yield found
    for reader in found:
        reader.page.context.close()


@pytest.fixture(scope="module")
def cases(queue_of_three: Server) -> Iterator[str]:
    """A case that no other test has touched, each time another."""
    with sqlite3.connect(queue_of_three.data / "record.db") as record:
        rows = record.execute("SELECT id FROM review_case ORDER BY id DESC").fetchall()
    return (case for (case,) in rows)


def at(reader: Reader, case: str) -> Reader:
    """*reader* before *case*, long enough to decide."""
    reader.page.goto(f"{reader.address}/review?case={case}")
    reader.seen()
    return reader


def ended(reader: Reader, words: str, because: str) -> None:
    """End the case on the screen by the choice *words*, with a reason."""
    reader.press(".")
    option = reader.page.locator(".vcf-option", has_text=words)
    reader.press(option.locator("kbd").inner_text())
    field = reader.page.locator(".vcf-words-field")
    expect(field).to_be_focused()
    reader.page.keyboard.type(because)
    expect(field).to_have_value(because)
    reader.press("Enter")


def held_by(server: Server, case: str, reader: Reader, handle: str) -> None:
    """Wait until the server knows that *handle*, or nobody, works on *case*."""
    reader.until(lambda: holder(server.data, case) == handle)


def text_of(reader: Reader) -> str:
    """Every word of the room."""
    return reader.page.locator(".vcf-room").inner_text()


def test_a_case_withdrawn_by_another_says_so_and_n_goes_on(
    queue_of_three: Server, people: list[Reader], cases: Iterator[str], shots: Path
) -> None:
    case = next(cases)
    anna = at(people[0], case)
    held_by(queue_of_three, case, anna, "a.lead")
    ben = at(people[1], case)
    expect(ben.page.get_by_text("Being read by Anna Lead").first).to_be_visible()
    ben.press(".")
    offered = ben.page.locator(".vcf-option")
    expect(offered).to_have_count(1)  # of what another holds only the claim can be ended
    expect(offered).to_contain_text("Take it over")
    ben.press("Escape")
    ended(ben, "Take it over", "She has gone home")
    expect(ben.page.get_by_text("Being read by Anna Lead")).to_have_count(0)
    ben.says("The case is yours now.")
    ended(ben, "Withdraw", "Another patient's scan")
    ben.moved_from(case)
    ben.saved()
    anna.press("a")
    both = anna.page.locator(".vcf-versions")
    expect(both).to_contain_text("Ben Second changed this case")
    expect(both).to_contain_text("The case was withdrawn")
    anna.seen()
    anna.press("g")
    anna.says("Choose with a digit, or go on with N")
    anna.page.screenshot(path=shots / "withdrawn.png")
    assert faults(anna.page) == []
    anna.press("n")
    anna.moved_from(case)
    assert deeds(queue_of_three.data, case) == ["withdraw"]


def test_two_readers_differ_unknown_to_each_other_and_a_third_closes_with_words(
    queue_of_three: Server, people: list[Reader], cases: Iterator[str], shots: Path
) -> None:
    case = next(cases)
    anna, ben, cara = people
    at(anna, case).press("a")
    ended(anna, "Second opinion", "Fracture or Scheuermann's?")
    anna.moved_from(case)
    anna.saved()
    held_by(queue_of_three, case, anna, "")
    at(ben, case)
    assert list(ben.states().values()) == ["flagged"]
    for word in ("Anna", "opinion", "confirmed"):
        assert word not in text_of(ben)
    ben.press("x", BY_SCHEUERMANN, "Enter")
    ben.moved_from(case)
    ben.saved()
    held_by(queue_of_three, case, ben, "")
    at(cara, case)
    versions = cara.page.locator(".vcf-reader")
    expect(versions).to_have_count(2)
    said = " ".join(versions.all_inner_texts())
    assert "confirmed" in said
    assert "rejected: Scheuermann's disease" in said
    assert not {word for word in ("Anna", "Ben") if word in text_of(cara)}
    cara.page.screenshot(path=shots / "adjudication.png")
    assert faults(cara.page) == []
    cara.press("a", "Enter", "Enter")
    cara.says("needs a few words")
    expect(cara.page.locator(".vcf-words-field")).to_be_focused()
    cara.page.keyboard.type("The end-plate is broken")
    cara.press("Enter")
    cara.moved_from(case)
    cara.saved()
    at(cara, case)
    ended(cara, "Reopen", "A later MRI shows no oedema")
    cara.saved()
    cara.says("Reopened.")
    done = ["confirm", "second_opinion", "reject", "close", "confirm", "close", "reopen"]
    assert deeds(queue_of_three.data, case) == done


def test_what_is_described_and_numbered_outlives_a_reload_and_is_taken_back_in_turn(
    people: list[Reader], cases: Iterator[str], shots: Path
) -> None:
    anna = at(people[0], next(cases))
    page = anna.page
    level = page.locator("[data-finding]").first
    before = level.get_attribute("data-level") or ""
    lower = f"L{int(before[1:]) + 1}"
    anna.press("d", "1", "2", "Enter")  # an end-plate broken, chronic features
    anna.saved()
    expect(page.locator(".vcf-findings")).to_contain_text("End-plate broken; chronic features")
    page.context.set_offline(True)
    anna.press("j", "3", "4", "1", "Enter")  # one down, from the sacrum, certain
    expect(page.locator(".vcf-pairs")).to_contain_text("being moved: those shown are still the old")
    anna.press("m")
    anna.says("labels are being moved")
    page.context.set_offline(False)
    anna.saved()
    page.screenshot(path=shots / "numbered.png")
    expect(level).to_have_attribute("data-level", lower)
    page.reload()
    anna.seen()
    expect(level).to_have_attribute("data-level", lower)
    expect(page.locator(".vcf-pairs")).to_contain_text("labels moved down by 1")
    anna.press("z")
    expect(level).to_have_attribute("data-level", before)
    anna.saved()
    anna.press("z")
    expect(page.locator(".vcf-findings")).not_to_contain_text("End-plate broken")
    anna.saved()


def test_on_a_clock_three_hours_fast_the_alert_is_told_at_the_server_s_time(
    queue_of_three: Server, chromium: Browser, cases: Iterator[str], shots: Path
) -> None:
    page = chromium.new_context(viewport=SIZE).new_page()  # type: ignore[arg-type]
    page.clock.install(time=datetime.now(UTC) + timedelta(hours=3))
    anna = Reader(page, queue_of_three.address)
    case = next(cases)
    anna.sign_in("Anna Lead", f"/review?case={case}")
    anna.seen()
    anna.press("x", MALIGNANT)
    expect(page.locator(".vcf-urgent")).to_contain_text("Malignant fracture suspected, raised")
    anna.press(";")
    expect(page.locator(".vcf-form")).to_contain_text("clock is 3 h fast; the server's time")
    page.keyboard.type("On-call oncology, by phone")
    page.screenshot(path=shots / "told.png")
    assert faults(page) == []
    anna.press("Enter")
    expect(page.locator(".vcf-alerts")).to_contain_text("told: On-call oncology, by phone")
    anna.saved()
    page.context.close()
    with sqlite3.connect(queue_of_three.data / "record.db") as record:
        ((told,),) = record.execute("SELECT told_at FROM alert WHERE case_id = ?", (case,))
    off = datetime.now(UTC) - datetime.fromisoformat(told).replace(tzinfo=UTC)
    assert abs(off) < timedelta(minutes=10)
