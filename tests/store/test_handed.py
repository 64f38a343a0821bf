"""What the FLS is told, batch after batch, while the record changes its mind."""

from collections import Counter
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlmodel import Session, col
from store_builders import (
    COORDINATOR,
    NOW,
    a_case,
    a_flag,
    a_header,
    a_patient,
    close,
    judge,
    ready,
    show,
    step,
)

from store import merges, opt_outs, referrals
from store.domain.episode import Due
from store.domain.finding import Deed
from store.domain.genant import Grade
from store.domain.referral import Policy
from store.domain.spine import Level
from store.tables import PatientRow, ReferralLineRow, ReferralRow, ReviewCase, ScanRow
from store.unit import Reader, Unit


@pytest.fixture
def engine(lone: Engine) -> Engine:
    """On SQLite alone: what is owed does not depend on the database."""
    return lone


Told = tuple[str, str, str]


def export(engine: Engine, days: int = 0) -> list[Told]:
    """The rows of a new batch: number, status and what is said."""
    with Unit(engine, COORDINATOR, NOW + timedelta(days=days)) as unit:
        batch = referrals.export(unit, str(uuid4()), Policy())
    with Reader(engine, COORDINATOR) as reader:
        kept = referrals.batch(reader, batch)
    return [(row.number, row.status.value, row.said) for row in kept.referrals]


def overturn(engine: Engine, case: str) -> None:
    step(engine, case, Deed.REOPEN, None, text="read again")
    step(engine, case, Deed.REJECT, code="LIMBUS")
    close(engine, case)


def confirm_again(engine: Engine, case: str) -> None:
    step(engine, case, Deed.REOPEN, None, text="read again")
    step(engine, case, Deed.CONFIRM)
    judge(engine, case)
    close(engine, case)


def patient_of(engine: Engine, case: str) -> str:
    with Session(engine) as session:
        return session.get_one(ScanRow, session.get_one(ReviewCase, case).scan_id).patient_id


def test_an_overturned_finding_is_taken_back_once_and_its_number_stays(engine: Engine) -> None:
    case = ready(engine)
    assert export(engine) == [("RX1-000001", "NEW", "")]
    step(engine, case, Deed.REOPEN, None, text="read again")
    assert export(engine) == [], "while it is read again, nothing is taken back"
    step(engine, case, Deed.REJECT, code="LIMBUS")
    close(engine, case)
    withdrawn = ("RX1-000001", "WITHDRAWN", "Withdrawn: no fracture is confirmed any more.")
    assert export(engine, 1) == [withdrawn]
    assert export(engine, 2) == export(engine, 3) == []
    assert show(engine, case).referred_on is None
    confirm_again(engine, case)
    again = "Referred again: was withdrawn on 23/11/2026."
    assert export(engine, 4) == [("RX1-000001", "NEW", again)]
    overturn(engine, case)
    assert export(engine, 5) == [withdrawn]


def test_a_new_level_and_a_graver_grade_are_told_with_what_changed(engine: Engine) -> None:
    header = a_header(scanned=date(2026, 9, 1))
    ready(engine, header)
    export(engine)
    later = a_case(
        engine,
        a_flag(Level.T8),
        a_flag(Level.L1),
        header=a_header(patient=header.patient, scanned=date(2026, 11, 1)),
    )
    step(engine, later, Deed.CONFIRM)
    step(engine, later, Deed.CONFIRM, 1, grade=Grade.SEVERE)
    close(engine, later)
    ((number, status, said),) = export(engine, 1)
    assert (number, status) == ("RX1-000001", "AMENDED")
    assert said == "Amended: T8 new; L1 was moderate, now severe."
    with Reader(engine, COORDINATOR) as reader:
        batch = referrals.batches(reader)[0]
    assert [f.level for f in batch.referrals[0].facts.fractures] == [Level.T8, Level.L1]
    assert export(engine, 2) == []


def test_an_opt_out_and_a_death_take_a_referral_back(engine: Engine) -> None:
    out, dead = a_patient(), a_patient()
    ready(engine, a_header(patient=out))
    gone = ready(engine, a_header(patient=dead))
    export(engine)
    assert out.nhs_number is not None
    with Unit(engine, COORDINATOR, NOW) as unit:
        opt_outs.add(unit, out.nhs_number.digits, NOW.date(), "by letter", "letter")
        unit.session.get_one(PatientRow, patient_of(engine, gone)).died = NOW.date()
    assert sorted(row[1:] for row in export(engine, 1)) == [
        ("WITHDRAWN", "Withdrawn: has died."),
        ("WITHDRAWN", "Withdrawn: the patient asked to be left out."),
    ]
    assert export(engine, 2) == []


def test_of_one_person_under_two_records_one_referral_is_taken_back(engine: Engine) -> None:
    days = date(2026, 9, 1), date(2026, 9, 2)
    one, other = (ready(engine, a_header(scanned=day)) for day in days)
    export(engine)
    with Unit(engine, COORDINATOR, NOW) as unit:
        into, gone = patient_of(engine, one), patient_of(engine, other)
        merge = merges.merge(unit, gone, into, "the same address")
    rows = export(engine, 1)
    assert ("RX1-000002", "WITHDRAWN", "Withdrawn: the same patient as RX1-000001.") in rows
    assert Counter(status for _, status, _ in rows)["WITHDRAWN"] == 1
    with Unit(engine, COORDINATOR, NOW) as unit:
        merges.undo(unit, merge, "twins")
    parted = export(engine, 2)
    assert ("RX1-000002", "NEW", "Referred again: was withdrawn on 23/11/2026.") in parted
    assert export(engine, 3) == []


DEEDS = st.lists(st.sampled_from(["0", "1", "export"]), min_size=1, max_size=9)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DEEDS)
def test_the_newest_row_of_every_patient_says_the_truth(lone: Engine, deeds: list[str]) -> None:
    """Two patients are confirmed and overturned in any order, with exports in between."""
    cases = [ready(lone) for _ in range(2)]
    confirmed = [True, True]
    told: dict[str, bool] = {}
    falls = 0
    day = 0
    for deed in (*deeds, "export"):
        if deed != "export":
            place = int(deed)
            (overturn if confirmed[place] else confirm_again)(lone, cases[place])
            confirmed[place] = not confirmed[place]
            continue
        day += 1
        export(lone, day)
        for case, now in zip(cases, confirmed, strict=True):
            falls += told.get(case, False) and not now
            told[case] = now
    with Session(lone) as session:
        rows = session.execute(
            select(col(ReferralRow.case_id), ReferralLineRow)
            .join(ReferralRow, col(ReferralRow.id) == col(ReferralLineRow.referral_id))
            .where(col(ReferralRow.case_id).in_(cases))
            .order_by(col(ReferralLineRow.id))
        ).all()
    newest = {case: line.status != Due.WITHDRAWN for case, line in rows}
    assert {case: newest.get(case, False) for case in cases} == told
    assert sum(line.status == Due.WITHDRAWN for _, line in rows) == falls
    numbers = {case: {line.referral_id for c, line in rows if c == case} for case in cases}
    assert all(len(of) <= 1 for of in numbers.values()), "a number is for life"
