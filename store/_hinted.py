"""What speaks for an exclusion, looked up in the record for many patients at once."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import Select, select
from sqlmodel import Session, col

from store._concerned import Part
from store._reports import place_of
from store.domain.hint import Hint, Known, Texts, hints
from store.domain.referral import Policy
from store.tables import KnownRow, PatientRow, ReferralRow, ReportRow, ReviewCase, ScanRow

_REPORT = ("scan_id", "text", "status", "reported_at", "reported", "received_at", "digest")
"""What is read of a report: rows of few columns come several times faster than whole ones."""


class Spoken:
    """What requests, reports and lists say of *patients*, in one query a table."""

    def __init__(self, session: Session, patients: Select[Any]) -> None:
        self._session = session
        self._patients = patients
        self._scans = self._requests()
        self._reports = self._newest_reports()
        self._listed = self._on_the_list()
        self._before = self._referred_before()

    def of(self, patient: PatientRow, parts: Sequence[Part], policy: Policy) -> tuple[Hint, ...]:
        """The hints of one patient."""
        texts = [self._texts(part) for part in parts]
        known = Known(patient.gp_practice.strip(), self._known(patient))
        return hints(known, texts, policy)

    def _known(self, patient: PatientRow) -> str:
        listed = self._listed.get(patient.nhs_number or "")
        before = self._before.get(patient.id)
        said = [listed] if listed else []
        if before:
            said.append(f"referred from here on {before:%d/%m/%Y}, and that referral has ended")
        return "; ".join(said)

    def _texts(self, part: Part) -> Texts:
        exam, indication, specialty = self._scans.get(part.scan, ("", "", ""))
        return Texts(
            scanned=part.scanned,
            exam=exam,
            indication=indication,
            specialty=specialty,
            report=self._reports.get(part.scan, ""),
            old="every fracture was known before this scan" if part.old else "",
        )

    def _requests(self) -> Mapping[str, tuple[str, str, str]]:
        rows = self._session.execute(
            select(
                col(ScanRow.id),
                col(ScanRow.exam),
                col(ScanRow.indication),
                col(ScanRow.specialty),
            ).where(col(ScanRow.patient_id).in_(self._patients))
        ).all()
        return {scan: (exam, why, specialty) for scan, exam, why, specialty in rows}

    def _newest_reports(self) -> Mapping[str, str]:
        rows = self._session.execute(
            select(*(col(getattr(ReportRow, name)) for name in _REPORT))
            .join(ScanRow, col(ScanRow.id) == col(ReportRow.scan_id))
            .join(ReviewCase, col(ReviewCase.scan_id) == col(ScanRow.id))
            .where(col(ScanRow.patient_id).in_(self._patients), col(ReviewCase.fragility) > 0)
        ).all()
        # Rows of the columns that it is sorted by, which is all that is asked of them.
        found = cast("list[ReportRow]", rows)
        return {row.scan_id: row.text for row in sorted(found, key=place_of) if row.scan_id}

    def _on_the_list(self) -> Mapping[str, str]:
        rows = self._session.execute(
            select(KnownRow)
            .join(PatientRow, col(PatientRow.nhs_number) == col(KnownRow.nhs_number))
            .where(col(PatientRow.id).in_(self._patients))
        ).scalars()
        return {row.nhs_number: _words(row) for row in rows}

    def _referred_before(self) -> Mapping[str, date]:
        rows = self._session.execute(
            select(col(ScanRow.patient_id), col(ReferralRow.at))
            .join(ReviewCase, col(ReviewCase.id) == col(ReferralRow.case_id))
            .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
            .where(
                col(ScanRow.patient_id).in_(self._patients),
                # One that was taken back is no longer known there.
                col(ReferralRow.open_patient).is_(None),
                col(ReferralRow.withdrawn_at).is_(None),
            )
            .order_by(col(ReferralRow.at))
        ).all()
        return {patient: at.date() for patient, at in rows}


def _words(row: KnownRow) -> str:
    since = f" since {row.since:%d/%m/%Y}" if row.since else ""
    return f"on the FLS's own list{since} ({row.source or 'list'})"
