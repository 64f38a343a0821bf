from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col
from store_builders import (
    COORDINATOR,
    LEAD,
    NOW,
    a_case,
    a_header,
    a_patient,
    a_report,
    arrive,
    close,
    judge,
    ready,
    report,
    show,
    step,
)

from store import letters, referrals
from store._issued import short_code_sent
from store.domain.finding import Deed
from store.domain.genant import Grade
from store.domain.letter import Letter
from store.domain.people import Person
from store.domain.referral import Policy
from store.domain.refusal import NotAllowed
from store.domain.report import Judged, Recommendation, ReportStatus
from store.domain.spine import Level
from store.tables import DecisionRow, PatientRow, ReviewCase, ScanRow
from store.unit import Reader, Unit

LATER = NOW + timedelta(days=1)


def issue(engine: Engine, case: str, code: str = "", person: Person = LEAD) -> str:
    act = str(uuid4())
    with Unit(engine, person, LATER) as unit:
        letters.issue(unit, act, case, Letter.ADDENDUM, "site 1", f"A text. {code}", code)
    return act


def recall(engine: Engine, case: str, undoes: str, words: str = "wrong patient") -> None:
    with Unit(engine, LEAD, LATER) as unit:
        letters.recall(unit, str(uuid4()), case, undoes, words)


def standing(engine: Engine, case: str) -> letters.Standing:
    with Reader(engine, LEAD, LATER) as reader:
        return letters.standing(reader, case)


def sent(engine: Engine, case: str) -> date | None:
    with Session(engine) as session:
        scan = session.get_one(ScanRow, session.get_one(ReviewCase, case).scan_id)
        return short_code_sent(session, scan.patient_id)


def test_a_short_code_refers_the_patient_until_it_is_taken_back(lone: Engine) -> None:
    case = ready(lone)
    issue(lone, case)
    assert sent(lone, case) is None
    act = issue(lone, case, "VFX1")
    assert sent(lone, case) == date(2026, 11, 23)
    recall(lone, case, act)
    assert sent(lone, case) is None
    held = {one.act: one.wrong for one in standing(lone, case).issued}
    assert "wrong patient (Ada Lead" in held[act]
    with pytest.raises(NotAllowed, match="noted as issued in error already"):
        recall(lone, case, act)


def test_a_code_of_one_scan_is_known_at_every_scan_of_the_patient(lone: Engine) -> None:
    patient = a_patient()
    one = ready(lone, a_header(patient=patient))
    other = ready(lone, a_header(patient=patient, scanned=date(2026, 10, 9)))
    issue(lone, one, "VFX1")
    assert standing(lone, other).code_sent_on == date(2026, 11, 23)
    with pytest.raises(NotAllowed, match=r"referred on 23/11/2026 by an earlier text"):
        issue(lone, other, "VFX1")
    issue(lone, other)


def test_a_code_never_refers_a_patient_who_was_exported(lone: Engine) -> None:
    case = ready(lone)
    with Unit(lone, COORDINATOR, LATER) as unit:
        referrals.export(unit, str(uuid4()), Policy())
    with pytest.raises(NotAllowed, match=r"referred on 23/11/2026 by an export to the FLS"):
        issue(lone, case, "VFX1")


def test_nothing_is_issued_before_the_case_is_closed_with_a_fracture(lone: Engine) -> None:
    open_case, rejected = a_case(lone), a_case(lone)
    step(lone, rejected, Deed.REJECT, code="SCHMORL")
    close(lone, rejected)
    for case in (open_case, rejected):
        assert standing(lone, case).why_not == letters.NOT_YET
        with pytest.raises(NotAllowed, match="once the case is closed"):
            issue(lone, case)


def test_the_same_act_is_issued_once_and_is_of_one_case(lone: Engine) -> None:
    case, other = ready(lone), ready(lone)
    act = str(uuid4())
    for _ in range(2):
        with Unit(lone, LEAD, LATER) as unit:
            letters.issue(unit, act, case, Letter.GP, "site 1", "A letter.")
    assert len(standing(lone, case).issued) == 1
    with Unit(lone, LEAD, LATER) as unit, pytest.raises(NotAllowed, match="another case"):
        letters.issue(unit, act, other, Letter.GP, "site 1", "A letter.")


def test_what_was_issued_cannot_be_changed_or_removed(engine: Engine) -> None:
    issue(engine, ready(engine))
    for deed in ("UPDATE issued SET code = 'X'", "DELETE FROM issued"):
        with pytest.raises(DBAPIError), engine.begin() as connection:
            connection.execute(text(deed))


def test_one_judgement_fills_what_the_standards_count(lone: Engine) -> None:
    case = a_case(lone)
    step(lone, case, Deed.CONFIRM)
    said = Judged(
        suggested=ReportStatus.NOT_MENTIONED, severity=Grade.MODERATE, levels=(Level.L1, Level.T12)
    )
    judge(
        lone,
        case,
        ReportStatus.REPORTED_FULL,
        recommendation=Recommendation.DXA,
        judged=said,
    )
    close(lone, case)
    with Session(lone) as session:
        row = session.get_one(ReviewCase, case)
        kept = (row.report_term_ok, row.report_action, row.report_severity, row.report_levels)
        assert kept == (True, True, "moderate", "T12 L1")
        assert (row.report_suggested, row.report_overrode) == ("NOT_MENTIONED", True)
        step_row = session.execute(
            select(DecisionRow).where(col(DecisionRow.deed) == Deed.REPORT.value)
        ).scalar_one()
        assert step_row.after["readings/1"]["report_overrode"] is True
    assert show(lone, case).report.judged.levels == (Level.T12, Level.L1)


def test_a_report_that_says_nothing_names_no_level(lone: Engine) -> None:
    case = a_case(lone)
    with pytest.raises(NotAllowed, match="names no term, level or severity"):
        judge(lone, case, judged=Judged(levels=(Level.T12,)))


def test_only_reports_of_earlier_scans_of_the_same_patient_stand_beside(lone: Engine) -> None:
    patient = a_patient()
    headers = [
        a_header(patient=patient, scanned=day, exam=f"CT {day.year}")
        for day in (date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1))
    ]
    cases = [a_case(lone, header=header) for header in headers]
    stranger = a_header(scanned=date(2023, 1, 1))
    arrive(lone, stranger)
    for header in (*headers, stranger):
        report(lone, a_report(header, f"Report of {header.exam}."))
    assert [one.text for one in show(lone, cases[1]).report.priors] == ["Report of CT 2024."]


def test_no_identifier_of_an_issued_text_is_in_the_trail(lone: Engine) -> None:
    case = ready(lone)
    with Session(lone) as session:
        scan = session.get_one(ScanRow, session.get_one(ReviewCase, case).scan_id)
        surname = session.get_one(PatientRow, scan.patient_id).surname
    with Unit(lone, LEAD, LATER) as unit:
        letters.issue(unit, str(uuid4()), case, Letter.GP, "site 1", f"Dear {surname} CANARY")
    with lone.connect() as connection:
        trail = connection.execute(text("SELECT group_concat(detail) FROM trail")).scalar_one()
    assert "CANARY" not in trail
