"""Names of labels in a JSON file of their own, beside a mask that does not carry them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from components.imaging import result_json
from components.imaging.label_tables import level_named
from components.imaging.result_fields import UnusableResult

LARGEST_BYTES = 1_000_000
LARGEST_NUMBER = 65_535


@dataclass(frozen=True, slots=True)
class LabelNames:
    """What the labels of a mask mean.

    Attributes:
        mask: Name of the mask's file; empty where the file does not say.
        names: By number.
    """

    path: Path
    mask: str
    names: dict[int, str]


def read_names(path: Path) -> LabelNames:
    """The names in the file at *path*, in any of the usual layouts.

    These are a map of names to numbers or of numbers to names, at the top or under ``labels``
    (nnU-Net's dataset.json), and levels with a ``label`` each under ``vertebrae``.

    Raises:
        UnusableResult: it is no such file, or one number has two names.
    """
    with path.open("rb") as file:
        content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        msg = "A file of label names is larger than 1 MB. Check what was sent."
        raise UnusableResult(msg)
    found = result_json.parse(content.decode("utf-8-sig", errors="replace"))
    inner = next((found[key] for key in ("labels", "vertebrae") if key in found), found)
    names: dict[int, str] = {}
    for number, name in _pairs(inner):
        if names.setdefault(number, name) != name:
            msg = f"The file names label {number} twice. Send one name for each."
            raise UnusableResult(msg)
    if not any(level_named(name) for name in names.values()):
        msg = "The file names no vertebra. Send the names of the mask's labels."
        raise UnusableResult(msg)
    mask = found.get("source_mask")
    return LabelNames(path, mask if isinstance(mask, str) else "", names)


def names_for(mask: Path, known: Iterable[LabelNames]) -> LabelNames | None:
    """The one of *known* that names the labels of *mask*, if one alone can be meant."""
    beside = [one for one in known if one.path.parent == mask.parent]
    own = [one for one in beside if one.mask == mask.name]
    shared = [one for one in beside if not one.mask]
    chosen = own or shared
    return chosen[0] if len(chosen) == 1 else None


def _pairs(inner: object) -> Iterator[tuple[int, str]]:
    if not isinstance(inner, dict):
        return
    for key, value in inner.items():
        told = value.get("label") if isinstance(value, dict) else value
        if key.isascii() and key.isdigit() and isinstance(told, str):
            number, name = int(key[:9]), told
        elif isinstance(told, int) and not isinstance(told, bool):
            number, name = told, key
        else:
            continue
        if 0 < number <= LARGEST_NUMBER:
            yield number, name
