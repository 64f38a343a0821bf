"""What a report says of its patient beside the scan: added where the record has nothing."""

from store._patient_events import note
from store.tables import PatientRow, ReportRow, ScanRow
from store.unit import Unit


def learn(unit: Unit, report: ReportRow, scan_id: str) -> None:
    """Add sex and GP practice from *report* to the patient of the scan, where neither is known.

    Only from a report that names the patient by a number: one that was put to a scan by its
    accession number alone may be taken off again. What the record has is never overwritten.
    """
    scan = unit.session.get_one(ScanRow, scan_id)
    patient = unit.session.get_one(PatientRow, scan.patient_id)
    named = (
        (report.nhs_number, patient.nhs_number),
        (report.hospital_number, patient.hospital_number),
    )
    if not any(said and said == known for said, known in named):
        return
    after: dict[str, object] = {}
    if report.sex and not patient.sex:
        after |= {"sex": report.sex, "sex_system": report.sex_system}
    if report.gp_practice and not patient.gp_practice:
        after["gp_practice"] = report.gp_practice
    if after:
        note(unit, patient, "added", after)
