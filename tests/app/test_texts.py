"""A site's own words, and texts over a real server: made, issued, and guarded against doubles."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from clerk import Clerk

from app.settings import Settings, UnusableSetting
from app.texts.site import Texts, terms_of, texts_of
from store.domain.letter import Letter


def settings(tmp_path: Path, **more: Any) -> Settings:  # noqa: ANN401 - as Settings has it
    return Settings(data=tmp_path, **more)


def test_a_site_replaces_what_it_words_otherwise_and_keeps_the_rest(tmp_path: Path) -> None:
    (tmp_path / "addendum.txt").write_text("Fracture of {levels}. {short_code}", encoding="utf-8")
    (tmp_path / "site.toml").write_text('short_code = "VFX1"\n', encoding="utf-8")
    texts = texts_of(settings(tmp_path, texts=str(tmp_path)))
    assert texts.short_code == "VFX1"
    assert texts.templates[Letter.ADDENDUM].version.startswith("site ")
    assert texts.templates[Letter.GP] == Texts().templates[Letter.GP]


@pytest.mark.parametrize(
    ("name", "words", "fault"),
    [
        ("addendum.txt", "One\n{surnam}", r"addendum\.txt: line 2 names \{surnam\}"),
        ("site.toml", 'service = "x"\nshortcode = "y"', r"line 2: 'shortcode' means nothing here"),
        ("site.toml", "service = 5", r"line 1: 'service' is text in quotes"),
        ("site.toml", "service = ", r"site\.toml is not TOML \(at"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_by_its_line(
    tmp_path: Path, name: str, words: str, fault: str
) -> None:
    (tmp_path / name).write_text(words, encoding="utf-8")
    with pytest.raises(UnusableSetting, match=fault):
        texts_of(settings(tmp_path, texts=str(tmp_path)))


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ('fracture = ["crushed bone"]\n\nnegation = ["no"]', r"line 3: 'negation' means nothing"),
        ('\nuncertain = "maybe"', r"line 2: 'uncertain' is a list of phrases"),
        ('uncertain = ["x"]', r"line 1: 'uncertain' is a list of phrases of two letters"),
    ],
)
def test_terms_that_cannot_be_used_are_refused_by_their_line(
    tmp_path: Path, words: str, fault: str
) -> None:
    path = tmp_path / "terms.toml"
    path.write_text(words, encoding="utf-8")
    with pytest.raises(UnusableSetting, match=fault):
        terms_of(settings(tmp_path, terms=str(path)))


def test_a_site_s_own_terms_are_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "terms.toml"
    path.write_text('fracture = ["Crushed Bone"]\nshort_codes = ["VFX1"]', encoding="utf-8")
    terms = terms_of(settings(tmp_path, terms=str(path)))
    assert (terms.fracture, terms.short_codes) == (("crushed bone",), ("vfx1",))


def post(clerk: Clerk, case: str, path: str, **sent: str) -> httpx.Response:
    return clerk.http.post(
        f"/api/cases/{case}/{path}", json={"act": str(uuid4()), **sent}, headers=clerk.ticket(case)
    )


def closed_with_a_fracture(lead: Clerk) -> str:
    name = next(each for each in lead.cases() if lead.case(each)["findings"])
    case = lead.case(name)
    for found in case["findings"]:
        level = {} if found["level"] else {"level": "L1"}
        act = lead.act(name, lead.case(name)["version"], "regrade", finding=found["id"])
        if level:
            lead.post(
                {
                    **lead.act(name, lead.case(name)["version"], "relabel", finding=found["id"]),
                    **level,
                }
            )
            act = lead.act(name, lead.case(name)["version"], "regrade", finding=found["id"])
        assert lead.post({**act, "grade": 3}).status_code == 200
    act = lead.act(name, lead.case(name)["version"], "close")
    assert lead.post(act).status_code == 200
    return name


def test_texts_are_made_issued_and_taken_back_over_the_routes(lead: Clerk) -> None:
    name = closed_with_a_fracture(lead)
    if lead.case(name)["state"] != "closed":
        pytest.skip("This case went on to a second reader; it has no texts yet.")
    path = f"/api/cases/{name}/texts"
    offered = lead.http.get(path, headers=lead.ticket(name)).json()
    assert [one["kind"] for one in offered["texts"]] == [kind.value for kind in Letter]
    assert "VERTEBRAL FRACTURE: severe (Genant 3)" in offered["texts"][0]["text"]
    assert "approximately" in offered["texts"][0]["text"]
    stale = post(lead, name, "issued", kind="addendum", sha256="0" * 64)
    assert (stale.status_code, "changed since" in stale.json()["error"]) == (422, True)
    one = offered["texts"][0]
    issued = post(lead, name, "issued", kind="addendum", sha256=one["sha256"]).json()["issued"]
    assert [each["words"] for each in issued] == ["Addendum to the report"]
    refused = post(lead, name, "recalled", undoes=issued[0]["act"], words=" ")
    assert refused.status_code == 422
    told = post(lead, name, "recalled", undoes=issued[0]["act"], words="pasted twice").json()
    assert "pasted twice" in told["issued"][0]["wrong"]
    assert post(lead, name, "issued", kind="poem", sha256="").status_code == 422
    assert lead.http.get(path).status_code == 401
