import pytest
from clerk import Clerk
from running import Server


def keep(clerk: Clerk, name: str, value: object) -> int:
    return clerk.http.post("/api/preferences", json={"name": name, "value": value}).status_code


def test_a_persons_keys_come_with_every_case_and_to_nobody_else(
    server: Server, lead: Clerk
) -> None:
    case = lead.cases()[0]
    assert lead.case(case)["keymap"] == {}
    answer = lead.http.post(
        "/api/preferences", json={"name": "keymap", "value": {"accept": "g", "slice up": "ArrowUp"}}
    )
    assert (answer.status_code, answer.json()) == (200, {"saved": True})
    assert lead.case(case)["keymap"] == {"accept": "g", "slice up": "ArrowUp"}
    with Clerk(server, "b.lead") as other:
        assert other.case(case)["keymap"] == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("keymap", {"accept": "r"}),
        ("keymap", {"accept": "C"}),
        ("keymap", {"accept": "Tab"}),
        ("keymap", {"accept": ""}),
        ("keymap", {"accept": 7}),
        ("keymap", {"x" * 41: "g"}),
        ("keymap", {str(n): "g" for n in range(81)}),
        ("keymap", ["g"]),
        ("columns", {"shown": []}),
        ("columns", {"shown": ["age"], "more": 1}),
        ("views", {"views": [{"name": "", "filters": {}}]}),
        ("views", {"views": [{"name": "Mine", "filters": {"site": ["RX1"]}}]}),
        ("theme", {"dark": "yes"}),
    ],
)
def test_what_is_not_a_preference_is_refused_and_nothing_is_kept(
    lead: Clerk, name: str, value: object
) -> None:
    assert keep(lead, name, value) == 422
    assert lead.case(lead.cases()[0])["keymap"] == {}


def test_a_preference_without_a_session_or_from_another_site_is_refused(
    server: Server, lead: Clerk
) -> None:
    posted = {"name": "keymap", "value": {"accept": "g"}}
    with Clerk(server, None) as nobody:
        assert nobody.http.post("/api/preferences", json=posted).status_code == 401
    foreign = {"Origin": "http://evil.example"}
    assert lead.http.post("/api/preferences", json=posted, headers=foreign).status_code == 403
    assert lead.http.post("/api/preferences", content=b"{" * 9000).status_code == 422
    assert lead.http.post("/api/preferences", content=b"x" * 20_000).status_code == 422


def test_columns_and_views_are_kept_as_posted(lead: Clerk) -> None:
    assert keep(lead, "columns", {"shown": ["patient", "age"]}) == 200
    view = {"name": "Due first", "filters": {"sort": "due"}, "columns": ["patient"]}
    assert keep(lead, "views", {"views": [view], "default": "Due first"}) == 200
