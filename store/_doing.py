"""One deed in hand, and how it is written down once it is done."""

from dataclasses import dataclass, field
from typing import Any

from store._changes import Kept, changed, world
from store.domain.finding import Act, Decision, Deed
from store.domain.reading import ReadPolicy
from store.tables import DecisionRow, ReadingRow, ReviewCase
from store.unit import Unit

_OWN_WORDS = frozenset({"text", "comment", "words", "told"})
"""A reader's own words may name the patient: they are kept, and stay out of the trail."""
_IN_THE_LINE = frozenset(
    {"reader", "reader_name", "opened_at", "decided_by", "decided_at", "report_by", "report_at"}
)
"""Who and when; a line of the trail says so itself."""


@dataclass(slots=True)
class Doing:
    """One deed while it is being done; what it changes of the rows is noted by itself.

    Attributes:
        finding: The finding it is of, once known.
        before, after: What its event says beside the rows that changed.
    """

    unit: Unit
    case: ReviewCase
    reading: ReadingRow
    act: Act
    policy: ReadPolicy
    finding: str | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def decision(self) -> Decision:
        """What is decided."""
        return self.act.decision


@dataclass(frozen=True, slots=True)
class Event:
    """What is written down of a deed beside the rows it changed."""

    act: str
    deed: Deed
    reading: int
    finding: str | None = None
    undoes: str | None = None
    stack: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def write_down(unit: Unit, case: ReviewCase, was: Kept, event: Event) -> None:
    """Keep *event* and all that changed of *case* since *was*, and tell the trail."""
    old, new = changed(was, world(unit.session, case))
    before, after = {**old, **event.before}, {**new, **event.after}
    unit.session.add(
        DecisionRow(
            act=event.act,
            case_id=case.id,
            version=case.version,
            reading=event.reading,
            finding_id=event.finding,
            deed=event.deed.value,
            before=before,
            after=after,
            undoes=event.undoes,
            stack=event.stack,
            actor=unit.person.handle,
            actor_name=unit.person.name,
            role=unit.person.role.value,
            at=unit.now,
        )
    )
    unit.tell(
        "case.decided",
        case.id,
        act=event.act,
        deed=event.deed.value,
        reading=event.reading,
        finding=event.finding,
        before=_unsaid(before),
        after=_unsaid(after),
        version=case.version,
    )


def _unsaid(said: dict[str, Any]) -> dict[str, Any]:
    kept = {
        name: _unsaid(value) if isinstance(value, dict) else value
        for name, value in said.items()
        if name not in _OWN_WORDS | _IN_THE_LINE
    }
    return {name: value for name, value in kept.items() if value != {}}
