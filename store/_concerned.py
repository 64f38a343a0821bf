"""What the record holds of patients with a confirmed fracture, in one query a table."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlmodel import Session, col

from store._issued import short_codes_sent
from store.domain.describe import Novelty
from store.domain.episode import merged
from store.domain.finding import CaseState, Deed, State
from store.domain.genant import Grade
from store.domain.referral import BY_READER, Exclusion
from store.domain.report import ReportStatus
from store.domain.spine import Level
from store.domain.triage import Did, Step
from store.tables import (
    DecisionRow,
    FindingRow,
    PatientRow,
    ReferralRow,
    ReviewCase,
    ScanRow,
    TriageRow,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One scan of the patient on which a fracture is confirmed.

    Attributes:
        judged: Whether a person said what the report says of it, and there is one.
        old: Whether every fracture of it was known before, as its reader says.
    """

    case: str
    scan: str
    version: int
    scanned: date | None
    site: str
    exam: str
    fractures: Mapping[Level, Grade]
    report_status: ReportStatus | None
    open_alerts: int
    old: bool = False

    @property
    def judged(self) -> bool:
        """As the class says."""
        return self.report_status not in (None, ReportStatus.NO_REPORT)


@dataclass(frozen=True, slots=True)
class Sent:
    """The patient's open referral: its number, the case it was made on, and what it says."""

    id: str
    case: str
    on: date
    fractures: Mapping[Level, Grade]


@dataclass(slots=True)
class _Seen:
    """The confirmed fractures of one scan, and what its reader said of each against an earlier."""

    levels: list[dict[Level, Grade]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def old(self) -> bool:
        return bool(self.said) and set(self.said) == {Novelty.UNCHANGED.value}


class Gathered:
    """What the record holds of the patients asked about, by patient, in one query a table."""

    def __init__(self, session: Session, only: Collection[str] | None) -> None:
        self._session = session
        confirmed = (
            select(col(ScanRow.patient_id))
            .join(ReviewCase, col(ReviewCase.scan_id) == col(ScanRow.id))
            .where(col(ReviewCase.fragility) > 0, col(ReviewCase.opted_out).is_(False))
        )
        open_here = select(col(ReferralRow.open_patient)).where(
            col(ReferralRow.open_patient).is_not(None)
        )
        who = or_(col(PatientRow.id).in_(confirmed), col(PatientRow.id).in_(open_here))
        if only is not None:
            who = and_(who, col(PatientRow.id).in_(only))
        self.patients = list(session.execute(select(PatientRow).where(who)).scalars())
        # Of named patients everything is found by their names, without looking through all.
        named = who if only is None else col(PatientRow.id).in_(only)
        self.ids: Select[Any] = select(col(PatientRow.id)).where(named)
        self.unsent: Select[Any] = self.ids.where(col(PatientRow.id).not_in(open_here))
        self.parts = self._parts()
        self.sent = self._sent()
        self.reread = self._reread()
        self.acts = self._acts()
        self.coded = short_codes_sent(session, self.unsent)
        self.by_readers = self._read_by_readers()

    def _parts(self) -> dict[str, list[Part]]:
        case_, scan_ = ReviewCase, ScanRow
        rows = self._session.execute(
            select(
                *(col(each) for each in (case_.id, case_.version, case_.report_status)),
                col(case_.open_alerts),
                *(col(each) for each in (scan_.patient_id, scan_.scanned, scan_.site, scan_.exam)),
                col(scan_.id).label("scan"),
            )
            .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
            .where(
                col(ScanRow.patient_id).in_(self.ids),
                col(ReviewCase.fragility) > 0,
                col(ReviewCase.opted_out).is_(False),
            )
        ).all()
        fractures = self._fractures()
        found: dict[str, list[Part]] = defaultdict(list)
        for row in rows:
            status = ReportStatus(row.report_status) if row.report_status else None
            seen = fractures[row.id]
            found[row.patient_id].append(
                Part(
                    case=row.id,
                    scan=row.scan,
                    version=row.version,
                    scanned=row.scanned,
                    site=row.site,
                    exam=row.exam,
                    fractures=merged(seen.levels),
                    report_status=status,
                    open_alerts=row.open_alerts,
                    old=status is ReportStatus.KNOWN_PRIOR or seen.old,
                )
            )
        return found

    def _fractures(self) -> dict[str, "_Seen"]:
        rows = self._findings(
            State.CONFIRMED, col(ReviewCase.fragility) > 0, col(ReviewCase.opted_out).is_(False)
        )
        found: dict[str, _Seen] = defaultdict(_Seen)
        for row in rows:
            if row.level:
                found[row.case_id].levels.append({Level(row.level): Grade(row.grade or 1)})
                found[row.case_id].said.append(row.novelty)
        return found

    def _read_by_readers(self) -> dict[str, list[Exclusion]]:
        """What a reader's reason for rejecting one finding, on any closed scan, says of all."""
        found: dict[str, list[Exclusion]] = defaultdict(list)
        closed = col(ReviewCase.state) == CaseState.CLOSED.value
        for row in self._findings(State.REJECTED, closed, col(FindingRow.code).in_(BY_READER)):
            found[row.patient_id].append(BY_READER[row.code])
        return found

    def _findings(self, state: State, *where: Any) -> Sequence[Any]:  # noqa: ANN401  # SQL
        return self._session.execute(
            select(
                col(FindingRow.case_id),
                col(ScanRow.patient_id),
                col(FindingRow.level),
                col(FindingRow.grade),
                col(FindingRow.code),
                col(FindingRow.novelty),
            )
            .join(ReviewCase, col(ReviewCase.id) == col(FindingRow.case_id))
            .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
            .where(
                col(ScanRow.patient_id).in_(self.ids),
                col(FindingRow.reading) == col(ReviewCase.reading),
                col(FindingRow.state) == state.value,
                *where,
            )
            .order_by(col(FindingRow.case_id), col(FindingRow.place))
        ).all()

    def _acts(self) -> dict[str, list[Did]]:
        """What people did in triage, the oldest first: it follows the scans of the patient."""
        rows = self._session.execute(
            select(col(ScanRow.patient_id), TriageRow)
            .join(ReviewCase, col(ReviewCase.id) == col(TriageRow.case_id))
            .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
            .where(col(ScanRow.patient_id).in_(self.ids))
            .order_by(col(TriageRow.number))
        ).all()
        found: dict[str, list[Did]] = defaultdict(list)
        for patient, row in rows:
            found[patient].append(did_of(row))
        return found

    def _sent(self) -> dict[str, Sent]:
        rows = self._session.execute(
            select(ReferralRow).where(col(ReferralRow.open_patient).in_(self.ids))
        ).scalars()
        return {
            row.open_patient: Sent(row.id, row.case_id, row.at.date(), _told(row.cells))
            for row in rows
            if row.open_patient
        }

    def _reread(self) -> set[str]:
        """Patients of whom a scan that was closed is being read again."""
        referred = select(col(ReferralRow.case_id))
        opened = select(col(DecisionRow.case_id)).where(
            col(DecisionRow.deed).in_([Deed.REOPEN.value, Deed.FLAGGED.value])
        )
        rows = self._session.execute(
            select(col(ScanRow.patient_id))
            .join(ReviewCase, col(ReviewCase.scan_id) == col(ScanRow.id))
            .where(
                col(ScanRow.patient_id).in_(self.ids),
                col(ReviewCase.state).not_in([CaseState.CLOSED.value, CaseState.WITHDRAWN.value]),
                or_(col(ReviewCase.id).in_(referred), col(ReviewCase.id).in_(opened)),
            )
        ).scalars()
        return set(rows)


def _told(cells: Mapping[str, Any]) -> dict[Level, Grade]:
    """The fractures that a referral's frozen facts name."""
    told: Iterable[Mapping[str, Any]] = cells["fractures"]
    return merged({Level(one["level"]): Grade(one["grade"])} for one in told)


def did_of(row: TriageRow) -> Did:
    """*row* as the rules look at it."""
    return Did(
        number=row.number or 0,
        case=row.case_id,
        step=Step(row.step),
        code=Exclusion(row.code) if row.code else None,
        answered=tuple(row.answered),
        note=row.note,
        day=row.day,
        source=row.source,
        undoes=row.undoes,
        by=row.actor_name,
        handle=row.actor,
        role=row.role,
        at=row.at,
    )
