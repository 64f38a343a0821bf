"""What a reader says beside the verdicts, as the viewer paints it, and the lists to choose from."""

from typing import Any

from store.cases import Case, Finding
from store.domain.clock import local
from store.domain.describe import Acuity, EndPlate, Novelty, Unstable, compared_words
from store.domain.numbering import Confidence, CountFrom, Variant, differing
from store.domain.spine import REVIEWABLE, Level
from store.domain.worded import Worded

_RARE = {Level.T13: "only with 13 pairs of ribs", Level.L6: "only with six lumbar vertebrae"}
"""Levels that most spines have not."""


def _offer(values: type[Worded]) -> list[dict[str, str]]:
    return [{"code": one.value, "words": one.words, "hint": one.hint} for one in values]


LISTS: dict[str, Any] = {
    "endplates": _offer(EndPlate),
    "acuities": _offer(Acuity),
    "unstable": _offer(Unstable),
    "novelties": _offer(Novelty),
    "count_from": _offer(CountFrom),
    "confidences": _offer(Confidence),
    "variants": _offer(Variant),
}


def described(found: Finding) -> dict[str, Any]:
    """What was said of one vertebra beside its grade."""
    novelty = found.novelty
    return {
        "endplate": found.endplate.value if found.endplate else None,
        "acuity": found.acuity.value,
        "unstable": [one.value for one in found.unstable],
        "novelty": novelty.value if novelty else None,
        "against": found.against,
        "against_words": compared_words(novelty, found.against_day) if novelty else "",
        "comment": found.comment,
    }


def levels(case: Case) -> dict[str, Any]:
    """The levels that a finding may be given: those of this spine, and apart from them `rare`
    ones, while nobody has said which variant it is.
    """
    named = [level for level in case.spine.names.order if level in REVIEWABLE]
    rare = [] if case.numbering.variant else [level for level in _RARE if level not in named]
    return {
        "levels": [level.value for level in named],
        "rare": [{"code": level.value, "hint": _RARE[level]} for level in rare],
    }


def numbering(case: Case) -> dict[str, Any]:
    """How the levels are counted, and those of the machine's names that are shown otherwise."""
    said, names = case.numbering, differing(case.spine.names.shown)
    return {
        "shift": said.shift,
        "count_from": said.count_from.value if said.count_from else None,
        "confidence": said.confidence.value if said.confidence else None,
        "variant": said.variant.value if said.variant else None,
        "words": said.words,
        "labels": {machine.value: shown.value for machine, shown in names.items()},
    }


def alerts(case: Case) -> list[dict[str, str]]:
    """The urgent alerts of the case that this person may know of, and who was told."""
    return [
        {
            "id": one.id,
            "finding": one.finding,
            "level": one.level.value if one.level else "",
            "words": one.kind.words,
            "whom": one.kind.hint,
            "raised": local(one.raised_at),
            "told": f"{one.told}, {local(one.told_at)}" if one.told_at else "",
        }
        for one in case.alerts
    ]
