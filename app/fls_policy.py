"""The file that says what the local FLS takes: a few switches and lists in TOML."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.unusable import UnusableSetting
from store.domain.exclusion import Exclusion
from store.domain.genant import Grade
from store.domain.referral import Policy

WORDS = {
    "drugs": Exclusion.ON_TREATMENT,
    "cancer_words": Exclusion.CANCER_CT,
    "end_of_life_words": Exclusion.END_OF_LIFE,
    "high_energy_words": Exclusion.HIGH_ENERGY,
}
"""Lists of local words, and what they hint at."""
GRADES = {grade.name.lower(): grade for grade in Grade if grade is not Grade.NONE}


def policy_of(path: Path, base: Policy) -> Policy:
    """*base* with what the file at *path* says.

    Raises:
        UnusableSetting: it cannot be read; the text names the key and what to write.
    """
    said = _read(path)
    known = (*_ONE, *WORDS)
    for key in said:
        if key not in known:
            msg = f"VCF_POLICY: {key!r} means nothing here. It may name {', '.join(known)}."
            raise UnusableSetting(msg)
    changes = {_FIELDS.get(key, key): _ONE[key](key, said[key]) for key in said if key in _ONE}
    words = tuple((code, _texts(key, said[key])) for key, code in WORDS.items() if key in said)
    return replace(base, **changes, words_of=words)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        msg = "VCF_POLICY names a file that cannot be read as UTF-8 text. Check path and rights."
        raise UnusableSetting(msg) from None
    except tomllib.TOMLDecodeError:
        msg = "VCF_POLICY is not TOML. Write lines such as: per_week = 20"
        raise UnusableSetting(msg) from None


def _switch(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        msg = f"VCF_POLICY: {key} is true or false."
        raise UnusableSetting(msg)
    return value


def _number(key: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10_000:
        msg = f"VCF_POLICY: {key} is a whole number from 0 to 10000; 0 is no limit."
        raise UnusableSetting(msg)
    return value


def _grade(key: str, value: object) -> Grade:
    if not isinstance(value, str) or value not in GRADES:
        msg = f"VCF_POLICY: {key} is one of {', '.join(GRADES)}, in quotes."
        raise UnusableSetting(msg)
    return GRADES[value]


def _texts(key: str, value: object) -> tuple[str, ...]:
    texts = tuple(value) if isinstance(value, list) else ()
    if not isinstance(value, list) or not all(isinstance(t, str) and t.strip() for t in texts):
        msg = f'VCF_POLICY: {key} is a list of texts, ["…", "…"].'
        raise UnusableSetting(msg)
    return tuple(text.strip() for text in texts)


def _codes(key: str, value: object) -> frozenset[str]:
    return frozenset(_texts(key, value))


_ONE: Mapping[str, Callable[[str, object], Any]] = {
    "lowest_grade": _grade,
    "refer_cancer": _switch,
    "wait_for_answers": _switch,
    "per_week": _number,
    "area": _codes,
    "specialties": _texts,
}
_FIELDS = {"wait_for_answers": "ask"}
