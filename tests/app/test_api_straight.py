"""The spine straightened from a reader's clicks, by the route the viewer calls."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from clerk import Clerk
from running import Server

from components.imaging import stack_file


def pictured(clerk: Clerk) -> dict[str, Any]:
    return next(c for c in map(clerk.case, clerk.cases()) if c["stack"])


def clicks(clerk: Clerk, case: dict[str, Any]) -> list[list[float]]:
    """A gently leaning line down the middle of the picture."""
    meta = clerk.http.get(
        f"/api/stacks/{case['stack']}/meta", headers=clerk.ticket(case["case"])
    ).json()
    rows, middle = meta["rows"], meta["planes"] / 2
    return [[middle, meta["columns"] / 2 + n, rows * (0.2 + 0.1 * n)] for n in range(6)]


def straight(
    clerk: Clerk, case: dict[str, Any], points: object, ticket_of: str = ""
) -> httpx.Response:
    return clerk.http.post(
        f"/api/stacks/{case['stack']}/straight",
        json={"points": points},
        headers={**clerk.ticket(ticket_of or case["case"]), "Accept-Encoding": "gzip"},
    )


def test_clicks_give_the_bytes_of_a_stack_file(lead: Clerk, tmp_path: Path) -> None:
    case = pictured(lead)
    answer = straight(lead, case, clicks(lead, case))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == "no-store"
    assert "content-encoding" not in answer.headers, "it is packed already"
    path = tmp_path / "answer"
    path.write_bytes(answer.content)
    about = stack_file.read_meta(path)["straight"]
    assert isinstance(about, dict)
    assert (about["first"], about["source"], about["levels"]) == (0, "clicks", [])
    for plane in range(about["planes"]):
        packed = stack_file.open_plane(path, plane)
        assert stack_file.decode_plane(packed, about["rows"], about["columns"]).any()


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([], "0 points"),
        ([[1, 1, 1], [1, 1, 30]], "3 to 40"),
        ([[1, 1, 1]] * 41, "3 to 40"),
        ([[1, 1, 1], [1, 1, 2], [1, 1, 90]], "mm apart"),
        ([[1, 1, 1], [1, 1, 30], [1, 1, 1e9]], "off the picture"),
        ([[1, 1]] * 4, "not understood"),
        ([["a", 1, 1]] * 4, "not understood"),
        ("up and down", "not understood"),
        ([[1, 1, 1]] * 9000, "not understood"),
    ],
)
def test_clicks_that_make_no_spine_are_refused_in_words(
    lead: Clerk, points: object, words: str
) -> None:
    answer = straight(lead, pictured(lead), points)
    assert answer.status_code == 422
    assert words in answer.json()["error"]


@pytest.mark.parametrize("body", [b"", b"{", b'{"points": [[1,1,NaN],[1,1,30],[1,1,60]]}'])
def test_a_body_that_is_no_points_is_refused(lead: Clerk, body: bytes) -> None:
    case = pictured(lead)
    answer = lead.http.post(
        f"/api/stacks/{case['stack']}/straight", content=body, headers=lead.ticket(case["case"])
    )
    assert answer.status_code == 422
    assert "not understood" in answer.json()["error"]


def test_another_cases_ticket_or_a_role_without_cases_straightens_nothing(
    server: Server, lead: Clerk
) -> None:
    case = pictured(lead)
    points = clicks(lead, case)
    other = next(one for one in lead.cases() if one != case["case"])
    assert straight(lead, case, points, ticket_of=other).status_code == 401
    with Clerk(server, "au.dit") as clerk:
        assert straight(clerk, case, points).status_code == 401
    foreign = lead.http.post(
        f"/api/stacks/{case['stack']}/straight",
        json={"points": points},
        headers={**lead.ticket(case["case"]), "Origin": "http://elsewhere.example"},
    )
    assert foreign.status_code == 403
