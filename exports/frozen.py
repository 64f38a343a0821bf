"""Rows as JSON and back, exactly: what was exported can be written again years later."""

import json
from collections.abc import KeysView
from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from store.domain.identity import NhsNumber
from store.domain.refusal import Unusable

Row = TypeVar("Row")
_KNOWN: dict[type[Any], dict[str, tuple[type[Any], ...]]] = {}


class UnusableFrozenRow(Unusable):
    """A stored row does not fit the columns of this version."""


def to_json(row: object) -> str:
    """The fields of the dataclass *row* as canonical JSON: sorted, ASCII, no spaces."""
    values = {name: _bare(getattr(row, name)) for name in _types(type(row))}
    return json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)


def from_json(kind: type[Row], text: str) -> Row:
    """The *kind* that `to_json` wrote as *text*.

    Raises:
        UnusableFrozenRow: *text* is not such a row, or a value is not of its field's type.
    """
    types = _types(kind)
    try:
        values = _fitting(json.loads(text), types.keys())
        return kind(**{name: _typed(values[name], types[name]) for name in types})
    except (ValueError, TypeError) as error:
        # Not the cause's own words, which may repeat a value of the row.
        msg = (
            f"A stored {kind.__name__} cannot be read ({type(error).__name__}). It was kept by "
            "another version of the workstation; open it with that version."
        )
        raise UnusableFrozenRow(msg) from None


def _fitting(values: object, names: KeysView[str]) -> dict[str, object]:
    if not isinstance(values, dict) or values.keys() != names:
        raise TypeError
    return values


def _types(kind: type[Any]) -> dict[str, tuple[type[Any], ...]]:
    if kind not in _KNOWN:  # reading the hints of 46 fields takes longer than writing them
        hints = get_type_hints(kind)
        _KNOWN[kind] = {field.name: _alternatives(hints[field.name]) for field in fields(kind)}
    return _KNOWN[kind]


def _alternatives(hint: Any) -> tuple[type[Any], ...]:  # noqa: ANN401 - a type hint has no type
    return get_args(hint) if get_origin(hint) is UnionType else (hint,)


def _bare(value: object) -> object:
    match value:
        case NhsNumber():
            return value.digits
        case Enum():
            return value.value
        case date():
            return value.isoformat()
    return value


def _typed(value: object, alternatives: tuple[type[Any], ...]) -> object:
    if value is None and NoneType in alternatives:
        return None
    kind = next(one for one in alternatives if one is not NoneType)
    if kind in (str, int, bool):
        if type(value) is not kind:
            raise TypeError
        return value
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    return kind(value)
