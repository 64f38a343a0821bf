"""Tables of a TOML file as frozen values; every mistake is said with its line and the remedy."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field, fields
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from app.settings import UnusableSetting

T = TypeVar("T")
Check = Callable[[Any], str]
"""Says what is wrong with a value, and what to write; empty where nothing is."""


def option(says: str, default: object = MISSING, check: Check | None = None) -> Any:  # noqa: ANN401
    """A field of a table: what it *says*, what stands where it is left out, what it may be."""
    metadata = {"says": says, "check": check}
    if default is MISSING:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


def between(low: float, high: float) -> Check:
    """A number from *low* to *high*."""
    return lambda value: "" if low <= value <= high else f"write a number from {low:g} to {high:g}"


def one_of(*words: str) -> Check:
    """One of *words*."""
    said = " or ".join(f'"{word}"' for word in words)
    return lambda value: "" if value in words else f"write {said}"


def like(pattern: str, words: str) -> Check:
    """Text, or texts, that match *pattern* whole; *words* say what to write."""

    def check(value: str | tuple[str, ...]) -> str:
        texts = (value,) if isinstance(value, str) else value
        return "" if all(re.fullmatch(pattern, text) for text in texts) else f"write {words}"

    return check


class Place:
    """The n-th table of a kind in a file, to point at it in words."""

    def __init__(self, text: str, header: str, number: int) -> None:
        lines = text.splitlines()
        mark = re.compile(rf"\s*\[\[\s*{re.escape(header)}\s*\]\]")
        heads = [at for at, line in enumerate(lines) if mark.match(line)]
        self._lines = lines
        self._first = heads[number] if number < len(heads) else 0

    def fault(self, words: str, key: str = "") -> UnusableSetting:
        """The refusal that says *words* of *key* in this table."""
        line = self._first
        for at in range(self._first + 1, len(self._lines)):
            if self._lines[at].lstrip().startswith("["):
                break
            if key and re.match(rf"\s*{re.escape(key)}\s*=", self._lines[at]):
                line = at
        return UnusableSetting(f"VCF_SOURCES, line {line + 1}: {words}")


def tables(path: Path) -> tuple[str, Mapping[str, Any]]:
    """The text of the file at *path*, and what it says.

    Raises:
        UnusableSetting: it cannot be read, or is not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        msg = "VCF_SOURCES names a file that cannot be read as UTF-8 text. Check path and rights."
        raise UnusableSetting(msg) from None
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # The parser's words name line and column, and nothing of what stands there.
        where = re.search(r"\(at .*\)", str(error))
        msg = f"VCF_SOURCES is not TOML {where[0] if where else ''}. Correct it there."
        raise UnusableSetting(msg) from None


def filled(kind: type[T], table: Mapping[str, Any], place: Place) -> T:
    """A *kind* with the values of *table*.

    Raises:
        UnusableSetting: a key is unknown or missing, or a value is not what it should be.
    """
    known = {each.name: each for each in fields(kind)}  # type: ignore[arg-type]
    for key in table:
        if key not in known:
            words = f"{key!r} means nothing here. It may name {', '.join(known)}."
            raise place.fault(words, key)
    types = get_type_hints(kind)
    given = {}
    for name, each in known.items():
        if name in table:
            given[name] = _value(each, types[name], table[name], place)
        elif each.default is MISSING:
            words = f"{name!r} is missing: {each.metadata['says']}. Write {name} = …"
            raise place.fault(words)
    return kind(**given)


def _value(
    each: "Field[Any]",
    kind: Any,  # noqa: ANN401 - a type, of whatever sort
    value: object,
    place: Place,
) -> object:
    """*value* as the field has it."""
    right, words = _typed(kind, value)
    if words:
        msg = f"{each.name!r} is {each.metadata['says']}: write {words}."
        raise place.fault(msg, each.name)
    check = each.metadata["check"]
    wrong = check(right) if check else ""
    if wrong:
        msg = f"{each.name!r} is {each.metadata['says']}: {wrong}."
        raise place.fault(msg, each.name)
    return right


def _typed(kind: Any, value: object) -> tuple[object, str]:  # noqa: ANN401 - a type
    """*value* as a *kind*, or what to write instead."""
    if get_origin(kind) is UnionType:
        kind = next(one for one in get_args(kind) if one is not type(None))
    if get_origin(kind) is tuple:
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value), ""
        return None, 'a list of texts, ["…", "…"]'
    if kind is Path:
        if isinstance(value, str) and value and "\0" not in value:
            return Path(value).expanduser(), ""
        return None, 'a path in quotes, "…"'
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value), ""
    if type(value) is kind:
        return value, ""
    said = {str: 'text in quotes, "…"', int: "a whole number", bool: "true or false"}
    return None, said.get(kind, "a number")
