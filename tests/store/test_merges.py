from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlmodel import Session, SQLModel
from store_builders import (
    COORDINATOR,
    LEAD,
    NOW,
    RADIOLOGIST,
    a_case,
    a_header,
    a_patient,
    arrive,
    ready,
    scan_of,
    show,
)

from store import merges, opt_outs, referrals, search
from store.domain.arrival import Fate, SeriesHeader
from store.domain.referral import Policy
from store.domain.refusal import NotAllowed
from store.tables import PatientRow, ReferralRow, ReviewCase
from store.unit import Reader, Unit


def whose(engine: Engine, header: SeriesHeader) -> str:
    scan = scan_of(engine, header)
    assert scan
    return scan.patient_id


def merge(engine: Engine, one: SeriesHeader, into: SeriesHeader) -> str:
    with Unit(engine, COORDINATOR, NOW) as unit:
        return merges.merge(unit, whose(engine, one), whose(engine, into), "Same address.")


def undo(engine: Engine, merge_id: str) -> None:
    with Unit(engine, COORDINATOR, NOW) as unit:
        merges.undo(unit, merge_id, "Twins.")


def everything(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the trail and the merges themselves."""
    with Session(engine) as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in SQLModel.metadata.sorted_tables
            if table.name not in ("trail", "merge")
        }


def export(engine: Engine, act: str) -> None:
    with Unit(engine, COORDINATOR, NOW) as unit:
        referrals.export(unit, act, Policy())


def found(engine: Engine, text: str) -> int:
    with Unit(engine, LEAD, NOW) as unit:
        return len(search.find(unit, text).lines)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.tuples(*[st.booleans()] * 6))
def test_merging_and_parting_two_patients_changes_nothing(
    engine: Engine, has: tuple[bool, ...]
) -> None:
    headers = []
    for number, born, sent in (has[:3], has[3:]):
        whole = a_patient(born=date(1950, 2, 1) if born else None)
        header = a_header(patient=whole if number else replace(whole, nhs_number=None))
        ready(engine, header)
        arrive(engine, a_header(patient=header.patient))
        if sent:
            export(engine, header.study_uid)
        headers.append(header)
    before = everything(engine)
    undo(engine, merge(engine, *headers))
    assert everything(engine) == before


def test_a_merged_patient_is_one_in_every_view_and_referred_once(engine: Engine) -> None:
    lacking = a_patient(nhs_number=None, born=None, surname="FORMER")
    one, into = a_header(), a_header(patient=lacking)
    first, second = ready(engine, one), a_case(engine, header=into)
    export(engine, "first")
    merged = merge(engine, one, into)
    assert len(show(engine, second).timeline.scans) == 2
    assert show(engine, second).timeline.referred is not None
    patient = show(engine, first).patient
    # What the one had and the other lacked, and the name of the one that remains.
    assert (patient.nhs_number, patient.born) == (one.patient.nhs_number, one.patient.born)
    assert patient.surname == "FORMER"
    assert one.patient.nhs_number
    for text in (one.patient.hospital_number, one.patient.nhs_number.digits, "former", "demo"):
        assert found(engine, text) == 2, text
    # A scan under the old number goes to the one, and back again when they are parted.
    later = a_header(patient=replace(one.patient, nhs_number=None))
    assert arrive(engine, later).fate is Fate.ACCEPTED
    assert whose(engine, later) == whose(engine, into)
    undo(engine, merged)
    assert whose(engine, later) == whose(engine, one) != whose(engine, into)
    assert found(engine, "former") == 1


def test_of_two_open_referrals_one_stays_open(engine: Engine) -> None:
    one, into = a_header(), a_header()
    for header in (one, into):
        ready(engine, header)
    export(engine, "both")
    merge(engine, one, into)
    with Session(engine) as session:
        rows = session.scalars(select(ReferralRow)).all()
        assert sorted(row.open_patient or "" for row in rows) == ["", whose(engine, into)]


def test_an_opt_out_of_either_leaves_both_out(engine: Engine) -> None:
    one, into = a_header(), a_header()
    a_case(engine, header=one)
    case = a_case(engine, header=into)
    assert one.patient.nhs_number
    with Unit(engine, COORDINATOR, NOW) as unit:
        opt_outs.add(unit, one.patient.nhs_number.digits, NOW.date(), "")
    merged = merge(engine, one, into)
    with Session(engine) as session:
        assert all(row.opted_out for row in session.scalars(select(ReviewCase)))
    undo(engine, merged)
    assert show(engine, case).id == case


def test_a_merge_needs_two_that_are_here_and_a_reason(engine: Engine) -> None:
    one, into, third = (a_header() for _ in range(3))
    for header in (one, into, third):
        arrive(engine, header)
    a, b, c = (whose(engine, header) for header in (one, into, third))
    with Unit(engine, LEAD, NOW) as unit:
        assert {each.id for each in merges.look(unit, "demo")} == {a, b, c}
        assert [each.id for each in merges.look(unit, one.patient.hospital_number)] == [a]
        merge_id = merges.merge(unit, a, b, "so")
        assert {each.id for each in merges.look(unit, "demo")} == {b, c}
        for pair, why in (((a, c), "merged before"), ((b, c), "Merge the second"), ((c, c), "two")):
            with pytest.raises(NotAllowed, match=why):
                merges.merge(unit, *pair, "so")
        with pytest.raises(NotAllowed, match="few words"):
            merges.merge(unit, c, b, " ")
        merges.undo(unit, merge_id, "so")
        with pytest.raises(NotAllowed, match="does not stand"):
            merges.undo(unit, merge_id, "so")
    with Reader(engine, LEAD) as reader:
        (line,) = merges.merges(reader)
        assert (line.stands, line.why, line.undone_why) == (False, "so", "so")
    with Unit(engine, RADIOLOGIST, NOW) as unit, pytest.raises(NotAllowed, match="may not"):
        merges.merge(unit, a, b, "so")
    with Session(engine) as session:
        assert session.get_one(PatientRow, a).merged_into is None
