"""Headers of invented scans, entered without any file."""

from datetime import date

from store.domain.arrival import SeriesHeader
from store.domain.identity import NhsNumberStatus, Patient


def a_scan(number: int) -> SeriesHeader:
    """The header of the only series of scan *number*, of a patient of its own."""
    return SeriesHeader(
        study_uid=f"1.2.826.0.7.{number}",
        series_uid=f"1.2.826.0.7.{number}.1",
        frame_uid=f"1.2.826.0.7.{number}.2",
        digest=f"{number:064x}",
        patient=Patient(
            nhs_number=None,
            nhs_status=NhsNumberStatus.NOT_TRACED,
            hospital_number=f"U{number:04}",
            surname="DEMO",
            forename=f"U{number}",
            born=date(1950, 2, 1),
            sex="F",
        ),
        scanned=date(2026, 10, 1),
        accession=f"U{number:04}",
        site="RX1",
        modality="CT",
        exam="CT chest",
        series_description="",
        manufacturer="",
        model="",
        kernel="",
        instances=100,
    )
