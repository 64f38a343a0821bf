"""Whose a REALM case is, for the chair's eyes, and whether a text still tells it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from store._pictures import shown_series
from store._reports import text_of
from store.domain.naming import number, plain, spellings
from store.domain.refusal import NotAllowed
from store.tables import PatientRow, ReviewCase, ScanRow

_ANY_CASE = 5
"""A name of so many letters is looked for in any case; a shorter one may be a common word."""
_SHORTEST_NUMBER = 4


@dataclass(frozen=True, slots=True)
class Whose:
    """The identity behind a case record, as the chair needs it to redact and to write to people.

    Attributes:
        case: The id of the case in the record.
        reporter: Whom the chair noted as the radiologist involved.
        stack: Name of the picture that is shown first; empty where there is none.
        series: Digest of the series it was made of.
    """

    case: str
    surname: str
    forename: str
    nhs_number: str
    hospital_number: str
    born: date | None
    scanned: date | None
    accession: str
    site: str
    exam: str
    indication: str
    report: str
    reporter: str
    stack: str
    series: str


def whose(session: Session, case_id: str, reporter: str = "") -> Whose:
    """Whose the case *case_id* of the record is."""
    case = session.get_one(ReviewCase, case_id)
    scan = session.get_one(ScanRow, case.scan_id)
    patient = session.get_one(PatientRow, scan.patient_id)
    shown = shown_series(session, scan.id)
    return Whose(
        case=case_id,
        surname=patient.surname,
        forename=patient.forename,
        nhs_number=patient.nhs_number or "",
        hospital_number=patient.hospital_number or "",
        born=patient.born,
        scanned=scan.scanned,
        accession=scan.accession,
        site=scan.site,
        exam=scan.exam,
        indication=scan.indication,
        report=text_of(session, scan.id) or "",
        reporter=reporter,
        stack=(shown.stack or "") if shown else "",
        series=shown.digest if shown else "",
    )


def check_nameless(session: Session, case_id: str, *texts: str) -> None:
    """Raise `NotAllowed` where one of *texts* still holds what is known of the patient.

    The last guard, after a person has read them: it knows this patient alone.
    """
    found = list(dict.fromkeys(_told(whose(session, case_id), " \n".join(texts))))
    if found:
        msg = f"The texts still hold {', '.join(found)}. Take it out, then release the case."
        raise NotAllowed(msg)


def _told(one: Whose, text: str) -> Iterator[str]:
    words = re.findall(r"[^\W\d_]+", text)
    spoken = {plain(word) for word in words}
    proper = {plain(word) for word in words if word[:1].isupper()}
    for name in spellings(one.surname, one.forename):
        if name in (spoken if len(name) >= _ANY_CASE else proper):
            yield "a name of the patient"
    digits = number(text)
    for each in (one.nhs_number, one.hospital_number, one.accession):
        if len(number(each)) >= _SHORTEST_NUMBER and number(each) in digits:
            yield "a number of the patient or the scan"
    for day in filter(None, (one.born, one.scanned)):
        if _written(day).search(text):
            yield "the date of birth or of the scan"


def _written(day: date) -> re.Pattern[str]:
    """*day* in figures or with its month's name, however it is parted."""
    gap = r"(?:st|nd|rd|th)?[\s./,-]{0,2}"
    month = rf"(?:0?{day.month}|{day:%b}[a-z]*)"
    ways = (
        rf"0?{day.day}{gap}{month}{gap}(?:{day:%Y}|{day:%y})",
        rf"{day:%Y}{gap}{month}{gap}0?{day.day}",
        rf"{day:%b}[a-z]*{gap}0?{day.day}{gap}{day:%Y}",
    )
    return re.compile(rf"(?<!\d)(?:{'|'.join(ways)})(?!\d)", re.IGNORECASE)
