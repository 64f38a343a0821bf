"""What AI products said of a finding, in words and units people read."""

from typing import Any

from store.cases import Case, Finding
from store.domain.finding import Source
from store.domain.genant import band


def percent(loss: float) -> str:
    """A loss with its band, never a bare figure: ``29 % (17–42 %)``."""
    low, high = band(loss)
    return f"{loss * 100:.0f} % ({low * 100:.0f}–{high * 100:.0f} %)"


def vendor(found: Finding, case: Case) -> dict[str, Any] | None:
    """What the AI said of a finding; None for one that a reader added."""
    if found.source is not Source.AI:
        return None
    return {
        "level": found.ai_level.value if found.ai_level else None,
        "grade": int(found.ai_grade) if found.ai_grade is not None else None,
        "loss": percent(found.ai_loss) if found.ai_loss is not None else None,
        "formula": found.ai_formula,
        "also": _also(found, case),
    }


def previews(case: Case) -> list[dict[str, Any]]:
    """The pictures that AI products sent: who made them, and their names."""
    return [
        {
            "maker": one.maker,
            "words": one.words,
            "pictures": list(one.pictures),
            "refusal": one.refusal,
        }
        for one in case.previews
    ]


def _also(found: Finding, case: Case) -> list[str]:
    """Who else flagged the level, beside the first, whose figures are shown: ``X 2.1, grade 2``."""
    said = [one for one in case.answers if one.level == found.ai_level]
    shown = next((one for one in said if one.loss == found.ai_loss), None)
    return [
        ", ".join(
            filter(
                None,
                (
                    one.product,
                    f"grade {int(one.grade)}" if one.grade is not None else "",
                    f"loss {percent(one.loss)}" if one.loss is not None else "",
                ),
            )
        )
        for one in said
        if one is not shown
    ]
