"""The patient and the examination as DICOM headers name them; nothing is inferred."""

import re
from datetime import date, datetime

import pydicom

from store.domain.arrival import SeriesHeader
from store.domain.identity import NhsNumber, NhsNumberStatus, Patient, UnusableNhsNumber

_LONGEST = 320
"""Characters kept of any text; DICOM allows fewer for every element read here."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LOOKS_LIKE_NHS = re.compile(r"\d{3}[ -]?\d{3}[ -]?\d{4}")
_LONGEST_CODE = 16
"""Characters of a code string. Source: DICOM PS3.5 6.2."""
_ODS_SCHEMES = ("ODS", "2.16.840.1.113883.2.1.3.2.4.18.48")


def words(ds: pydicom.Dataset, keyword: str) -> str:
    """The text of an element, decoded by its character set, without control characters."""
    try:
        value = ds.get(keyword)
    except (ValueError, TypeError, AttributeError, LookupError, OverflowError):
        return ""
    return _CONTROL.sub(" ", str(value if value is not None else "")).strip()[:_LONGEST]


def day(text: str) -> date | None:
    """The date that a DICOM DA *text* gives, or None."""
    digits = text.replace(".", "")[:8]
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def patient_of(ds: pydicom.Dataset) -> Patient:
    """The patient that *ds* names."""
    hospital_number = words(ds, "PatientID")
    number, status = nhs_number_among([hospital_number, *_other_numbers(ds)])
    surname, forename, title = _name(ds)
    return Patient(
        nhs_number=number,
        nhs_status=status,
        hospital_number=hospital_number,
        surname=surname,
        forename=forename,
        title=title,
        born=day(words(ds, "PatientBirthDate")),
        # As received: some send codes of other systems, and none is left out or inferred.
        sex=words(ds, "PatientSex").upper()[:_LONGEST_CODE],
    )


def nhs_number_among(candidates: list[str]) -> tuple[NhsNumber | None, NhsNumberStatus]:
    """The one valid NHS number in *candidates* and what DICOM lets us say of it.

    Two different valid numbers are no number: someone has to trace the patient.
    """
    valid = {}
    suspect = False
    for text in candidates:
        if not _LOOKS_LIKE_NHS.fullmatch(text):
            continue
        try:
            number = NhsNumber.parse(text)
            valid[number.digits] = number
        except UnusableNhsNumber:
            suspect = True
    if len(valid) == 1:
        return next(iter(valid.values())), NhsNumberStatus.NOT_TRACED
    trace = suspect or bool(valid)
    return None, NhsNumberStatus.TRACE_REQUIRED if trace else NhsNumberStatus.NOT_PRESENT


def _other_numbers(ds: pydicom.Dataset) -> list[str]:
    plain = words(ds, "OtherPatientIDs").strip("[]").replace("'", "")
    found = [part.strip() for part in re.split(r"[\\,]", plain) if part.strip()]
    try:
        items = list(ds.get("OtherPatientIDsSequence") or [])
    except (ValueError, TypeError, AttributeError):
        items = []
    return found + [words(item, "PatientID") for item in items]


def _name(ds: pydicom.Dataset) -> tuple[str, str, str]:
    """Surname, forenames, title; from the ideographic group where the alphabetic is empty."""
    groups = words(ds, "PatientName").split("=")
    group = next((g for g in groups if g.strip(" ^")), "")
    parts = [part.strip() for part in group.split("^")] + [""] * 5
    return parts[0], " ".join(p for p in parts[1:3] if p), parts[3]


def header_of(ds: pydicom.Dataset, digest: str, instances: int) -> SeriesHeader:
    """What *ds*, one instance of a series, says of the whole of it."""
    dates = (day(words(ds, key)) for key in ("StudyDate", "SeriesDate", "AcquisitionDate"))
    return SeriesHeader(
        study_uid=words(ds, "StudyInstanceUID")[:80],
        series_uid=words(ds, "SeriesInstanceUID")[:80],
        frame_uid=words(ds, "FrameOfReferenceUID")[:80],
        digest=digest,
        patient=patient_of(ds),
        scanned=next((found for found in dates if found), None),
        accession=words(ds, "AccessionNumber"),
        site=_site(ds),
        modality=words(ds, "Modality"),
        exam=words(ds, "StudyDescription"),
        series_description=words(ds, "SeriesDescription"),
        manufacturer=words(ds, "Manufacturer"),
        model=words(ds, "ManufacturerModelName"),
        kernel=words(ds, "ConvolutionKernel").strip("[]").replace("'", ""),
        instances=instances,
        requester=words(ds, "RequestingPhysician") or words(ds, "ReferringPhysicianName"),
        specialty=words(ds, "RequestingService"),
        indication=words(ds, "ReasonForTheRequestedProcedure")
        or words(ds, "AdmittingDiagnosesDescription"),
    )


def _site(ds: pydicom.Dataset) -> str:
    """The ODS code of the institution where one is coded, else its name."""
    try:
        items = list(ds.get("InstitutionCodeSequence") or [])
    except (ValueError, TypeError, AttributeError):
        items = []
    codes = [
        words(i, "CodeValue") for i in items if words(i, "CodingSchemeDesignator") in _ODS_SCHEMES
    ]
    return next((code for code in codes if code), words(ds, "InstitutionName"))
