"""How a vertebra is described beside its grade: end-plates, age, stability, new or old.

What to look for in each is common knowledge of the field where no source is named; the site's
clinical lead confirms it before it is taught.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from store.domain.refusal import NotAllowed
from store.domain.worded import Worded

LONGEST_COMMENT = 2000
"""Characters of a comment; our default."""


class EndPlate(Worded):
    """Whether an end-plate or the cortex is broken, whatever the loss of height.

    Kept beside the grade so that either method can be audited: in the algorithm-based qualitative
    reading (mABQ) a fracture needs a buckled or depressed end-plate or cortex. Common knowledge.
    """

    YES = "yes", "End-plate broken", "A step, gap or depression of an end-plate or the cortex"
    NO = "no", "End-plates intact", "Both end-plates run smooth and unbroken"
    UNCLEAR = "unclear", "End-plates unclear", "Thick slices, metal or motion hide them"


class Acuity(Worded):
    """What the CT itself shows of a fracture's age; indeterminate until somebody says more."""

    ACUTE = (
        "acute_features",
        "acute features",
        "Cortical step, gap of an end-plate, band of condensed trabeculae, paravertebral haematoma",
    )
    CHRONIC = (
        "chronic_features",
        "chronic features",
        "Remodelled and corticated, bridging osteophyte",
    )
    INDETERMINATE = (
        "indeterminate",
        "indeterminate",
        "Neither speaks clearly; a vacuum cleft means non-union and speaks for a benign cause",
    )
    NOT_ASSESSABLE = (
        "not_assessable",
        "not assessable",
        "The scan does not show the cortex well enough",
    )


class Unstable(Worded):
    """What makes an acute fracture a matter for today, not for the FLS alone."""

    RETROPULSION = (
        "retropulsion",
        "Retropulsion",
        "Bone displaced backwards from the posterior wall",
    )
    CANAL = (
        "canal_narrowing",
        "Canal narrowing",
        "The spinal canal is narrower than at its neighbours",
    )
    NEUROLOGY = (
        "neurology",
        "New neurology",
        "New weakness, numbness or sphincter loss is known",
    )


class Novelty(Worded):
    """A fracture against an earlier scan."""

    NEW = "new", "new", "Not there on the earlier scan"
    UNCHANGED = "unchanged", "unchanged", "There on the earlier scan, no worse now"
    WORSE = "worse", "worse", "There on the earlier scan, and its grade or height has fallen"
    NO_PRIOR = "no_prior", "no earlier scan", "No earlier scan shows this level"


def unstable_of(kept: str) -> tuple[Unstable, ...]:
    """The features that *kept* names, as `kept_unstable` wrote them."""
    return tuple(Unstable(word) for word in kept.split(",") if word)


def kept_unstable(features: Iterable[Unstable]) -> str:
    """*features* as the record keeps them: each once, in one order."""
    said = frozenset(features)
    return ",".join(one.value for one in Unstable if one in said)


def check_described(
    *, novelty: Novelty | None = None, against: str | None = None, comment: str | None = None
) -> None:
    """Raise `NotAllowed` unless a vertebra can be described so; None is not said.

    *against* is the day of an earlier scan (ISO) or the id of its case. A fracture is new,
    unchanged or worse against a scan that is named; without an earlier scan none is.
    """
    if comment is not None and len(comment) > LONGEST_COMMENT:
        msg = (
            f"A comment has at most {LONGEST_COMMENT} characters; this has {len(comment)}. Cut it."
        )
        raise NotAllowed(msg)
    if novelty is Novelty.NO_PRIOR and against:
        msg = "“No earlier scan” names none. Leave the earlier scan out, or say new or unchanged."
        raise NotAllowed(msg)
    if novelty not in (None, Novelty.NO_PRIOR) and not against:
        msg = f"“{novelty.words}” is said against an earlier scan. Choose which one."
        raise NotAllowed(msg)


def day_of(against: str) -> date | None:
    """The day that *against* names; None where it names a case instead."""
    try:
        return date.fromisoformat(against)
    except ValueError:
        return None


def compared_words(novelty: Novelty, prior: date | None) -> str:
    """New or old as the FLS reads it, such as ``new since 03/10/2026``."""
    if novelty is Novelty.NO_PRIOR:
        return "no earlier scan"
    day = f"{prior:%d/%m/%Y}" if prior else "an earlier scan"
    return {
        Novelty.NEW: f"new since {day}",
        Novelty.UNCHANGED: f"present on {day}",
        Novelty.WORSE: f"present on {day}, worse now",
    }[novelty]


def overall(acuities: Iterable[Acuity]) -> Acuity:
    """What several fractures of one scan are together: acute where one is, else as they all are."""
    found = frozenset(acuities)
    if Acuity.ACUTE in found:
        return Acuity.ACUTE
    return next(iter(found)) if len(found) == 1 else Acuity.INDETERMINATE


def described_words(kept: Mapping[str, str]) -> Iterator[str]:
    """What *kept*, columns as the record has them, says of a vertebra; what is empty, nothing."""
    if kept.get("endplate"):
        yield EndPlate(kept["endplate"]).words.lower()
    if kept.get("acuity"):
        yield Acuity(kept["acuity"]).words
    yield from (one.words.lower() for one in unstable_of(kept.get("unstable", "")))
    if kept.get("novelty"):
        yield compared_words(Novelty(kept["novelty"]), day_of(kept.get("against", "")))
    if kept.get("comment"):
        yield f"“{kept['comment']}”"
