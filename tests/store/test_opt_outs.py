from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlmodel import Session, SQLModel
from store_builders import (
    ALWAYS_TWICE,
    COORDINATOR,
    LEAD,
    NOW,
    a_case,
    a_flag,
    a_header,
    a_result,
    an_act,
    arrive,
    measured,
    projection,
    ready,
    recomputed,
    say,
    second_series,
)

from app.intake.opt_out_table import UnusableTable, enter
from app.settings import Settings
from app.wiring import Site
from store import (
    cases,
    findings,
    history,
    merges,
    opt_outs,
    rates,
    referrals,
    search,
    standing,
    worklist,
)
from store.archive import Archive
from store.domain.arrival import SeriesHeader
from store.domain.finding import Deed
from store.domain.referral import Policy
from store.domain.refusal import NotAllowed
from store.domain.spine import Level
from store.tables import OptOutRow, ReviewCase, ScanRow
from store.unit import Reader, Unit

SINCE = date(2026, 11, 1)


def opt_out(engine: Engine, number: str) -> opt_outs.Added:
    with Unit(engine, COORDINATOR, NOW) as unit:
        return opt_outs.add(unit, number, SINCE, "asked by letter", "GP")


def lift(engine: Engine) -> None:
    with Reader(engine, COORDINATOR) as reader:
        entries = opt_outs.entries(reader)
    with Unit(engine, COORDINATOR, NOW) as unit:
        opt_outs.lift(unit, entries[0].id, "asked again")


def seen_everywhere(engine: Engine, header: SeriesHeader) -> set[str]:
    """The places where a scan of the patient shows."""
    assert header.patient.nhs_number
    places = set()
    with Reader(engine, COORDINATOR) as reader:
        everything = worklist.Filters(open=False)
        if worklist.page(reader, everything).lines or worklist.count(reader, everything):
            places.add("worklist")
        if referrals.lines(reader, Policy()):
            places.add("referrals")
        if rates.funnel(reader)[0].rate.numerator:
            places.add("rates")
        stood = standing.standing(reader)
        if stood.states or stood.endings:
            places.add("standing")
    with Unit(engine, LEAD, NOW) as unit:
        for text in (header.patient.nhs_number.spaced, header.accession, header.patient.surname):
            found = search.find(unit, text)
            if found.lines or found.outside:
                places.add("search")
    return places


EVERYWHERE = {"worklist", "referrals", "rates", "standing", "search"}


def everything_in(engine: Engine) -> list[object]:
    """Every row of scans, cases and what was decided; not the register, nor the trail."""
    with Session(engine) as session:
        tables = [
            table
            for table in SQLModel.metadata.sorted_tables
            if table.name not in (OptOutRow.__tablename__, "trail")
        ]
        return [tuple(row) for table in tables for row in session.execute(select(table))]


def test_an_opt_out_leaves_a_scan_out_everywhere_and_lifting_puts_it_back(engine: Engine) -> None:
    header = a_header()
    case = ready(engine, header)
    before, stood = seen_everywhere(engine, header), everything_in(engine)
    assert before == EVERYWHERE
    assert header.patient.nhs_number
    digits = header.patient.nhs_number.digits
    assert opt_out(engine, f" {digits[:3]}-{digits[3:6]}\u00a0{digits[6:]} ").scans == 1
    assert seen_everywhere(engine, header) == set()
    with Reader(engine, LEAD) as reader:
        assert rates.opted_out(reader) == 1
        assert cases.stack_of(reader, case) is None
        assert cases.stacks_of(reader, case) == frozenset()
        for question in (cases.case, history.story):
            with pytest.raises(NotAllowed, match="opt-out"):
                question(reader, case)
    with Unit(engine, LEAD, NOW) as unit, pytest.raises(NotAllowed, match="opt-out"):
        findings.decide(unit, an_act(case, 99, Deed.REOPEN, text="why"), ALWAYS_TWICE)
    # Entered again it stands as it stood.
    assert opt_out(engine, digits) == opt_outs.Added(before=True, scans=0)
    lift(engine)
    assert seen_everywhere(engine, header) == EVERYWHERE
    assert everything_in(engine) == stood


def test_what_arrives_of_somebody_who_opted_out_is_left_out_at_once(engine: Engine) -> None:
    header = a_header()
    assert header.patient.nhs_number
    opt_out(engine, header.patient.nhs_number.digits)
    arrive(engine, header)
    say(engine, a_result(header, a_flag()))
    assert seen_everywhere(engine, header) == set()
    lift(engine)
    assert seen_everywhere(engine, header) == EVERYWHERE - {"referrals"}


def test_whoever_was_referred_before_is_told_of(engine: Engine) -> None:
    header = a_header()
    ready(engine, header)
    with Unit(engine, COORDINATOR, NOW) as unit:
        referrals.export(unit, "act", Policy())
    assert header.patient.nhs_number
    opt_out(engine, header.patient.nhs_number.digits)
    with Reader(engine, COORDINATOR) as reader:
        (told,) = opt_outs.referred(reader)
    assert (told.since, told.nhs_number) == (SINCE, header.patient.nhs_number.spaced)


@pytest.mark.parametrize(
    ("number", "since", "why"),
    [("9990000019", SINCE, "check digit"), ("9990000018", NOW.date() + timedelta(1), "future")],
)
def test_an_opt_out_of_nobody_or_of_tomorrow_is_refused(
    engine: Engine, number: str, since: date, why: str
) -> None:
    with Unit(engine, COORDINATOR, NOW) as unit, pytest.raises((NotAllowed, ValueError), match=why):
        opt_outs.add(unit, number, since, "")


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(["out", "in", "decide", "series", "result"]), max_size=8))
def test_the_events_still_say_how_things_stand_however_often_it_is_lifted(
    engine: Engine, deeds: list[str]
) -> None:
    header = a_header()
    case = a_case(engine, a_flag(), header=header)
    assert header.patient.nhs_number
    digits, out = header.patient.nhs_number.digits, False
    for deed in deeds:
        if deed == "out" and not out:
            opt_out(engine, digits)
            out = True
        elif deed == "in" and out:
            lift(engine)
            out = False
        elif deed == "decide" and not out:
            measured(engine, case, Level.L1, 18.0, 20.0, 25.0)
        elif deed == "series":
            arrive(engine, second_series(header))
        elif deed == "result":
            say(engine, a_result(header, a_flag(None)))
    with Session(engine) as session:
        assert session.get_one(ReviewCase, case).opted_out is out
        assert {row.opted_out for row in session.scalars(select(ScanRow))} <= {out, False}
    if out:
        lift(engine)
    assert recomputed(engine, case) == projection(engine, case)


def test_a_table_enters_each_row_once_and_names_nobody(engine: Engine, tmp_path: Path) -> None:
    site = Site(Settings(data=tmp_path), engine, Archive(tmp_path / "files"), b"")
    header = a_header()
    a_case(engine, header=header)
    assert header.patient.nhs_number
    table = tmp_path / "list.csv"
    table.write_text(
        "\ufeffNHS number;since;reason\n"
        f"{header.patient.nhs_number.spaced};01/11/2026;letter\n"
        "999 000 0042;;\n999 000 0043;;\n;;\n9990000050;31/02/2026;\n",
        encoding="utf-8",
    )
    done = enter(site, table, NOW.date())
    assert (done.added, done.known, done.scans) == (2, 0, 1)
    assert [why.split(":")[0] for why in done.refused] == ["Row 4", "Row 6"]
    assert not any("999" in line for line in done.lines())
    assert enter(site, table, NOW.date()).known == 2
    table.write_text("a,b\n1,2\n")
    with pytest.raises(UnusableTable, match="nhs_number"):
        enter(site, table, NOW.date())


def test_an_opt_out_under_a_merged_record_counts_the_scans_where_they_are_now(
    engine: Engine,
) -> None:
    one, into = a_header(), a_header()
    for header in (one, into):
        arrive(engine, header)
    with Session(engine) as session:
        owners = [
            session.execute(select(ScanRow).where(ScanRow.study_uid == header.study_uid))
            .scalar_one()
            .patient_id
            for header in (one, into)
        ]
    with Unit(engine, LEAD, NOW) as unit:
        merges.merge(unit, *owners, "the same person")
    assert one.patient.nhs_number
    assert opt_out(engine, one.patient.nhs_number.digits).scans == 2
    with Reader(engine, COORDINATOR) as reader:
        (entry,) = opt_outs.entries(reader)
    assert entry.scans == 2


def test_words_that_end_an_opt_out_are_refused_and_never_cut(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    assert header.patient.nhs_number
    opt_out(engine, header.patient.nhs_number.digits)
    with Reader(engine, COORDINATOR) as reader:
        (entry,) = opt_outs.entries(reader)
    with Unit(engine, COORDINATOR, NOW) as unit:
        with pytest.raises(NotAllowed, match="501 characters; 500 fit"):
            opt_outs.lift(unit, entry.id, "w" * 501)
        opt_outs.lift(unit, entry.id, "w" * 500)
