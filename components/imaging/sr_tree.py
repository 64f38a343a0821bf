"""The content of a structured report as a plain tree, read within fixed bounds.

Our own, as readers of the standard's letter refuse what real products send: a report without
its template, a measurement without a value.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pydicom

from components.imaging.patient import words
from components.imaging.result_fields import UnusableResult
from components.imaging.sr_codes import Code

DEEPEST = 24
"""Levels of nesting; the deepest of TID 1500 has nine."""
MOST_ITEMS = 50_000
"""Content items; a report that lists every slice of a whole-body CT has a tenth of it."""
CT_CLASSES = ("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1")
_CODES = ("CodeValue", "LongCodeValue", "URNCodeValue")


@dataclass(slots=True)
class Node:
    """One content item.

    Attributes:
        kind: Its value type, such as NUM; empty where it is missing.
        text: Of TEXT, UIDREF, PNAME and the like.
        code: Of CODE.
        number: Of NUM, None where nothing was measured; *unit* is its UCUM code.
        refers: SOP Instance UIDs of what it points at and is no CT slice.
    """

    kind: str
    name: Code
    text: str = ""
    code: Code | None = None
    number: float | None = None
    unit: str = ""
    refers: tuple[str, ...] = ()
    children: list["Node"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """This item and everything below it, in the order of the report."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting.extend(reversed(one.children))


def tree_of(ds: pydicom.Dataset) -> Node:
    """The content of the report *ds*.

    Raises:
        UnusableResult: nested too deep, or of too many items.
    """
    root = _node(ds)
    count = 0
    waiting: list[tuple[pydicom.Dataset, Node, int]] = [(ds, root, 0)]
    while waiting:
        item, node, depth = waiting.pop()
        below = _items(item, "ContentSequence")
        count += len(below)
        if below and depth >= DEEPEST:
            msg = f"The report is nested deeper than {DEEPEST} levels. Send it as TID 1500 has it."
            raise UnusableResult(msg)
        if count > MOST_ITEMS:
            msg = f"The report has more than {MOST_ITEMS:,} items. Send one report for each scan."
            raise UnusableResult(msg)
        for inner in below:
            child = _node(inner)
            node.children.append(child)
            waiting.append((inner, child, depth + 1))
    return root


def items_of(ds: pydicom.Dataset, keyword: str) -> list[pydicom.Dataset]:
    """The items of a sequence; none where it is absent or unreadable."""
    return _items(ds, keyword)


def _items(ds: pydicom.Dataset, keyword: str) -> list[pydicom.Dataset]:
    try:
        return list(ds.get(keyword) or ())
    except RecursionError:
        raise
    except Exception:  # noqa: BLE001 - pydicom raises many kinds over foreign values
        return []


def _node(item: pydicom.Dataset) -> Node:
    kind = words(item, "ValueType").upper()
    node = Node(kind, _code(item, "ConceptNameCodeSequence") or Code("", ""))
    if kind == "CODE":
        node.code = _code(item, "ConceptCodeSequence")
    elif kind == "NUM":
        node.number, node.unit = _measured(item)
    elif kind in {"IMAGE", "COMPOSITE"}:
        referred = _items(item, "ReferencedSOPSequence")
        node.refers = tuple(
            words(one, "ReferencedSOPInstanceUID")
            for one in referred
            if words(one, "ReferencedSOPClassUID") not in CT_CLASSES
        )
    else:
        node.text = words(item, {"TEXT": "TextValue", "UIDREF": "UID"}.get(kind, "TextValue"))
    return node


def _code(item: pydicom.Dataset, keyword: str) -> Code | None:
    found = _items(item, keyword)
    if not found:
        return None
    value = next((text for key in _CODES if (text := words(found[0], key))), "")
    scheme = words(found[0], "CodingSchemeDesignator")
    return Code(value, scheme, words(found[0], "CodeMeaning"))


def _measured(item: pydicom.Dataset) -> tuple[float | None, str]:
    """Value and unit; None where the report says that nothing was measured."""
    measured = _items(item, "MeasuredValueSequence")
    if not measured:
        return None, ""
    unit = _code(measured[0], "MeasurementUnitsCodeSequence")
    return _number(measured[0].get("NumericValue")), unit.value if unit else ""


def _number(value: Any) -> float | None:  # noqa: ANN401 - whatever a foreign file holds
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
