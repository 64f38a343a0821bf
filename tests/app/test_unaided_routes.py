"""What the server answers of a case read without the AI's answer, compared whole."""

from dataclasses import replace
from typing import Any

from arriving import a_scan
from clerk import Clerk

from store import arrivals
from store.domain.arrival import AiFinding, AiResult, Ending
from store.domain.genant import Grade
from store.domain.morphometry import Heights
from store.domain.people import INTAKE
from store.domain.spine import Level
from store.engine import open_engine
from store.unit import Unit

WEDGED = {Level.T12: Heights(23.0, 23.0, 24.0), Level.L1: Heights(16.0, 20.0, 25.0)}


def two_cases(clerk: Clerk) -> tuple[str, ...]:
    """A case of a scan that the AI did not flag, and one of a scan that it did."""
    engine = open_engine(f"sqlite:///{clerk.server.data / 'record.db'}")
    negative = AiResult(
        product="Product",
        version="1",
        ending=Ending.NEGATIVE,
        findings=(),
        format="JSON",
        digest="a" * 64,
        study_uid=a_scan(1).study_uid,
    )
    flagged = replace(
        negative,
        ending=Ending.POSITIVE,
        findings=(AiFinding(Level.L1, loss=0.36, grade=Grade.MODERATE),),
        digest="b" * 64,
        study_uid=a_scan(2).study_uid,
    )
    found = []
    for number, result in enumerate((negative, flagged), 1):
        with Unit(engine, INTAKE) as unit:
            picture = arrivals.Picture(f"{number}" * 64, WEDGED, {}, f"{number + 2}" * 64)
            arrivals.receive_series(unit, a_scan(number), picture)
            case = arrivals.receive_result(unit, result, 1.0).case
        assert case is not None
        found.append(case)
    engine.dispose()
    return tuple(found)


def bare(value: Any, *own: str) -> Any:  # noqa: ANN401 - JSON
    """*value* without what names the scan and its picture."""
    if isinstance(value, dict):
        gone = {"name", "hospital_number", "accession", "ticket", "ahead", "next", "pacs"}
        return {name: bare(each, *own) for name, each in value.items() if name not in gone}
    if isinstance(value, list):
        return [bare(each, *own) for each in value]
    return "its own" if value in own and value else value


def test_the_answers_of_a_negative_and_of_a_flagged_case_are_the_same(lead: Clerk) -> None:
    answers, raw = [], []
    for case in two_cases(lead):
        painted = lead.case(case)
        raw.append(lead.http.get(f"/api/cases/{case}", headers=lead.ticket(case)).text)
        answers.append(bare(painted, case, painted["stack"]))
    assert answers[0] == answers[1]
    assert answers[0]["reading"]["unaided"] is True
    assert answers[0]["scan"]["ai"] == "hidden until this case is closed"
    for text in raw:
        assert "negative" not in text
        assert '"source":"AI"' not in text.replace(" ", "")


def test_nor_does_the_answer_to_a_step_tell_them_apart(lead: Clerk) -> None:
    answers = []
    for case in two_cases(lead):
        act = lead.act(case, lead.case(case)["version"], "add", level="T12", grade=1)
        said = lead.post(act)
        assert said.status_code == 200, said.text
        painted = said.json()["case"]
        found = painted["findings"][0]
        answers.append(bare(painted, case, painted["stack"], found["id"], found["by"]))
    assert answers[0] == answers[1]
