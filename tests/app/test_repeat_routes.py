"""What the server answers of a repeat, compared whole with what it answers of a new case."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from arriving import a_scan
from clerk import Clerk
from running import Server

from store import arrivals, cases, findings
from store.domain.arrival import AiFinding, AiResult, Ending
from store.domain.finding import Act, Decision, Deed
from store.domain.genant import Grade
from store.domain.morphometry import Heights
from store.domain.people import INTAKE, Person, Role
from store.domain.reading import ReadPolicy
from store.domain.spine import Level
from store.engine import Engine, open_engine
from store.unit import Reader, Unit

WEDGED = {Level.T12: Heights(23.0, 23.0, 24.0), Level.L1: Heights(16.0, 20.0, 25.0)}
LEAD = Person("a.lead", "Anna Lead", Role.METABOLIC_LEAD)
EVERY = ReadPolicy(share=0.0, doubtful=False, repeat_share=1.0)
GONE = {"name", "hospital_number", "accession", "ticket", "ahead", "next", "waiting", "pacs"}


def arrived(engine: Engine, number: int) -> str:
    """The case of a scan flagged at L1."""
    with Unit(engine, INTAKE) as unit:
        picture = arrivals.Picture(f"{number}" * 64, WEDGED, {}, f"{number + 2}" * 64)
        arrivals.receive_series(unit, a_scan(number), picture)
        flag = AiFinding(Level.L1, loss=0.36, grade=Grade.MODERATE)
        study, digest = a_scan(number).study_uid, f"{number + 4}" * 64
        result = AiResult("Product", "1", Ending.POSITIVE, (flag,), "JSON", digest, study)
        case = arrivals.receive_result(unit, result).case
    assert case is not None
    return case


def closed(engine: Engine, case: str, at: datetime) -> None:
    """The lead rejects the flag of *case*, and closes it."""
    for deed, code in ((Deed.REJECT, "HAEMANGIOMA"), (Deed.CLOSE, "")):
        with Reader(engine, LEAD) as reader:
            shown = cases.case(reader, case)
        finding = shown.findings[0].id if code else None
        act = Act(str(uuid4()), case, shown.version, finding, Decision(deed, code=code))
        with Unit(engine, LEAD, at) as unit:
            findings.decide(unit, act, EVERY)


def made(server: Server) -> tuple[str, str]:
    """A case that was closed a month ago, and one that waits; the lead is due a repeat."""
    engine = open_engine(f"sqlite:///{server.data / 'record.db'}")
    old, last, fresh = (arrived(engine, number) for number in (1, 2, 3))
    now = datetime.now(UTC)
    with patch("store._repeats.BETWEEN", 1):
        closed(engine, old, now - timedelta(days=30))
        closed(engine, last, now)
    engine.dispose()
    return old, fresh


def bare(value: Any, *own: str) -> Any:  # noqa: ANN401 - JSON
    """*value* without what names the scan, its picture and its place in the list."""
    if isinstance(value, dict):
        return {name: bare(each, *own) for name, each in value.items() if name not in GONE}
    if isinstance(value, list):
        return [bare(each, *own) for each in value]
    return "its own" if value in own and value else value


def answers(clerk: Clerk, case: str) -> list[Any]:
    """Everything that the routes of a case answer while it is read, without names."""
    ticket, shown = clerk.ticket(case), clerk.case(case)
    own = (case, shown["stack"], *(found["id"] for found in shown["findings"]))
    said = [shown, clerk.claim(case).json(), clerk.case(case)]
    for kind, fields in (
        ("unsure", {"finding": own[2]}),
        ("report_status", {"status": "NOT_MENTIONED", "recommendation": "none"}),
        ("close", {"seconds": 9}),
        ("undo", {}),
        ("close", {"seconds": 9}),
        ("confirm", {"finding": own[2]}),
    ):
        answer = clerk.post(clerk.act(case, clerk.case(case)["version"], kind, **fields))
        said.append([answer.status_code, {**answer.json(), "saved": ""}])
    said.append(clerk.post(clerk.act(case, 1, "reopen", text="x")).json())
    said.append(clerk.claim(case, "release").json())
    said.append(clerk.http.get(f"/api/cases/{case}/history", headers=ticket).json())
    minutes = [clock(bare(one, *own)) for one in said]
    return [minutes, clerk.http.get(f"/api/stacks/{own[1]}/meta", headers=ticket).status_code]


def clock(value: Any) -> Any:  # noqa: ANN401 - JSON
    """*value* without the minute in which something was done."""
    if isinstance(value, dict):
        moments = {"by", "at", "raised", "seconds_left"}
        return {n: "" if n in moments else clock(each) for n, each in value.items()}
    if isinstance(value, list):
        return [clock(each) for each in value]
    return value.split(" on ")[0] if isinstance(value, str) and " on " in value else value


def test_the_answers_of_a_repeat_and_of_a_new_case_are_the_same_and_others_get_none(
    server: Server, lead: Clerk
) -> None:
    old, fresh = made(server)
    was = lead.case(old)
    assert was["state"] == "closed"
    repeat = lead.case(fresh)["ahead"][0]["case"]
    assert repeat not in lead.cases()
    with Clerk(server, "b.lead") as other, Clerk(server, "f.coord") as coordinator:
        for clerk in (other, coordinator):
            assert repeat not in str(clerk.case(fresh)["ahead"])
            refused = clerk.http.get(f"/api/cases/{repeat}", headers=clerk.ticket(repeat))
            unknown = clerk.http.get("/api/cases/c_none", headers=clerk.ticket("c_none"))
            assert (refused.status_code, refused.text) == (unknown.status_code, unknown.text)
        theirs = bare(other.case(old))
        assert lead.case(repeat).keys() == lead.case(fresh).keys()
        assert answers(lead, repeat) == answers(lead, fresh)
        assert bare(other.case(old)) == theirs
        # Whoever asks for the case itself is answered of it, its reader too.
        assert bare(lead.case(old)) == bare(was)
