"""Texts and letters that are issued from a closed case, and those issued in error."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from store._issued import short_code_sent
from store._repeats import case_named
from store.domain.clock import LOCAL, local
from store.domain.finding import CaseState
from store.domain.letter import Letter
from store.domain.people import Permission
from store.domain.refusal import NotAllowed
from store.guard import change, question
from store.tables import IssuedRow, ReferralRow, ReviewCase, ScanRow
from store.unit import Reader, Unit

NOT_YET = "Texts and letters are made once the case is closed with a confirmed fragility fracture."


@dataclass(frozen=True, slots=True)
class Issued:
    """One text that was issued from any scan of a patient.

    Attributes:
        here: Whether it was issued from the case that was asked of.
        wrong: Why it was issued in error; empty where it was not.
    """

    act: str
    kind: Letter
    at: datetime
    by: str
    template: str
    code: str
    here: bool
    wrong: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether texts may be issued from a case, and what was.

    Attributes:
        why_not: Why none may; empty where they may.
        referred_on: Day on which the patient was handed to the FLS by an export.
        code_sent_on: Day on which a text with the short code referred the patient.
    """

    why_not: str
    referred_on: date | None
    code_sent_on: date | None
    issued: tuple[Issued, ...]


@question(Permission.ISSUE)
def standing(reader: Reader, case_id: str) -> Standing:
    """What was issued to the patient of a case, and whether more may be.

    Raises:
        NotAllowed: there is no such case, or its patient has opted out.
    """
    case, repeat = case_named(reader, case_id)
    why = _why_not(case, repeat is not None)
    if why:
        # Of a reading that is still out nothing may be known, nor of what came of another.
        return Standing(why, None, None, ())
    patient = _patient(reader.session, case)
    return Standing(
        why,
        _referred_on(reader.session, patient),
        short_code_sent(reader.session, patient),
        _issued(reader.session, patient, case.id),
    )


@change(Permission.ISSUE)
def issue(
    unit: Unit, act: str, case_id: str, kind: Letter, template: str, text: str, code: str = ""
) -> None:
    """Note that *text* was issued from a case; the same act again changes nothing.

    *code* is the short code that *text* carries and that refers the patient.

    Raises:
        NotAllowed: the case is not closed with a fracture, or *code* would refer a patient a
            second time.
    """
    if _known(unit, act, case_id):
        return
    case, repeat = case_named(unit, case_id)
    why = _why_not(case, repeat is not None)
    if why:
        raise NotAllowed(why)
    if code:
        _check_unreferred(unit.session, _patient(unit.session, case))
    digest = sha256(text.encode()).hexdigest()
    row = _row(unit, act, case.id)
    row.kind, row.template, row.text = kind.value, template, text
    row.sha256, row.code = digest, code
    unit.session.add(row)
    unit.tell(
        "text.issued",
        case.id,
        act=act,
        kind=kind.value,
        template=template,
        sha256=digest,
        refers=bool(code),
    )


@change(Permission.ISSUE)
def recall(unit: Unit, act: str, case_id: str, undoes: str, words: str) -> None:
    """Note that a text was issued in error, and why; what was sent stays known.

    Raises:
        NotAllowed: there is no such text here, it was recalled before, or no words say why.
    """
    if _known(unit, act, case_id):
        return
    said = words.strip()
    if not said:
        msg = "Say in a few words why it was issued in error, so that others can follow it."
        raise NotAllowed(msg)
    case, repeat = case_named(unit, case_id)
    row = unit.session.get(IssuedRow, undoes)
    if repeat is not None or row is None or row.case_id != case.id or row.undoes:
        msg = "This text was not issued from this case. Reload the page."
        raise NotAllowed(msg)
    again = select(col(IssuedRow.act)).where(col(IssuedRow.undoes) == undoes)
    if unit.session.execute(again).first() is not None:
        msg = "This text was noted as issued in error already."
        raise NotAllowed(msg)
    wrong = _row(unit, act, case.id)
    wrong.kind, wrong.template, wrong.sha256 = row.kind, row.template, row.sha256
    wrong.undoes, wrong.words = undoes, said
    unit.session.add(wrong)
    unit.tell("text.recalled", case.id, act=act, undoes=undoes, kind=row.kind, sha256=row.sha256)


def _why_not(case: ReviewCase, repeat: bool) -> str:
    """A repeat has no texts of its own: what it repeats may have sent them."""
    if repeat or case.state != CaseState.CLOSED or not case.fragility:
        return NOT_YET
    return ""


def _patient(session: Session, case: ReviewCase) -> str:
    return session.get_one(ScanRow, case.scan_id).patient_id


def _referred_on(session: Session, patient_id: str) -> date | None:
    sent = session.execute(
        select(col(ReferralRow.at)).where(col(ReferralRow.open_patient) == patient_id)
    ).scalar_one_or_none()
    return sent.astimezone(LOCAL).date() if sent else None


def _check_unreferred(session: Session, patient_id: str) -> None:
    exported, coded = _referred_on(session, patient_id), short_code_sent(session, patient_id)
    day = exported or coded
    if day is not None:
        how = "an export to the FLS" if exported else "an earlier text with the short code"
        msg = (
            f"This patient was referred on {day:%d/%m/%Y} by {how}. The text would refer them a "
            "second time. Open the texts again: they come without the code."
        )
        raise NotAllowed(msg)


def _known(unit: Unit, act: str, case_id: str) -> bool:
    """Whether *act* was done before; it is then told again and nothing else."""
    try:
        UUID(act)
    except ValueError:
        msg = "An act needs a UUID made where the key was pressed. Reload the page."
        raise NotAllowed(msg) from None
    row = unit.session.get(IssuedRow, act)
    if row is None:
        return False
    if row.case_id != case_id or row.actor != unit.person.handle:
        msg = "This act was recorded for another case. Reload the page."
        raise NotAllowed(msg)
    unit.tell("text.replayed", case_id, act=act)
    return True


def _row(unit: Unit, act: str, case_id: str) -> IssuedRow:
    person = unit.person
    return IssuedRow(
        act=act,
        case_id=case_id,
        actor=person.handle,
        actor_name=person.name,
        role=person.role.value,
        at=unit.now,
    )


def _issued(session: Session, patient_id: str, case_id: str) -> tuple[Issued, ...]:
    """Every text of the patient, also those issued in error, the newest first."""
    rows = session.execute(
        select(IssuedRow)
        .join(ReviewCase, col(ReviewCase.id) == col(IssuedRow.case_id))
        .join(ScanRow, col(ScanRow.id) == col(ReviewCase.scan_id))
        .where(col(ScanRow.patient_id) == patient_id)
        .order_by(col(IssuedRow.at).desc(), col(IssuedRow.act))
    ).scalars()
    held = list(rows)
    wrong = {row.undoes: f"{row.words} ({row.actor_name}, {local(row.at)})" for row in held}
    return tuple(
        Issued(
            act=row.act,
            kind=Letter(row.kind),
            at=row.at,
            by=row.actor_name,
            template=row.template,
            code=row.code,
            here=row.case_id == case_id,
            wrong=wrong.get(row.act, ""),
        )
        for row in held
        if row.undoes is None
    )
