"""The words that the rules look for; a site adds its own to them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Terms:
    """Phrases of a site, beside those that every report is read by. Case does not matter.

    Attributes:
        fracture: Mean a vertebral fracture.
        described: Describe a deformed vertebra without the word fracture.
        negation_before: Deny what follows.
        negation_after: Deny what stands before.
        uncertain: Leave open what follows.
        history_headings: Head a part that holds the request, not the report.
        body_headings: Head a part of the report's body.
        conclusion_headings: Head the conclusion.
        short_codes: The site's codes that refer the patient to the FLS.
    """

    fracture: tuple[str, ...] = ()
    described: tuple[str, ...] = ()
    negation_before: tuple[str, ...] = ()
    negation_after: tuple[str, ...] = ()
    uncertain: tuple[str, ...] = ()
    history_headings: tuple[str, ...] = ()
    body_headings: tuple[str, ...] = ()
    conclusion_headings: tuple[str, ...] = ()
    short_codes: tuple[str, ...] = ()


OWN = Terms()
"""Nothing beside the phrases that every report is read by."""

LISTS: tuple[str, ...] = tuple(each.name for each in fields(Terms))


def either(*patterns: str, own: Iterable[str] = ()) -> str:
    """One regular expression for any of *patterns*, and of a site's *own* phrases as they are."""
    said = (re.escape(phrase.strip().lower()).replace(r"\ ", r"\s+") for phrase in own)
    return "(?:" + "|".join((*patterns, *said)) + ")"
