"""Names and numbers brought to one form, so that people are found however they are written."""

import re
import unicodedata

LONGEST = 64
_MERGED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
_LETTERS = re.compile(r"[^\W_]+")
_KEPT = re.compile(r"[^0-9a-z]")


def plain(text: str) -> str:
    """*text* without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_MERGED))
    return "".join(each for each in apart if not unicodedata.combining(each))


def words(text: str) -> tuple[str, ...]:
    """The words somebody looks for: ``O'Brien-Łuk`` gives ``obrien``, ``luk``."""
    found = _LETTERS.findall(_APOSTROPHES.sub("", plain(text)))
    return tuple(dict.fromkeys(word[:LONGEST] for word in found))


def spellings(*names: str) -> frozenset[str]:
    """Every word by which a person of these *names* is found.

    A name in parts is found by each part, and written as one word too.
    """
    found: set[str] = set()
    for each in " ".join(names).split():
        apart = _LETTERS.findall(plain(each))
        found |= {*words(each), *apart, "".join(apart)}
    return frozenset(word[:LONGEST] for word in found if word)


def number(text: str) -> str:
    """A hospital or accession number by its letters and digits alone."""
    return _KEPT.sub("", plain(text))[:LONGEST]
