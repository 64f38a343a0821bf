"""Names that are known beforehand, in every writing of them."""

import re
from collections.abc import Iterable, Sequence

from store.domain.redaction_fold import BARRIER, folded, joined
from store.domain.redaction_scan import LOOSE
from store.domain.redaction_words import PARTICLES, TITLES


def by_name(parts: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern of one person's names in any case, spacing, accent and hyphen; None for none.

    Names of one or two letters are found where they are capitals: "an" is no name.
    """
    long: set[tuple[int, str]] = set()
    short: set[str] = set()
    for part in parts:
        pieces = re.findall(r"[a-z\d]+", folded(part).lower())
        whole = "".join(pieces)
        if len(whole) > 2:
            long.add((len(whole), _spaced(pieces)))
            long |= {
                (len(one), _spaced([one]))
                for one in pieces
                if len(one) > 2 and one not in PARTICLES
            }
        elif whole:
            short.add(f"(?-i:{whole.upper()}|{whole.capitalize()})")
    if not long and not short:
        return None
    # The longest first: a whole name before a part of it.
    wholes = [rule for _, rule in sorted(long, reverse=True)]
    either = "|".join([*wholes, *sorted(short)])
    title = rf"(?:(?:{'|'.join(TITLES)})\.?)?"
    initials = r"(?:(?-i:(?<![A-Za-z])[A-Z]\.?[^\S\n]{0,2}){1,3})?"
    return re.compile(
        rf"(?<![a-z]){title}{initials}(?:{either})(?:[\W_\d]{{0,3}}?(?:{either}))*(?:'?s)?(?![a-z])".replace(
            r"[\W_\d]", rf"[^a-z{BARRIER}]"
        ),
        re.IGNORECASE,
    )


_BROKEN, _APART = r"(?:-\s*\n\s*)?", rf"[^a-z\d{BARRIER}]{{1,6}}"
_LONG = 5


def _spaced(pieces: Sequence[str]) -> str:
    """*pieces* with gaps: anywhere in a long name, in a short one after every letter or none.

    "As her" is no Asher often enough; "in a" would be Ina all the time.
    """
    whole = "".join(pieces)
    if len(whole) >= _LONG:
        return joined(whole, rf"[^a-z\d{BARRIER}]{{0,6}}")
    return f"{LOOSE.join(joined(piece, _BROKEN) for piece in pieces)}|{joined(whole, _APART)}"
