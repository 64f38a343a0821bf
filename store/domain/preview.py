"""Pictures that an AI product sends beside its answer: shown as its own, never as the scan."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from store.domain.identity import Patient

MOST_OF_A_STUDY = 40
"""Pictures of one study that are kept; a product that sends more sends a whole series."""

_LEAST_LETTERS = 4
"""A shorter name is part of too many others to tell whose a picture is."""
_SIGNS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Preview:
    """One Secondary Capture, or screen capture of another class, as it arrived.

    Attributes:
        digest: SHA-256 of the file.
        modality: Scanners call their own pages CT, as they call their slices.
        maker, model, version: Of the software that made it, as the file says.
        words: What the file calls it.
        place: Its number in its series.
        patient: Whose it says it is.
        pictures: Names in the archive of its frames, made anew as PNG; none where it is refused.
        refusal: Why its pixels cannot be shown; empty where they can.
    """

    digest: str
    sop_uid: str
    study_uid: str
    series_uid: str
    modality: str
    maker: str
    model: str
    version: str = ""
    words: str = ""
    place: int = 0
    patient: Patient | None = None
    pictures: tuple[str, ...] = ()
    refusal: str = ""


def made_by(product: str, maker: str, model: str) -> bool:
    """Whether the software *model* of *maker* is the AI *product*, by their names alone."""
    own = _plain(product)
    named = _plain(f"{maker}{model}")
    if len(own) >= _LEAST_LETTERS and own in named:
        return True
    return any(len(one) >= _LEAST_LETTERS and one in own for one in (_plain(model), _plain(maker)))


def claims(product: str, references: Collection[str], one: Preview) -> bool:
    """Whether a result of *product* that points at *references* is what the picture belongs to."""
    return one.sop_uid in references or made_by(product, one.maker, one.model)


def _plain(text: str) -> str:
    return _SIGNS.sub("", text.casefold())
