"""Text made plain for searching: accents, odd dashes and invisible characters aside."""

import re
import unicodedata
from collections.abc import Iterable

BARRIER = "\x00"
"""Stands where something was redacted: no rule reads it or sees past it."""

_LETTERS = str.maketrans(
    {
        **dict(zip("øØłŁđĐıð", "oOlLdDid", strict=True)),
        **{"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH"},
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        **dict.fromkeys("‘’‛ʼ`´＇", "'"),
    }
)


class Folded:
    """A text as rules read it, and where each character of it stood.

    Attributes:
        text: Plain letters in their own case, ASCII digits, plain spaces, line ends.
    """

    def __init__(self, raw: str) -> None:
        self._size = len(raw)
        plain: list[str] = []
        self._at: list[int] = []
        for place, letter in enumerate(raw):
            for part in _plain(letter):
                plain.append(part)
                self._at.append(place)
        self.text = "".join(plain)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where *start* to *end* of `text` stands in the raw text, with what hangs on it."""
        last = self._at[end] if end < len(self._at) else self._size
        first = self._at[start]
        # A mark on the letter after the span belongs to that letter, not to the span.
        return first, max(last, first + 1)

    def without(self, spans: Iterable[tuple[int, int]]) -> None:
        """Put barriers over *spans* of the raw text."""
        hidden = bytearray(self._size)
        for start, end in spans:
            hidden[start:end] = b"\1" * (end - start)
        self.text = "".join(
            BARRIER if hidden[at] else letter
            for letter, at in zip(self.text, self._at, strict=True)
        )


def folded(text: str) -> str:
    """*text* in plain letters, as `Folded` reads it."""
    return Folded(text).text


def _plain(letter: str) -> str:
    if letter == BARRIER:
        return " "
    if letter == "\n" or letter in "\v\f\x85\u2028\u2029":
        return "\n"
    if letter.isascii() and letter.isprintable():
        return "'" if letter == "`" else letter
    if letter.isspace():
        return " "
    parts = unicodedata.normalize("NFKD", letter.translate(_LETTERS)).translate(_LETTERS)
    return "".join(_part(part) for part in parts)


def _part(part: str) -> str:
    """Nothing for marks and what is not seen; a digit of any script as ours."""
    kind = unicodedata.category(part)
    if kind in {"Mn", "Me", "Cf", "Cc"}:
        return ""
    return str(unicodedata.digit(part)) if kind == "Nd" else part


def joined(characters: str, between: str) -> str:
    """A pattern for *characters* in this order with *between* allowed between them."""
    return between.join(re.escape(one) for one in characters)
