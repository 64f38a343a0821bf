from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event
from sqlmodel import Session
from store_builders import (
    LEAD,
    NOW,
    a_case,
    a_flag,
    a_header,
    a_patient,
    a_result,
    arrive,
    close,
    say,
    step,
)

from store import standing, worklist
from store.domain import queue
from store.domain.arrival import Ending
from store.domain.finding import CaseState, Deed, State
from store.domain.genant import Grade
from store.domain.queue import Assigned, Only, Sort, rank
from store.domain.spine import Level
from store.engine import WRITES, open_engine
from store.tables import FindingRow, PatientRow, ReviewCase, ScanRow
from store.unit import Reader
from store.worklist import Filters, Key

EVERY = Filters(open=False)


def page(engine: Engine, filters: Filters, after: Key | None = None) -> worklist.Page:
    with Reader(engine, LEAD, NOW) as reader:
        return worklist.page(reader, filters, after)


def pages(engine: Engine, filters: Filters) -> Iterator[worklist.Page]:
    after: Key | None = None
    while True:
        shown = page(engine, filters, after)
        assert shown.earlier is (after is not None)
        yield shown
        if shown.next is None:
            return
        after = shown.next


def ids(engine: Engine, filters: Filters) -> list[str]:
    return [line.key.id for shown in pages(engine, filters) for line in shown.lines]


def following(engine: Engine, case: str, filters: Filters, n: int = 1) -> tuple[str, ...]:
    with Reader(engine, LEAD) as reader:
        return worklist.following(reader, case, filters, n)


def flagged(engine: Engine, loss: float | None, scanned: date, **header: object) -> str:
    return a_case(engine, a_flag(loss=loss), header=a_header(scanned=scanned, **header))


def test_the_gravest_comes_first_and_then_the_oldest(engine: Engine) -> None:
    day = date(2026, 10, 1)
    mild = flagged(engine, 0.21, day)
    severe_new = flagged(engine, 0.5, day + timedelta(days=9))
    moderate = flagged(engine, 0.3, day + timedelta(days=3))
    ungraded = flagged(engine, None, day + timedelta(days=2))
    severe_old = flagged(engine, 0.5, day + timedelta(days=8))
    wanted = [severe_old, severe_new, ungraded, moderate, mild]
    assert ids(engine, EVERY) == wanted
    assert [following(engine, case, EVERY) for case in wanted] == [
        (case,) for case in [*wanted[1:], wanted[0]]
    ]
    assert following(engine, wanted[1], EVERY, 3) == (*wanted[2:], wanted[0])[:3]


def test_a_line_says_what_the_worklist_shows(engine: Engine) -> None:
    patient = a_patient(surname="DEMO", forename="Ann", born=date(1950, 2, 1))
    header = a_header(patient=patient, scanned=date(2026, 10, 3))
    case = a_case(engine, a_flag(Level.L1, loss=0.45), a_flag(Level.T8), header=header)
    step(engine, case, Deed.ADD, None, level=Level.T5, grade=Grade.MILD)
    step(engine, case, Deed.UNDO, None)
    step(engine, case, Deed.UNSURE)
    (line,) = page(engine, Filters()).lines
    assert line.key == Key(0, date(2026, 10, 3), case)
    assert (line.levels, line.findings, line.undecided) == ((Level.T8, Level.L1), 2, 1)
    assert (line.state, line.worst) == (CaseState.WAITING, Grade.SEVERE)
    assert (line.patient, line.born) == ("DEMO, Ann", date(1950, 2, 1))
    assert (line.site, line.product, line.exam) == ("RX1", "Product", "CT chest")


def test_the_queue_moves_on_when_a_case_is_decided(engine: Engine) -> None:
    first, second = (flagged(engine, 0.5, date(2026, 10, day)) for day in (1, 2))
    assert ids(engine, Filters()) == [first, second]
    step(engine, first, Deed.CONFIRM)
    assert ids(engine, Filters()) == [first, second], "decided is not yet closed"
    close(engine, first)
    assert ids(engine, Filters()) == [second]
    assert following(engine, first, Filters()) == (second,)
    assert following(engine, second, Filters()) == ()
    assert following(engine, "c_none", Filters()) == ()
    assert ids(engine, Filters(state=CaseState.CLOSED)) == [first]


def test_sql_in_a_filter_is_only_text(engine: Engine) -> None:
    a_case(engine)
    for text in ("' OR 1=1 --", "RX1'; DROP TABLE trail; --", "%", "RX_"):
        assert ids(engine, replace(EVERY, site=text)) == []
        assert ids(engine, replace(EVERY, product=text)) == []
    assert len(ids(engine, EVERY)) == 1


def test_every_scan_is_counted_once_by_state_and_by_answer(engine: Engine) -> None:
    for ending in (Ending.NEGATIVE, Ending.NEGATIVE, Ending.FAILED):
        header = a_header()
        arrive(engine, header)
        say(engine, a_result(header, ending=ending))
    arrive(engine, a_header())
    decided = a_case(engine)
    step(engine, decided, Deed.CONFIRM)
    close(engine, decided)
    a_case(engine)
    with Reader(engine, LEAD) as reader:
        counted = standing.standing(reader)
        offered = standing.choices(reader)
    assert counted.states == {CaseState.CLOSED: 1, CaseState.WAITING: 1}
    assert counted.endings == {
        None: 1,
        Ending.POSITIVE: 2,
        Ending.NEGATIVE: 2,
        Ending.FAILED: 1,
    }
    assert offered == standing.Choices(("RX1",), ("Product",))


SITES, PRODUCTS, PEOPLE = ("RX1", "RX2"), ("Product", "Other"), ("", "a.lead", "r.reader")
DAY = date(2026, 1, 1)
TODAY = NOW.date()
PAST, LATER = TODAY, TODAY + timedelta(days=3)
KEPT = (
    "site", "product", "assigned_to", "first_reader", "deferred_until", "open_alerts",
    "confirmed", "report_status", "report_changed",
)  # fmt: skip
WORLD = count()
CASES = st.lists(
    st.fixed_dictionaries(
        {
            "state": st.sampled_from(CaseState),
            "worst": st.sampled_from(Grade),
            "since": st.integers(0, 3).map(lambda n: DAY + timedelta(days=n)),
            "site": st.sampled_from(SITES),
            "product": st.sampled_from(PRODUCTS),
            "assigned_to": st.sampled_from(PEOPLE),
            "first_reader": st.sampled_from(PEOPLE),
            "deferred_until": st.none() | st.sampled_from([PAST, LATER]),
            "open_alerts": st.integers(0, 1),
            "confirmed": st.integers(0, 1),
            "report_status": st.sampled_from(["", "NOT_MENTIONED"]),
            "report_changed": st.booleans(),
            "levels": st.sets(st.sampled_from([Level.T12, Level.L1])),
        }
    ),
    min_size=1,
    max_size=130,
)
FILTERS = st.builds(
    Filters,
    state=st.none() | st.sampled_from(CaseState),
    site=st.sampled_from(["", *SITES]),
    grade=st.none() | st.sampled_from(Grade),
    level=st.none() | st.sampled_from([Level.T12, Level.L1, Level.L6]),
    product=st.sampled_from(["", *PRODUCTS]),
    open=st.booleans(),
    since=st.none() | st.just(DAY + timedelta(days=1)),
    before=st.none() | st.just(DAY + timedelta(days=2)),
    assigned=st.none() | st.sampled_from(Assigned),
    only=st.none() | st.sampled_from(Only),
    sort=st.sampled_from(Sort),
)


def enter(engine: Engine, cases: list[dict]) -> dict[str, dict]:
    """Rows straight into the tables, which are emptied first; by case id."""
    entered = {}
    with (
        engine.execution_options(**{WRITES: True}).begin() as connection,
        Session(connection) as session,
    ):
        for table in (FindingRow, ReviewCase, ScanRow, PatientRow):
            session.execute(table.__table__.delete())
        for number, case in enumerate(cases):
            name = f"{next(WORLD)}_{number}"
            session.add(PatientRow(id=name, nhs_status="02", site="", surname="A", forename="B"))
            session.flush()
            session.add(ScanRow(id=name, study_uid=name, patient_id=name, site="", received_at=NOW))
            session.flush()
            session.add(
                ReviewCase(
                    id=name,
                    scan_id=name,
                    state=case["state"].value,
                    rank=rank(case["worst"]),
                    worst_grade=int(case["worst"]),
                    waiting_since=case["since"],
                    **{key: case[key] for key in KEPT},
                )
            )
            session.flush()
            session.add_all(
                FindingRow(
                    id=f"{name}{level}",
                    case_id=name,
                    place=0,
                    source="AI",
                    state=State.FLAGGED.value,
                    level=level.value,
                )
                for level in case["levels"]
            )
            entered[name] = case
        session.commit()
    return entered


OPEN = frozenset(CaseState) - {CaseState.CLOSED, "withdrawn"}


def passes(case: dict, filters: Filters) -> bool:
    state, me = case["state"], LEAD.handle
    late = case["deferred_until"] == LATER
    due = case["report_changed"] or (case["confirmed"] and not case["report_status"])
    whatever = filters.only in {Only.ALERTS, Only.REPORT, Only.SESSION}
    all_states = filters.state is None and (whatever or not filters.open)
    hides = not all_states and filters.only is not Only.DEFERRED
    hides = hides and filters.state not in {CaseState.CLOSED, "withdrawn"}
    only = {
        Only.DEFERRED: late,
        Only.ALERTS: case["open_alerts"]
        and (state not in queue.BLIND or case["first_reader"] == me),
        Only.CLAIMED: False,
        Only.REPORT: state is CaseState.CLOSED and due,
        Only.SESSION: False,
        None: True,
    }
    assigned = {Assigned.ME: me, Assigned.NOBODY: ""}
    return all(
        (
            filters.state in {None, state},
            filters.state is not None or all_states or state in OPEN,
            filters.site in {"", case["site"]},
            filters.grade in {None, case["worst"]},
            filters.level is None or filters.level in case["levels"],
            filters.product in {"", case["product"]},
            filters.since is None or case["since"] >= filters.since,
            filters.before is None or case["since"] < filters.before,
            filters.assigned is None or case["assigned_to"] == assigned[filters.assigned],
            not (hides and late),
            only[filters.only],
        )
    )


def in_order(entered: dict[str, dict], chosen: Filters) -> list[str]:
    """The names that pass, sorted the plain way."""
    found = [name for name, case in entered.items() if passes(case, chosen)]
    found.sort(reverse=chosen.sort is Sort.NEWEST)
    found.sort(key=lambda name: entered[name]["since"], reverse=chosen.sort is Sort.NEWEST)
    if chosen.sort is Sort.GRAVEST:
        found.sort(key=lambda name: rank(entered[name]["worst"]))
    return found


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(cases=CASES, filters=st.lists(FILTERS, min_size=1, max_size=6))
def test_pages_cover_everything_a_filter_leaves_exactly_once_and_in_order(
    engine: Engine, cases: list[dict], filters: list[Filters]
) -> None:
    entered = enter(engine, cases)
    for chosen in [EVERY, *filters]:
        wanted = in_order(entered, chosen)
        assert ids(engine, chosen) == wanted
        with Reader(engine, LEAD, NOW) as reader:
            assert worklist.count(reader, chosen) == len(wanted)
        for shown in pages(engine, chosen):
            assert len(shown.lines) <= worklist.PAGE


def test_following_walks_the_whole_queue_round(engine: Engine) -> None:
    for number in range(7):
        flagged(engine, 0.5, DAY + timedelta(days=number % 2))
    start = ids(engine, EVERY)[0]
    walked = [start]
    for _ in range(6):
        walked += following(engine, walked[-1], EVERY)
    assert walked == ids(engine, EVERY)
    assert following(engine, walked[-1], EVERY) == (start,)


@pytest.mark.parametrize("filters", [Filters(), Filters(site="RX1"), EVERY])
def test_an_empty_room_has_an_empty_page(engine: Engine, filters: Filters) -> None:
    assert page(engine, filters) == worklist.Page((), None, False)


ONE_FILTER = [
    Filters(state=state, **narrowed)
    for state in (None, CaseState.WAITING)
    for narrowed in (
        {},
        {"site": "RX1"},
        {"grade": Grade.MILD},
        {"product": "Product"},
        {"open": False},
        {"open": False, "site": "RX1"},
        {"since": DAY, "before": DAY + timedelta(days=4)},
        {"site": "RX1", "product": "Product", "grade": Grade.MILD},
        {"assigned": Assigned.ME},
        {"only": Only.DEFERRED},
        {"only": Only.ALERTS},
        {"only": Only.REPORT},
        {"sort": Sort.OLDEST},
        {"sort": Sort.NEWEST},
        {"sort": Sort.OLDEST, "site": "RX1"},
        {"sort": Sort.NEWEST, "open": False},
    )
]


@pytest.mark.parametrize("filters", ONE_FILTER, ids=str)
def test_a_page_is_read_in_order_from_an_index_and_never_sorted(
    tmp_path: Path, sqlite_template: Path, filters: Filters
) -> None:
    path = tmp_path / "record.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    asked: list[tuple[str, object]] = []

    def note(*said: object) -> None:
        asked.append((str(said[2]), said[3]))

    event.listen(engine, "before_cursor_execute", note)
    page(engine, filters)
    event.remove(engine, "before_cursor_execute", note)
    statement, values = next(one for one in asked if "ORDER BY" in one[0])
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    engine.dispose()
    said = "\n".join(str(row[3]) for row in plan)
    assert "USE TEMP B-TREE" not in said
    assert "review_case USING" in said


def test_scans_the_ai_could_not_analyse_are_named_with_the_reason(engine: Engine) -> None:
    failed, negative, late = (a_header() for _ in range(3))
    for header in (failed, negative, late):
        arrive(engine, header)
    for header in (failed, late):
        reason = "field of view too small"
        say(engine, a_result(header, ending=Ending.FAILED, reason=reason))
    say(engine, a_result(negative, ending=Ending.NEGATIVE))
    # Analysed after all: no longer among the failures.
    say(engine, a_result(late, a_flag()))
    with Reader(engine, LEAD) as reader:
        (found,) = standing.failures(reader)
    assert found.reason == "field of view too small"
    assert found.patient.startswith(failed.patient.surname)
    assert found.scanned == failed.scanned
