"""What a report recommends."""

import re
from collections.abc import Iterable

from store.domain.prose.terms import Terms, either
from store.domain.report import Recommendation

_ADVISES = (
    r"(?:recommend\w*|suggest\w*|advis\w*|consider\w*|please|would\s+(?:help|be\s+useful)|refer\w*"
    r"|correlat\w*|request\w*|arrange\w*|needs?|required|warrant\w*|indicated|for|may\s+help)"
)
_WAYS: tuple[tuple[Recommendation, re.Pattern[str]], ...] = tuple(
    (way, re.compile(pattern))
    for way, pattern in (
        (Recommendation.FLS, r"\bfls\b"),
        (Recommendation.DXA, r"\bde?xa\b|\bbone\s+(?:mineral\s+)?densit\w+|\bdensitometry\b"),
        (
            Recommendation.ASSESSMENT,
            r"\bosteoporosis\s+(?:assess\w+|clinic|service|work-?up|evaluation|treat\w+|team)|\bbone\s+"
            r"(?:health|protect\w+)|\bmetabolic\s+bone|\b(?:assess\w*|evaluat\w+|investigat\w+|treat\w*)"
            r"\s+(?:\w+\s+)?for\s+osteoporosis",
        ),
        (
            Recommendation.GP,
            rf"\b(?:gp|general\s+practitioner|primary\s+care)\b(?=.*\b{_ADVISES}\b)"
            rf"|\b{_ADVISES}\b.*\b(?:gp|general\s+practitioner|primary\s+care)\b",
        ),
        (Recommendation.MRI, rf"\bmri?\b(?=.*\b{_ADVISES}\b)|\b{_ADVISES}\b.*\bmri?\b"),
    )
)
_UNDER = re.compile(
    r"\b(?:under|known\s+to|seen\s+by|attends?|discharged\s+(?:from|by)|followed\s+(?:up\s+)?by)\s+"
    r"(?:the\s+)?fls\b"
)
_REFUSED = re.compile(
    r"\b(?:no|not)\s+(?:\w+\s+){0,3}?(?:needed|required|indicated|necessary|need)\b"
)


def advice(plain: Iterable[str], terms: Terms) -> Recommendation:
    """What the sentences *plain* recommend; of several the one that leads furthest."""
    codes = re.compile(rf"\b{either(own=terms.short_codes)}\b") if terms.short_codes else None
    found = set()
    for one in plain:
        if codes and codes.search(one):
            found.add(Recommendation.FLS)
        text = _UNDER.sub(" ", one)
        if not _REFUSED.search(text):
            found |= {way for way, pattern in _WAYS if pattern.search(text)}
    return next((way for way, _ in _WAYS if way in found), Recommendation.NONE)
