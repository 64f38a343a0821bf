"""What the record holds of patients with a confirmed fracture, in one query a table."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlmodel import Session, col

from store.domain.episode import merged
from store.domain.finding import CaseState, Deed, State
from store.domain.genant import Grade
from store.domain.referral import BY_READER, Exclusion
from store.domain.report import ReportStatus
from store.domain.spine import Level
from store.tables import (
    DecisionRow,
    ExclusionRow,
    FindingRow,
    PatientRow,
    ReferralRow,
    ReviewCase,
    ScanRow,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One scan of the patient on which a fracture is confirmed.

    Attributes:
        judged: Whether a person said what the report says of it, and there is one.
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
        self._ids: Select[Any] = select(col(PatientRow.id)).where(who)
        self.parts = self._parts()
        self.sent = self._sent()
        self.reread = self._reread()
        self._set = self._set_by_people()
        self._read = self._read_by_readers()

    def exclusions(self, patient: str) -> tuple[Exclusion, ...]:
        """Exclusions that apply now: of each code, the newest word on any scan of the patient."""
        kept = (Exclusion(code) for code, applies in self._set[patient].items() if applies)
        return tuple(dict.fromkeys([*self._read[patient], *kept]))

    def _parts(self) -> dict[str, list[Part]]:
        rows = self._session.execute(
            select(ReviewCase, ScanRow)
            .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
            .where(
                col(ScanRow.patient_id).in_(self._ids),
                col(ReviewCase.fragility) > 0,
                col(ReviewCase.opted_out).is_(False),
            )
        ).all()
        fractures = self._fractures()
        found: dict[str, list[Part]] = defaultdict(list)
        for case, scan in rows:
            status = ReportStatus(case.report_status) if case.report_status else None
            found[scan.patient_id].append(
                Part(
                    case=case.id,
                    scan=scan.id,
                    version=case.version,
                    scanned=scan.scanned,
                    site=scan.site,
                    exam=scan.exam,
                    fractures=merged(fractures[case.id]),
                    report_status=status,
                    open_alerts=case.open_alerts,
                )
            )
        return found

    def _fractures(self) -> dict[str, list[dict[Level, Grade]]]:
        rows = self._findings(
            State.CONFIRMED, col(ReviewCase.fragility) > 0, col(ReviewCase.opted_out).is_(False)
        )
        found: dict[str, list[dict[Level, Grade]]] = defaultdict(list)
        for case, _, level, grade, _ in rows:
            if level:
                found[case].append({Level(level): Grade(grade or Grade.MILD)})
        return found

    def _read_by_readers(self) -> dict[str, list[Exclusion]]:
        """What a reader's reason for rejecting one finding, on any closed scan, says of all."""
        found: dict[str, list[Exclusion]] = defaultdict(list)
        closed = col(ReviewCase.state) == CaseState.CLOSED.value
        for _, patient, _, _, code in self._findings(
            State.REJECTED, closed, col(FindingRow.code).in_(BY_READER)
        ):
            found[patient].append(BY_READER[code])
        return found

    def _findings(self, state: State, *where: Any) -> Sequence[Any]:  # noqa: ANN401  # SQL
        return self._session.execute(
            select(
                col(FindingRow.case_id),
                col(ScanRow.patient_id),
                col(FindingRow.level),
                col(FindingRow.grade),
                col(FindingRow.code),
            )
            .join(ReviewCase, col(ReviewCase.id) == col(FindingRow.case_id))
            .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
            .where(
                col(ScanRow.patient_id).in_(self._ids),
                col(FindingRow.reading) == col(ReviewCase.reading),
                col(FindingRow.state) == state.value,
                *where,
            )
            .order_by(col(FindingRow.case_id), col(FindingRow.place))
        ).all()

    def _set_by_people(self) -> dict[str, dict[str, bool]]:
        rows = self._session.execute(
            select(col(ScanRow.patient_id), col(ExclusionRow.code), col(ExclusionRow.applies))
            .join(ReviewCase, col(ReviewCase.id) == col(ExclusionRow.case_id))
            .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
            .where(col(ScanRow.patient_id).in_(self._ids))
            .order_by(col(ExclusionRow.id))
        ).all()
        found: dict[str, dict[str, bool]] = defaultdict(dict)
        for patient, code, applies in rows:
            found[patient][code] = applies
        return found

    def _sent(self) -> dict[str, Sent]:
        rows = self._session.execute(
            select(ReferralRow).where(col(ReferralRow.open_patient).in_(self._ids))
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
                col(ScanRow.patient_id).in_(self._ids),
                col(ReviewCase.state).not_in([CaseState.CLOSED.value, CaseState.WITHDRAWN.value]),
                or_(col(ReviewCase.id).in_(referred), col(ReviewCase.id).in_(opened)),
            )
        ).scalars()
        return set(rows)


def _told(cells: Mapping[str, Any]) -> dict[Level, Grade]:
    """The fractures that a referral's frozen facts name."""
    told: Iterable[Mapping[str, Any]] = cells["fractures"]
    return merged({Level(one["level"]): Grade(one["grade"])} for one in told)
