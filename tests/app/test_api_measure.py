"""A person's measurement by the viewer's route: kept, painted beside the machine's, refused."""

import json
from typing import Any

import pytest
from clerk import Clerk
from running import Server

POINTS = [[-15, -12], [-15, 12], [0, -12], [0, 12], [15, -12.5], [15, 12.5]]


def with_heights(clerk: Clerk) -> dict[str, Any]:
    return next(c for c in map(clerk.case, clerk.cases()) if c["measured"])


def a_measurement(clerk: Clerk, case: dict[str, Any], **changes: object) -> dict[str, Any]:
    level = next(iter(case["measured"]))
    fields = {"level": level, "finding": None, "points": POINTS, "stack": case["stack"], **changes}
    return clerk.act(case["case"], case["version"], "measure", **fields)


def test_a_measurement_is_painted_beside_the_machines(lead: Clerk) -> None:
    case = with_heights(lead)
    act = a_measurement(lead, case)
    answer = lead.post(act)
    assert answer.status_code == 200, answer.text
    now = answer.json()["case"]
    assert now["version"] == case["version"] + 1
    assert now["measured"] == case["measured"]
    assert [f["state"] for f in now["findings"]] == [f["state"] for f in case["findings"]]
    one = now["remeasured"][act["level"]]
    assert set(now["measured"][act["level"]]) < set(one)
    assert one["heights"] == "24.0 / 24.0 / 25.0 mm"
    assert one["vendor"] == "4 % (0–16 %)"
    assert one["by"] == "Anna Lead"
    assert (one["points"], one["stack"]) == (POINTS, case["stack"])
    assert lead.post(act).json()["case"]["version"] == now["version"]


def test_a_measurement_taken_back_is_gone_from_the_screen(lead: Clerk) -> None:
    case = with_heights(lead)
    lead.post(a_measurement(lead, case))
    undone = lead.post(lead.act(case["case"], case["version"] + 1, "undo"))
    assert undone.json()["case"]["remeasured"] == {}
    assert undone.json()["case"]["findings"] == case["findings"]


def test_the_suggestion_a_measurement_changed_is_shown_with_whose_it_is(lead: Clerk) -> None:
    case = next(
        c for c in map(lead.case, lead.cases()) if c["findings"] and c["findings"][0]["suggested"]
    )
    level = case["findings"][0]["level"]
    assert case["findings"][0]["anew"] is None
    answer = lead.post(a_measurement(lead, case, level=level))
    finding = answer.json()["case"]["findings"][0]
    assert finding["suggested"] == case["findings"][0]["suggested"]
    assert (finding["anew"]["by"], finding["anew"]["heights"]) == (
        "Anna Lead",
        "24.0 / 24.0 / 25.0 mm",
    )


def test_every_measured_level_says_what_the_vendors_formula_makes_of_it(lead: Clerk) -> None:
    case = with_heights(lead)
    for one in case["measured"].values():
        assert one["vendor"].endswith("%)")
        assert one["heights"].endswith(" mm")
        assert isinstance(one["crush"], bool)
        assert (one["reference"] is None) == (one["loss"] is None)
    assert all(isinstance(why, str) and why for why in case["unmeasured"].values())
    assert not set(case["unmeasured"]) & set(case["measured"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"points": POINTS[:5]}, "Six points"),
        ({"points": [[15, -12], *POINTS[1:]]}, "from front to back"),
        ({"points": None}, "Six points"),
        ({"level": "S1"}, "T1 to T13 or L1 to L6"),
        ({"level": None}, "T1 to T13 or L1 to L6"),
        ({"stack": "ab" * 32}, "not one of this case"),
        ({"stack": "../record.db"}, "not one of this case"),
        ({"points": [*POINTS, [0, 0]]}, "not understood"),
        ({"points": [["a", "b"]] * 6}, "not understood"),
        ({"points": "no points"}, "not understood"),
    ],
)
def test_a_measurement_that_cannot_be_one_is_refused_in_words(
    lead: Clerk, changes: dict[str, object], words: str
) -> None:
    case = with_heights(lead)
    answer = lead.post(a_measurement(lead, case, **changes))
    assert answer.status_code == 422
    assert words in answer.json()["error"]
    assert lead.case(case["case"])["version"] == case["version"]


def test_a_figure_that_is_no_number_is_refused(lead: Clerk) -> None:
    case = with_heights(lead)
    act = a_measurement(lead, case)
    for figure in ("NaN", "Infinity", "1e999"):
        body = json.dumps(act).replace("12.5", figure)
        headers = {**lead.ticket(case["case"]), "Content-Type": "application/json"}
        answer = lead.http.post("/api/decisions", content=body, headers=headers)
        assert answer.status_code == 422, figure
    assert lead.case(case["case"])["remeasured"] == {}


def test_a_coordinator_does_not_measure(server: Server, lead: Clerk) -> None:
    case = with_heights(lead)
    with Clerk(server, "f.coord") as coordinator:
        assert coordinator.post(a_measurement(coordinator, case)).status_code == 403
    assert lead.case(case["case"])["remeasured"] == {}
