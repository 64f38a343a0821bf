"""While a second reading is out, no question of the record gives away anything of the first."""

import pytest
from asking import given_for, told
from sqlalchemy import Engine
from store_builders import (
    AUDITOR,
    COORDINATOR,
    LEAD,
    PEOPLE,
    RADIOLOGIST,
    a_case,
    a_flag,
    close,
    judge,
    measured,
    show,
    step,
)

from store import worklist
from store.domain.finding import CaseState, Deed
from store.domain.genant import FractureType, Grade
from store.domain.people import Person, Role
from store.domain.report import ReportStatus
from store.domain.spine import Level
from store.unit import Reader
from store.worklist import Filters

CANARY = "CANARYWORDS"
MARKS = (CANARY, LEAD.name, LEAD.handle, "HAEMANGIOMA", "KNOWN_PRIOR", "13.37", "CRUSH", "'T3'")
"""What the first reading alone says: words, reader, reason, report, height, shape, level."""
CHAIR = PEOPLE[Role.REALM_CHAIR]
SECRET_FROM = (RADIOLOGIST, COORDINATOR, CHAIR, AUDITOR)


def leaks(answers: dict[str, str], marks: tuple[str, ...] = MARKS) -> dict[str, list[str]]:
    found = {name: [mark for mark in marks if mark in text] for name, text in answers.items()}
    return {name: marked for name, marked in found.items() if marked}


def first_reading(engine: Engine) -> str:
    """A case whose first reading is full of marks."""
    case = a_case(engine, a_flag(Level.L1))
    step(engine, case, Deed.REJECT, code="HAEMANGIOMA", text=CANARY)
    marked = {"level": Level.T3, "grade": Grade.SEVERE, "shape": FractureType.CRUSH}
    step(engine, case, Deed.ADD, None, text=CANARY, **marked)
    measured(engine, case, Level.L2, 13.37, 24.0, 25.0)
    judge(engine, case, ReportStatus.KNOWN_PRIOR)
    return case


@pytest.mark.parametrize("end", [Deed.OPINION, Deed.CLOSE])
def test_nothing_of_a_first_reading_leaves_before_the_second_is_in(
    engine: Engine, end: Deed
) -> None:
    case = first_reading(engine)
    if end is Deed.CLOSE:
        step(engine, case, Deed.UNSURE)
    step(engine, case, end, None, text=CANARY)
    assert show(engine, case).state is CaseState.SECOND_READ
    for person in SECRET_FROM:
        answers = told(engine, person, given_for(case, person))
        if person is AUDITOR:  # the trail names who did something, never what they found
            for name, text in answers.items():
                answers[name] = text.replace(LEAD.handle, "")
        assert leaks(answers) == {}, person.role
    mine = told(engine, LEAD, given_for(case, LEAD))
    assert "store.cases.case" in leaks(mine), "the first reader sees their own"
    step(engine, case, Deed.UNSURE, 0, RADIOLOGIST)
    for person in SECRET_FROM[:3]:
        assert leaks(told(engine, person, given_for(case, person))) == {}, person.role


def found_at(engine: Engine, person: Person, level: Level) -> int:
    with Reader(engine, person) as reader:
        return len(worklist.page(reader, Filters(open=False, level=level)).lines)


def test_no_filter_finds_what_only_the_first_reading_says(engine: Engine) -> None:
    case = first_reading(engine)
    step(engine, case, Deed.OPINION, None, text=CANARY)
    for person in SECRET_FROM[:3]:
        assert (found_at(engine, person, Level.T3), found_at(engine, person, Level.L1)) == (0, 1)


def test_a_second_reading_is_as_blind_to_the_first_reader(engine: Engine) -> None:
    case = first_reading(engine)
    step(engine, case, Deed.OPINION, None, text=CANARY)
    step(engine, case, Deed.REJECT, 0, RADIOLOGIST, code="SCHEUERMANN", text="CANARYTWO")
    marks = ("SCHEUERMANN", "CANARYTWO", RADIOLOGIST.name)
    assert leaks(told(engine, LEAD, given_for(case, LEAD)), marks) == {}


def test_once_both_are_in_what_was_hidden_is_there(engine: Engine) -> None:
    case = first_reading(engine)
    step(engine, case, Deed.OPINION, None, text=CANARY)
    step(engine, case, Deed.REJECT, 0, RADIOLOGIST, code="LIMBUS")
    step(engine, case, Deed.ADD, None, RADIOLOGIST, level=Level.T3, grade=Grade.SEVERE)
    close(engine, case, RADIOLOGIST)
    assert show(engine, case).state is CaseState.CLOSED
    for person in (RADIOLOGIST, COORDINATOR, CHAIR):
        found = leaks(told(engine, person, given_for(case, person)))
        assert {mark for marks in found.values() for mark in marks} >= set(MARKS) - {LEAD.handle}, (
            person.role
        )
        assert {"store.cases.case", "store.history.story"} <= found.keys()


def test_names_of_readers_wait_for_the_adjudication(engine: Engine) -> None:
    case = first_reading(engine)
    step(engine, case, Deed.OPINION, None, text=CANARY)
    step(engine, case, Deed.CONFIRM, 0, RADIOLOGIST, grade=Grade.MILD)
    close(engine, case, RADIOLOGIST)
    assert show(engine, case).state is CaseState.ADJUDICATION
    names = (LEAD.name, LEAD.handle, RADIOLOGIST.name, RADIOLOGIST.handle)
    for person in (PEOPLE[Role.REALM_CHAIR], COORDINATOR):
        assert leaks(told(engine, person, given_for(case, person)), names) == {}, person.role
