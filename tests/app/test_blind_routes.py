"""Raw answers of a real server: nothing of a first reading is in them until the second is in."""

import json
from collections.abc import Iterator

import pytest
from clerk import Clerk
from running import Server, run

CANARY = "CANARYWORDS"
MARKS = (CANARY, "Anna Lead", "a.lead", "Haemangioma", "KNOWN_PRIOR", '"T3"', "8.185")
"""Words, reader, reason, report status, level and height that the first reading alone gives."""


@pytest.fixture
def clerks(server: Server) -> Iterator[dict[str, Clerk]]:
    """A second reader, a coordinator and the chair, signed in."""
    assert run(server.data, "staff", "add", "c.chair", "Cam Chair", "REALM_CHAIR").returncode == 0
    found = {handle: Clerk(server, handle) for handle in ("b.lead", "f.coord", "c.chair")}
    yield found
    for clerk in found.values():
        clerk.http.close()


def act(clerk: Clerk, case: str, kind: str, **fields: object) -> dict:  # type: ignore[type-arg]  # JSON
    """Do *kind* as *clerk* sees the case now; the case after it."""
    answer = clerk.post(clerk.act(case, clerk.case(case)["version"], kind, **fields))
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["case"])


def raw(clerk: Clerk, case: str) -> dict[str, str]:
    """Every answer of the routes of a case, without the fixed lists of choices."""
    ticket = clerk.ticket(case)
    get = [f"/api/cases/{case}", f"/api/cases/{case}/history", "/api/rates"]
    answers = {path: clerk.http.get(path, headers=ticket) for path in get}
    stale = clerk.act(case, 0, "unsure", finding="f_none")
    answers["/api/decisions"] = clerk.post(stale)
    taken = {"case": case, "do": "take", "text": ""}
    answers["/api/claims"] = clerk.http.post("/api/claims", json=taken, headers=ticket)
    clerk.http.post("/api/claims", json={**taken, "do": "release"}, headers=ticket)
    return {path: without_lists(answer.text) for path, answer in answers.items()}


def without_lists(text: str) -> str:
    try:
        said = json.loads(text)
    except ValueError:
        return text
    for case in (said, said.get("case")):
        if isinstance(case, dict):
            case.pop("lists", None)
            case.pop("measured", None)
    return json.dumps(said, ensure_ascii=False)


def leaks(answers: dict[str, str]) -> dict[str, list[str]]:
    found = {path: [mark for mark in MARKS if mark in text] for path, text in answers.items()}
    return {path: marks for path, marks in found.items() if marks}


def first_reading(lead: Clerk) -> str:
    case = next(c for c in map(lead.case, lead.cases()) if c["measured"] and c["findings"])
    here, finding = case["case"], case["findings"][0]["id"]
    act(lead, here, "reject", finding=finding, code="HAEMANGIOMA", text=CANARY)
    act(lead, here, "add", level="T3", grade=3, type="crush", text=CANARY)
    points = [[-15, -8.185], [-15, 8.185], [0, -12], [0, 12], [15, -12], [15, 12]]
    act(lead, here, "measure", level=next(iter(case["measured"])), points=points,
        stack=case["stack"])  # fmt: skip
    act(lead, here, "report_status", status="KNOWN_PRIOR", recommendation="none")
    assert act(lead, here, "second_opinion", text=CANARY)["state"] == "second read"
    return str(here)


def test_the_first_reading_is_in_no_answer_before_the_second_is_in_and_in_many_after(
    lead: Clerk, clerks: dict[str, Clerk]
) -> None:
    case = first_reading(lead)
    for handle, clerk in clerks.items():
        assert leaks(raw(clerk, case)) == {}, handle
    assert leaks(raw(lead, case)), "whoever read it sees their own reading"
    second = clerks["b.lead"]
    flag = second.case(case)["findings"][0]["id"]
    assert second.case(case)["reading"]["words"] == "Second reading, blind to the first"
    act(second, case, "reject", finding=flag, code="LIMBUS")
    act(second, case, "add", level="T3", grade=3)
    for handle in ("f.coord", "c.chair"):
        assert leaks(raw(clerks[handle], case)) == {}, handle
    assert act(second, case, "close")["state"] == "closed"
    for handle, clerk in clerks.items():
        found = leaks(raw(clerk, case))
        assert {mark for marks in found.values() for mark in marks} >= {
            *MARKS[:2], *MARKS[3:]
        }, handle  # fmt: skip


def test_the_story_of_a_case_names_each_step_once_it_is_closed(lead: Clerk) -> None:
    case = next(c for c in map(lead.case, lead.cases()) if c["findings"][0]["level"])
    here, level = case["case"], case["findings"][0]["level"]
    act(lead, here, "confirm", finding=case["findings"][0]["id"])
    act(lead, here, "close", seconds=40)
    act(lead, here, "reopen", text="wrong neighbour")
    answer = lead.http.get(f"/api/cases/{here}/history", headers=lead.ticket(here))
    said = [(line["who"], line["words"]) for line in answer.json()["lines"]]
    assert said[0] == ("Intake service", "The scan arrived.")
    assert said[1][1].startswith(f"Confirmed {level}, grade")
    assert said[2:] == [
        ("Anna Lead", "Closed the first reading after 40 s of work."),
        ("Anna Lead", "Opened the case again (“wrong neighbour”)."),
    ]
    other = next(c for c in lead.cases() if c != here)
    refused = lead.http.get(f"/api/cases/{here}/history", headers=lead.ticket(other))
    assert refused.status_code == 401
