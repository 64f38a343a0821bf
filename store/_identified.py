"""What a person decided of a study whose patient contradicted the record, and what that does."""

from sqlalchemy import select
from sqlmodel import col

from store._changed import tell_readers
from store._conflicts import header_from, words_of_row
from store._folding import scan_row
from store._held import Choice, Release
from store._joining import join_waiting
from store._opted import keep_out
from store._patient_events import SAME, identity_of, note
from store._patients import BORN, NAME, NUMBER, TWO, new_patient
from store._pictures import shown_series
from store.domain.arrival import Fate, SeriesHeader
from store.domain.identity import Patient
from store.domain.refusal import NotAllowed
from store.tables import HeldRow, PatientRow, SeriesRow
from store.unit import Reader, Unit

_OTHER = "other"


def _choices(reader: Reader, row: HeldRow) -> tuple[Choice, ...]:
    """For each patient it may be: the same person, and which of the two is right."""
    found = []
    for each in row.about["patients"]:
        words = words_of_row(reader.session.get_one(PatientRow, each))
        found.append(Choice(f"old:{each}", f"The same person; what is known stays: {words}"))
        if row.code != TWO:
            found.append(
                Choice(f"new:{each}", f"The same person; take what the images say: {words}")
            )
    return (*found, Choice(_OTHER, "A different person"))


def _act(unit: Unit, row: HeldRow, choice: str, share: float) -> str:
    """Put the study to the patient that was chosen.

    Raises:
        NotAllowed: it has found its scan, or a number belongs to somebody else by now.
    """
    header = header_from(row.about["header"])
    held = list(
        unit.session.execute(
            select(SeriesRow).where(
                col(SeriesRow.study_uid) == header.study_uid,
                col(SeriesRow.scan_id).is_(None),
                col(SeriesRow.fate) == Fate.HELD.value,
            )
        ).scalars()
    )
    if not held:
        msg = "This study has found its scan meanwhile. Discard what is held."
        raise NotAllowed(msg)
    kind, _, patient_id = choice.partition(":")
    if kind == _OTHER:
        patient = new_patient(unit, header.patient, header.site, numbered=False)
    else:
        patient = unit.session.get_one(PatientRow, patient_id)
        _one_person(unit, patient, header.patient, take=kind == "new")
    scan_id = _place(unit, header, patient, held, share)
    row.scan_id = scan_id
    return f"{len(held)} series of the study were put to the patient that was chosen."


def _one_person(unit: Unit, row: PatientRow, said: Patient, *, take: bool) -> None:
    values = identity_of(said)
    digits = said.nhs_number.digits if said.nhs_number else None
    after: dict[str, object] = {}
    if take:
        if digits and digits != row.nhs_number:
            _check_free(unit, digits)
            after |= {"nhs_number": digits, "nhs_status": said.nhs_status.value}
        after |= {"born": said.born} if said.born else {}
        if said.surname:
            after |= {"surname": said.surname, "forename": said.forename}
    note(unit, row, SAME, after, said=values)
    keep_out(unit, [row.id])


def _check_free(unit: Unit, digits: str) -> None:
    taken = select(col(PatientRow.id)).where(col(PatientRow.nhs_number) == digits)
    if unit.session.execute(taken).first() is not None:
        msg = "This NHS number belongs to another patient here. Merge the two under Patients first."
        raise NotAllowed(msg)


def _place(
    unit: Unit, header: SeriesHeader, patient: PatientRow, held: list[SeriesRow], share: float
) -> str:
    scan, wrong = scan_row(unit, header, patient)
    if wrong:
        raise NotAllowed(wrong)
    shown = shown_series(unit.session, scan.id)
    seen = shown.stack if shown else None
    for series in held:
        series.scan_id, series.fate, series.reason = scan.id, Fate.ACCEPTED.value, ""
    tell_readers(unit, scan.id, seen)
    join_waiting(unit, scan, share)
    return scan.id


BY_PERSON = {
    code: Release("The study goes to the patient you choose.", _act, _choices)
    for code in (TWO, BORN, NUMBER, NAME)
}
