"""Whatever happens to a case, in whatever order: the events alone give the tables again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
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

from store import arrivals
from store.domain.arrival import Ending, SeriesHeader
from store.domain.describe import Acuity
from store.domain.finding import CaseState, Deed, State
from store.domain.genant import Grade
from store.domain.people import INTAKE, Person, Role
from store.domain.refusal import Conflict, NotAllowed
from store.domain.report import ReportStatus
from store.domain.spine import Level
from store.engine import open_engine
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


ARRIVALS = st.sampled_from(["flag", "report"])
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


@pytest.fixture
def lone(tmp_path: Path, sqlite_template: Path) -> Iterator[Engine]:
    path = tmp_path / "record.db"
    path.write_bytes(sqlite_template.read_bytes())
    opened = open_engine(f"sqlite:///{path}")
    yield opened
    opened.dispose()


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
        elif happened == "report":
            report(engine, a_report(header, f"text {number}"))
        else:
            _decide(engine, case, happened, before, version)
        assert projection(engine, case) == recomputed(engine, case)
        _check_sight(engine, case)
        seen_states.add((show(engine, case).state, show(engine, case).reading.number))


def _decide(
    engine: Engine, case: str, happened: Happened, before: dict[str, Any], version: int
) -> None:
    who, place, deed, decision, twice = happened
    shown = show(engine, case, who)
    standing = [f.id for f in shown.findings if f.state is not State.WITHDRAWN]
    finding = standing[place % len(standing)] if standing else None
    stack = shown.scan.stack or ""
    act = an_act(case, shown.version, deed, finding, stack, **decision)
    policy = ALWAYS_TWICE if twice else ONE_READER
    try:
        assert do(engine, act, who, NOW, policy) == version + 1
    except Conflict:
        raise
    except NotAllowed:
        assert projection(engine, case) == before
        assert show(engine, case).version == version


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
    return {name: row for name, row in rows.items() if row.get("state") != State.WITHDRAWN}
