"""Which number means which vertebra, by the table of the program that drew the mask."""

import re
from collections.abc import Mapping

from store.domain.spine import ORDER, Level

_CERVICAL, _THORACIC, _LUMBAR = ORDER[:7], ORDER[7:19], ORDER[20:25]
_UPWARDS = tuple(reversed((*_CERVICAL, *_THORACIC, *_LUMBAR)))


def _count(first: int, levels: tuple[Level, ...]) -> dict[int, Level]:
    return dict(enumerate(levels, start=first))


TABLES: dict[str, dict[int, Level]] = {
    "totalsegmentator_v1": _count(18, _UPWARDS),
    "totalsegmentator_v2": {26: Level.S1, **_count(27, _UPWARDS)},
    "totalsegmentator_v3": {26: Level.L6, **_count(27, _UPWARDS)},
    "totalsegmentator_mr": {1: Level.S1, **_count(2, _UPWARDS)},
    "totalsegmentator_pp": _count(1, (*_CERVICAL, *_THORACIC, *_LUMBAR)),
    "verse": {
        **_count(1, (*_CERVICAL, *_THORACIC, *_LUMBAR)),
        25: Level.L6,
        26: Level.S1,
        28: Level.T13,
    },
    "totalspineseg": {
        **_count(11, _CERVICAL),
        **_count(21, _THORACIC),
        **_count(41, _LUMBAR),
        50: Level.S1,
    },
}
"""Numbers collide between tables, so a table is always chosen by name.

Source: label maps of TotalSegmentator 1 to 3 and its task vertebrae_mr, VerSe 2020, TotalSpineSeg.
"""

_NAME = re.compile(r"(?:vertebrae?)?[ _-]*([CTLS])0?(1[0-3]|[1-9])", re.IGNORECASE)


def level_named(name: str) -> Level | None:
    """The vertebra that a label's whole *name* gives, such as ``vertebrae_T12``, if any."""
    found = _NAME.fullmatch(name.strip())
    if found is None:
        return None
    text = f"{found[1].upper()}{found[2]}"
    return Level(text) if text in Level.__members__ else None


def levels_named(names: Mapping[int, str]) -> dict[int, Level]:
    """The vertebrae among named labels; other organs are left out."""
    found = {number: level_named(name) for number, name in names.items()}
    return {number: level for number, level in found.items() if level is not None}
