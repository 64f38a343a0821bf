"""Claims over a real server: who works on a case is seen, kept to, and ends."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Barrier

import httpx
import pytest
from arriving import a_scan
from clerk import Clerk
from running import Server

from store import arrivals
from store.domain.arrival import AiFinding, AiResult, Ending
from store.domain.people import INTAKE
from store.domain.spine import Level
from store.engine import open_engine
from store.unit import Unit

QUEUE = 40


@pytest.fixture
def other(server: Server) -> Iterator[Clerk]:
    with Clerk(server, "b.lead") as clerk:
        yield clerk


def trail(server: Server) -> list[str]:
    """The actions on claims, the oldest first."""
    with sqlite3.connect(server.data / "record.db") as record:
        rows = record.execute("SELECT action FROM trail ORDER BY seq").fetchall()
    return [action for (action,) in rows if action.startswith("claim.")]


def confirm(clerk: Clerk, case: dict) -> httpx.Response:  # type: ignore[type-arg]  # JSON
    finding = case["findings"][0]
    level = {} if finding["level"] else {"level": "L1"}
    act = clerk.act(case["case"], case["version"], "confirm", finding=finding["id"], **level)
    return clerk.post({**act, "grade": 2})


def test_a_taken_case_is_named_to_others_and_kept_from_them(lead: Clerk, other: Clerk) -> None:
    name = lead.cases()[0]
    taken = lead.claim(name)
    assert taken.status_code == 200
    mine = taken.json()["claim"]
    assert (mine["by"], mine["mine"]) == ("Anna Lead", True)
    assert 1190 <= mine["seconds_left"] <= 1200
    theirs = other.case(name)
    assert (theirs["claim"]["by"], theirs["claim"]["mine"]) == ("Anna Lead", False)
    refused = other.claim(name)
    assert refused.status_code == 409
    assert refused.json()["claim"]["by"] == "Anna Lead"
    assert "Anna Lead works on this case" in refused.json()["error"]
    answer = confirm(other, theirs)
    assert answer.status_code == 409
    assert "Anna Lead works on this case" in answer.json()["error"]
    assert answer.json()["case"]["claim"]["by"] == "Anna Lead"
    assert confirm(lead, lead.case(name)).status_code == 200


def test_a_case_fetched_ahead_is_claimed_by_nobody(lead: Clerk, other: Clerk) -> None:
    name = lead.cases()[0]
    lead.http.get(f"/api/cases/{name}", headers={**lead.ticket(name), "X-Ahead": "1"})
    lead.case(name)
    assert other.case(name)["claim"] is None
    assert trail(lead.server) == []


def test_what_others_hold_is_not_offered_next(lead: Clerk, other: Clerk) -> None:
    first, second, third = lead.cases()
    after = other.case(first)["next"]["case"]
    left = ({second, third} - {after}).pop()
    assert lead.claim(after).is_success
    assert other.case(first)["next"]["case"] == left
    assert lead.case(first)["next"]["case"] == after
    assert lead.claim(after, "release").json() == {"claim": None}
    assert other.case(first)["next"]["case"] == after


def test_a_case_is_taken_over_with_a_reason_only(lead: Clerk, other: Clerk) -> None:
    name = lead.cases()[0]
    lead.claim(name)
    assert other.claim(name, "break").status_code == 422
    taken = other.claim(name, "break", text="She has gone home")
    assert taken.json()["claim"]["by"] == "Ben Lead"
    renewed = lead.claim(name, "renew")
    assert renewed.status_code == 409
    assert "took this case over from you (“She has gone home”)" in renewed.json()["error"]
    assert trail(lead.server) == ["claim.taken", "claim.broken"]


def test_closing_lets_go_of_the_case(lead: Clerk, other: Clerk) -> None:
    name = lead.cases()[0]
    lead.claim(name)
    now = confirm(lead, lead.case(name)).json()["case"]
    assert now["claim"]["mine"]
    closed = lead.post(lead.act(name, now["version"], "close")).json()["case"]
    assert (closed["state"], closed["claim"]) == ("closed", None)
    assert other.case(name)["claim"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"case": "c", "do": "steal"},
        {"case": "c", "do": "take", "more": 1},
        {"case": "c", "do": "break", "text": "x" * 2001},
        [],
    ],
)
def test_a_body_that_is_no_claim_is_refused_in_words(lead: Clerk, body: object) -> None:
    answer = lead.http.post("/api/claims", json=body, headers=lead.ticket("c"))
    assert answer.status_code == 422
    assert "not understood" in answer.json()["error"]


def test_a_claim_needs_the_ticket_of_its_case_and_a_role_that_reviews(
    server: Server, lead: Clerk
) -> None:
    one, two = lead.cases()[:2]
    body = {"case": one, "do": "take"}
    assert lead.http.post("/api/claims", json=body, headers=lead.ticket(two)).status_code == 401
    assert lead.http.post("/api/claims", json=body).status_code == 401
    with Clerk(server, "f.coord") as coordinator:
        assert coordinator.claim(one).status_code == 403
    assert lead.case(one)["claim"] is None


def a_queue(data: Path) -> None:
    """Flagged scans, more than the invented hospital has."""
    engine = open_engine(f"sqlite:///{data / 'record.db'}")
    with Unit(engine, INTAKE) as unit:
        for n in range(QUEUE):
            header = a_scan(n)
            arrivals.receive_series(unit, header, arrivals.Picture(None, {}, {}, refusal="None."))
            flag = AiFinding(Level.L1, loss=0.32, formula="")
            result = AiResult(
                product="Product",
                version="1",
                ending=Ending.POSITIVE,
                findings=(flag,),
                format="JSON",
                digest=sha256(f"result {n}".encode()).hexdigest(),
                study_uid=header.study_uid,
            )
            arrivals.receive_result(unit, result)
    engine.dispose()


def worked(clerk: Clerk, start: Barrier) -> Counter[str]:
    """One person's way through the queue as the viewer goes it; what each answer was."""
    answers: Counter[str] = Counter()
    here: str | None = clerk.cases()[0]
    start.wait()
    while here:
        if clerk.claim(here).is_success:
            case = clerk.case(here)
            answers[f"confirm {confirm(clerk, case).status_code}"] += 1
            done = clerk.post(clerk.act(here, case["version"] + 1, "close"))
            answers[f"close {done.status_code}"] += 1
        after = clerk.case(here)["next"]
        here = after and after["case"]
    return answers


def test_two_browsers_on_one_queue_decide_every_case_once(data: Path) -> None:
    a_queue(data)
    server = Server(data).start()
    try:
        with Clerk(server, "a.lead") as one, Clerk(server, "b.lead") as two:
            start = Barrier(2)
            with ThreadPoolExecutor(2) as pool:
                said = list(pool.map(lambda clerk: worked(clerk, start), (one, two)))
            queue = one.cases()
    finally:
        server.stop()
    total = len(queue)
    assert total == QUEUE + 3
    assert said[0] + said[1] == Counter({"confirm 200": total, "close 200": total})
    assert all(said), "both had work"
    with sqlite3.connect(data / "record.db") as record:
        deeds = record.execute("SELECT case_id, deed FROM decision").fetchall()
    assert Counter(deeds) == {(case, deed): 1 for case in queue for deed in ("confirm", "close")}
