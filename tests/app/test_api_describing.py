"""What a reader says beside the verdicts, over HTTP: kept as said, or refused in a sentence."""

from typing import Any

from clerk import Clerk
from running import Server


def flagged(clerk: Clerk) -> dict[str, Any]:
    """A case whose first finding names a level, as it is painted."""
    for case in clerk.cases():
        painted = clerk.case(case)
        if painted["findings"] and painted["findings"][0]["level"]:
            return painted
    raise AssertionError


def act(clerk: Clerk, painted: dict[str, Any], kind: str, **fields: object) -> dict[str, Any]:
    made = clerk.act(painted["case"], painted["version"], kind, **fields)
    if kind in {"describe", "reject", "confirm"}:
        made["finding"] = painted["findings"][0]["id"]
    return made


def kept(clerk: Clerk, painted: dict[str, Any], kind: str, **fields: object) -> dict[str, Any]:
    answer = clerk.post(act(clerk, painted, kind, **fields))
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["case"])


def test_a_vertebra_is_described_and_painted_as_described(lead: Clerk) -> None:
    before = flagged(lead)
    first = before["findings"][0]
    assert (first["acuity"], first["unstable"], first["endplate"]) == ("indeterminate", [], None)
    said = {
        "endplate": "yes",
        "acuity": "chronic_features",
        "unstable": ["canal_narrowing", "retropulsion"],
        "novelty": "new",
        "against": "2020-01-05",
        "comment": "<b>old</b>",
    }
    found = kept(lead, before, "describe", **said)["findings"][0]
    assert {name: found[name] for name in said} == {
        **said,
        "unstable": ["retropulsion", "canal_narrowing"],
    }
    assert found["against_words"] == "new since 05/01/2020"


NO_SUCH: tuple[dict[str, Any], ...] = (
    {"endplate": "maybe"},
    {"acuity": "ACUTE"},
    {"unstable": ["wobbly"]},
    {"unstable": "retropulsion"},
    {"novelty": "brand new"},
    {"comment": "x" * 2001},
    {"shift": 2},
    {"shift": "up"},
    {"variant": "14 rib pairs"},
    {"count_from": "C1"},
    {"confidence": "sure"},
    {"told_at": "2026-11-22T14:03:00"},
    {"told_at": "yesterday"},
    {"told": "x" * 501},
    {"alarm": "a_1"},
)


def test_a_value_that_is_not_of_the_list_is_refused_in_a_sentence(lead: Clerk) -> None:
    painted = flagged(lead)
    for kind in ("describe", "renumber", "told"):
        for said in NO_SUCH:
            answer = lead.post(act(lead, painted, kind, **said))
            assert (answer.status_code, answer.json()["error"][-1]) == (422, "."), said
    assert lead.case(painted["case"])["version"] == painted["version"]


CANNOT_BE: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("describe", {}, "Nothing is said of this vertebra"),
    ("describe", {"novelty": "worse"}, "Choose which one"),
    ("describe", {"novelty": "new", "against": "c_0"}, "no other scan of this patient"),
    ("renumber", {}, "numbered already"),
    ("renumber", {"confidence": "certain"}, "not certain"),
    ("told", {"told": "Dr X"}, "This alert is not here"),
)


def test_what_cannot_be_so_is_refused_with_what_to_do(lead: Clerk) -> None:
    painted = flagged(lead)
    for kind, said, words in CANNOT_BE:
        answer = lead.post(act(lead, painted, kind, **said))
        assert answer.status_code == 422
        assert words in answer.json()["error"]


def test_a_shift_names_everything_anew_and_its_undo_everything_as_before(lead: Clerk) -> None:
    before = flagged(lead)
    assert before["numbering"]["labels"] == {}
    assert before["numbering"]["words"] == "Counted by the AI alone"
    moved = kept(lead, before, "renumber", shift=-1, count_from="T1 rib", confidence="certain")
    names = moved["numbering"]["labels"]
    assert names["L1"] == "T12"
    for part in ("measured", "unmeasured"):
        assert list(moved[part]) == [names.get(level, level) for level in before[part]]
    heights = [[one["heights"] for one in each["measured"].values()] for each in (before, moved)]
    assert heights[0] == heights[1]
    level = before["findings"][0]["level"]
    assert moved["findings"][0]["level"] == names[level]
    assert moved["findings"][0]["vendor"]["level"] == level
    assert not moved["findings"][0]["approximate"]
    after = kept(lead, moved, "undo")
    assert {**after, "version": 0} == {**before, "version": 0} | {
        name: after[name] for name in ("reading", "waiting", "ahead", "next", "claim", "may")
    }


def test_the_levels_offered_are_those_of_the_spine_as_it_is_numbered(lead: Clerk) -> None:
    lists = (before := flagged(lead))["lists"]
    assert lists["levels"][-2:] == ["L4", "L5"]
    assert [one["code"] for one in lists["rare"]] == ["T13", "L6"]
    ribs = kept(lead, before, "renumber", variant="13 rib pairs")
    assert ribs["lists"]["levels"][11:14] == ["T12", "T13", "L1"]
    assert ribs["lists"]["rare"] == []
    assert "L5" not in kept(lead, ribs, "renumber", variant="4 lumbar")["lists"]["levels"]


def test_an_alert_is_painted_told_and_painted_as_told(server: Server, lead: Clerk) -> None:
    rejected = kept(lead, flagged(lead), "reject", code="MALIGNANT")
    (alert,) = rejected["alerts"]
    assert alert["finding"] == rejected["findings"][0]["id"]
    assert (alert["words"], alert["told"]) == ("Malignant fracture suspected", "")
    assert "today" in alert["whom"]
    told = kept(lead, rejected, "told", alert=alert["id"], told="Dr X by phone")
    assert told["alerts"][0]["told"].startswith("Dr X by phone, ")
    with Clerk(server, "f.coord") as coordinator:
        assert coordinator.case(told["case"])["alerts"] == told["alerts"]


def test_the_lists_say_what_each_choice_means(lead: Clerk) -> None:
    lists = flagged(lead)["lists"]
    for name in ("endplates", "acuities", "unstable", "novelties", "count_from", "variants"):
        assert all(one["words"] and one["hint"] for one in lists[name])
    assert all(one["hint"] for one in lists["reasons"])
