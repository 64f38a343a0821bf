"""Where a sentence speaks of a fracture or of a deformed vertebra, and of which bone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from store.domain.prose.levels import LEVEL
from store.domain.prose.terms import Terms, either


class Site(StrEnum):
    """What is broken or deformed."""

    VERTEBRA = "vertebra"
    BONE = "another bone"
    ELSE = "no bone"
    UNSAID = "not said"


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention, as characters *start* to *end* of a sentence made plain.

    Attributes:
        fracture: Whether the word is used; else the vertebra is only described.
        before, after: Text that may bear on it, up to the mention before and after it.
    """

    start: int
    end: int
    fracture: bool
    site: Site
    before: str
    after: str


_KIND = (
    r"(?:(?:wedge|wedged|anterior|compression|crush|biconcave|burst|end\s+plate|insufficiency"
    r"|fragility|osteoporotic|pathological|vertebral|body)\s+)*"
)
_FRACTURE = rf"\b{_KIND}fractur(?:e|es|ed|ing)\b"
_DESCRIBED = (
    r"\bwedg(?:e|es|ed|ing)(?:[\s-]+shaped?)?(?:\s+(?:collapse|deformit(?:y|ies)|compression))?\b",
    r"\b(?:partial(?:ly)?\s+)?collaps(?:e|es|ed|ing)\b",
    r"\bcompress(?:ion|ions|ed)(?:\s+(?:deformit(?:y|ies)|collapse))?\b",
    r"\bloss\s+of\s+(?:\w+\s+){0,4}?height\b",
    r"\bheight\s+loss\b",
    r"\blost\s+(?:\w+\s+){0,6}?height\b",
    r"\b(?:reduc\w+|decreas\w+|diminish\w+)\s+(?:in\s+)?(?:\w+\s+){0,4}?height\b",
    r"\bheight\s+(?:is|are)\s+(?:reduced|decreased|diminished)\b",
    r"\bbiconcav\w+\b|\bcodfish\b",
    r"\bvertebra\s+plana\b",
    r"\bdepress(?:ion|ed)\b",
    r"\bsagging\b",
    r"\bvertebral\s+(?:body\s+)?deformit(?:y|ies)\b",
)
_IMPLIES = re.compile(
    r"wedge\s+(?:collapse|deform|compression|fract)|compression\s+(?:deform|collapse|fract)"
    r"|vertebra\s+plana|vertebral|crush\s+fract|burst\s+fract|biconcav|codfish|end\s+plate"
)
"""Words that are said of vertebrae alone."""

_OTHER_BONE = re.compile(
    r"\b(?:ribs?|costal|sternum|sternal|manubri\w+|clavic\w+|scapula\w*|humer\w+|shoulder|hips?"
    r"|femur|femora|femoral\s+(?:neck|head|shaft)|neck\s+of\s+(?:the\s+)?femur|trochant\w+|nof"
    r"|pelvis|pelvic|pub(?:is|ic)|ram(?:us|i)|acetabul\w+|ili(?:um|ac\s+(?:wing|crest|bone))|ischi\w+"
    r"|sacr(?:um|al)|coccyx|coccygeal|si\s+joint|wrist|radi(?:us|al)|ulna\w*|tibia\w*|fibula\w*|skull"
    r"|facial|nasal|orbital|mandib\w+|odontoid|peg|(?:transverse|spinous|articular)\s+process(?:es)?"
    r"|pars|lamina\w*|pedicles?|facets?|posterior\s+elements?|limb|patella\w*|ankle|osteophytes?)\b"
)
_VERTEBRA = re.compile(
    rf"\b(?:vertebra\w*|spine|spinal|lumbar|thoracic|end\s+plates?|multilevel)\b|{LEVEL}"
)
_ELSE = re.compile(
    r"\b(?:lobe|lobar|lobes|lung|lungs|lingula\w*|segment(?:al|s)?|subsegment\w+|atelecta\w+|basal"
    r"|airways?|trache\w+|bronch\w+|pleura\w*|cord|cauda|vein|veins|ven\w+|arter\w+|aort\w+|nerve"
    r"|nerves|roots?|thecal|canal|gall\s?bladder|ivc|svc|bladder|duoden\w+|ureter\w*|sac|goitre|discs?"
    r"|disk|intervertebral|oesophag\w+|bowel|colon\w*|stomach|resection|infarct\w*|contrast|ventric\w+"
    r"|cardiac|heart|chamber|cyst|liver|splee?n\w*|kidney|parenchyma\w*|alveol\w+|diaphragm|valve"
    r"|chest\s+wall|st\s+segment|stent|device|graft|breast|tissue|mass|column|eyeball|globe)\b"
)
_COMMENTED = re.compile(r"[,;:]|\band\b|\bor\b")
_NEAR = 6
"""Words: what stands further away bears on something else, unless nothing is nearer."""


@lru_cache(maxsize=8)
def _patterns(terms: Terms) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return (
        re.compile(either(_FRACTURE, own=terms.fracture)),
        re.compile(either(_FRACTURE, *_DESCRIBED, own=(*terms.fracture, *terms.described))),
    )


def mentions(plain: str, terms: Terms) -> Iterator[Mention]:
    """Every mention in a sentence made plain."""
    fracture, any_of = _patterns(terms)
    found = list(any_of.finditer(plain))
    for at, match in enumerate(found):
        before = plain[found[at - 1].end() if at else 0 : match.start()]
        after = plain[match.end() : found[at + 1].start() if at + 1 < len(found) else None]
        said = match[0]
        broken = fracture.fullmatch(said) is not None
        implied = _IMPLIES.search(said) is not None or said in terms.fracture
        site = Site.VERTEBRA if implied else _site(before, after)
        yield Mention(match.start(), match.end(), broken, site, before, after)


def _site(before: str, after: str) -> Site:
    """What bears on a mention: the nearest name of a part of the body, on either side."""
    best: tuple[int, int, Site] | None = None
    for order, (pattern, site) in enumerate(
        ((_OTHER_BONE, Site.BONE), (_ELSE, Site.ELSE), (_VERTEBRA, Site.VERTEBRA))
    ):
        for far in (_words_back(pattern, before), _words_on(pattern, after)):
            if far is not None and (best is None or (far, order) < best[:2]):
                best = far, order, site
    return best[2] if best else Site.UNSAID


def _words_back(pattern: re.Pattern[str], text: str) -> int | None:
    """How many words lie between the end of *text* and the last match in it."""
    last = None
    for last in pattern.finditer(text):  # noqa: B007 - the last is wanted
        pass
    return None if last is None else _count(text[last.end() :])


def _words_on(pattern: re.Pattern[str], text: str) -> int | None:
    first = pattern.search(text)
    return None if first is None else _count(text[: first.start()])


def _count(between: str) -> int:
    """Words *between*; an adjective or article counts little, a new clause much."""
    words = [w for w in re.findall(r"[\w']+", between) if w not in _LIGHT]
    return len(words) + 3 * len(_COMMENTED.findall(between))


_LIGHT = frozenset(
    {
        *("of", "the", "a", "an", "at", "in", "on", "is", "are", "was", "were", "left", "right"),
        *("bilateral", "old", "new", "both", "level", "acute", "chronic", "anterior", "superior"),
        *("inferior", "upper", "lower", "mid", "through", "involving", "several", "multiple"),
    }
)
