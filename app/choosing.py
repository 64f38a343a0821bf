"""A list to choose one value from, shown by its words."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import streamlit as st

T = TypeVar("T")


def one_of(
    label: str,
    choices: Iterable[T],
    key: str,
    words: Callable[[T], str] = str,
    now: T | None = None,
) -> T:
    """What is chosen of *choices*, of which no two have the same *words*; at first *now*."""
    by_words = {words(each): each for each in choices}
    shown = list(by_words)
    first = shown.index(words(now)) if now is not None else 0
    return by_words[str(st.selectbox(label, shown, first, key=key))]


def worded(each: object) -> str:
    """The words of a choice that has them."""
    return str(getattr(each, "words", "")) or "none"
