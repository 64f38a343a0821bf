"""Sentences of a report, and each of them made plain for the rules to read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from store.domain.prose.sections import Part, Section
from store.domain.prose.spelling import corrected


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as characters *start* to *end* of the report.

    Attributes:
        heading: Of its part, in small letters: "spine", "bones"; what the sentence is about.
        plain: What the rules read: small letters, abbreviations written out, names left out.
        whole: Whether all of it is read; of an endless sentence only the beginning is.
    """

    start: int
    end: int
    part: Part
    heading: str
    plain: str
    whole: bool


LONGEST = 800
"""Characters of a sentence that are read. What lies beyond is out of reach of a denial that may
stand at its beginning, so it is not read at all.
"""

_STOP = re.compile(
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\bapprox)(?<!\bDr)(?<!\bMr)(?<!\bMrs)(?<!\bNo)"
    r"(?:(?:[.!]|(?<=\w)\?)+(?=[\s\"')\]]|$)|\bfull\s+stop\b|\bnew\s+(?:line|paragraph)\b)",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[ \t]*\r?\n")
_BULLET = re.compile(r"\s*(?:[-*•·–]\s|\d{1,2}[.)]\s|[a-z][.)]\s)", re.IGNORECASE)
_OPEN_END = re.compile(
    r"(?:,|\b(?:of|the|and|or|at|no|a|an|with|in|to|by|is|are|from|for|which|not))\s*$",
    re.IGNORECASE,
)
_WRAPPED_FROM = 50
"""Characters: a shorter line was ended on purpose unless it plainly goes on."""


def sentences(text: str, section: Section) -> Iterator[Sentence]:
    """Every sentence of *section*, the request's too."""
    heading = section.heading.lower()
    for start, end in _spans(text, section.inner, section.end):
        said = text[start:end]
        left, right = len(said) - len(said.lstrip()), len(said.rstrip())
        if said.strip():
            plain, whole = made_plain(said.strip()[:LONGEST]), right - left <= LONGEST
            yield Sentence(start + left, start + right, section.part, heading, plain, whole)


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for first, last in _lines(text, start, end):
        at = first
        for stop in _STOP.finditer(text, first, last):
            yield at, stop.end()
            at = stop.end()
        yield at, last


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches that no line break ends on purpose."""
    at = start
    for each in _BREAK.finditer(text, start, end):
        if _ends(text[at : each.start()], text[each.end() : end]):
            yield at, each.start()
            at = each.end()
    yield at, end


def _ends(before: str, after: str) -> bool:
    line = before.rsplit("\n", 1)[-1]
    coming = after.split("\n", 1)[0]
    if not coming.strip() or not line.strip() or _BULLET.match(coming):
        return True
    if _OPEN_END.search(line) or coming.lstrip()[:1].islower():
        return False
    return len(line) < _WRAPPED_FROM or bool(re.search(r"[.!?:;]\s*$", line))


_NAMES = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Sister)\.?\s+(?:[A-Z][\w'’-]+\s?){1,3}"
    r"|\b(?:[A-Z][\w'’-]+\s+){1,4}(?:Surgery|Hospital|Road|Street|Unit|Clinic|Ward|House|Practice"
    r"|Centre|Infirmary|Avenue|Lane|Close|Department|Team)\b"
    r"|\bYsbyty(?:\s+[A-Z][\w'’-]+){1,3}|\b[A-Z][\w'’]*-y[nr]?-[A-Z][\w'’]*"
)
_SWAPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        # What bears a word of ours and speaks of no bone.
        (r"\bfracture\s+(?:liaison(?:\s+service|\s+nurse)?|prevention\s+service)", " fls "),
        (r"\bfracture\s+(?:clinic|risk|prevention|unit|service|assessment\s+tool)\w*", " "),
        (
            r"\b(?:stent|lead|wire|screw|rod|device|line|catheter|filter|sternotomy|(?<!end\s)plate|needle)s?"
            r"\s+(?:#|fractures?)",
            " device ",
        ),
        (
            r"\bfractured?\s+(?:\w+\s+)?(?:stent|lead|wire|screw|rod|device|line|catheter)s?\b",
            " device ",
        ),
        (r"\bsternal\s+wires?\b", " device "),
        (r"\bbone\s+(?:algorithm|kernel|reconstruction|reformat|marrow)\w*", " "),
        (
            r"\b(?:ct|mri?|computed\s+tomography)\b(?:\s+\w+){0,6}?\s+(?:spine|pelvis|bones?|hips?)"
            r"\b(?=\s*(?:$|[.:,;]|with|without))",
            " scan ",
        ),
        (r"\b[tp]?t[0-4][a-d]?\s*n[0-3x]\w?(?:\s*m[01x]\w?)?\b", " "),
        (
            r"\bt[12]\s*-?\s*(?:w\b|weighted|signal|hyper\w*|hypo\w*|iso\w*|bright|flair)",
            " signal ",
        ),
        # Abbreviations.
        (r"#\s*(?=\d)(?!\d+(?:th|st|nd|rd))", " number "),
        (r"#s?", " fracture "),
        (r"\bfx'?s?\b|\bfract\b\.?", " fracture "),
        (r"\b(?:ovf|vcf|vff|vfx|ovcf)'?s?\b", " vertebral fracture "),
        (r"\bvb'?s?\b", " vertebral body "),
        (r"\bend\s*-\s*plates?\b|\bendplates?\b", "end plate"),
        (r"\bdorsal(?=\s+(?:spine|vertebra\w*|region|level\w*|and))", "thoracic"),
        (r"\bdorso-?lumbar\b|\bthoraco-?lumbar\b", "thoracic lumbar"),
        (r"\bspinal\s+(?:cord|canal)\b", " cord "),
    )
)
_DICTATED = re.compile(r"\b(?:comma|colon)\b")


def made_plain(said: str) -> str:
    """*said* as the rules read it; its places are not those of the report any more."""
    text = _NAMES.sub(" ", said) if not said.isupper() else said
    text = text.lower().replace("’", "'").replace("–", "-").replace("—", " - ")
    text = _DICTATED.sub(",", text)
    text = " ".join(corrected(word) for word in text.split())
    for pattern, words in _SWAPS:
        text = pattern.sub(words, text)
    return " ".join(text.split())
