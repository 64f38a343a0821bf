"""Hospitals, wards, towns of the site: places found by what stands beside them."""

import re
from collections.abc import Iterator, Sequence

from store.domain.redaction_fold import folded
from store.domain.redaction_numbers import Kind
from store.domain.redaction_scan import LOOSE, Found, words_of
from store.domain.redaction_words import HOUSES, NOT_A_PLACE, ROLES, STOP

_HOUSE = re.compile(
    rf"\b(?:{'|'.join(HOUSES)}|health (?:centre|board|park)|medical (?:centre|practice|group)|"
    r"imaging (?:centre|hub|suite)|(?:nursing|care|residential|rest) home|treatment centre|"
    r"(?:university|community|district|general|cottage|royal) (?:hospital|infirmary)s?|"
    r"(?:nhs )?(?:foundation )?trust|diagnostic centre|cancer centre|cancer care|house|court|lodge|"
    r"royal|general|manor|ward)\b",
    re.IGNORECASE,
)
_WEAK_HOUSE = frozenset({"house", "court", "lodge", "royal", "general", "manor", "ward", "clinic"})
"""They make a name only after capitals."""
_LEADING = re.compile(
    r"\b(?:ysbyty|canolfan|meddygfa|bwrdd iechyd|uned|clinig)\b|\bst\.?\s(?=[A-Z][a-z]+(?:'?s)\b)",
    re.IGNORECASE,
)
_ROOM = re.compile(
    r"\b(?:ward|bay|bed|theatre|side room|cubicle|clinic|suite|ct scanner|scanner|ct room|wd)"
    r"[\s:#-]*(?:(?:no|number)\b\.?\s*)?(?:[A-Z]{1,2}\s?-?\d{1,3}|\d{1,3}[A-Z]?)\b(?!\.\d|\s*(?:mm|cm|%))"
    r"(?:\s(?:north|south|east|west|upper|lower))?",
    re.IGNORECASE,
)
_NAMED_ROOM = re.compile(r"\b[Ww]ard\s+(?=[A-Z][a-z])|\bWARD\s+(?=[A-Z]{3})")


def places_in(text: str, local: Sequence[str]) -> Iterator[Found]:
    """Places in the folded *text*; *local* are the site's own, found in any writing."""
    yield from _houses(text)
    yield from _rooms(text)
    for place in local:
        yield from _local(text, place)


def _houses(text: str) -> Iterator[Found]:
    """Hospitals and the like, with the words that name them."""
    for found in _HOUSE.finditer(text):
        weak = found.group().lower() in _WEAK_HOUSE
        first = _house_begins(text, found.start(), weak=weak)
        end = _house_ends(text, found.end())
        named_after = end > found.end()
        if first is not None or (named_after and not weak):
            yield (found.start() if first is None else first), end, Kind.PLACE
    for found in _LEADING.finditer(text):
        end = _capitals_end(text, found.end(), small=1 if found.group()[0] in "yYmM" else 0)
        if end > found.end():
            yield found.start(), end, Kind.PLACE


def _house_begins(text: str, start: int, *, weak: bool) -> int | None:
    """The first of up to five words that name the house which begins at *start*."""
    first, joined_by = None, 0
    words = list(words_of(text[max(0, start - 80) : start]))
    offset = max(0, start - 80)
    for word in reversed(words[-5:]):
        low = word.low
        if low in {"of", "and", "the", "&", "y", "yr", "for"} and first is not None:
            joined_by += 1
            continue
        if not word.text[0].isalpha() or low in NOT_A_PLACE or low in ROLES:
            break
        if weak and not word.capital:
            break
        if not word.capital and (first is not None and joined_by):
            break
        first = offset + word.start
        if not word.capital and len(words) > 3 and text[first:start].count(" ") >= 3:
            break
    return first


def _house_ends(text: str, end: int) -> int:
    joint = re.compile(r"\s+(?:of|at|in|for|,)\s+(?=[A-Z])").match(text, end)
    return _capitals_end(text, joint.end(), small=0) if joint else end


def _capitals_end(text: str, start: int, small: int) -> int:
    end, taken = start, 0
    for word in words_of(text, start):
        article = word.low in {"y", "yr", "the", "o"}
        if article and taken < 3:
            continue
        good = word.capital and word.low not in STOP and not word.initial
        if taken == 3 or not word.text[0].isalpha() or not (good or taken < small):
            break
        end, taken = word.start + len(word.text.rstrip(".")), taken + 1
        if word.text.endswith("."):
            break
    return end


def _rooms(text: str) -> Iterator[Found]:
    for found in _ROOM.finditer(text):
        yield found.start(), found.end(), Kind.PLACE
    for found in _NAMED_ROOM.finditer(text):
        end = _capitals_end(text, found.end(), small=0)
        if end > found.end():
            yield found.start(), end, Kind.PLACE


def _local(text: str, place: str) -> Iterator[Found]:
    parts = re.findall(r"[a-z\d]+", folded(place).lower())
    if parts:
        rule = rf"(?<![a-z\d]){LOOSE.join(parts)}(?:'?s)?(?![a-z\d])"
        for found in re.finditer(rule, text, re.IGNORECASE):
            yield found.start(), found.end(), Kind.PLACE
