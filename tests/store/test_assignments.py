from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import Session, col
from store_builders import LEAD, NOW, PEOPLE, RADIOLOGIST, a_case, close, step

from store import assignments, claims, staff, worklist
from store.assignments import Done
from store.domain.act import Deed
from store.domain.people import INTAKE, Person, Role
from store.domain.queue import Assigned, Filters, Only
from store.domain.refusal import NotAllowed
from store.engine import WRITES
from store.tables import ReviewCase, TrailRow
from store.unit import Reader, Unit

TODAY = NOW.date()
SOON = TODAY + timedelta(days=3)


@pytest.fixture(autouse=True)
def enrolled(engine: Engine) -> None:
    with Unit(engine, INTAKE, NOW) as unit:
        for person in (LEAD, RADIOLOGIST, PEOPLE[Role.FLS_COORD]):
            staff.enrol(unit, person)


def listed(
    engine: Engine, filters: Filters, person: Person = LEAD, days: int = 0
) -> list[worklist.Line]:
    with Reader(engine, person, NOW + timedelta(days=days)) as reader:
        return list(worklist.page(reader, filters).lines)


def assign(engine: Engine, cases: list[str], to: str, person: Person = LEAD) -> Done:
    with Unit(engine, person, NOW) as unit:
        return assignments.assign(unit, cases, to)


def defer(engine: Engine, cases: list[str], until: date = SOON, why: str = "Awaits MRI") -> Done:
    with Unit(engine, LEAD, NOW) as unit:
        return assignments.defer(unit, cases, until, why)


def become(engine: Engine, case: str, **values: object) -> None:
    """Set columns of a case as earlier steps would have left them."""
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(update(ReviewCase).where(col(ReviewCase.id) == case).values(**values))


def trail(engine: Engine, action: str) -> list[TrailRow]:
    with Session(engine) as session:
        return list(
            session.execute(select(TrailRow).where(col(TrailRow.action) == action)).scalars()
        )


def test_colleagues_are_those_who_may_review(engine: Engine) -> None:
    with Reader(engine, LEAD) as reader:
        assert [one.handle for one in assignments.colleagues(reader)] == ["a.lead", "r.reader"]


def test_a_case_is_given_to_a_colleague_and_back(engine: Engine) -> None:
    case, other = a_case(engine), a_case(engine)
    assert assign(engine, [case], RADIOLOGIST.handle) == Done(1)
    (line,) = listed(engine, Filters(assigned=Assigned.ME), RADIOLOGIST)
    assert (line.key.id, line.assigned) == (case, RADIOLOGIST.handle)
    assert [one.key.id for one in listed(engine, Filters(assigned=Assigned.NOBODY))] == [other]
    with Reader(engine, LEAD, NOW) as reader:
        assert worklist.following(reader, other, Filters()) == ()
    assert assign(engine, [case], "") == Done(1)
    with Reader(engine, LEAD, NOW) as reader:
        assert worklist.following(reader, other, Filters()) == (case,)
    assert [line.entity for line in trail(engine, "case.assigned")] == [case, case]


def test_only_who_may_review_is_given_a_case(engine: Engine) -> None:
    case = a_case(engine)
    for handle in ("f.coord", "nobody", "x" * 50):
        with pytest.raises(NotAllowed, match="may not review"):
            assign(engine, [case], handle)
    with pytest.raises(NotAllowed, match="may not review findings"):
        assign(engine, [case], LEAD.handle, PEOPLE[Role.REALM_CHAIR])


def test_a_deferred_case_is_out_of_the_queue_until_its_day(engine: Engine) -> None:
    case = a_case(engine)
    assert defer(engine, [case]) == Done(1)
    assert listed(engine, Filters()) == []
    (line,) = listed(engine, Filters(only=Only.DEFERRED))
    assert (line.deferred_until, line.deferred_why) == (SOON, "Awaits MRI")
    assert len(listed(engine, Filters(), days=3)) == 1
    assert listed(engine, Filters(only=Only.DEFERRED), days=3) == []
    with Unit(engine, LEAD, NOW) as unit:
        assert assignments.resume(unit, [case]) == Done(1)
    assert len(listed(engine, Filters())) == 1
    assert "MRI" not in trail(engine, "case.deferred")[0].detail


@pytest.mark.parametrize(
    ("days", "why", "said"),
    [
        (0, "later", "tomorrow at the earliest"),
        (-1, "later", "tomorrow at the earliest"),
        (91, "later", "90 days at most"),
        (3, "  ", "Say why"),
        (3, "x" * 201, "at most 200"),
    ],
)
def test_a_case_is_not_put_off_without_a_day_and_a_reason(
    engine: Engine, days: int, why: str, said: str
) -> None:
    case = a_case(engine)
    with pytest.raises(NotAllowed, match=said):
        defer(engine, [case], TODAY + timedelta(days=days), why)
    assert len(listed(engine, Filters())) == 1


def test_what_somebody_reads_or_has_closed_meanwhile_is_left_out_and_counted(
    engine: Engine,
) -> None:
    free, read, mine, closed = (a_case(engine) for _ in range(4))
    for person, case in ((RADIOLOGIST, read), (LEAD, mine)):
        with Unit(engine, person, NOW) as unit:
            claims.take(unit, case)
    become(engine, closed, state="closed")
    cases = [free, read, mine, closed, "c_gone", free]
    assert assign(engine, cases, LEAD.handle) == Done(2, read=1, ended=2)
    assert {line.entity for line in trail(engine, "case.assigned")} == {free, mine}
    assert defer(engine, [read, closed]) == Done(0, read=1, ended=1)


def test_too_many_cases_or_none_are_refused(engine: Engine) -> None:
    for cases in ([], [f"c{n}" for n in range(201)]):
        with pytest.raises(NotAllowed, match="between 1 and 200"):
            assign(engine, cases, LEAD.handle)


@pytest.mark.parametrize("state", ["second read", "adjudication"])
def test_a_second_reading_is_taken_up_and_not_handed_out(engine: Engine, state: str) -> None:
    case = a_case(engine)
    become(engine, case, state=state, reading=2, first_reader=RADIOLOGIST.handle)
    # The same answer for the first reader and for anybody else: it gives nobody away.
    with Unit(engine, INTAKE, NOW) as unit:
        staff.enrol(unit, Person("z.third", "Zed Third", Role.RADIOLOGIST))
    for to in (RADIOLOGIST.handle, "z.third"):
        assert assign(engine, [case], to) == Done(0, blind=1)
    assert assign(engine, [case], LEAD.handle) == Done(1)
    assert assign(engine, [case], RADIOLOGIST.handle, RADIOLOGIST) == Done(0, blind=1)


@pytest.mark.parametrize("state", ["second read", "adjudication"])
def test_a_line_of_a_case_read_blind_tells_nothing_of_the_first_reading(
    engine: Engine, state: str
) -> None:
    case, plain = a_case(engine), a_case(engine)
    become(engine, plain, state=state, reading=2)
    first = {
        "first_reader": RADIOLOGIST.handle,
        "assigned_to": RADIOLOGIST.handle,
        "open_alerts": 2,
    }
    become(engine, case, state=state, reading=2, **first)
    one, other = sorted(listed(engine, Filters()), key=lambda line: line.key.id != case)
    told = {name for name in one.__dataclass_fields__ if getattr(one, name) != getattr(other, name)}
    assert told <= {"key", "accession", "patient"}
    assert (one.assigned, one.alerts, one.theirs) == ("", 0, False)
    assert listed(engine, Filters(only=Only.ALERTS)) == []


def test_the_first_reader_sees_their_case_with_another_and_is_never_led_to_it(
    engine: Engine,
) -> None:
    case, other = a_case(engine), a_case(engine)
    become(engine, case, state="second read", reading=2, first_reader=LEAD.handle)
    line = next(one for one in listed(engine, Filters()) if one.key.id == case)
    assert (line.theirs, line.findings, line.undecided) == (True, 0, 0)
    with Reader(engine, LEAD, NOW) as reader:
        assert worklist.following(reader, other, Filters()) == ()
    with Reader(engine, RADIOLOGIST, NOW) as reader:
        assert worklist.following(reader, other, Filters()) == (case,)


def test_an_unaided_case_shows_no_answer_of_the_ai(engine: Engine) -> None:
    flagged, negative = a_case(engine), a_case(engine)
    become(engine, flagged, kind="unaided")
    become(engine, negative, kind="negative", worst_grade=0)
    for line in listed(engine, Filters()):
        assert (line.levels, line.findings, int(line.worst)) == ((), 0, 0)


def test_a_second_reading_is_assigned_to_nobody(engine: Engine) -> None:
    """Whoever had the first may not make it."""
    case = a_case(engine)
    assign(engine, [case], LEAD.handle)
    step(engine, case, Deed.UNSURE)
    close(engine, case)
    with Session(engine) as session:
        assert session.get_one(ReviewCase, case).assigned_to == ""
