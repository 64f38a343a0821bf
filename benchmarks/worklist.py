"""How long a page of the worklist takes, and how that grows from 10,000 to 1,000,000 scans.

    python benchmarks/worklist.py          10,000 cases
    python benchmarks/worklist.py --big    10,000 and 1,000,000 cases, and how flat it is

Each page is timed beside raw SQL of the same page, through `sqlite3`, in the same run.
Goal: at most 8 times raw SQL, and no slower at 1,000,000 than at 10,000.
"""

import argparse
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import Engine

from store import worklist
from store.domain.finding import CaseState
from store.domain.genant import Grade
from store.domain.people import Person, Role
from store.domain.spine import Level
from store.engine import open_engine
from store.migrate import upgrade
from store.unit import Reader
from store.worklist import Filters, Key

GOAL_RATIO = 8.0
GOAL_GROWTH = 2.0
"""Noise of a shared machine allowed for in "flat"."""

SMALL, BIG = 10_000, 1_000_000
LEAD = Person("a.lead", "Ada Lead", Role.METABOLIC_LEAD)
DAY = date(2016, 1, 1)
DAYS = 3650
LEVELS = [*["T12", "L1"] * 8, "T8", "T7", "L2", "L3", "L4", "T11", "T5", "L6"]
SITES = [*["RX1"] * 60, *["RX2"] * 39, "RX9"]
PRODUCTS = [*["Product"] * 9, "Other"]
READERS = ["", *["r.reader"] * 20, "a.lead"]
STATES = [*["closed"] * 18, "waiting", "second read"]

QUESTIONS: dict[str, Filters] = {
    "waiting": Filters(),
    "second read": Filters(state=CaseState.SECOND_READ),
    "closed": Filters(state=CaseState.CLOSED),
    "every state": Filters(state=None),
    "waiting, site": Filters(site="RX1"),
    "waiting, rare site": Filters(site="RX9"),
    "every state, site": Filters(state=None, site="RX1"),
    "every state, rare site": Filters(state=None, site="RX9"),
    "waiting, mild": Filters(grade=Grade.MILD),
    "every state, mild": Filters(state=None, grade=Grade.MILD),
    "waiting, level": Filters(level=Level.L1),
    "waiting, rare level": Filters(level=Level.L6),
    "every state, rare level": Filters(state=None, level=Level.L6),
    "no such level": Filters(state=None, level=Level.T13),
    "waiting, product": Filters(product="Other"),
    "every state, product": Filters(state=None, product="Other"),
    "waiting, before a day": Filters(scanned_before=DAY + timedelta(days=9)),
    "every state, before a day": Filters(state=None, scanned_before=DAY + timedelta(days=2)),
    "closed, mine": Filters(state=CaseState.CLOSED, mine="a.lead"),
    "every state, mine": Filters(state=None, mine="a.lead"),
    "site, product, mild": Filters(site="RX1", product="Other", grade=Grade.MILD),
}


def filled(path: Path, cases: int) -> Engine:
    """A record of *cases* flagged scans, the same at every run."""
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    chance = random.Random(7)
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA synchronous=OFF")
    for start in range(0, cases, 50_000):
        batch = range(start, min(cases, start + 50_000))
        with raw:
            raw.executemany(
                "INSERT INTO patient (id, nhs_status, site, hospital_number, surname, forename,"
                " title, sex, postcode, phone, gp_practice, born)"
                " VALUES (?, '02', 'RX1', ?, 'DEMO', 'Ann', '', 'F', '', '', '', '1950-02-01')",
                ((f"p{n}", f"H{n}") for n in batch),
            )
            raw.executemany(
                "INSERT INTO scan (id, study_uid, patient_id, site, accession, exam, requester,"
                " specialty, indication, ending, ai_reason, received_at)"
                " VALUES (?, ?, ?, 'RX1', '', 'CT chest', '', '', '', 'AI_POSITIVE', '',"
                " '2026-01-01 00:00:00.000000')",
                ((f"n{n}", f"1.2.{n}", f"p{n}") for n in batch),
            )
            raw.executemany(
                "INSERT INTO review_case (id, scan_id, version, state, rank, worst_grade,"
                " waiting_since, site, product, confirmed, fragility, last_by, report_status,"
                " recommendation, report_by) VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, 0, 0, ?, '', '',"
                " '')",
                (_case(n, chance) for n in batch),
            )
            raw.executemany(
                "INSERT INTO finding (id, case_id, place, source, state, level, code, text,"
                " ai_formula, decided_by) VALUES (?, ?, ?, 'AI', 'flagged', ?, '', '', '', '')",
                _findings(batch, chance),
            )
    raw.close()
    return engine


def _case(n: int, chance: random.Random) -> tuple[object, ...]:
    worst = chance.choice((1, 2, 2, 3))
    since = DAY + timedelta(days=chance.randrange(DAYS))
    state = chance.choice(STATES)
    reader = "" if state == "waiting" else chance.choice(READERS)
    site, product = chance.choice(SITES), chance.choice(PRODUCTS)
    return f"c{n:08}", f"n{n}", state, 3 - worst, worst, str(since), site, product, reader


def _findings(batch: range, chance: random.Random) -> Iterator[tuple[object, ...]]:
    for n in batch:
        for place, level in enumerate({chance.choice(LEVELS), chance.choice(LEVELS)}):
            yield f"f{n}_{place}", f"c{n:08}", place, level


def raw_page(raw: sqlite3.Connection, filters: Filters, after: Key | None) -> int:
    """The same page by plain SQL; the number of cases on it."""
    where, values = _clauses(filters)
    if after is not None:
        where.append("(c.rank, c.waiting_since, c.id) > (?, ?, ?)")
        values += [after.rank, str(after.since), after.id]
    narrowed = f"WHERE {' AND '.join(where)}" if where else ""
    rows = raw.execute(
        "SELECT c.rank, c.waiting_since, c.id, c.state, c.worst_grade, c.site, c.product, s.exam,"
        " p.surname, p.forename, p.born FROM review_case c JOIN scan s ON s.id = c.scan_id"
        f" JOIN patient p ON p.id = s.patient_id {narrowed}"
        f" ORDER BY c.rank, c.waiting_since, c.id LIMIT {worklist.PAGE + 1}",
        values,
    ).fetchall()[: worklist.PAGE]
    marks = ", ".join("?" * len(rows))
    raw.execute(
        f"SELECT case_id, level, state FROM finding WHERE case_id IN ({marks})",
        [row[2] for row in rows],
    ).fetchall()
    return len(rows)


def _clauses(filters: Filters) -> tuple[list[str], list[object]]:
    wanted: list[tuple[object, str]] = [
        (filters.state, "c.state = ?"),
        (filters.site, "c.site = ?"),
        (filters.grade, "c.worst_grade = ?"),
        (filters.product, "c.product = ?"),
        (filters.mine, "c.last_by = ?"),
        (filters.scanned_before and str(filters.scanned_before), "c.waiting_since < ?"),
        (
            filters.level,
            "EXISTS (SELECT 1 FROM finding f WHERE f.case_id = c.id AND f.level = ?)",
        ),
    ]
    given = [(clause, value) for value, clause in wanted if value]
    return [clause for clause, _ in given], [value for _, value in given]


def timed(deed: Callable[[], object], least: int = 5) -> float:
    """The median time of *deed* in milliseconds."""
    deed()
    taken = []
    until = perf_counter() + 0.25
    while len(taken) < least or (perf_counter() < until and len(taken) < 50):
        start = perf_counter()
        deed()
        taken.append((perf_counter() - start) * 1000)
        if sum(taken) > 4000:
            break
    return median(taken)


def ours(engine: Engine, filters: Filters, after: Key | None) -> worklist.Page:
    """The page as the product gives it."""
    with Reader(engine, LEAD) as reader:
        return worklist.page(reader, filters, after)


def deep(engine: Engine, cases: int) -> Key:
    """A place far down the queue of the waiting: halfway."""
    with engine.connect() as connection:
        row = connection.exec_driver_sql(
            "SELECT rank, waiting_since, id FROM review_case WHERE state = 'waiting'"
            f" ORDER BY rank, waiting_since, id LIMIT 1 OFFSET {cases // 40}"
        ).one()
    return Key(row[0], date.fromisoformat(row[1]), row[2])


def measure(engine: Engine, raw: sqlite3.Connection, cases: int) -> dict[str, float]:
    """Print every question's time, and give it in milliseconds by name."""
    print(f"\n{cases:,} cases")
    print(f"{'question':30} {'page':>10} {'raw SQL':>10} {'ratio':>7}")
    halfway = deep(engine, cases)
    asked = [(name, filters, None) for name, filters in QUESTIONS.items()]
    asked += [("waiting, halfway down", Filters(), halfway)]
    asked += [("waiting, site, halfway down", replace(Filters(), site="RX1"), halfway)]
    found = {}
    for name, filters, after in asked:
        page = ours(engine, filters, after)
        if len(page.lines) != raw_page(raw, filters, after):
            print(f"{name}: the two pages differ")
        mine = timed(lambda f=filters, a=after: ours(engine, f, a))
        plain = timed(lambda f=filters, a=after: raw_page(raw, f, a))
        ratio = mine / plain
        verdict = "" if ratio <= GOAL_RATIO else f"  over the goal of {GOAL_RATIO:g}"
        print(f"{name:30} {mine:7.2f} ms {plain:7.2f} ms {ratio:6.1f}x{verdict}")
        found[name] = mine
    _measure_counts(engine)
    return found


def _measure_counts(engine: Engine) -> None:
    """What is drawn beside a page; it counts, so it grows with the record."""
    with Reader(engine, LEAD) as reader:
        for name, ask in (
            ("count waiting", lambda: worklist.count(reader, Filters())),
            ("count every state", lambda: worklist.count(reader, Filters(state=None))),
            ("choices", lambda: worklist.choices(reader)),
            ("standing", lambda: worklist.standing(reader)),
        ):
            print(f"{name:30} {timed(ask):7.2f} ms")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--big", action="store_true", help="1,000,000 cases as well")
    sizes = (SMALL, BIG) if parser.parse_args().big else (SMALL,)
    results = []
    for cases in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "record.db"
            engine = filled(path, cases)
            raw = sqlite3.connect(path)
            results.append(measure(engine, raw, cases))
            raw.close()
            engine.dispose()
    if len(results) == 2:
        print(f"\nGrowth from {SMALL:,} to {BIG:,} cases (goal: flat, at most {GOAL_GROWTH:g}x)")
        for name, small in results[0].items():
            growth = results[1][name] / small
            print(f"{name:30} {growth:6.1f}x{'' if growth <= GOAL_GROWTH else '  not flat'}")


if __name__ == "__main__":
    main()
