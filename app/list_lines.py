"""The lines of the worklist as the table shows them: every cell in words people read."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from app import session
from components.charts import MARKS
from components.worklist_table import Column, Kind, Row
from store import assignments
from store.domain.identity import age_on
from store.domain.job import State
from store.domain.queue import CLOSED, Band, band, due_on
from store.worklist import Line

COLUMNS = (
    Column("worst", "AI grade", Kind.GRADE),
    Column("patient", "Patient"),
    Column("age", "Age", Kind.LINE),
    Column("levels", "Levels"),
    Column("findings", "Decided", Kind.LINE),
    Column("scanned", "Scanned", Kind.LINE),
    Column("waiting", "Waiting", Kind.LINE),
    Column("due", "Due", Kind.LINE),
    Column("exam", "Examination"),
    Column("accession", "Accession"),
    Column("site", "Site"),
    Column("product", "AI product"),
    Column("state", "State"),
    Column("assigned", "Assigned to"),
)
FIRST = (
    "worst", "patient", "age", "levels", "findings", "scanned", "waiting", "exam", "state",
    "assigned",
)  # fmt: skip
"""The columns of somebody who chose none."""


_PICTURES = {
    State.WAITING: "preparing the picture",
    State.RUNNING: "preparing the picture",
    State.DEAD: "picture failed",
}


def columns(names: Sequence[str]) -> tuple[Column, ...]:
    """The columns of *names*, in that order; names that are gone are left out."""
    known = {column.key: column for column in COLUMNS}
    return tuple(known[name] for name in names if name in known) or columns(FIRST)


def rows(lines: Sequence[Line], address: str) -> list[Row]:
    """*lines* as rows of the table; each opens its case in the list of *address*."""
    people = {person.handle: person.name for person in session.ask(assignments.colleagues)}
    today, due_days = datetime.now(UTC).date(), session.here().site.settings.due_days
    tickets = session.tickets([line.key.id for line in lines], address)
    return [
        Row(line.key.id, cells(line, people, today, due_days), ticket=tickets[line.key.id])
        for line in lines
    ]


def cells(
    line: Line, people: Mapping[str, str], today: date, due_days: int
) -> dict[str, str | int | None]:
    """The cells of *line* as they stand on the day *today*."""
    return {
        "worst": int(line.worst) or None,
        "patient": line.patient or "Name not given",
        "age": str(age_on(line.born, line.since)) if line.born else "–",
        "levels": ", ".join(level.value for level in line.levels) or "no level",
        "findings": f"{line.findings - line.undecided} of {line.findings}"
        if line.findings
        else "–",
        "scanned": f"{line.since:%d/%m/%Y}",
        "waiting": _waiting(line, today, due_days),
        "due": "–" if line.state in CLOSED else f"{due_on(line.since, due_days):%d/%m/%Y}",
        "exam": line.exam,
        "accession": line.accession,
        "site": line.site,
        "product": line.product,
        "state": _state(line, today),
        "assigned": people.get(line.assigned, line.assigned),
    }


def _waiting(line: Line, today: date, due_days: int) -> str:
    if line.state in CLOSED:
        return "–"
    days = (today - line.since).days
    stands = band(line.since, today, due_days)
    words = f"{MARKS[stands]} {days:,} day{'' if days == 1 else 's'}"
    return words if stands is Band.IN_TIME else f"{words}, {stands.value}"


def _state(line: Line, today: date) -> str:
    until = line.deferred_until
    put_off = until is not None and until > today and line.state not in CLOSED
    parts = (
        "⚠ urgent alert" if line.alerts else "",
        _PICTURES[line.picture] if line.picture else "",
        "with another reader" if line.theirs else line.state.value,
        f"deferred until {until:%d/%m/%Y}: {line.deferred_why}" if put_off else "",
        "report check due" if line.report_due else "",
        f"read by {'you' if line.mine else line.reading} now" if line.reading else "",
    )
    return ", ".join(filter(None, parts))
