"""Whatever happens to a case, in whatever order: the events alone give the tables again."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from growing import grow
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from repeating import LATER, own_life, repeat_of
from sqlalchemy import Engine
from store_builders import (
    ALWAYS_TWICE,
    LEAD,
    NOW,
    ONE_READER,
    RADIOLOGIST,
    a_case,
    a_flag,
    a_header,
    a_report,
    a_result,
    an_act,
    arrive,
    do,
    events,
    points,
    projection,
    recomputed,
    report,
    say,
    show,
)

from app.case_json import paint
from store import arrivals
from store._repeats import begin
from store.domain.arrival import Ending, SeriesHeader
from store.domain.describe import Acuity
from store.domain.finding import CaseState, Deed, State
from store.domain.genant import Grade
from store.domain.people import INTAKE, Person, Role
from store.domain.refusal import Conflict, NotAllowed
from store.domain.report import ReportStatus
from store.domain.spine import Level
from store.tables import ReviewCase
from store.unit import Unit

THIRD = Person("t.third", "Thea Third", Role.RADIOLOGIST)
READERS = (LEAD, RADIOLOGIST, THIRD)
LEVELS = st.sampled_from([Level.T12, Level.L1, Level.L2])
GRADED = st.fixed_dictionaries({"grade": st.sampled_from([Grade.MILD, Grade.SEVERE])})
WORDS = st.just({"text": "because"})
POINTS = st.sampled_from([points(18, 20, 25), points(24, 23, 24)])
DECIDED: dict[Deed, st.SearchStrategy[dict[str, Any]]] = {
    Deed.CONFIRM: GRADED,
    Deed.REJECT: st.fixed_dictionaries({"code": st.sampled_from(["LIMBUS", "MALIGNANT"])}),
    Deed.UNSURE: st.just({}),
    Deed.REGRADE: GRADED,
    Deed.RELABEL: st.fixed_dictionaries({"level": LEVELS}),
    Deed.ADD: st.fixed_dictionaries({"level": LEVELS, "grade": st.just(Grade.MILD)}),
    Deed.REPORT: st.fixed_dictionaries({"status": st.sampled_from(ReportStatus)}),
    Deed.MEASURE: st.fixed_dictionaries({"level": LEVELS, "points": POINTS}),
    Deed.DESCRIBE: st.fixed_dictionaries({"acuity": st.sampled_from(Acuity)}),
    Deed.RENUMBER: st.fixed_dictionaries({"shift": st.sampled_from([-1, 1])}),
    Deed.CLOSE: WORDS,
    Deed.UNREADABLE: WORDS,
    Deed.OPINION: WORDS,
    Deed.WITHDRAW: WORDS,
    Deed.REOPEN: WORDS,
    Deed.UNDO: st.just({}),
}
OFTEN = [Deed.CONFIRM, Deed.REJECT, Deed.CLOSE, Deed.CLOSE, Deed.UNDO]
"""Drawn more often, so that many histories reach a second reading and an adjudication."""


Happened = tuple[Person, int, Deed, dict[str, Any], bool]
"""Who did what to which finding, and whether every case is read twice."""


@st.composite
def deeds(draw: st.DrawFn) -> Happened:
    deed = draw(st.sampled_from([*DECIDED, *OFTEN]))
    decision = draw(DECIDED[deed])
    who = draw(st.sampled_from(READERS))
    return who, draw(st.integers(0, 3)), deed, decision, draw(st.booleans())


ARRIVALS = st.sampled_from(["flag", "report", "slices"])
ANYTHING = st.lists(st.one_of(deeds(), deeds(), deeds(), ARRIVALS), max_size=14)


def whole(who: Person, **decision: object) -> list[Happened]:
    """A whole reading by *who*: both flags decided, then closed."""
    deed = Deed.REJECT if "code" in decision else Deed.CONFIRM
    first = (who, 0, deed, decision, True)
    rest = [(who, 1, Deed.REJECT, {"code": "LIMBUS"}, True), (who, 0, Deed.CLOSE, {}, True)]
    return [first, *rest]


WITHDRAWN: list[Happened] = [(LEAD, 0, Deed.WITHDRAW, {"text": "a phantom"}, False)]
SECOND = whole(LEAD, grade=Grade.SEVERE)
APART = whole(LEAD, code="CEMENT") + whole(RADIOLOGIST, code="LIMBUS")
AGREED = whole(LEAD, code="CEMENT") + whole(RADIOLOGIST, code="CEMENT")
BEGUN = st.sampled_from([[], WITHDRAWN, SECOND, APART, AGREED])
HISTORIES = st.builds(lambda begun, then: begun + then, BEGUN, ANYTHING)


@pytest.fixture(scope="module")
def seen_states() -> Iterator[set[tuple[CaseState, int]]]:
    found: set[tuple[CaseState, int]] = set()
    yield found
    if found:
        assert {state for state, _ in found} == set(CaseState), "some state was never reached"


def unaided(engine: Engine, header: SeriesHeader, ending: Ending) -> str:
    """A case of a scan of which the AI said *ending*, read without its answer."""
    arrive(engine, header)
    flags = (a_flag(Level.L1), a_flag(None)) if ending is Ending.POSITIVE else ()
    with Unit(engine, INTAKE, NOW) as unit:
        case = arrivals.receive_result(unit, a_result(header, *flags, ending=ending), 1.0).case
    assert case
    return case


def play(
    engine: Engine,
    history: list[Any],
    seen_states: set[tuple[CaseState, int]],
    hidden: Ending | None = None,
) -> None:
    """Live through *history*, and ask the law after every step.

    Where *hidden* is given, the AI said so and the case is read without its answer.
    """
    header = a_header()
    if hidden:
        case = unaided(engine, header, hidden)
    else:
        case = a_case(engine, a_flag(Level.L1), a_flag(None), header=header)
    report(engine, a_report(header, "first text"))
    for number, happened in enumerate(history):
        before = projection(engine, case)
        version = show(engine, case).version
        if happened == "flag":
            level = (Level.T7, Level.T9, Level.L4)[number % 3]
            say(engine, a_result(header, a_flag(level), product=f"P{number}"))
        elif happened == "slices":
            header = grow(engine, header)
        elif happened == "report":
            report(engine, a_report(header, f"text {number}"))
        else:
            _decide(engine, case, happened, before, version)
        assert projection(engine, case) == recomputed(engine, case)
        _check_sight(engine, case)
        seen_states.add((show(engine, case).state, show(engine, case).reading.number))


def _decide(
    engine: Engine,
    case: str,
    happened: Happened,
    before: dict[str, Any],
    version: int,
    now: datetime = NOW,
    of: str = "",
) -> None:
    """Let *happened* happen to *case*, or to the repeat *case* of the case *of*."""
    who, place, deed, decision, twice = happened
    shown = show(engine, case, who, now)
    standing = [f.id for f in shown.findings if f.state is not State.WITHDRAWN]
    finding = standing[place % len(standing)] if standing else None
    stack = shown.scan.stack or ""
    act = an_act(case, shown.version, deed, finding, stack, **decision)
    policy = ALWAYS_TWICE if twice else ONE_READER
    try:
        assert do(engine, act, who, now, policy) == version + 1
    except Conflict:
        raise
    except NotAllowed:
        assert projection(engine, of or case) == before
        assert show(engine, case, who, now).version == version


def _check_sight(engine: Engine, case: str) -> None:
    """What holds of every case at any moment."""
    rows = projection(engine, case)
    kept = rows["case"]
    if kept["state"] != CaseState.CLOSED:
        assert (kept["fragility"], kept["confirmed"], kept["report_status"]) == (0, 0, "")
    second = rows.get("readings/2")
    if second and not second["closed_at"]:
        for who in READERS:
            mine = {n for n, r in rows.items() if "/" in n and r.get("reader") == who.handle}
            told = show(engine, case, who)
            if f"readings/{told.reading.number}" not in mine:
                assert {f.state for f in told.findings} <= {State.FLAGGED}
                assert (told.report.status, told.spine.people, told.closed) == (None, {}, None)
    by_reading: dict[int, list[str]] = {}
    for name, found in rows.items():
        if name.startswith("findings/") and found["state"] not in {"rejected", "withdrawn"}:
            by_reading.setdefault(found["reading"], []).append(found["level"])
    for levels in by_reading.values():
        named = [level for level in levels if level]
        assert len(named) == len(set(named)), "two standing findings on one level"


PATIENT = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@PATIENT
@example(history=WITHDRAWN)
@example(history=SECOND)
@example(history=APART)
@example(history=AGREED)
@given(history=HISTORIES)
def test_the_events_of_any_history_give_the_tables(
    lone: Engine, seen_states: set[tuple[CaseState, int]], history: list[Any]
) -> None:
    play(lone, history, seen_states)


@settings(PATIENT, max_examples=12)
@example(history=["flag", *SECOND, "flag"], hidden=Ending.NEGATIVE)
@example(history=[*SECOND, *APART, "slices"], hidden=Ending.POSITIVE)
@example(history=[*SECOND, "flag", *APART], hidden=Ending.POSITIVE)
@given(history=HISTORIES, hidden=st.sampled_from([Ending.NEGATIVE, Ending.POSITIVE]))
def test_so_do_those_of_a_case_read_without_the_ai(
    lone: Engine, history: list[Any], hidden: Ending
) -> None:
    play(lone, history, set(), hidden)


@pytest.mark.postgresql
@settings(PATIENT, max_examples=6)
@given(history=HISTORIES)
def test_they_do_so_on_the_other_database(postgres_copy: Engine, history: list[Any]) -> None:
    play(postgres_copy, history, set())


@PATIENT
@example(history=[(LEAD, 0, Deed.REJECT, {"code": "MALIGNANT"}, False)])
@given(history=HISTORIES)
def test_all_that_one_reader_did_last_can_be_taken_back(lone: Engine, history: list[Any]) -> None:
    case = a_case(lone, a_flag(Level.L1), a_flag(None))
    states = [(projection(lone, case), "")]
    for happened in history:
        if isinstance(happened, str) or happened[2] is Deed.UNDO:
            continue
        version = show(lone, case).version
        _decide(lone, case, (LEAD, *happened[1:]), projection(lone, case), version)
        if show(lone, case).version > version:
            states.append((projection(lone, case), happened[2].value))
    for was, _ in reversed(states[:-1]):
        shown = show(lone, case)
        do(lone, an_act(case, shown.version, Deed.UNDO), LEAD, NOW)
        assert _standing(projection(lone, case)) == _standing(was)
    assert len(events(lone, case)) == 2 * (len(states) - 1)


def _standing(rows: dict[str, Any]) -> dict[str, Any]:
    gone = {n for n, row in rows.items() if row.get("state") == "withdrawn" and n != "case"}
    gone |= {name for name, row in rows.items() if row.get("withdrawn_at")}
    return {name: row for name, row in rows.items() if name not in gone}


def _seen(engine: Engine, case: str, who: Person) -> dict[str, Any]:
    """What *who* is shown, but for what is told at once and for what comes from outside."""
    shown = paint(show(engine, case, who, LATER), demo=False)
    return {name: one for name, one in shown.items() if name not in {"alerts", "report", "scan"}}


PICTURE = {"stack", "series", "timeline"}
"""What a larger picture changes of what is shown, whoever looks at it."""


@settings(PATIENT, max_examples=8)
@example(history=[(False, "slices")])
@example(history=[(True, one) for one in whole(LEAD, code="MALIGNANT")])
@example(history=[(number % 3 > 0, one) for number, one in enumerate(SECOND + APART)])
@given(history=st.lists(st.tuples(st.booleans(), st.one_of(deeds(), ARRIVALS)), max_size=12))
def test_a_repeat_and_its_case_live_side_by_side(lone: Engine, history: list[Any]) -> None:
    header = a_header()
    old = a_case(lone, a_flag(Level.L1), a_flag(None), header=header)
    report(lone, a_report(header, "first text"))
    for happened in whole(LEAD, grade=Grade.SEVERE):
        _decide(lone, old, (*happened[:4], False), {}, show(lone, old).version)
    with Unit(lone, LEAD, LATER) as unit:
        begin(unit, unit.session.get_one(ReviewCase, old))
    repeat = str(repeat_of(lone, old))
    for number, (inside, happened) in enumerate(history):
        arrives = isinstance(happened, str)
        other, who = (old, RADIOLOGIST) if inside and not arrives else (repeat, LEAD)
        before, life = _seen(lone, other, who), own_life(lone, old)
        if happened == "flag":
            level = (Level.T7, Level.T9, Level.L4)[number % 3]
            say(lone, a_result(header, a_flag(level), product=f"P{number}"), LATER)
        elif happened == "slices":
            header = grow(lone, header, now=LATER)
        elif happened == "report":
            report(lone, a_report(header, f"text {number}"), LATER)
        else:
            case = repeat if inside else old
            by = LEAD if inside else happened[0]
            version = show(lone, case, by, LATER).version
            _decide(lone, case, (by, *happened[1:]), projection(lone, old), version, LATER, old)
        assert projection(lone, old) == recomputed(lone, old)
        now = _seen(lone, other, who)
        changed = {name for name in now if now[name] != before[name]}
        assert changed <= (PICTURE if happened == "slices" else set())
        if inside and not arrives:
            assert own_life(lone, old) == life
