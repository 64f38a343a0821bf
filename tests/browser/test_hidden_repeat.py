"""A hidden repeat is read like any case, and changes nothing of the case it repeats."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from playwright.sync_api import Page
from reader import Reader
from running import Server

from app.settings import Settings
from app.wiring import open_site
from store import cases, findings, rates, worklist
from store.domain.finding import Act, Decision, Deed
from store.domain.people import Person, Role
from store.domain.queue import Filters
from store.domain.reading import ReadPolicy
from store.unit import Unit

pytestmark = pytest.mark.browser

LEAD = Person("a.lead", "Anna Lead", Role.METABOLIC_LEAD)
AUDITOR = Person("d.audit", "Dan Audit", Role.AUDIT_LEAD)
EVERY = ReadPolicy(share=0.0, doubtful=False, repeat_share=1.0)


def due(data: Path) -> str:
    """The case the lead rejected a month ago, and is to read again unknowingly."""
    site = open_site(Settings(data))
    old, last = (line.key.id for line in site.ask(LEAD, worklist.page, Filters()).lines[-2:])
    now = datetime.now(UTC)
    with patch("store._repeats.BETWEEN", 1):
        for case, at in ((old, now - timedelta(days=30)), (last, now)):
            for deed, code in ((Deed.REJECT, "HAEMANGIOMA"), (Deed.CLOSE, "")):
                shown = site.ask(LEAD, cases.case, case)
                about = shown.findings[0].id if code else None
                act = Act(str(uuid4()), case, shown.version, about, Decision(deed, code=code))
                with Unit(site.engine, LEAD, at) as unit:
                    findings.decide(unit, act, EVERY)
    site.engine.dispose()
    return old


def known(data: Path, case: str) -> list[Any]:
    """All that the record holds of *case* but its repeat, and the rates."""
    questions = (
        "SELECT * FROM review_case WHERE id = ?",
        "SELECT * FROM finding WHERE case_id = ? AND reading < 10 ORDER BY id",
        "SELECT * FROM reading WHERE case_id = ? AND number < 10 ORDER BY number",
        "SELECT * FROM decision WHERE case_id = ? AND reading < 10 ORDER BY rowid",
        "SELECT * FROM referral WHERE case_id = ?",
    )
    with sqlite3.connect(data / "record.db") as record:
        held = [record.execute(question, (case,)).fetchall() for question in questions]
    site = open_site(Settings(data))
    held.append(site.ask(AUDITOR, rates.funnel))
    site.engine.dispose()
    return held


def test_a_repeat_is_two_keys_and_its_case_stays_as_it_was(queue: Server, page: Page) -> None:
    old = due(queue.data)
    before = known(queue.data, old)
    with sqlite3.connect(queue.data / "record.db") as record:
        ((repeat,),) = record.execute("SELECT id FROM repeat").fetchall()
    reader = Reader(page, queue.address)
    reader.sign_in("Anna Lead")
    reader.open_first_case()
    assert repeat not in page.content()
    first = reader.attribute("data-case")
    reader.press("n")
    reader.moved_from(first)
    assert reader.attribute("data-case") == repeat
    assert list(reader.states().values()) == ["flagged"]
    reader.press("a", "Enter")
    reader.moved_from(repeat)
    reader.saved()
    with sqlite3.connect(queue.data / "record.db") as record:
        again = record.execute(
            "SELECT deed FROM decision WHERE case_id = ? AND reading = 10 ORDER BY rowid", (old,)
        ).fetchall()
    assert [deed for (deed,) in again] == ["repeated", "confirm", "close"]
    assert known(queue.data, old) == before
