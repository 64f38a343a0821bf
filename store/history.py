"""The story of a case: who did what and when, in words, as far as one person may know it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from store._alerts import alerts_on
from store._changes import world
from store._grown import grew_words
from store._numbered import numbering_of
from store._readings import Seen, seen
from store._receipts import received_copies
from store._repeats import case_named
from store._steps import steps_of
from store._tellings import tellings_on
from store.domain.describe import described_words
from store.domain.episode import Due
from store.domain.finding import BY_INTAKE, Deed
from store.domain.people import Permission, Person
from store.domain.reading import REPEAT, Kind
from store.domain.rejection import REASONS
from store.domain.report import ReportStatus
from store.guard import question
from store.tables import (
    BatchRow,
    DecisionRow,
    ReadingRow,
    ReferralLineRow,
    ReferralRow,
    RepeatRow,
    ReviewCase,
    ScanRow,
    StudyRow,
    TakeoverRow,
)
from store.unit import Reader

_INTAKE = "Intake service"
_SOMEBODY = "A reader"
"""Names of readers leave the store once the case is closed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened to a case."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class _Told:
    """One event, with the row it is of as the event left it."""

    step: DecisionRow
    row: Mapping[str, Any]
    was: Mapping[str, Any]
    undone: str
    kind: str
    open: bool


@question(Permission.READ_CASES)
def story(reader: Reader, case_id: str) -> tuple[Line, ...]:
    """Everything that happened to a case, the oldest first; of a reading still out, one's own only.

    Raises:
        NotAllowed: there is no such case.
    """
    session = reader.session
    case, repeat = case_named(reader, case_id)
    view = seen(session, case, reader.person, repeat)
    me = reader.person.handle
    scan = session.get_one(ScanRow, case.scan_id)
    lines = [_arrived(session, scan), *_put_to(session, scan)]
    for told in _events(session, case, view):
        if not _shown(told.step, view, me):
            continue
        known = not view.open or told.step.actor == me or Deed(told.step.deed) in BY_INTAKE
        who = told.step.actor_name if known else _SOMEBODY
        lines.append(Line(told.step.at, who, _said(told)))
    lines += _noted(session, case, reader.person, repeat)
    if repeat is None:
        lines += [*_taken_over(session, case_id, view, me), *_sent(session, case_id)]
    return tuple(sorted(lines, key=lambda line: line.at))


def _arrived(session: Session, scan: ScanRow) -> Line:
    copies = received_copies(session, scan.id)
    often = f"; it came {copies} times" if copies > 1 else ""
    return Line(scan.received_at, _INTAKE, f"The scan arrived{often}.")


def _put_to(session: Session, scan: ScanRow) -> list[Line]:
    """Studies that were taken for another part, or a copy, of the same examination."""
    rows = session.execute(
        select(StudyRow).where(col(StudyRow.scan_id) == scan.id, col(StudyRow.folded) != "")
    ).scalars()
    what = "A study was taken for the same examination by its"
    return [Line(row.at, _INTAKE, f"{what} {row.folded}: {row.exam or 'CT'}.") for row in rows]


def _shown(step: DecisionRow, view: Seen, me: str) -> bool:
    if not view.open:
        return True
    if view.bare:
        return False
    return step.actor == me or step.reading == view.reading.number


def _taken_over(session: Session, case_id: str, view: Seen, me: str) -> list[Line]:
    """Who took the case over; of a reading still out, one's own doing only and of whom not."""
    rows = session.execute(
        select(TakeoverRow).where(col(TakeoverRow.case_id) == case_id).order_by(col(TakeoverRow.id))
    ).scalars()
    return [
        Line(
            row.at,
            row.name,
            f"Took the case over from {_SOMEBODY.lower() if view.open else row.whose_name} "
            f"(“{row.words}”).",
        )
        for row in rows
        if not view.open or row.handle == me
    ]


def _noted(
    session: Session, case: ReviewCase, person: Person, repeat: RepeatRow | None
) -> list[Line]:
    """What was noted on the Alerts screen, where no step of the case is made."""
    here = {one.id for one in alerts_on(session, case, person, repeat)}
    return [
        Line(one.at, one.by or _SOMEBODY, f"{one.words}.")
        for one in tellings_on(session, case, person)
        if repeat is None or one.alert in here
    ]


def _events(session: Session, case: ReviewCase, view: Seen) -> list[_Told]:
    """Every event with its row, found by going back from how things stand now."""
    rows = world(session, case)
    steps = steps_of(session, case.id, repeat=view.reading.kind == Kind.REPEAT)
    kinds = session.execute(
        select(col(ReadingRow.number), col(ReadingRow.kind)).where(
            col(ReadingRow.case_id) == case.id
        )
    )
    kind_of: dict[int, str] = {row[0]: row[1] for row in kinds if row[0] != REPEAT}
    by_act = {step.act: step for step in steps}
    found = []
    for step in steps:
        name = f"findings/{step.finding_id}" if step.finding_id else f"readings/{step.reading}"
        row = dict(rows.get(name) or {})
        for changed, was in step.before.items():
            if "/" in changed or changed == "case":
                rows[changed] = None if was is None else {**(rows.get(changed) or {}), **was}
        undone = by_act[step.undoes].deed if step.undoes else ""
        kind = kind_of.get(step.reading, Kind.FIRST)
        found.append(_Told(step, row, rows.get(name) or {}, undone, kind, view.open))
    return found[::-1]


def _sent(session: Session, case_id: str) -> list[Line]:
    """What the FLS was told of the patient on the ground of this case, and what it answered."""
    told = session.execute(
        select(ReferralLineRow, col(BatchRow.actor_name))
        .join(BatchRow, col(BatchRow.id) == col(ReferralLineRow.batch_id))
        .join(ReferralRow, col(ReferralRow.id) == col(ReferralLineRow.referral_id))
        .where(col(ReferralRow.case_id) == case_id)
    )
    return [Line(row.at, who, _told_fls(row)) for row, who in told]


def _told_fls(row: ReferralLineRow) -> str:
    if row.status == Due.NEW:
        return f"Referred the patient to the FLS. {row.said}".strip()
    return f"Told the FLS. {row.said}"


def _level(row: Mapping[str, Any]) -> str:
    return row.get("level") or "a finding without a level"


def _graded(row: Mapping[str, Any]) -> str:
    shape = f" {row['shape']}" if row.get("shape") else ""
    return f"{_level(row)}, grade {row.get('grade') or 0}{shape}"


def _rejected(told: _Told) -> str:
    reason = REASONS.get(told.row.get("code", ""))
    words = f": {reason.words}" if reason else ""
    text = f" (“{told.row['text']}”)" if told.row.get("text") else ""
    return f"Rejected {_level(told.row)}{words}{text}"


def _reported(told: _Told) -> str:
    status = told.row.get("report_status") or ""
    return f"Said of the report: {ReportStatus(status).words}" if status else "Judged the report"


def _measured(told: _Told) -> str:
    three = told.step.after.get("heights_mm") or []
    heights = " / ".join(f"{mm:.1f}" for mm in three)
    return f"Measured {told.step.after['shown']}: {heights} mm"


def _described(told: _Told) -> str:
    said = told.step.after.get(f"findings/{told.step.finding_id}") or {}
    return f"Described {_level(told.row)}: {', '.join(described_words(said)) or 'as before'}"


def _numbered(told: _Told) -> str:
    return numbering_of(ReadingRow(**told.row, case_id="", number=0)).words


def _alerted(told: _Told) -> str:
    rows = [row for name, row in told.step.after.items() if name.startswith("alerts/")]
    whom = next((row["told"] for row in rows if row and row.get("told")), "")
    return f"Noted who was told of an urgent alert: {whom}"


def _closed(told: _Told) -> str:
    words = Kind(told.kind).words.split(":")[0].split(",")[0].lower()
    took = f" after {told.row['seconds']} s of work" if told.row.get("seconds") else ""
    why = () if told.open else told.step.after.get("reasons", ())
    more = f"; a second person reads the case: {', '.join(why)}" if why else ""
    return f"Closed the {words}{took}{_quoted(told)}{more}"


def _quoted(told: _Told) -> str:
    text = told.step.after.get("text")
    return f" (“{text}”)" if text else ""


def _undone(told: _Told) -> str:
    return f"Took back the step before: {told.undone.replace('_', ' ')}"


_SAID: dict[Deed, Callable[[_Told], str]] = {
    Deed.CONFIRM: lambda told: f"Confirmed {_graded(told.row)}",
    Deed.REJECT: _rejected,
    Deed.UNSURE: lambda told: f"Was unsure of {_level(told.row)}",
    Deed.REGRADE: lambda told: f"Graded {_graded(told.row)}",
    Deed.RELABEL: lambda told: f"Moved a finding from {_level(told.was)} to {_level(told.row)}",
    Deed.ADD: lambda told: f"Added {_graded(told.row)}",
    Deed.REPORT: _reported,
    Deed.MEASURE: _measured,
    Deed.DESCRIBE: _described,
    Deed.RENUMBER: _numbered,
    Deed.TOLD: _alerted,
    Deed.CLOSE: _closed,
    Deed.UNREADABLE: lambda told: f"Found the scan unreadable{_quoted(told)}",
    Deed.OPINION: lambda told: f"Asked for a second opinion{_quoted(told)}",
    Deed.REOPEN: lambda told: f"Opened the case again{_quoted(told)}",
    Deed.WITHDRAW: lambda told: f"Took the case out of review{_quoted(told)}",
    Deed.UNDO: _undone,
    Deed.FLAGGED: lambda _: "The AI flagged another vertebra; the case is open again",
    Deed.CORRECTED: lambda _: "A corrected report came; the report check is open again",
    Deed.GREW: lambda told: grew_words(told.step.after),
}


def _said(told: _Told) -> str:
    deed = Deed(told.step.deed)
    said = _SAID.get(deed)
    return f"{said(told) if said else deed.value.replace('_', ' ').capitalize()}."
