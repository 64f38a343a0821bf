"""How grave a sentence calls a fracture."""

import re

from store.domain.genant import Grade, grade

_WORDS: tuple[tuple[re.Pattern[str], Grade], ...] = tuple(
    (re.compile(pattern), how)
    for pattern, how in (
        (
            r"\bsevere(?:ly)?\b|\bmarked(?:ly)?\b|\bgross(?:ly)?\b|\bvertebra\s+plana\b",
            Grade.SEVERE,
        ),
        (r"\b(?:near(?:ly)?\s+)?complete\s+(?:loss|collapse)\b", Grade.SEVERE),
        (r"\b(?:grade|genant)\s*(?:grade\s*)?(?:3|iii)\b", Grade.SEVERE),
        (r"\bmoderate(?:ly)?\b|\b(?:grade|genant)\s*(?:grade\s*)?(?:2|ii)\b", Grade.MODERATE),
        (r"\bmild(?:ly)?\b|\bminor\b|\bminimal(?:ly)?\b|\bslight(?:ly)?\b", Grade.MILD),
        (r"\b(?:grade|genant)\s*(?:grade\s*)?(?:1|i)\b", Grade.MILD),
    )
)
_PER_CENT = re.compile(
    r"\b(\d{1,3})\s*(?:%|per\s?cent)\s*(?:or\s+so\s+)?(?:\w+\s+){0,3}?(?:loss|height|reduc\w+|collapse"
    r"|compression)|\b(?:height|loss)\s+(?:of\s+)?(?:\w+\s+){0,3}?(\d{1,3})\s*(?:%|per\s?cent)"
)
_OF_ELSE = re.compile(
    r"\b(?:mild|moderate|severe|marked|minor|slight|minimal)(?:ly)?\s+(?:\w+\s+)?"
    r"(?:degenerat\w+|kypho\w+|scolio\w+|stenosis|osteopenia|osteoporosis|retropulsion|canal"
    r"|narrowing|spondylo\w+|arthr\w+)"
)


def severity_in(plain: str) -> Grade | None:
    """The gravest that *plain* says of a fracture; None where it says nothing.

    A loss of height in per cent counts by its Genant grade.
    """
    text = _OF_ELSE.sub(" ", plain)
    found = [how for pattern, how in _WORDS if pattern.search(text)]
    for match in _PER_CENT.finditer(text):
        per_cent = int(match[1] or match[2])
        if 0 < per_cent <= 100:
            found.append(grade(per_cent / 100))
    graded = [how for how in found if how]
    return max(graded) if graded else None
