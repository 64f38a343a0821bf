"""Forty decisions in a breath, and a server killed in the middle of them."""

import json
import random
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from reader import Reader
from running import Server, run

pytestmark = pytest.mark.browser


def kept(data: Path) -> list[tuple[str, int, str, str]]:
    """Every decision in the record: case, version, deed, act."""
    with sqlite3.connect(data / "record.db") as record:
        query = "SELECT case_id, version, deed, act FROM decision ORDER BY case_id, version"
        return list(record.execute(query))


def test_forty_decisions_twenty_milliseconds_apart_are_forty_decisions(
    server: Server, page: Page
) -> None:
    reader = Reader(page, server.address)
    reader.sign_in("Metabolic bone lead")
    reader.open_first_case()
    case = reader.attribute("data-case")
    first = next(iter(reader.states()))
    for number in range(40):
        reader.press("u" if number % 2 else "a")
        page.wait_for_timeout(20)
    reader.saved()
    found = kept(server.data)
    assert [(c, version) for c, version, _, _ in found] == [(case, n) for n in range(1, 41)]
    assert [deed for _, _, deed, _ in found] == ["confirm", "unsure"] * 20
    assert reader.states()[first] == "unsure"
    reader.press("Enter")
    reader.moved_from(case)
    reader.saved()
    assert kept(server.data)[40][1:3] == (41, "close")
    with sqlite3.connect(server.data / "record.db") as record:
        (named,) = record.execute("SELECT DISTINCT stack FROM decision").fetchall()
        shown = record.execute(
            "SELECT stack FROM series JOIN review_case USING (scan_id) WHERE review_case.id = ?",
            (case,),
        ).fetchall()
    assert [named] == shown, "each decision names the picture it was made on"


def test_four_quick_presses_of_next_and_accept_decide_nothing_unseen(
    server: Server, page: Page
) -> None:
    reader = Reader(page, server.address)
    reader.sign_in("Metabolic bone lead")
    reader.open_first_case()
    first = reader.attribute("data-case")
    for _ in range(4):
        reader.press("n", "a")
    reader.moved_from(first)
    page.wait_for_timeout(500)  # what must not be sent would be under way by now
    reader.saved()
    assert kept(server.data) == []


def test_every_acknowledged_decision_outlives_a_kill(server: Server, page: Page) -> None:
    acknowledged: set[str] = set()

    def note(answer: object) -> None:
        if getattr(answer, "url", "").endswith("/api/decisions") and answer.status == 200:  # type: ignore[attr-defined]
            acknowledged.add(json.loads(answer.request.post_data)["act"])  # type: ignore[attr-defined]

    page.on("response", note)
    reader = Reader(page, server.address)
    reader.sign_in("Metabolic bone lead")
    reader.open_first_case()
    case = reader.attribute("data-case")
    chance = random.Random(7)
    pressed = 0
    for _ in range(3):
        for number in range(chance.randint(8, 15)):
            reader.press("u" if pressed % 2 else "a")
            pressed += 1
            page.wait_for_timeout(20)
            if number == 6:
                server.kill()
        before = {act for _, _, _, act in kept(server.data)}
        assert acknowledged <= before
        reader.until(lambda: reader.attribute("data-saved") == "not saved")
        server.start()
        reader.until(lambda: reader.attribute("data-saved") == "saved", 60)
        # The page's own notice of the lost connection goes, and the keys work again.
        expect(page.get_by_role("dialog")).to_have_count(0, timeout=60_000)
        expect(page.locator(".vcf-stage")).to_be_focused(timeout=30_000)
    server.kill()
    reader.press("Enter")  # closed on the screen, the next case before the reader
    pressed += 1
    reader.until(lambda: reader.attribute("data-case") != case)
    reader.until(lambda: reader.attribute("data-saved") == "not saved")
    server.start()
    reader.until(lambda: reader.attribute("data-saved") == "saved", 60)
    found = kept(server.data)
    assert [version for _, version, _, _ in found] == list(range(1, pressed + 1))
    assert {c for c, _, _, _ in found} == {case}
    assert found[-1][2] == "close"
    assert acknowledged <= {act for _, _, _, act in found}
    assert "continues the one before" in run(server.data, "trail", "verify").stdout
