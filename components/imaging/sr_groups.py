"""One measurement group of a structured report: which vertebra, and what is said of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from components.imaging import result_fields, sr_codes
from components.imaging.result_fields import LONG, UnusableResult
from components.imaging.sr_codes import Code
from components.imaging.sr_tree import Node
from store.domain.arrival import AiFinding
from store.domain.genant import Grade
from store.domain.morphometry import Heights
from store.domain.spine import Level, craniocaudal

_LOSS = re.compile(
    r"height.*\b(?:loss|reduction|deficit|difference)|\bloss of (?:\w+ )?height", re.I
)
_MM = {"mm": 1.0, "cm": 10.0}
_SHARE = {"%": 0.01, "1": 1.0, "{ratio}": 1.0, "": 1.0}


@dataclass(slots=True)
class Group:
    """What one group says.

    Attributes:
        levels: Vertebrae it is about, from head to foot.
        fracture: It speaks of a vertebral fracture, be it present or not.
        genant: Its grade is Genant's by name.
        presence: "present", "absent", "undetermined", or empty where it does not say.
        loss: A fraction; *parts* are the heights in mm: anterior, middle, posterior.
    """

    levels: tuple[Level, ...] = ()
    fracture: bool = False
    presence: str = ""
    grade: Grade | None = None
    loss: float | None = None
    formula: str = ""
    probability: float | None = None
    parts: dict[int, float] = field(default_factory=dict)
    genant: bool = False
    tracking_id: str = ""
    tracking_uid: str = ""

    @property
    def ours(self) -> bool:
        """Whether it reads a vertebra for fractures; a severity alone may be of any disease."""
        figures = self.genant or self.loss is not None or bool(self.parts)
        return self.fracture or (bool(self.levels) and figures)

    @property
    def flags(self) -> bool:
        """Whether somebody must look: a fracture, or a grade above 0, that is not denied."""
        if self.presence == sr_codes.ABSENT or not self.ours:
            return False
        if self.fracture and self.presence == sr_codes.PRESENT:
            return True
        if self.presence == sr_codes.UNDETERMINED:
            return bool(self.levels) and self.fracture
        return bool(self.grade) if self.grade is not None else self.fracture


def group_of(nodes: Iterable[Node]) -> Group:
    """What *nodes*, the items of one group, say together."""
    items = list(nodes)
    group = Group(levels=_levels(items))
    for node in items:
        _take_code(group, node)
        _take_number(group, node)
        if node.name.key == sr_codes.TRACKING_ID:
            group.tracking_id = group.tracking_id or node.text[:LONG]
        elif node.name.key == sr_codes.TRACKING_UID:
            group.tracking_uid = group.tracking_uid or node.text
    if not group.levels and (level := sr_codes.level_in(group.tracking_id)):
        group.levels = (level,)
    return group


def _levels(items: list[Node]) -> tuple[Level, ...]:
    """The vertebrae that are the site of the finding; else the one that any item names."""
    sites = {level for node in items if node.name.key == sr_codes.SITE if (level := _level(node))}
    if sites:
        return craniocaudal(sites)
    named = {level for node in items if (level := _level(node))}
    return craniocaudal(named) if len(named) == 1 else ()


def _level(node: Node) -> Level | None:
    own = sr_codes.level_of(node.code) if node.code else None
    if own is None and node.kind == "TEXT" and len(node.text) < LONG:
        is_place = node.name.key not in {sr_codes.COMMENT, sr_codes.TRACKING_ID}
        own = sr_codes.level_in(node.text) if is_place else None
    return own


def _take_code(group: Group, node: Node) -> None:
    if node.code is None:
        return
    if sr_codes.means_fracture(node.code) or sr_codes.means_fracture(node.name):
        group.fracture = True
        if sr_codes.denies(node.code):
            group.presence = sr_codes.ABSENT
    presence = sr_codes.PRESENCE.get(node.code.key)
    if presence:
        group.presence = presence
    grade = sr_codes.GRADES.get(node.code.key)
    # "None" means no severity only where severity is asked for.
    if grade is not None and (grade or node.name.key in {sr_codes.SEVERITY, sr_codes.GENANT}):
        group.grade = max(grade, group.grade or grade)
        group.genant |= node.code.scheme == sr_codes.OURS


def _take_number(group: Group, node: Node) -> None:
    if node.number is None:
        return
    if node.name.key in sr_codes.PROBABILITY:
        group.probability = _share(node)
    elif node.name.key == sr_codes.LOSS or _LOSS.search(node.name.meaning):
        found = _share(node)
        if found is not None and (group.loss is None or found > group.loss):
            group.loss, group.formula = found, _method(node)
    elif node.name.key == sr_codes.HEIGHT or node.name.meaning.strip().lower().endswith("height"):
        part = _part(node)
        if part is not None and node.unit in _MM:
            group.parts[part] = node.number * _MM[node.unit]


def _share(node: Node) -> float | None:
    """A fraction from 0.0 to 1.0, whether given as such or per cent; None for anything else."""
    scale = _SHARE.get(node.unit)
    value = None if scale is None or node.number is None else node.number * scale
    return value if value is not None and 0.0 <= value <= 1.0 else None


def _method(node: Node) -> str:
    for one in node.walk():
        if one.name.key == sr_codes.METHOD:
            return (one.text or (one.code.meaning if one.code else ""))[:LONG]
    return ""


def _part(node: Node) -> int | None:
    """Front, middle or back: by a modifier of the measurement, or by its own wording."""
    for one in node.walk():
        if one is not node and one.code is not None:
            part = sr_codes.part_of(one.code)
            if part is not None:
                return part
    first = node.name.meaning.split(" ", 1)[0]
    return sr_codes.part_of(Code("", "", first))


def merged(level: Level | None, groups: list[Group]) -> AiFinding:
    """The finding at *level*, of which several groups may each say a part."""
    grades = [one.grade for one in groups if one.grade is not None]
    lost = max((one for one in groups if one.loss is not None), key=_loss, default=None)
    parts: dict[int, float] = {}
    for one in groups:
        parts = {**one.parts, **parts}
    return AiFinding(
        level=level,
        loss=lost.loss if lost else None,
        grade=max(grades) if grades else None,
        formula=lost.formula if lost else "",
        heights=_heights(parts),
        probability=next((g.probability for g in groups if g.probability is not None), None),
        tracking_id=next((one.tracking_id for one in groups if one.tracking_id), ""),
        tracking_uid=next((one.tracking_uid for one in groups if one.tracking_uid), ""),
    )


def _loss(group: Group) -> float:
    return group.loss or 0.0


def _heights(parts: dict[int, float]) -> Heights | None:
    try:
        return result_fields.heights((parts.get(0), parts.get(1), parts.get(2)))
    except UnusableResult:
        return None  # the flag must be looked at, whatever the heights beside it are
