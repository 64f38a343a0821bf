"""Two reconstructions of one scan, received as files: the better is shown first."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from running import received
from two_series import write_both

from app.case_json import paint
from app.settings import Settings
from app.wiring import Site, open_site
from store import cases, findings
from store.domain.finding import Act, Decision, Deed
from store.domain.people import Person, Role
from store.domain.reading import ReadPolicy

LEAD = Person("a.lead", "Ada Lead", Role.METABOLIC_LEAD)


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_both(tmp_path_factory.mktemp("both"))


def taken_in(data: Path, folder: Path) -> str:
    """The only case, once *folder* was received."""
    assert [one["outcome"] for one in received(data, folder)] == ["accepted"]
    with sqlite3.connect(data / "record.db") as record:
        ((case,),) = record.execute("SELECT id FROM review_case")
    return str(case)


def painted(site: Site, case: str) -> dict[str, Any]:
    return paint(site.ask(LEAD, cases.case, case), demo=False)


@pytest.mark.parametrize("first", ["thick", "thin"])
def test_the_thinner_reconstruction_is_shown_whichever_came_first(
    deliveries: dict[str, Path], tmp_path: Path, first: str
) -> None:
    data = tmp_path / "data"
    second = "thin" if first == "thick" else "thick"
    case = taken_in(data, deliveries[first])
    assert taken_in(data, deliveries[second]) == case
    thin, thick = painted(open_site(Settings(data=data)), case)["series"]
    assert thin["words"].startswith("2.5 mm every 2.5 mm, BONE, ")
    assert thick["words"].startswith("5.0 mm every 5.0 mm, STANDARD, ")
    assert (thin["shown"], thin["why"], thick["shown"]) == (True, "", False)
    assert thick["why"] == "slices of 5.00 mm where 2.50 mm are to be had"


def test_a_case_decided_on_thick_slices_says_that_thin_ones_came_later(
    deliveries: dict[str, Path], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    case = taken_in(data, deliveries["thick"])
    site = open_site(Settings(data=data))
    shown = painted(site, case)
    finding = shown["findings"][0]["id"]
    act = Act(
        "5f0c2f0e-0000-4000-8000-000000000001",
        case,
        shown["version"],
        finding,
        Decision(Deed.UNSURE),
        shown["stack"],
    )
    site.submit(LEAD, findings.decide, act, ReadPolicy())
    assert painted(site, case)["picture_changed"] == ""
    taken_in(data, deliveries["thin"])
    now = painted(site, case)
    assert now["version"] == shown["version"] + 2
    assert now["picture_changed"].startswith("The last step, by Ada Lead on ")
    assert now["picture_changed"].endswith(
        "was made on another picture (" + now["series"][1]["words"]
        + "); this one came later. Look at it before you decide again."
    )  # fmt: skip
