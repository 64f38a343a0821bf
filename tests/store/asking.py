"""Asks every question of the record, and gives the answers as text."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from store_builders import NOW

import store
from store._numbered import Named
from store.discrepancies import Asked
from store.domain.genant import FractureType
from store.domain.people import Permission, Person
from store.domain.referral import Policy
from store.domain.spine import Level
from store.preferences import Preference
from store.unit import Reader
from store.worklist import Filters


def doors() -> dict[str, Callable[..., Any]]:
    """Every function of the record that names a permission."""
    found = {}
    for module in pkgutil.iter_modules(store.__path__, "store."):
        if module.ispkg:
            continue
        loaded = importlib.import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == module.name and hasattr(function, "permission"):
                found[f"{module.name}.{name}"] = function
    return found


def _asks(function: Callable[..., Any]) -> bool:
    first = next(iter(inspect.signature(function).parameters.values()))
    return "Reader" in str(first.annotation)


def questions() -> dict[str, Callable[..., Any]]:
    """Every function of the record that only asks."""
    return {name: function for name, function in doors().items() if _asks(function)}


QUESTIONS = questions()
for _unasked in (
    # Asked for by number, and there is none; who may sign in is no secret.
    "store.identities.identity",
    "store.realm.pack_of",
    "store.realm_files.unnamed",
    "store.referrals.batch",
    "store.staff.everyone",
):
    del QUESTIONS[_unasked]


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


def told(
    engine: Engine, person: Person, given: dict[str, Any], now: datetime | None = None
) -> dict[str, str]:
    """Everything that *person* gets from the record, by question."""
    answers = {}
    for name, function in QUESTIONS.items():
        permission: Permission = function.permission  # type: ignore[attr-defined]  # the gate's
        if person.may(permission):
            with Reader(engine, person, now) as reader:
                answers[name] = flat(function(reader, **arguments(function, given)))
    return answers


def given_for(case: str, person: Person) -> dict[str, Any]:
    return {
        "case_id": case,
        "picture": "none",
        "rows": (),
        "batches": (),
        "cases": (case,),
        "text": "DEMO",
        "filters": Filters(open=False),
        "policy": Policy(),
        "now": NOW,
        "today": NOW.date(),
        "patient": "none",
        "patients": ("none",),
        "secret": "none",
        "series_uid": "none",
        "batch_id": "none",
        "name": Preference.KEYMAP,
        "preference": Preference.KEYMAP,
        "which": Preference.KEYMAP,
        "handle": person.handle,
        "asked": Asked(),
        "meeting_id": "none",
        "case_no": "none",
        "day": NOW.date(),
    }
