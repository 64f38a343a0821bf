from datetime import date

import pytest
from realm_room import SECOND, ask, decided, do
from sqlalchemy import Engine, select
from sqlmodel import Session, col
from store_builders import LEAD, NOW, RADIOLOGIST, a_case, a_header, a_patient, close, step

from store import _register, discrepancies
from store.discrepancies import Asked, Which
from store.domain.finding import Deed
from store.domain.genant import Grade
from store.domain.realm import Discrepancy, EventType, discrepancy_of
from store.domain.refusal import NotAllowed
from store.domain.report import Recommendation, ReportStatus
from store.domain.spine import Level
from store.tables import ReviewCase, TrailRow

FLS, NONE = Recommendation.FLS, Recommendation.NONE


def found(engine: Engine, asked: Asked = Asked()) -> set[str]:  # noqa: B008 - frozen
    page = ask(engine, discrepancies.register, asked, by=LEAD)
    assert page.count == len(page.lines)
    return {line.case for line in page.lines}


def test_the_register_keeps_what_was_not_found_apart_from_what_was_not_said(
    engine: Engine,
) -> None:
    missed = decided(engine)
    denied = decided(engine, ReportStatus.NEGATIVE_STATEMENT)
    wedged = decided(engine, ReportStatus.AMBIGUOUS_TERM, advice=FLS)
    silent = decided(engine, ReportStatus.REPORTED_FULL, advice=NONE)
    full = decided(engine, ReportStatus.REPORTED_FULL, advice=FLS)
    decided(engine, ReportStatus.KNOWN_PRIOR)
    decided(engine, ReportStatus.NO_REPORT)
    assert found(engine, Asked(kind=Discrepancy.DETECTION)) == {missed, denied}
    assert found(engine, Asked(kind=Discrepancy.COMMUNICATION)) == {wedged, silent}
    assert found(engine) == {missed, denied, wedged, silent}
    assert found(engine, Asked(spots=True)) == {full}
    counts = ask(engine, discrepancies.counts)
    assert (counts.detection.numerator, counts.detection.denominator) == (2, 6)
    assert (counts.communication.numerator, counts.communication.denominator) == (2, 6)
    assert (counts.spots, counts.taken.denominator) == (1, 4)
    assert found(engine, Asked(since=date(2026, 10, 4))) == set()
    assert found(engine, Asked(site="RX1")) == {missed, denied, wedged, silent}
    assert found(engine, Asked(site="RX2")) == set()


def test_the_database_and_the_rule_agree_on_every_judgement(lone: Engine) -> None:
    case = decided(lone)
    for status in ReportStatus:
        for advice in ("", *Recommendation):
            with Session(lone) as session:
                row = session.get_one(ReviewCase, case)
                row.report_status, row.recommendation = status.value, str(advice)
                session.flush()
                said = {
                    kind
                    for kind, clause in _register.KINDS.items()
                    if session.execute(select(col(ReviewCase.id)).where(clause)).first()
                }
                rule = discrepancy_of(status, Recommendation(advice) if advice else None)
                assert said == ({rule} if rule else set()), (status, advice)


def test_what_the_ai_did_not_find_and_the_report_names_is_a_good_spot(lone: Engine) -> None:
    case = a_case(lone)
    step(lone, case, Deed.REJECT, code="DEGEN")
    step(lone, case, Deed.ADD, None, level=Level.T8, grade=Grade.MODERATE)
    step(lone, case, Deed.REPORT, None, status=ReportStatus.REPORTED_PARTIAL, recommendation=FLS)
    close(lone, case)
    assert found(lone, Asked(spots=True)) == {case}


def test_a_malignant_fracture_that_the_report_missed_is_in_the_register(lone: Engine) -> None:
    case = a_case(lone)
    step(lone, case, Deed.REJECT, code="MALIGNANT")
    step(lone, case, Deed.REPORT, None, status=ReportStatus.NOT_MENTIONED)
    close(lone, case)
    (line,) = ask(lone, discrepancies.register, Asked()).lines
    assert (line.case, line.malignant, line.kind) == (case, True, Discrepancy.DETECTION)


def test_nothing_open_nothing_opted_out_and_nothing_reopened_is_in_it(lone: Engine) -> None:
    header = a_header(patient=a_patient())
    a_case(lone, header=header)
    gone, again = decided(lone, nhs_number=None), decided(lone)
    step(lone, again, Deed.REOPEN, None, text="Look again.")
    with Session(lone) as session:
        session.get_one(ReviewCase, gone).opted_out = True
        session.commit()
    assert found(lone) == set()


def test_a_nomination_keeps_the_role_and_can_be_taken_back(lone: Engine) -> None:
    case = decided(lone)
    made = do(
        lone, discrepancies.nominate, case, EventType.EDUCATIONAL, "A subtle L1.", by=RADIOLOGIST
    )
    line = ask(lone, discrepancies.of_case, case, by=SECOND)
    (one,) = line.nominations
    assert (one.words, one.role.words) == ("A subtle L1.", "Radiologist")
    assert found(lone, Asked(which=Which.NOMINATED)) == {case}
    with pytest.raises(NotAllowed, match="nominated as educational already"):
        do(lone, discrepancies.nominate, case, EventType.EDUCATIONAL, "Again.", by=LEAD)
    do(lone, discrepancies.withdraw, made, "Not so subtle.", by=SECOND)
    assert found(lone, Asked(which=Which.NOMINATED)) == set()
    with pytest.raises(NotAllowed, match="does not stand"):
        do(lone, discrepancies.withdraw, made, "Twice.", by=SECOND)
    with Session(lone) as session:
        lines = [
            (line.action, line.actor)
            for line in session.execute(select(TrailRow).order_by(col(TrailRow.seq))).scalars()
            if line.action.startswith("realm.")
        ]
    assert lines == [
        ("realm.nominated", RADIOLOGIST.handle),
        ("realm.nomination_withdrawn", SECOND.handle),
    ]


def test_only_a_decided_case_is_nominated_and_with_words(lone: Engine) -> None:
    case = a_case(lone)
    with pytest.raises(NotAllowed, match="Only a closed case"):
        do(lone, discrepancies.nominate, case, EventType.DISCREPANCY, "Missed.", by=LEAD)
    with pytest.raises(NotAllowed, match="Say in a few words"):
        do(lone, discrepancies.nominate, decided(lone), EventType.DISCREPANCY, "  ", by=LEAD)


def test_the_register_is_cut_into_pages(lone: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discrepancies, "PAGE", 2)
    cases = {decided(lone) for _ in range(3)}
    first, rest = (ask(lone, discrepancies.register, Asked(), start, now=NOW) for start in (0, 2))
    assert (first.count, len(first.lines), len(rest.lines)) == (3, 2, 1)
    assert {line.case for line in (*first.lines, *rest.lines)} == cases
