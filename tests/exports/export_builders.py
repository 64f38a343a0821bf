"""Invented patients and batches for the tests of what leaves."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from exports.fls_rows import Batch, NotReferredRow, ReferralRow
from exports.fls_words import FoundBy, PatientClass, RowStatus
from store.domain.describe import Acuity
from store.domain.genant import Grade
from store.domain.identity import NhsNumber, NhsNumberStatus
from store.domain.numbering import Confidence
from store.domain.people import Role
from store.domain.rates import FunnelRow, Rate, Step
from store.domain.report import ReportStatus

EXPORTED = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
"""Half past midnight on 1 July by the clock on the wall."""


def a_batch(**changes: object) -> Batch:
    values: dict[str, Any] = {
        "batch_id": "B-2026-0007",
        "exported_at": EXPORTED,
        "exported_by": "Fran Coordinator",
        "role": Role.FLS_COORD,
        "site": "RX1",
        "trail_sequence": 412,
        "trail_hash": "9f" * 32,
        "policy": "aged 50 and over at the scan",
    }
    return Batch(**{**values, **changes})


def a_row(**changes: object) -> ReferralRow:
    scanned = date(2026, 4, 14)
    values: dict[str, Any] = {
        "referral_id": "RX1-000041",
        "row_status": RowStatus.NEW,
        "nhs_number": NhsNumber("9990000018"),
        "nhs_status": NhsNumberStatus.NOT_TRACED,
        "hospital_number": "00123",
        "surname": "DEMO",
        "forename": "Ann",
        "title": "Ms",
        "born": date(1950, 2, 1),
        "age": 76,
        "sex": "female",
        "postcode": "NG7 2UH",
        "phone": "+44 115 496 0000",
        "gp_practice": "C84023",
        "gp_name": "Riverside Surgery",
        "site": "RX1",
        "patient_class": PatientClass.OUT_PATIENT,
        "specialty": "Respiratory medicine",
        "requester": "Dr R Quest",
        "scanned": scanned,
        "exam": "CT chest",
        "accession": "00123",
        "indication": "cough",
        "levels": "T12, L1",
        "fractures": 2,
        "worst_grade": Grade.MODERATE,
        "detail": "T12 grade 1 wedge 22 %; L1 grade 2 wedge 32 %",
        "certainty": Confidence.CERTAIN,
        "new_or_old": "no earlier scan",
        "acuity": Acuity.INDETERMINATE,
        "in_report": ReportStatus.NOT_MENTIONED,
        "report_advised": False,
        "short_code_sent": False,
        "found_by": FoundBy.AI,
        "ai_product": "Product 1.2",
        "confirmed_by": "A Lead, Metabolic bone lead",
        "confirmed_at": datetime(2026, 6, 30, 13, 3, tzinfo=UTC),
        "index_date": scanned,
        "due": scanned + timedelta(days=90),
        "exclusion_checks": "not known to the FLS 30/06/2026",
        "comments": "",
    }
    return ReferralRow(**{**values, **changes})


def some_rows() -> list[ReferralRow]:
    """Three rows: one usual, one sparse and overdue, one full of traps."""
    return [
        a_row(),
        a_row(
            referral_id="RX1-000042",
            row_status=RowStatus.AMENDED,
            nhs_number=None,
            nhs_status=NhsNumberStatus.NOT_PRESENT,
            surname="DEMO",
            forename="Bob",
            title="",
            sex="male",
            patient_class=None,
            worst_grade=Grade.SEVERE,
            certainty=None,
            acuity=None,
            report_advised=None,
            due=date(2026, 6, 1),
        ),
        a_row(
            referral_id="RX1-000043",
            nhs_number=NhsNumber("9990000026"),
            surname='=HYPERLINK("http://x")',
            forename="@SUM(1+1)",
            hospital_number="-0012",
            indication="line one\nline two",
            worst_grade=Grade.MILD,
            in_report=ReportStatus.REPORTED_PARTIAL,
            due=date(2026, 7, 13),
        ),
    ]


def some_not_referred() -> list[NotReferredRow]:
    return [NotReferredRow("c_0001", "aged 49 at the scan, below 50; scanned for cancer")]


def a_funnel() -> list[FunnelRow]:
    counts = ((300, 300), (270, 300), (150, 270), (150, 150), (90, 150), (45, 80), (0, 0))
    return [FunnelRow(step, Rate(*count)) for step, count in zip(Step, counts, strict=True)]
