"""The one gate to the record: every question and change names the permission it needs."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from store.domain.people import Permission
from store.unit import Reader, Unit

P = ParamSpec("P")
T = TypeVar("T")


class SilentWrite(RuntimeError):
    """A change wrote to the record and told the trail nothing: a defect."""


def question(
    permission: Permission,
) -> Callable[[Callable[Concatenate[Reader, P], T]], Callable[Concatenate[Reader, P], T]]:
    """Mark a function that only asks."""

    def mark(ask: Callable[Concatenate[Reader, P], T]) -> Callable[Concatenate[Reader, P], T]:
        @wraps(ask)
        def asked(reader: Reader, /, *args: P.args, **kwargs: P.kwargs) -> T:
            reader.require(permission)
            return ask(reader, *args, **kwargs)

        asked.permission = permission  # type: ignore[attr-defined]  # read by tests/rules
        return asked

    return mark


def change(
    permission: Permission,
) -> Callable[[Callable[Concatenate[Unit, P], T]], Callable[Concatenate[Unit, P], T]]:
    """Mark a function that changes the record; it must tell the trail.

    Raises:
        SilentWrite: on return, when no line was told.
    """

    def mark(act: Callable[Concatenate[Unit, P], T]) -> Callable[Concatenate[Unit, P], T]:
        @wraps(act)
        def acted(unit: Unit, /, *args: P.args, **kwargs: P.kwargs) -> T:
            unit.require(permission)
            before = unit.told
            answer = act(unit, *args, **kwargs)
            if unit.told == before:
                msg = f"{act.__module__}.{act.__qualname__} changed the record and told nobody."
                raise SilentWrite(msg)
            return answer

        acted.permission = permission  # type: ignore[attr-defined]  # read by tests/rules
        return acted

    return mark
