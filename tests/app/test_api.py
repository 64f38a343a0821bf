"""The viewer's routes over a real server: one act, one decision, on the case that was painted."""

import sqlite3

import httpx
import pytest
from clerk import Clerk
from running import Server

from components.imaging import stack_file
from store.domain.people import MATRIX, Permission, Role


def with_level(clerk: Clerk) -> dict:  # type: ignore[type-arg]  # JSON
    return next(c for c in map(clerk.case, clerk.cases()) if c["findings"][0]["level"])


def test_a_decision_is_kept_and_answered_with_the_case_as_it_now_is(lead: Clerk) -> None:
    case = with_level(lead)
    finding = case["findings"][0]["id"]
    answer = lead.post(lead.act(case["case"], case["version"], "confirm", finding=finding))
    assert answer.status_code == 200
    now = answer.json()["case"]
    assert now["findings"][0]["state"] == "confirmed"
    assert now["version"] == case["version"] + 1
    assert lead.case(case["case"])["findings"] == now["findings"]


def test_a_confirmation_takes_the_grade_that_stood_on_the_button(lead: Clerk) -> None:
    case = with_level(lead)
    finding = case["findings"][0]
    answer = lead.post(lead.act(case["case"], case["version"], "confirm", finding=finding["id"]))
    now = answer.json()["case"]["findings"][0]
    assert (now["grade"], now["type"]) == (finding["offered"]["grade"], finding["offered"]["type"])


def test_the_same_act_twice_is_one_decision(lead: Clerk) -> None:
    case = with_level(lead)
    act = lead.act(case["case"], case["version"], "unsure", finding=case["findings"][0]["id"])
    answers = [lead.post(act).json()["case"]["version"] for _ in range(3)]
    assert answers == [case["version"] + 1] * 3


def test_a_case_that_moved_on_is_refused_with_who_moved_it(server: Server, lead: Clerk) -> None:
    case = with_level(lead)
    finding = case["findings"][0]["id"]
    with Clerk(server, "b.lead") as other:
        stale = other.act(case["case"], case["version"], "reject", finding=finding, code="DEGEN")
        assert lead.post(
            lead.act(case["case"], case["version"], "confirm", finding=finding)
        ).is_success
        answer = other.post(stale)
    assert answer.status_code == 409
    assert "Anna Lead" in answer.json()["error"]
    assert answer.json()["case"]["findings"][0]["state"] == "confirmed"


def test_a_ticket_opens_its_own_case_only(lead: Clerk) -> None:
    one, other = lead.cases()[:2]
    answer = lead.http.get(f"/api/cases/{other}", headers=lead.ticket(one))
    assert answer.status_code == 401
    act = lead.act(other, 0, "undo")
    assert lead.http.post("/api/decisions", json=act, headers=lead.ticket(one)).status_code == 401


def test_a_ticket_of_another_session_opens_nothing(server: Server, lead: Clerk) -> None:
    case = lead.cases()[0]
    with Clerk(server, "b.lead") as other:
        answer = other.http.get(f"/api/cases/{case}", headers=lead.ticket(case))
    assert answer.status_code == 401


def test_a_finding_of_another_case_is_refused(lead: Clerk) -> None:
    one, other = (lead.case(case) for case in lead.cases()[:2])
    act = lead.act(one["case"], one["version"], "unsure", finding=other["findings"][0]["id"])
    assert lead.post(act).status_code == 422
    assert lead.case(other["case"])["version"] == other["version"]


def test_a_flag_without_a_level_is_confirmed_only_after_one_is_named(lead: Clerk) -> None:
    case = next(c for c in map(lead.case, lead.cases()) if c["findings"][0]["level"] is None)
    finding, version = case["findings"][0]["id"], case["version"]
    refused = lead.post(lead.act(case["case"], version, "confirm", finding=finding, grade=2))
    assert refused.status_code == 422
    assert "names no vertebra" in refused.json()["error"]
    named = lead.post(lead.act(case["case"], version, "relabel", finding=finding, level="L1"))
    assert named.is_success
    kept = lead.post(lead.act(case["case"], version + 1, "confirm", finding=finding, grade=2))
    assert kept.json()["case"]["findings"][0]["state"] == "confirmed"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"act": "x"}',
        b'{"act":"x","case":"c","version":0,"kind":"drop table"}',
        b"[" * 5000,
        b'{"act":"x","case":"c","version":0,"kind":"undo","more":1}',
        b'"' + b"x" * 70_000 + b'"',
    ],
)
def test_a_body_that_is_no_decision_is_refused_in_words(lead: Clerk, body: bytes) -> None:
    headers = {**lead.ticket(lead.cases()[0]), "Content-Type": "application/json"}
    answer = lead.http.post("/api/decisions", content=body, headers=headers)
    assert answer.status_code == 422
    assert "not recorded" in answer.json()["error"] or "too long" in answer.json()["error"]


def test_a_coordinator_sees_a_case_and_cannot_decide_on_it(server: Server, lead: Clerk) -> None:
    case = with_level(lead)
    with Clerk(server, "f.coord") as coordinator:
        assert coordinator.case(case["case"])["readonly"]
        act = coordinator.act(
            case["case"], case["version"], "unsure", finding=case["findings"][0]["id"]
        )
        assert coordinator.post(act).status_code == 403
    assert lead.case(case["case"])["version"] == case["version"]


def test_roles_without_clinical_data_get_no_case(server: Server, lead: Clerk) -> None:
    case = lead.cases()[0]
    blind = [role for role in Role if Permission.READ_CASES not in MATRIX[role]]
    assert {Role.AUDIT_LEAD, Role.ADMIN} <= set(blind)
    for handle in ("au.dit", "ad.min"):
        with Clerk(server, handle) as clerk:
            answer = clerk.http.get(f"/api/cases/{case}", headers=clerk.ticket(case))
        assert answer.status_code == 403
        assert "may not read cases" in answer.json()["error"]


def test_a_case_that_is_not_here_is_refused_and_leaves_no_trace(lead: Clerk) -> None:
    answer = lead.http.get("/api/cases/Smith%5EAnn", headers=lead.ticket("Smith^Ann"))
    assert answer.status_code == 403
    assert "not here" in answer.json()["error"]
    with sqlite3.connect(lead.server.data / "record.db") as record:
        assert "Smith" not in str(record.execute("SELECT * FROM trail").fetchall())


def test_every_slice_of_the_picture_is_served_as_it_was_prepared(lead: Clerk) -> None:
    case = next(c for c in map(lead.case, lead.cases()) if c["stack"])
    ticket = lead.ticket(case["case"])
    meta = lead.http.get(f"/api/stacks/{case['stack']}/meta", headers=ticket).json()
    path = lead.server.data / "files" / "stacks" / f"{case['stack']}.stack"
    for plane in (0, meta["planes"] // 2, meta["planes"] - 1):
        answer = lead.http.get(f"/api/stacks/{case['stack']}/{plane}", headers=ticket)
        assert answer.content == stack_file.open_plane(path, plane)
        assert "content-encoding" not in answer.headers
    beyond = lead.http.get(f"/api/stacks/{case['stack']}/99999", headers=ticket)
    assert beyond.status_code == 404


def test_the_picture_of_another_case_is_not_served(lead: Clerk) -> None:
    one, other = [c for c in map(lead.case, lead.cases()) if c["stack"]][:2]
    answer = lead.http.get(f"/api/stacks/{other['stack']}/0", headers=lead.ticket(one["case"]))
    assert answer.status_code == 401


def test_roles_without_clinical_data_get_no_picture(server: Server, lead: Clerk) -> None:
    case = next(c for c in map(lead.case, lead.cases()) if c["stack"])
    with Clerk(server, "au.dit") as clerk:
        ticket = clerk.ticket(case["case"])
        for part in ("meta", "0"):
            answer = clerk.http.get(f"/api/stacks/{case['stack']}/{part}", headers=ticket)
            assert answer.status_code == 401


def test_signed_out_means_out_in_every_window(server: Server, lead: Clerk) -> None:
    case = lead.cases()[0]
    with Clerk(server, "a.lead") as second:
        assert second.case(case)
        lead.http.get("/sign-out")
        answer: httpx.Response = second.http.get(f"/api/cases/{case}", headers=second.ticket(case))
        assert answer.status_code == 401
