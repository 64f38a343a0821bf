"""Choices that carry what people read: a value for the record, words, and a hint."""

from enum import StrEnum
from typing import Self


class Worded(StrEnum):
    """A choice of a list, written ``NAME = value, words, hint``; the value alone is stored.

    Attributes:
        words: As people say it.
        hint: What speaks for it, or what follows from it.
    """

    _value_: str
    words: str
    hint: str

    def __new__(cls, value: str, words: str = "", hint: str = "") -> Self:
        """The choice whose stored value is *value*."""
        made = str.__new__(cls, value)
        made._value_ = value
        made.words, made.hint = words, hint
        return made
