"""Every reconstruction of a scan reaches the reader, and none of another scan does."""

import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from clerk import Clerk

COPIED = "scan_id, fate, reason, manufacturer, model, instances, refusal, lossy, tilt_degrees"


def second(data: Path, stack: str) -> str:
    """Give the scan of *stack* a bone reconstruction of thin slices; the name of its picture."""
    other = stack[::-1]
    stacks = data / "files" / "stacks"
    shutil.copy(stacks / f"{stack}.stack", stacks / f"{other}.stack")
    with sqlite3.connect(data / "record.db") as record:
        record.execute(
            f"INSERT INTO series ({COPIED}, id, series_uid, digest, stack, mask_digest, kernel,"
            " description, image_type, step_mm, thickness_mm, cover_mm)"
            f" SELECT {COPIED}, id || 'x', series_uid || '.1', digest || 'x', ?, '', 'B60f',"
            " 'thin bone', 'ORIGINAL', 0.8, 1.0, 402 FROM series WHERE stack = ?",
            (other, stack),
        )
    return other


@pytest.fixture
def case(lead: Clerk) -> dict[str, Any]:
    """A case that was measured and has a second reconstruction."""
    found = next(c for c in map(lead.case, lead.cases()) if c["measured"])
    second(lead.server.data, found["stack"])
    return lead.case(found["case"])


def test_all_reconstructions_are_listed_with_the_reason_of_their_place(
    case: dict[str, Any],
) -> None:
    first, other = case["series"]
    assert (first["stack"], first["shown"], first["why"]) == (case["stack"], True, "")
    assert re.fullmatch(r"\d\.\d mm every \d\.\d mm, \w+, \d+ slices, \d+ mm", first["words"]), (
        "as the intake read it from the files"
    )
    assert (other["stack"], other["shown"]) == (case["stack"][::-1], False)
    assert other["why"] == "the AI measured on another"
    assert other["words"].startswith("1.0 mm every 0.8 mm, B60f, ")
    assert other["words"].endswith(" slices, 402 mm")
    assert other["description"] == "thin bone"
    assert case["picture_changed"] == ""


def test_a_picture_of_the_case_is_served_whichever_it_is(lead: Clerk, case: dict[str, Any]) -> None:
    ticket = lead.ticket(case["case"])
    for one in case["series"]:
        for part in ("meta", "0"):
            answer = lead.http.get(f"/api/stacks/{one['stack']}/{part}", headers=ticket)
            assert answer.status_code == 200


def test_neither_picture_is_served_to_another_cases_ticket(
    lead: Clerk, case: dict[str, Any]
) -> None:
    other = next(one for one in lead.cases() if one != case["case"])
    for one in case["series"]:
        answer = lead.http.get(f"/api/stacks/{one['stack']}/0", headers=lead.ticket(other))
        assert answer.status_code == 401


def test_a_decision_on_another_reconstruction_is_said_to_be_one(
    lead: Clerk, case: dict[str, Any]
) -> None:
    stack, finding = case["series"][1]["stack"], case["findings"][0]["id"]
    act = lead.act(case["case"], case["version"], "unsure", finding=finding, stack=stack)
    now = lead.post(act).json()["case"]
    assert now["picture_changed"].startswith("The last step, by Anna Lead on ")
    assert "was made on another picture (1.0 mm every 0.8 mm, B60f, " in now["picture_changed"]
    act = lead.act(case["case"], now["version"], "confirm", finding=finding, stack=case["stack"])
    assert lead.post(act).json()["case"]["picture_changed"] == ""


def test_a_decision_on_a_picture_of_another_case_is_refused(
    lead: Clerk, case: dict[str, Any]
) -> None:
    other = next(c for c in map(lead.case, lead.cases()) if c["case"] != case["case"])
    finding = case["findings"][0]["id"]
    act = lead.act(case["case"], case["version"], "unsure", finding=finding, stack=other["stack"])
    answer = lead.post(act)
    assert answer.status_code == 422
    assert "not one of this case" in answer.json()["error"]
