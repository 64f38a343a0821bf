"""Vertebral levels that a sentence names: lists, ranges, dictated and old-fashioned names."""

import re

from store.domain.spine import Level, usual_order

_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve",
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th",
)
_NUMBER = {word: str(n) for words in _NUMBERS for n, word in enumerate(words.split(), 1)}
_REGIONS = {"thoracic": "t", "dorsal": "t", "lumbar": "l", "cervical": "c"}
_LETTERS = {"tee": "t", "dee": "t", "ell": "l", "el": "l", "d": "t", "t": "t", "l": "l"}
_SAID = "|".join(sorted(_NUMBER, key=len, reverse=True))
_ORDINAL = re.compile(
    rf"\b({_SAID})(?:\s+(?:and|to|-)\s+({_SAID}))?\s+(thoracic|dorsal|lumbar|cervical)"
    r"(?:\s+vertebra\w*)?\b"
)
_DICTATED = re.compile(rf"\b(tee|dee|ell|el|t|l|d)\s*-?\s*({_SAID})\b")
_OLD = re.compile(r"\b(?:th|d)\s?(\d{1,2})\b(?!\s*(?:dimer|mm|cm))")
_SPACED = re.compile(r"\b([tl])[\s-](\d{1,2})\b(?!\s*(?:mm|cm|%|weighted))")


def named_plainly(plain: str) -> str:
    """*plain* with every level written as ``t12``."""
    text = _ORDINAL.sub(_from_ordinal, plain)
    text = _DICTATED.sub(lambda m: _LETTERS[m[1]] + _NUMBER[m[2]], text)
    text = _OLD.sub(lambda m: f"t{m[1]}", text)
    return _SPACED.sub(lambda m: m[1] + m[2], text)


def _from_ordinal(match: re.Match[str]) -> str:
    letter = _REGIONS[match[3]]
    names = [letter + _NUMBER[said] for said in (match[1], match[2]) if said]
    return " and ".join(names)


_ONE = r"[tlc](?:1[0-3]|[1-9])(?!\d)"
_NEXT = r"[tlc]?(?:1[0-3]|[1-9])(?!\d|\.\d|\s*(?:%|mm|cm|ml|/\s*\d))"
LEVEL = rf"\b{_ONE}"
"""One level in a sentence made plain."""
_RUN = re.compile(
    rf"\b({_ONE})((?:\s*(?:,\s*and|,|and|&|/|\+|-|to|through|down\s+to)\s*{_NEXT}\b)*)"
)
_JOINED = re.compile(rf"(,\s*and|,|and|&|/|\+|-|to|through|down\s+to)\s*({_NEXT})")
_RANGES = frozenset({"-", "to", "through", "down to"})


def levels_in(plain: str) -> tuple[Level, ...]:
    """The levels that *plain* names, ranges filled, in the order in which they are named."""
    found: list[Level] = []
    for run in _RUN.finditer(plain):
        found += _run(run[1], run[2])
    return tuple(dict.fromkeys(found))


def _run(first: str, rest: str) -> list[Level]:
    one = _level(first)
    if one is None:
        return []
    found = [one]
    for how, name in _JOINED.findall(rest):
        other = _level(name if name[0] in "tlc" else found[-1].value[0].lower() + name)
        if other is None:
            break
        ranged = " ".join(how.split()) in _RANGES
        found += _between(found[-1], other)[1:] if ranged else [other]
    return found


def _between(upper: Level, lower: Level) -> list[Level]:
    """Every level from *upper* to *lower*; the two alone where that is no range downwards."""
    order = usual_order(frozenset({upper, lower}))
    first, last = order.index(upper), order.index(lower)
    return list(order[first : last + 1]) if first < last else [upper, lower]


def _level(name: str) -> Level | None:
    try:
        return Level(name.upper())
    except ValueError:
        return None


def written(levels: "tuple[Level, ...] | frozenset[Level]") -> str:
    """*levels* in words: ``T12, L1``."""
    return ", ".join(level.value for level in levels)
