"""HL7 v2 text as it was meant: escapes undone, nothing of it lost.

The library's own unescaping drops all that follows a lone escape character and writes what it
cannot read into the log; both are wrong for a report.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NAMES = r"[FSTREHN]|X[0-9A-Fa-f]+|\.[a-z]{2}\s*[+-]?\d{0,3}"
"""What may stand between two escape characters; anything else is text with a stray one in it."""


@dataclass(frozen=True, slots=True)
class Separators:
    """What parts a message. Source: HL7 v2, MSH-1 and MSH-2."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    part: str = "&"

    @property
    def encoding(self) -> str:
        """MSH-2."""
        return self.component + self.repetition + self.escape + self.part


def plain(text: str, parts: Separators, charset: str = "utf-8") -> str:
    """*text* with its escapes undone and its lines ended by a newline.

    An escape that means nothing here stands as it was written. Source: HL7 v2.5 chapter 2.7.
    """
    mark = re.escape(parts.escape)
    pattern = re.compile(f"{mark}({_NAMES}){mark}")

    def meant(found: re.Match[str]) -> str:
        said = _meaning(found[1], parts, charset)
        return found[0] if said is None else said

    undone = pattern.sub(meant, text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub(" ", undone)


def escaped(text: str, parts: Separators) -> str:
    """*text* as it may stand in a field: no separator, no line."""
    names = {
        parts.escape: "E",
        parts.field: "F",
        parts.component: "S",
        parts.part: "T",
        parts.repetition: "R",
    }
    return "".join(
        f"{parts.escape}{names[each]}{parts.escape}" if each in names else each
        for each in " ".join(text.split())
    )


def _meaning(name: str, parts: Separators, charset: str) -> str | None:
    letters = {
        "F": parts.field,
        "S": parts.component,
        "T": parts.part,
        "R": parts.repetition,
        "E": parts.escape,
        "H": "",
        "N": "",
    }
    if name in letters:
        return letters[name]
    if name[0] == "X":
        return _hex(name[1:], charset)
    layout = re.fullmatch(r"\.([a-z]{2})\s*([+-]?\d{0,3})", name)
    drawn = _LAYOUT.get(layout[1]) if layout else None
    return drawn(abs(int(layout[2] or 1))) if layout and drawn else None


def _hex(digits: str, charset: str) -> str | None:
    try:
        return bytes.fromhex(digits).decode(charset)
    except (ValueError, LookupError):
        return None


_LAYOUT: dict[str, Callable[[int], str]] = {
    "br": lambda _: "\n",
    "sp": lambda lines: "\n" * min(lines, 20),
    "ce": lambda _: "\n",
    "fi": lambda _: "",
    "nf": lambda _: "",
    "in": lambda _: "",
    "ti": lambda _: "",
    "sk": lambda spaces: " " * min(spaces, 80),
}
"""Formatting of FT text. Source: HL7 v2.5, 2.7.6."""
