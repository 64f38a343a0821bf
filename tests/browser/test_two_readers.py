"""Two people on one queue, each in a browser of their own: nothing is decided twice."""

import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from reader import Reader
from running import Server

pytestmark = pytest.mark.browser


def closings(data: Path) -> list[tuple[str, str]]:
    """Case and person of every closing in the record."""
    with sqlite3.connect(data / "record.db") as record:
        query = "SELECT case_id, actor FROM decision WHERE deed = 'close'"
        return list(record.execute(query))


def worked_off(readers: list[Reader], rounds: int = 50) -> None:
    """Both accept and close whatever they may, until nobody has anything left."""
    done: set[int] = set()
    for _ in range(rounds):
        for number, reader in enumerate(readers):
            if number not in done and _one_step(reader):
                done.add(number)
        if len(done) == len(readers):
            return
    msg = "The queue was never empty."
    raise AssertionError(msg)


def _one_step(reader: Reader) -> bool:
    """One case further; whether there is none left for this reader."""
    while True:
        reader.seen()
        if reader.page.locator(".vcf-versions:visible").count():
            reader.press("1")  # the other came first: that stands
        elif reader.page.locator(".vcf-readonly").count():
            if _gone_on(reader):  # the other has it
                return True
        else:
            break
    reader.press("a", "Enter")
    return _nothing_left(reader)


def _gone_on(reader: Reader) -> bool:
    """Whether no other case is left; else the next one is on the screen."""
    case = reader.attribute("data-case")
    for _ in range(100):  # a press that came too early was refused in words: again
        reader.press("n")
        reader.page.wait_for_timeout(200)
        if reader.attribute("data-case") not in {"", case}:
            return False
        if _nothing_left(reader):
            return True
    msg = f"N does not go on. The room says: {reader.said()!r}"
    raise AssertionError(msg)


def _nothing_left(reader: Reader) -> bool:
    reader.page.wait_for_timeout(60)
    return "No other scan is waiting" in reader.said()


def test_two_people_on_one_queue_decide_nothing_twice(
    queue: Server, page: Page, chromium: Browser
) -> None:
    second = chromium.new_context(viewport={"width": 1366, "height": 768}).new_page()
    readers = [Reader(page, queue.address), Reader(second, queue.address)]
    for reader, name in zip(readers, ("Anna Lead", "Ben Second"), strict=True):
        reader.sign_in(name)
        reader.open_first_case()
    worked_off(readers)
    for reader in readers:
        reader.saved()
    found = closings(queue.data)
    second.context.close()
    assert len(found) == len({case for case, _ in found}) == 12
    assert {by for _, by in found} == {"a.lead", "b.lead"}
