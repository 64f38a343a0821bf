"""While a second reading is out, no question of the record gives away anything of the first."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from sqlalchemy import Engine
from store_builders import (
    AUDITOR,
    COORDINATOR,
    LEAD,
    NOW,
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

import store
from store import worklist
from store._numbered import Named
from store.domain.finding import CaseState, Deed
from store.domain.genant import FractureType, Grade
from store.domain.people import Permission, Person, Role
from store.domain.referral import Policy
from store.domain.report import ReportStatus
from store.domain.spine import Level
from store.unit import Reader
from store.worklist import Filters

CANARY = "CANARYWORDS"
MARKS = (CANARY, LEAD.name, LEAD.handle, "HAEMANGIOMA", "KNOWN_PRIOR", "13.37", "CRUSH", "'T3'")
"""What the first reading alone says: words, reader, reason, report, height, shape, level."""
CHAIR = PEOPLE[Role.REALM_CHAIR]
SECRET_FROM = (RADIOLOGIST, COORDINATOR, CHAIR, AUDITOR)


def questions() -> dict[str, Callable[..., Any]]:
    """Every function of the record that only asks."""
    found = {}
    for module in pkgutil.iter_modules(store.__path__, "store."):
        if module.ispkg:
            continue
        loaded = importlib.import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == module.name and hasattr(function, "permission"):
                first = next(iter(inspect.signature(function).parameters.values()))
                if "Reader" in str(first.annotation):
                    found[f"{module.name}.{name}"] = function
    return found


QUESTIONS = questions()


def arguments(function: Callable[..., Any], given: dict[str, Any]) -> dict[str, Any]:
    """What *function* must be asked with, by the names of its parameters."""
    wanted = [
        name
        for name, each in list(inspect.signature(function).parameters.items())[1:]
        if each.default is inspect.Parameter.empty
    ]
    assert set(wanted) <= given.keys(), f"say here how to ask it: {wanted}"
    return {name: given[name] for name in wanted}


def flat(value: object) -> str:
    """Everything an answer holds, as text; a level as 'T3', a shape by its name."""
    if isinstance(value, Named):  # it names every level there is; only moved ones tell anything
        return flat({one: shown for one, shown in value.shown.items() if one is not shown})
    if is_dataclass(value) and not isinstance(value, type):
        parts = [flat(getattr(value, field.name)) for field in fields(value)]
        return " ".join(parts)
    if isinstance(value, dict):
        return " ".join(f"{flat(key)} {flat(each)}" for key, each in value.items())
    if isinstance(value, tuple | list | set | frozenset):
        return " ".join(map(flat, value))
    if isinstance(value, FractureType):
        return value.name
    if isinstance(value, Level):
        return repr(value.value)
    return str(value)


def told(engine: Engine, person: Person, given: dict[str, Any]) -> dict[str, str]:
    """Everything that *person* gets from the record, by question."""
    answers = {}
    for name, function in QUESTIONS.items():
        permission: Permission = function.permission  # type: ignore[attr-defined]  # the gate's
        if person.may(permission):
            with Reader(engine, person) as reader:
                answers[name] = flat(function(reader, **arguments(function, given)))
    return answers


def leaks(answers: dict[str, str], marks: tuple[str, ...] = MARKS) -> dict[str, list[str]]:
    found = {name: [mark for mark in marks if mark in text] for name, text in answers.items()}
    return {name: marked for name, marked in found.items() if marked}


def given_for(case: str, person: Person) -> dict[str, Any]:
    from store.preferences import Preference

    return {
        "case_id": case,
        "cases": (case,),
        "text": "DEMO",
        "filters": Filters(open=False),
        "policy": Policy(),
        "now": NOW,
        "secret": "none",
        "series_uid": "none",
        "batch_id": "none",
        "name": Preference.KEYMAP,
        "preference": Preference.KEYMAP,
        "which": Preference.KEYMAP,
        "handle": person.handle,
    }


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports are asked for by number; there is none, and that is no leak."""
    QUESTIONS.pop("store.referrals.batch", None)
    QUESTIONS.pop("store.staff.everyone", None)


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
@pytest.mark.usefixtures("asked")
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


@pytest.mark.usefixtures("asked")
def test_a_second_reading_is_as_blind_to_the_first_reader(engine: Engine) -> None:
    case = first_reading(engine)
    step(engine, case, Deed.OPINION, None, text=CANARY)
    step(engine, case, Deed.REJECT, 0, RADIOLOGIST, code="SCHEUERMANN", text="CANARYTWO")
    marks = ("SCHEUERMANN", "CANARYTWO", RADIOLOGIST.name)
    assert leaks(told(engine, LEAD, given_for(case, LEAD)), marks) == {}


@pytest.mark.usefixtures("asked")
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


@pytest.mark.usefixtures("asked")
def test_names_of_readers_wait_for_the_adjudication(engine: Engine) -> None:
    case = first_reading(engine)
    step(engine, case, Deed.OPINION, None, text=CANARY)
    step(engine, case, Deed.CONFIRM, 0, RADIOLOGIST, grade=Grade.MILD)
    close(engine, case, RADIOLOGIST)
    assert show(engine, case).state is CaseState.ADJUDICATION
    names = (LEAD.name, LEAD.handle, RADIOLOGIST.name, RADIOLOGIST.handle)
    for person in (PEOPLE[Role.REALM_CHAIR], COORDINATOR):
        assert leaks(told(engine, person, given_for(case, person)), names) == {}, person.role
