"""Cases read without the AI's answer: what it said of them is neither shown nor lost."""

from dataclasses import fields
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col
from store_builders import (
    AUDITOR,
    COORDINATOR,
    INTAKE,
    LEAD,
    NOW,
    RADIOLOGIST,
    a_flag,
    a_header,
    a_picture,
    a_result,
    arrive,
    close,
    events,
    judge,
    projection,
    recomputed,
    say,
    show,
    step,
)

from app.case_json import HIDDEN, paint
from store import arrivals, history, rates, worklist
from store.domain.arrival import AiFinding, AiResult, Ending, SeriesHeader
from store.domain.finding import CaseState, Deed, Source, State
from store.domain.genant import Grade
from store.domain.people import Person, Role
from store.domain.rates import Step
from store.domain.spine import Level
from store.tables import ReviewCase, TrailRow
from store.unit import Reader, Unit
from store.worklist import Filters, Line

THIRD = Person("t.third", "Thea Third", Role.RADIOLOGIST)
APART = {"case", "patient", "scan", "stack", "series", "timeline"}
"""Where two scans differ whatever the AI said: who it is of, and its pictures."""


def answered(engine: Engine, result: AiResult, share: float = 1.0) -> str | None:
    """The case that *result* makes where *share* of all scans are read without the AI."""
    with Unit(engine, INTAKE, NOW) as unit:
        return arrivals.receive_result(unit, result, share).case


def unaided(engine: Engine, *flags: AiFinding, header: SeriesHeader | None = None) -> str:
    """A case read without the AI's answer: flagged where *flags* are given, else negative."""
    header = header or a_header()
    arrive(engine, header)
    ending = Ending.POSITIVE if flags else Ending.NEGATIVE
    case = answered(engine, a_result(header, *flags, ending=ending))
    assert case is not None
    return case


def row(engine: Engine, case: str) -> ReviewCase:
    with Session(engine) as session:
        return session.get_one(ReviewCase, case)


def lines(engine: Engine, filters: Filters, person: Person = LEAD) -> tuple[Line, ...]:
    with Reader(engine, person, NOW) as reader:
        return worklist.page(reader, filters).lines


@pytest.fixture
def pair(engine: Engine) -> tuple[str, str]:
    """A negative case and a flagged one, both without the AI's answer."""
    return unaided(engine), unaided(engine, a_flag(Level.L1, grade=Grade.SEVERE))


def test_nothing_tells_a_negative_case_from_a_flagged_one(
    engine: Engine, pair: tuple[str, str]
) -> None:
    painted = [paint(show(engine, case), demo=False) for case in pair]
    assert painted[0].keys() == painted[1].keys()
    same = [{k: v for k, v in one.items() if k not in APART} for one in painted]
    assert same[0] == same[1]
    assert painted[0]["reading"]["unaided"] is True
    assert (painted[0]["findings"], painted[0]["undecided"]) == ([], 0)
    for one in painted:
        assert one["scan"]["ai"] == HIDDEN
        (scan,) = one["timeline"]["scans"]
        assert (scan["state"], scan["levels"]) == ("waiting", {})


def test_the_worklist_tells_neither_by_line_place_nor_filter(
    engine: Engine, pair: tuple[str, str]
) -> None:
    for person in (LEAD, RADIOLOGIST, COORDINATOR):
        one, other = lines(engine, Filters(), person)
        names = {each.name for each in fields(one)}
        told = {name for name in names if getattr(one, name) != getattr(other, name)}
        assert told <= {"key", "accession", "patient"}
    assert one.key.rank == other.key.rank
    assert lines(engine, Filters(level=Level.L1)) == ()
    assert lines(engine, Filters(grade=Grade.SEVERE)) == ()


def test_the_story_and_the_trail_tell_neither(engine: Engine, pair: tuple[str, str]) -> None:
    told = []
    for case in pair:
        with Reader(engine, LEAD, NOW) as reader:
            story = [line.what for line in history.story(reader, case)]
        with Session(engine) as session:
            trail = select(col(TrailRow.action)).where(col(TrailRow.entity) == case)
            told.append((story, list(session.execute(trail).scalars())))
    assert told[0] == told[1]


def test_a_scan_without_a_picture_is_never_drawn(engine: Engine) -> None:
    for ending, kind in ((Ending.NEGATIVE, None), (Ending.POSITIVE, "flag")):
        header = a_header()
        arrive(engine, header, a_picture({}, stack=None, refusal="It cannot be shown."))
        flags = (a_flag(),) if kind else ()
        case = answered(engine, a_result(header, *flags, ending=ending))
        assert (case and row(engine, case).kind) == kind


def test_a_failed_analysis_and_a_share_of_nothing_make_no_such_case(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    assert answered(engine, a_result(header, ending=Ending.FAILED)) is None
    assert answered(engine, a_result(header, ending=Ending.NEGATIVE), 0.0) is None
    assert answered(engine, a_result(header, ending=Ending.NEGATIVE)) is None, "drawn once a scan"
    case = answered(engine, a_result(header, a_flag()), 0.0)
    assert case
    assert row(engine, case).kind == "flag"


def test_a_result_that_came_before_its_scan_is_drawn_when_they_meet(engine: Engine) -> None:
    header = a_header()
    assert answered(engine, a_result(header, a_flag())) is None
    with Unit(engine, INTAKE, NOW) as unit:
        case = arrivals.receive_series(unit, header, a_picture(), 1.0).case
    assert case
    assert row(engine, case).kind == "unaided"


def test_a_negative_case_closes_with_nothing_and_shows_the_ai_afterwards(engine: Engine) -> None:
    case = unaided(engine)
    close(engine, case)
    shown = show(engine, case)
    assert (shown.state, shown.reading.unaided) == (CaseState.CLOSED, False)
    assert shown.products == ("Product 1.2, flags loss > 20 %",)


def test_a_fracture_the_ai_missed_counts_as_any_other(engine: Engine) -> None:
    case = unaided(engine)
    step(engine, case, Deed.ADD, None, level=Level.T12, grade=Grade.MODERATE)
    judge(engine, case)
    close(engine, case)
    assert (row(engine, case).state, row(engine, case).fragility) == ("closed", 1)


def test_flags_that_were_hidden_always_go_to_a_second_person(engine: Engine) -> None:
    case = unaided(engine, a_flag(Level.L1, grade=Grade.SEVERE), a_flag(Level.T12))
    close(engine, case)
    assert events(engine, case)[-1].after["reasons"] == ["read without the AI's answer"]
    mine = show(engine, case)
    assert (mine.state, mine.reading.unaided) == (CaseState.SECOND_READ, True)
    assert (mine.findings, mine.products, mine.answers) == ((), (), ())
    (line,) = lines(engine, Filters())
    assert (line.levels, line.findings) == ((), 0), "the first reader may yet undo the closing"
    theirs = show(engine, case, RADIOLOGIST)
    assert not theirs.reading.unaided
    assert [(f.level, f.state, f.source) for f in theirs.findings] == [
        (Level.L1, State.FLAGGED, Source.AI),
        (Level.T12, State.FLAGGED, Source.AI),
    ]
    step(engine, case, Deed.UNDO, None)
    assert show(engine, case, RADIOLOGIST).findings == (), "with the closing the flags went too"
    close(engine, case)
    step(engine, case, Deed.CONFIRM, 0, RADIOLOGIST, grade=Grade.SEVERE)
    step(engine, case, Deed.REJECT, 1, RADIOLOGIST, code="LIMBUS")
    close(engine, case, RADIOLOGIST)
    assert row(engine, case).state == "adjudication"
    assert [f.level for f in show(engine, case, THIRD).findings] == [Level.L1]
    assert projection(engine, case) == recomputed(engine, case)


@pytest.mark.parametrize("end", [Deed.UNREADABLE, Deed.OPINION])
def test_no_end_of_a_reading_loses_the_hidden_flags(engine: Engine, end: Deed) -> None:
    case = unaided(engine, a_flag(None))
    step(engine, case, end, None, text="because")
    assert [f.ai_level for f in show(engine, case, RADIOLOGIST).findings] == [None]


def test_an_urgent_finding_does_not_keep_hidden_flags_from_being_read(engine: Engine) -> None:
    case = unaided(engine, a_flag(Level.L1))
    step(engine, case, Deed.ADD, None, level=Level.T12, grade=Grade.MILD)
    step(engine, case, Deed.REJECT, 0, code="MALIGNANT")
    assert row(engine, case).open_alerts == 1
    close(engine, case)
    assert row(engine, case).state == "second read"
    assert [f.level for f in show(engine, case, RADIOLOGIST).findings] == [Level.L1]


def test_another_flag_waits_with_the_hidden_ones(engine: Engine) -> None:
    header = a_header()
    case = unaided(engine, a_flag(Level.L1), header=header)
    before = paint(show(engine, case), demo=False)
    say(engine, a_result(header, a_flag(Level.L1), a_flag(Level.T9), product="Other"))
    assert paint(show(engine, case), demo=False) == before
    close(engine, case)
    assert [f.level for f in show(engine, case, RADIOLOGIST).findings] == [Level.L1, Level.T9]
    say(engine, a_result(header, a_flag(Level.T9), a_flag(Level.T7), product="Third"))
    assert [f.level for f in show(engine, case, RADIOLOGIST).findings][2:] == [Level.T7]


def test_a_flag_turns_a_negative_case_nobody_began_into_an_ordinary_one(engine: Engine) -> None:
    header = a_header()
    case = unaided(engine, header=header)
    say(engine, a_result(header, a_flag(Level.L1, grade=Grade.SEVERE)))
    shown = show(engine, case)
    assert (shown.reading.unaided, [f.level for f in shown.findings]) == (False, [Level.L1])
    assert (row(engine, case).kind, row(engine, case).worst_grade) == ("flag", 3)


def test_a_flag_that_comes_while_a_negative_case_is_read_waits(engine: Engine) -> None:
    header = a_header()
    case = unaided(engine, header=header)
    step(engine, case, Deed.ADD, None, level=Level.T12, grade=Grade.MODERATE)
    before = paint(show(engine, case), demo=False)
    say(engine, a_result(header, a_flag(Level.L1)))
    assert paint(show(engine, case), demo=False) == before
    close(engine, case)
    assert [f.level for f in show(engine, case, RADIOLOGIST).findings] == [Level.L1]
    assert projection(engine, case) == recomputed(engine, case)


def test_a_flag_opens_a_closed_negative_case_again(engine: Engine) -> None:
    header = a_header()
    case = unaided(engine, header=header)
    step(engine, case, Deed.ADD, None, level=Level.T12, grade=Grade.MODERATE)
    close(engine, case)
    say(engine, a_result(header, a_flag(Level.L1)))
    shown = show(engine, case)
    assert (shown.state, shown.reading.unaided) == (CaseState.WAITING, False)
    assert [f.level for f in shown.findings] == [Level.T12, Level.L1]
    assert projection(engine, case) == recomputed(engine, case)


def test_no_rate_counts_what_the_ai_did_not_flag(engine: Engine) -> None:
    for _ in range(2):
        case = unaided(engine)
        step(engine, case, Deed.ADD, None, level=Level.T12, grade=Grade.SEVERE)
        judge(engine, case)
        close(engine, case, now=NOW + timedelta(hours=1))
    unaided(engine, a_flag())
    with Reader(engine, AUDITOR) as reader:
        found = {one.step: one.rate for one in rates.funnel(reader)}
    counted = {step: (rate.numerator, rate.denominator) for step, rate in found.items()}
    assert counted == {
        Step.RECEIVED: (3, 3),
        Step.ANALYSED: (3, 3),
        Step.FLAGGED: (1, 3),
        Step.REVIEWED: (0, 1),
        Step.CONFIRMED: (0, 0),
        Step.UNREPORTED: (0, 0),
        Step.REFERRED: (0, 0),
    }
