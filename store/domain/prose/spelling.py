"""Words that matter, though they are misspelt."""

import re

_WORDS = (
    "fracture",
    "fractures",
    "fractured",
    "vertebra",
    "vertebrae",
    "vertebral",
    "compression",
    "collapse",
    "collapsed",
    "osteoporotic",
    "thoracic",
    "lumbar",
    "wedge",
    "wedging",
    "moderate",
    "evidence",
    "biconcave",
    "body",
)
_KNOWN = frozenset(_WORDS) | {
    # Right words that lie one letter from one of ours.
    "wedged", "wedges", "vertebrate", "compressions", "bodys", "bony", "bods", "moderates", "boy",
    "moderated", "edge", "hedge", "ledge", "fractural", "embody", "sedge", "bodily", "rody",
}  # fmt: skip
_WORD = re.compile(r"[a-z]+")
_SHORTEST = {"wedge": "we", "body": "bod"}
"""Short words are corrected only where they begin as they should."""


def corrected(word: str) -> str:
    """*word*, small letters, with one slip of the pen put right where it is a word of ours."""
    match = _WORD.search(word)
    if match is None or len(match[0]) < 4 or match[0] in _KNOWN:
        return word
    meant = next((one for one in _WORDS if _near(match[0], one)), None)
    return word if meant is None else word[: match.start()] + meant + word[match.end() :]


def _near(said: str, meant: str) -> bool:
    """Whether *said* is one letter more, less, other or exchanged."""
    if abs(len(said) - len(meant)) > 1 or not said.startswith(_SHORTEST.get(meant, meant[:1])):
        return False
    at = next((n for n, (a, b) in enumerate(zip(said, meant, strict=False)) if a != b), None)
    if at is None:
        # A plural or a participle is no slip.
        return len(said) > len(meant) and said[-1] == meant[-1]
    rest, due = said[at:], meant[at:]
    swapped = len(rest) > 1 and rest[1::-1] + rest[2:] == due
    return rest[1:] == due or rest == due[1:] or rest[1:] == due[1:] or swapped
