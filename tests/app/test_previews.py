"""Pictures that an AI product sends with its flag: from the file to the reader, to nobody else."""

import sqlite3
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from arriving import a_scan
from clerk import Clerk
from running import Server, received, run
from sc_builders import a_picture, write_capture
from test_unaided_routes import bare, two_cases

from components.imaging.preview import read_preview
from store import previews
from store.domain.people import INTAKE
from store.engine import open_engine
from store.unit import Unit

RGB = a_picture()
FLAGGED = (
    "SELECT c.id, s.study_uid, r.product FROM review_case c JOIN scan s ON s.id = c.scan_id"
    " JOIN ai_result r ON r.scan_id = s.id WHERE r.ending = 'AI_POSITIVE' "
    " AND s.id NOT IN (SELECT scan_id FROM preview) ORDER BY c.rowid"
)


def asked(data: Path, query: str) -> list[Any]:
    with sqlite3.connect(data / "record.db") as record:
        return record.execute(query).fetchall()


def fates(data: Path) -> dict[str, str]:
    """What became of the pictures: reasons by fate, the last of each."""
    return dict(asked(data, "SELECT fate, reason FROM receipt WHERE kind = 'preview' ORDER BY id"))


def fetched(clerk: Clerk, case: str, picture: str) -> httpx.Response:
    return clerk.http.get(f"/api/previews/{picture}", headers=clerk.ticket(case))


def test_pictures_of_the_product_are_shown_with_its_flag_and_nothing_else_is(
    lead: Clerk, server: Server, tmp_path: Path
) -> None:
    data = server.data
    (case, study, product), (other, *_) = asked(data, FLAGGED)[:2]
    sent = tmp_path / "ai"
    mine = {"study": study, "ManufacturerModelName": product, "SeriesInstanceUID": "1.2.9"}
    files = [write_capture(sent / f"{n}.dcm", RGB, InstanceNumber=n, **mine) for n in (2, 1)]
    write_capture(sent / "film.dcm", RGB, syntax="1.2.840.10008.1.2.4.102", packed=b"x",
                  InstanceNumber=3, **mine)  # fmt: skip
    write_capture(sent / "dose.dcm", RGB, study=study, Modality="CT", ManufacturerModelName="CT 9")
    write_capture(sent / "paper.dcm", RGB, ConversionType="SI", **mine)
    write_capture(sent / "swapped.dcm", RGB, PatientBirthDate="19110101", PatientID="ELSEWHERE",
                  PatientName="CANARY^NAME", **mine)  # fmt: skip
    series = asked(data, "SELECT count(*) FROM series")
    assert received(data, sent) == []
    assert received(data, sent) == []
    assert asked(data, "SELECT count(*) FROM series") == series, "a picture is no CT series"
    assert asked(data, "SELECT count(*) FROM preview") == [(5,)], "the demo's one and four"
    for path in files:
        digest = read_preview(path).digest
        assert (data / "files" / "captures" / f"{digest}.dcm").read_bytes() == path.read_bytes()

    said = lead.case(case)["previews"]
    assert [bool(one["pictures"]) for one in said] == [True, True, False]
    assert said[0]["maker"] == f"Example Vision {product}, version 2.1.0"
    assert "not shown" in said[2]["refusal"]
    (name,) = said[0]["pictures"]
    answer = fetched(lead, case, name)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert "no-store" in answer.headers["cache-control"]
    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert np.array_equal(picture[..., ::-1], RGB)

    assert fetched(lead, other, name).status_code == 404, "the ticket of another case"
    assert lead.http.get(f"/api/previews/{name}").status_code == 401
    with Clerk(server, "au.dit") as auditor:
        assert fetched(auditor, case, name).status_code == 403
    told = fates(data)
    assert told["accepted"]
    assert "another" in told["held"]
    assert told.keys() == {"accepted", "held", "ignored", "duplicate"}
    reasons = " ".join(row[0] for row in asked(data, "SELECT reason FROM receipt"))
    assert {"Scanned paper or film. It is left aside."} <= {
        row[0] for row in asked(data, "SELECT reason FROM receipt WHERE fate = 'ignored'")
    }
    assert "CANARY" not in reasons
    assert asked(data, "SELECT code FROM held WHERE kind = 'picture'") == [
        ("preview.other_patient",)
    ]


def test_a_picture_waits_for_the_result_that_answers_for_it(data: Path, tmp_path: Path) -> None:
    _, study, _ = asked(data, FLAGGED)[0]
    made = {"study": study, "Manufacturer": "Newcomer", "ManufacturerModelName": "Bones 1"}
    write_capture(tmp_path / "ai" / "1", RGB, **made)
    assert run(data, "receive", tmp_path / "ai").returncode == 0
    assert "it waits for one" in fates(data)["held"]
    engine = open_engine(f"sqlite:///{data / 'record.db'}")
    with Unit(engine, INTAKE) as unit:
        assert previews.previews_on(unit.session, _scan(data, study)) == ()
    result = tmp_path / "result.csv"
    result.write_text(
        "product,version,study_uid,accession,ending,reason,threshold_rule,level,loss,grade,formula,"
        f"anterior_mm,middle_mm,posterior_mm\nNewcomer,1,{study},,AI_POSITIVE,,,,,,,,,\n"
    )
    assert run(data, "receive", result).returncode == 0
    with Unit(engine, INTAKE) as unit:
        assert len(previews.previews_on(unit.session, _scan(data, study))) == 1
    engine.dispose()


def _scan(data: Path, study: str) -> str:
    (row,) = asked(data, f"SELECT id FROM scan WHERE study_uid = '{study}'")
    return str(row[0])


@pytest.mark.parametrize("first", ["picture", "scan"])
def test_a_case_read_without_the_ai_shows_no_picture_of_it(
    lead: Clerk, server: Server, tmp_path: Path, first: str
) -> None:
    """Whichever of the two came first; a scan that was flagged looks like one that was not."""
    engine = open_engine(f"sqlite:///{server.data / 'record.db'}")

    def enter() -> str:
        path = write_capture(
            tmp_path / "1", RGB, study=a_scan(2).study_uid, ManufacturerModelName="Product"
        )
        with Unit(engine, INTAKE) as unit:
            one = read_preview(path)
            previews.receive(unit, previews.Preview(**{**_fields(one), "pictures": ("ab" * 32,)}))
        return "ab" * 32

    if first == "picture":
        name = enter()
        cases = two_cases(lead)
    else:
        cases = two_cases(lead)
        name = enter()
    engine.dispose()
    answers = [bare(lead.case(case), case, lead.case(case)["stack"]) for case in cases]
    assert answers[0] == answers[1]
    assert answers[1]["previews"] == []
    refused = [fetched(lead, case, name) for case in cases]
    assert [one.status_code for one in refused] == [404, 404]
    assert refused[0].text == refused[1].text


def _fields(one: previews.Preview) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}
