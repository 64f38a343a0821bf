"""One deed in hand, and how it is written down once it is done."""

from dataclasses import dataclass, field
from typing import Any

from store._changes import Kept, changed, world
from store._steps import APART
from store.domain.finding import Act, Decision, Deed
from store.domain.people import Person
from store.domain.reading import ReadPolicy
from store.tables import DecisionRow, ReadingRow, RepeatRow, ReviewCase
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
        repeat: Set where it is done in a repeat: the case itself must stay as it is.
        finding: The finding it is of, once known.
        before, after: What its event says beside the rows that changed.
    """

    unit: Unit
    case: ReviewCase
    reading: ReadingRow
    act: Act
    policy: ReadPolicy
    repeat: RepeatRow | None = None
    finding: str | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def decision(self) -> Decision:
        """What is decided."""
        return self.act.decision


@dataclass(frozen=True, slots=True)
class Event:
    """What is written down of a deed beside the rows it changed.

    Attributes:
        by: Whose deed it is; the unit's person, unless named.
    """

    act: str
    deed: Deed
    reading: int
    finding: str | None = None
    undoes: str | None = None
    stack: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    by: Person | None = None


def write_down(
    unit: Unit, case: ReviewCase, was: Kept, event: Event, repeat: RepeatRow | None = None
) -> None:
    """Keep *event* and all that changed of *case* since *was*, and tell the trail.

    A *repeat* is told of under its own name, and changes nothing of the case itself but the
    number of its open alerts, which follows from the alerts.
    """
    by = event.by or unit.person
    old, new = changed(was, world(unit.session, case))
    if repeat is not None:
        old.pop("case", None)
        new.pop("case", None)
    version = repeat.version if repeat else case.version
    before, after = {**old, **event.before}, {**new, **event.after}
    unit.session.add(
        DecisionRow(
            act=event.act,
            case_id=case.id,
            version=APART + version if repeat else version,
            reading=event.reading,
            finding_id=event.finding,
            deed=event.deed.value,
            before=before,
            after=after,
            undoes=event.undoes,
            stack=event.stack,
            actor=by.handle,
            actor_name=by.name,
            role=by.role.value,
            at=unit.now,
        )
    )
    unit.tell_as(
        by,
        "case.decided",
        repeat.id if repeat else case.id,
        act=event.act,
        deed=event.deed.value,
        reading=event.reading,
        finding=event.finding,
        before=_unsaid(before),
        after=_unsaid(after),
        version=version,
        **({"of": case.id} if repeat else {}),
    )


def _unsaid(said: dict[str, Any]) -> dict[str, Any]:
    kept = {
        name: _unsaid(value) if isinstance(value, dict) else value
        for name, value in said.items()
        if name not in _OWN_WORDS | _IN_THE_LINE
    }
    return {name: value for name, value in kept.items() if value != {}}
