"""What goes wrong around a case that is open: nothing is lost, made twice or silently changed."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from clerk import Clerk
from running import Server


@pytest.fixture
def other(server: Server) -> Iterator[Clerk]:
    with Clerk(server, "b.lead") as clerk:
        yield clerk


def open_case(clerk: Clerk) -> dict[str, Any]:
    """A case with a level, opened as the viewer does: taken and painted."""
    name = next(c["case"] for c in map(clerk.case, clerk.cases()) if c["findings"][0]["level"])
    assert clerk.claim(name).is_success
    return clerk.case(name)


def an_answer(clerk: Clerk, case: dict[str, Any], kind: str = "confirm", **more: str) -> dict:  # type: ignore[type-arg]  # JSON
    finding = case["findings"][0]["id"]
    return clerk.act(case["case"], case["version"], kind, finding=finding, **more)


def decisions(data: Path) -> list[tuple[str, str, str]]:
    """Every decision that was kept: act, deed and moment."""
    with sqlite3.connect(data / "record.db") as record:
        return record.execute("SELECT act, deed, at FROM decision ORDER BY version").fetchall()


def sign_in_again(clerk: Clerk, handle: str = "a.lead") -> None:
    """As the person does in the same browser."""
    answer = clerk.http.post("/sign-in", data={"handle": handle, "next": "/"})
    assert answer.status_code == 303


# Two tabs of one person.


def test_two_tabs_of_one_person_hold_one_claim_and_never_decide_on_what_they_do_not_show(
    server: Server, lead: Clerk
) -> None:
    case = open_case(lead)
    with Clerk(server, "a.lead") as tab:
        assert tab.claim(case["case"]).json()["claim"]["mine"]
        stale = an_answer(tab, tab.case(case["case"]), "reject", code="DEGEN")
        assert lead.post(an_answer(lead, case)).is_success
        answer = tab.post(stale)
        assert answer.status_code == 409
        assert "Anna Lead changed this case" in answer.json()["error"]
        assert answer.json()["case"]["findings"][0]["state"] == "confirmed"
        anew = an_answer(tab, answer.json()["case"], "reject", code="DEGEN")
        assert tab.post(anew).is_success
    assert [deed for _, deed, _ in decisions(server.data)] == ["confirm", "reject"]


def test_a_tab_that_is_left_does_not_take_the_case_from_the_other(
    server: Server, lead: Clerk
) -> None:
    case = open_case(lead)
    with Clerk(server, "a.lead") as tab:
        tab.claim(case["case"])
        assert tab.claim(case["case"], "release").json() == {"claim": None}
    assert lead.post(an_answer(lead, case)).is_success
    assert lead.claim(case["case"], "renew").json()["claim"]["mine"]


# A sign-in that ended.


def ended(clerk: Clerk) -> None:
    """Signed out in another tab, which ends it in every one."""
    with Clerk(clerk.server, "a.lead") as tab:
        tab.http.get("/sign-out")


def idle_for_hours(clerk: Clerk) -> None:
    with sqlite3.connect(clerk.server.data / "record.db") as record:
        record.execute("UPDATE sign_in SET seen_at = datetime(seen_at, '-2 hours')")


@pytest.mark.parametrize("end", [ended, idle_for_hours])
def test_an_act_that_met_an_ended_sign_in_arrives_once_after_signing_in_again(
    lead: Clerk,
    end: Any,  # noqa: ANN401 - a function of this module
) -> None:
    case = open_case(lead)
    act = an_answer(lead, case)
    end(lead)
    refused = lead.post(act)
    assert refused.status_code == 401
    assert "Sign in again" in refused.json()["error"]
    assert decisions(lead.server.data) == []
    sign_in_again(lead)
    answers = [lead.post(act) for _ in range(3)]
    assert {answer.json()["case"]["version"] for answer in answers} == {case["version"] + 1}
    assert [done[0] for done in decisions(lead.server.data)] == [act["act"]]


def test_an_act_whose_answer_was_lost_is_not_made_again_under_a_new_sign_in(lead: Clerk) -> None:
    act = an_answer(lead, open_case(lead))
    assert lead.post(act).is_success
    ended(lead)
    sign_in_again(lead)
    assert lead.post(act).is_success
    assert [done[0] for done in decisions(lead.server.data)] == [act["act"]]


def test_an_act_of_one_person_is_not_made_by_the_next_at_the_same_desk(lead: Clerk) -> None:
    case = open_case(lead)
    act = an_answer(lead, case)
    assert lead.post(act).is_success
    ended(lead)
    sign_in_again(lead, "b.lead")
    assert lead.post(act).status_code == 422
    assert len(decisions(lead.server.data)) == 1


def test_a_claim_outlives_the_sign_in_that_took_it(lead: Clerk, other: Clerk) -> None:
    case = open_case(lead)
    ended(lead)
    assert lead.claim(case["case"], "renew").status_code == 401
    assert other.claim(case["case"]).status_code == 409
    sign_in_again(lead)
    assert lead.claim(case["case"], "renew").json()["claim"]["mine"]


# Somebody else was quicker.


def test_a_case_withdrawn_while_it_is_open_takes_no_decision_and_says_so(
    lead: Clerk, other: Clerk
) -> None:
    case = open_case(lead)
    name = case["case"]
    assert other.claim(name, "break", text="Sent here by mistake").is_success
    gone = other.post(other.act(name, case["version"], "withdraw", text="Not one of ours"))
    assert gone.is_success, gone.text
    answer = lead.post(an_answer(lead, case))
    assert answer.status_code == 409
    assert "Ben Lead changed this case" in answer.json()["error"]
    now = answer.json()["case"]
    assert (now["state"], now["readonly"]) == ("withdrawn", True)
    assert now["why_not"]
    assert [deed for _, deed, _ in decisions(lead.server.data)] == ["withdraw"]
    assert name not in {c["case"] for c in lead.case(lead.cases()[-1])["ahead"]}


def test_a_finding_decided_elsewhere_is_a_conflict_that_shows_the_other_version(
    lead: Clerk, other: Clerk
) -> None:
    """No claim was left: the other person had opened the case before it ran out."""
    case = open_case(lead)
    mine = an_answer(lead, case)
    lead.claim(case["case"], "release")
    theirs = an_answer(other, other.case(case["case"]), "reject", code="LIMBUS")
    assert other.post(theirs).is_success
    answer = lead.post(mine)
    assert answer.status_code == 409
    found = answer.json()["case"]["findings"][0]
    assert (found["state"], found["reason"]) == ("rejected", "Limbus vertebra")
    assert found["by"].startswith("Ben Lead, ")
    assert answer.json()["case"]["version"] == case["version"] + 1
    assert [deed for _, deed, _ in decisions(lead.server.data)] == ["reject"]


def test_a_claim_taken_over_while_its_holder_decides_refuses_the_holder_with_the_reason(
    lead: Clerk, other: Clerk
) -> None:
    case = open_case(lead)
    act = an_answer(lead, case)
    assert other.claim(case["case"], "break", text="On the phone to the ward").is_success
    answer = lead.post(act)
    assert answer.status_code == 409
    assert "Ben Lead took this case over from you" in answer.json()["error"]
    assert "On the phone to the ward" in answer.json()["error"]
    now = answer.json()["case"]
    assert (now["claim"]["by"], now["claim"]["mine"]) == ("Ben Lead", False)
    assert now["version"] == case["version"]
    assert other.claim(case["case"], "release").is_success
    assert lead.post(act).is_success, "the same act again, once the case is free"


# The server, and the clocks.


def test_a_server_restarted_between_painting_and_posting_keeps_the_act_and_the_claim(
    server: Server, lead: Clerk, other: Clerk
) -> None:
    case = open_case(lead)
    act = an_answer(lead, case)
    server.kill()
    server.start()
    assert other.claim(case["case"]).status_code == 409
    assert lead.post(act).is_success
    server.kill()
    server.start()
    again = lead.post(act)
    assert again.json()["case"]["version"] == case["version"] + 1
    assert again.json()["case"]["claim"]["mine"]
    assert [done[0] for done in decisions(server.data)] == [act["act"]]


@pytest.mark.parametrize("said", ["Fri, 01 Jan 1999 00:00:00 GMT", "Tue, 01 Jan 2075 00:00:00 GMT"])
def test_a_browsers_clock_decides_nothing(lead: Clerk, said: str) -> None:
    lead.http.headers["Date"] = said
    case = open_case(lead)
    assert 1190 <= lead.claim(case["case"], "renew").json()["claim"]["seconds_left"] <= 1200
    assert lead.post(an_answer(lead, case)).is_success
    (kept,) = decisions(lead.server.data)
    moment = datetime.fromisoformat(kept[2]).replace(tzinfo=UTC)
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=2)
    signed = lead.http.post("/sign-in", data={"handle": "a.lead", "next": "/"})
    cookie = signed.headers["set-cookie"].lower()
    assert "expires" not in cookie
    assert "max-age" not in cookie
