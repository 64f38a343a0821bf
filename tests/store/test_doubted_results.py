"""A result of another patient is held, and a person joins it to the scan that is meant."""

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session
from store_builders import LEAD, NOW, a_flag, a_header, a_patient, a_result, arrive, say, show

from store import held
from store.domain.arrival import AiResult, Fate, SeriesHeader
from store.domain.spine import Level
from store.tables import ResultRow, ReviewCase
from store.unit import Reader, Unit


def open_ones(engine: Engine) -> tuple[held.Held, ...]:
    with Reader(engine, LEAD) as reader:
        return held.open_ones(reader)


def release(engine: Engine, one: held.Held, choice: str) -> None:
    with Unit(engine, LEAD, NOW) as unit:
        held.release(unit, one.id, "PACS confirmed it.", choice)


def of_another(header: SeriesHeader) -> AiResult:
    return a_result(header, a_flag(Level.L2), patient=a_patient(born=None))


@pytest.mark.parametrize("first", ["scan", "result"])
def test_a_result_that_names_another_patient_waits_for_a_person(engine: Engine, first: str) -> None:
    header = a_header()
    result = of_another(header)
    if first == "scan":
        arrive(engine, header)
    outcome = say(engine, result)
    assert outcome.fate is Fate.HELD
    if first == "result":
        assert open_ones(engine) == ()
        arrive(engine, header)
    (one,) = open_ones(engine)
    assert "another NHS number" in one.reason
    assert "L2" not in str(one.shown), "who decides may be the one to read it unaided"
    with Session(engine) as session:
        assert session.get_one(ResultRow, result.digest).scan_id is None
    assert say(engine, result).fate is Fate.DUPLICATE
    (choice,) = one.choices
    release(engine, one, choice.key)
    with Session(engine) as session:
        assert session.get_one(ResultRow, result.digest).scan_id == choice.key
    assert open_ones(engine) == ()


def test_it_may_be_joined_to_a_scan_of_the_patient_it_names(engine: Engine) -> None:
    right, wrong = a_header(), a_header()
    for header in (right, wrong):
        arrive(engine, header)
    say(engine, a_result(wrong, a_flag(Level.T8), patient=right.patient))
    (one,) = open_ones(engine)
    named = next(each for each in one.choices if right.patient.forename in each.words)
    release(engine, one, named.key)
    case = say(engine, a_result(right, a_flag(Level.T8))).case
    assert case is not None
    assert {found.level for found in show(engine, case).findings} == {Level.T8}


def test_a_result_of_its_own_patient_is_entered(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    assert say(engine, a_result(header, a_flag(), patient=header.patient)).fate is Fate.ACCEPTED
    assert open_ones(engine) == ()


def test_of_several_scans_with_one_accession_number_a_person_chooses(engine: Engine) -> None:
    for _ in range(2):
        arrive(engine, a_header(accession="SAME1"))
    say(engine, a_result(None, a_flag(), accession="SAME1"))
    (one,) = open_ones(engine)
    assert len(one.choices) == 2
    release(engine, one, one.choices[1].key)
    assert open_ones(engine) == ()


def test_a_released_result_is_drawn_for_reading_without_it_as_any_other(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    result = of_another(header)
    say(engine, result)
    (one,) = open_ones(engine)
    with Unit(engine, LEAD, NOW) as unit:
        held.release(unit, one.id, "PACS confirmed it.", one.choices[0].key, 1.0)
    case = say(engine, result).case or _case_of(engine)
    assert show(engine, case).reading.unaided


def _case_of(engine: Engine) -> str:
    with Session(engine) as session:
        return str(session.execute(select(ReviewCase.id)).scalar_one())
