"""A folded text word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from store.domain.redaction_fold import BARRIER
from store.domain.redaction_numbers import Kind

_WORD = re.compile(rf"{BARRIER}+|[A-Za-z][\w]*(?:['.&-][A-Za-z][\w]*)*\.?|\d+\w*|[^\s\w]|\n")

Found = tuple[int, int, Kind]
"""Where something starts and ends, and what it tells."""

LOOSE = rf"[^a-z\d{BARRIER}]{{0,6}}"
"""Signs that may stand between the letters of one name."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word, sign, end of line, or what was redacted."""

    start: int
    end: int
    text: str

    @property
    def low(self) -> str:
        """In small letters, without what hangs on it."""
        return self.text.lower().rstrip(".").removesuffix("'s")

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital."""
        return self.text[0].isupper()

    @property
    def initial(self) -> bool:
        """Whether it is initials."""
        return bool(re.fullmatch(r"(?:[A-Z]\.?){1,3}", self.text)) and self.text not in {"CT", "MR"}

    @property
    def hidden(self) -> bool:
        """Whether it was redacted."""
        return self.text[0] == BARRIER


def words_of(text: str, start: int = 0) -> Iterator[Word]:
    """The words of *text* from *start* on."""
    for found in _WORD.finditer(text, start):
        yield Word(found.start(), found.end(), found.group())
