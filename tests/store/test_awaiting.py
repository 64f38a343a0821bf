from datetime import timedelta

from sqlalchemy import Engine
from store_builders import (
    ADMIN,
    NOW,
    a_flag,
    a_header,
    a_patient,
    a_report,
    a_result,
    arrive,
    report,
    say,
    show,
)

from store import masks
from store.awaiting import Awaiting, Halves, awaiting
from store.domain.people import INTAKE
from store.domain.spine import Level
from store.unit import Reader, Unit

LATER = NOW + timedelta(days=2)


def waits(engine: Engine) -> Halves:
    with Reader(engine, ADMIN) as reader:
        return awaiting(reader)


def test_what_has_no_other_half_is_counted_from_its_oldest(engine: Engine) -> None:
    none = Awaiting(0, None)
    assert waits(engine) == Halves(none, none, none, none, none)
    first, second, absent = a_header(), a_header(), a_header()
    arrive(engine, first)
    arrive(engine, second, now=LATER)
    say(engine, a_result(absent, a_flag()), LATER)
    report(engine, a_report(absent, "No fracture."), LATER)
    late = Awaiting(1, LATER)
    assert waits(engine) == Halves(Awaiting(2, NOW), late, late, none, none)
    say(engine, a_result(first, a_flag()))
    arrive(engine, absent, now=LATER)
    assert waits(engine) == Halves(late, none, none, none, none)


def test_a_mask_without_its_scan_is_counted_until_that_comes(engine: Engine) -> None:
    with Unit(engine, INTAKE, now=NOW) as unit:
        masks.wait(unit, "d" * 64, "1.2.3")
    assert waits(engine).masks == Awaiting(1, NOW)
    with Unit(engine, INTAKE, now=LATER) as unit:
        masks.came(unit, "d" * 64)
    assert waits(engine).masks == Awaiting(0, None)


def test_what_is_held_for_a_person_does_not_wait_for_a_scan(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    say(engine, a_result(header, a_flag(), patient=a_patient()))
    assert waits(engine).results == Awaiting(0, None)


def test_a_corrected_result_brings_what_is_new_and_doubles_nothing(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    tracked = a_flag(Level.L1, tracking_uid="2.25.1")
    case = say(engine, a_result(header, tracked)).case or ""
    again = a_result(header, tracked, a_flag(Level.T9, tracking_uid="2.25.2"))
    say(engine, again, LATER)
    assert [found.level for found in show(engine, case).findings] == [Level.L1, Level.T9]
