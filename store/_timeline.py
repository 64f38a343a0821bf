"""All scans of a patient by level, and what the rule makes of one against those before it.

Of other scans only closed cases speak, with the reading in force; of this one, what the asking
person may see of it anyway.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from store._scans import Gathered, Stands, gather, scans_of
from store.domain.arrival import Ending
from store.domain.finding import CaseState, State
from store.domain.genant import FractureType, Grade
from store.domain.incident import NOTHING_EARLIER, Change, Seen, comparable, compare
from store.domain.morphometry import Heights, assess
from store.domain.rejection import REASONS, Class
from store.domain.spine import Level, craniocaudal
from store.tables import ReferralRow, ReviewCase, ScanRow


@dataclass(frozen=True, slots=True)
class Vertebra:
    """One level on one scan.

    Attributes:
        words: What a person said of it, or that nobody did.
        heights: By a person where one measured, else by the machine; None where neither did.
    """

    grade: Grade | None
    shape: FractureType | None
    words: str
    heights: Heights | None


@dataclass(frozen=True, slots=True)
class ScanSeen:
    """One scan of the patient.

    Attributes:
        case: Empty where the scan has none.
        unread: Why there is no case, in words; empty where there is one.
        this: Whether it is the scan that was asked about.
        stack: The first picture; None where there is none.
        labels: The machine's names of vertebrae that are shown under another.
        levels: Those that any scan of the patient says something of.
    """

    case: str
    scanned: date | None
    exam: str
    state: CaseState | None
    unread: str
    this: bool
    stack: str | None
    labels: Mapping[Level, Level]
    levels: Mapping[Level, Vertebra]


@dataclass(frozen=True, slots=True)
class Proposal:
    """New, worse or as it was, by rule; *against* names the earlier scan: case or ISO day."""

    change: Change
    against: str
    scanned: date | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The patient's scans, the oldest first.

    Attributes:
        referred: The newest referral: its day, and the day of the scan it was for.
        proposed: What the rule says of levels of this scan.
    """

    scans: tuple[ScanSeen, ...]
    referred: tuple[date, date | None] | None
    proposed: Mapping[Level, Proposal]


def timeline_of(
    session: Session,
    scan: ScanRow,
    findings: Iterable[Stands],
    heights: Mapping[Level, Heights],
    stack: str | None,
    until: datetime | None = None,
) -> Timeline:
    """The timeline of the patient of *scan*.

    Args:
        findings: Of this scan, as the asking person may see them.
        heights: Of this scan, likewise.
        stack: The first picture of this scan.
        until: The moment at which the record is to be shown as it stood; now, unless given.
    """
    scans = scans_of(session, scan, until)
    others = [one for one in scans if one.row.id != scan.id]
    if others:
        gather(session, others)
    this = next(one for one in scans if one.row.id == scan.id)
    this.found = {one.level: one for one in findings}
    this.heights, this.stack = dict(heights), stack
    told = craniocaudal({level for one in scans for level in one.found})
    return Timeline(
        scans=tuple(_seen(one, told, this=one is this) for one in scans),
        referred=_referred(session, scan.patient_id, until),
        proposed=_proposed(this, others),
    )


def _seen(one: Gathered, told: Sequence[Level], *, this: bool) -> ScanSeen:
    levels = {}
    for level in told:
        found, heights = one.found.get(level), one.heights.get(level)
        if found is not None or heights is not None:
            sure = found if found is not None and found.state is State.CONFIRMED else None
            grade, shape = (sure.grade, sure.shape) if sure else (None, None)
            levels[level] = Vertebra(grade, shape, _words(one, found, this), heights)
    return ScanSeen(
        case=one.case.id if one.case else "",
        scanned=one.row.scanned,
        exam=one.row.exam,
        state=CaseState(one.case.state) if one.case else None,
        unread=_unread(one),
        this=this,
        stack=one.stack,
        labels={name: shown for name, shown in one.named.items() if name is not shown},
        levels=levels,
    )


def _unread(one: Gathered) -> str:
    """A failed analysis is never a negative one, nor is a scan that no AI has answered on."""
    if one.case:
        return ""
    words = {Ending.FAILED.value: "AI failed", Ending.NEGATIVE.value: "not flagged"}
    return words.get(one.row.ending, "no AI answer")


def _words(one: Gathered, found: Stands | None, this: bool) -> str:
    if found is None and this:
        return "no finding"
    if found is None:
        read = one.reading is not None
        return "no finding" if read else _unread(one) or "not read yet"
    if found.state is State.CONFIRMED:
        shape = f" {found.shape}" if found.shape else ""
        return f"confirmed, grade {int(found.grade or 0)}{shape}"
    reason = REASONS.get(found.code) if found.state is State.REJECTED else None
    return f"rejected: {reason.words}" if reason else found.state.value


def _proposed(this: Gathered, others: Sequence[Gathered]) -> dict[Level, Proposal]:
    day = this.row.scanned
    before = [one for one in others if one.row.scanned and day and one.row.scanned < day]
    made = {}
    for level, found in this.found.items():
        if found.state in {State.REJECTED, State.WITHDRAWN}:
            continue
        now = Seen(found.grade, this.heights.get(level))
        proposal = _against(level, now, before[::-1])
        if proposal is not None:
            made[level] = proposal
    return made


def _against(level: Level, now: Seen, before: Sequence[Gathered]) -> Proposal | None:
    """The rule against the newest earlier scan that has something to compare."""
    unknown = False
    for one in before:
        earlier = _earlier(one, level)
        if comparable(earlier, now):
            change = compare(earlier, now)
            day = one.row.scanned
            against = one.case.id if one.case else f"{day:%Y-%m-%d}" if day else ""
            return Proposal(change, against, day) if change else None
        shown = one.stack is not None and not one.measured
        unknown = unknown or shown or earlier != Seen() or level in one.uncertain
    return None if unknown else Proposal(NOTHING_EARLIER, "", None)


def _earlier(one: Gathered, level: Level) -> Seen:
    """A level on an earlier scan: graded by a reader, else as its heights suggest."""
    found, heights = one.found.get(level), one.heights.get(level)
    if found is None:
        suggested = assess(one.heights)[level].grade if heights is not None else None
        return Seen(suggested, heights)
    if found.state is State.CONFIRMED:
        return Seen(found.grade, heights)
    reason = REASONS.get(found.code) if found.state is State.REJECTED else None
    whole = reason is not None and reason.kind is Class.NOT_FRACTURE
    return Seen(Grade.NONE if whole else None, heights)


def _referred(
    session: Session, patient_id: str, until: datetime | None
) -> tuple[date, date | None] | None:
    rows = session.execute(
        select(col(ReferralRow.at), col(ScanRow.scanned))
        .join(ReviewCase, col(ReviewCase.id) == col(ReferralRow.case_id))
        .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
        .where(col(ScanRow.patient_id) == patient_id, col(ReferralRow.withdrawn_at).is_(None))
        .order_by(col(ReferralRow.at).desc())
    ).all()
    return next(((at.date(), day) for at, day in rows if until is None or at <= until), None)
