"""How long a decision takes while twenty reviewers decide at once, on SQLite.

    python benchmarks/decide.py

In each round every reviewer lets one decision go at the same moment; then every reviewer decides
without a pause. A row inserted and committed through `sqlite3`, as many at once and as safely, is
timed in the same run. Goal: p99 of a round at most 100 ms, nothing lost, no lock error.
"""

import argparse
import sqlite3
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import quantiles
from threading import Barrier
from time import perf_counter
from uuid import uuid4

from sqlalchemy import Engine
from sqlmodel import Session, select

from store import findings
from store.domain.finding import Act, Decision, Deed
from store.domain.people import Person, Role
from store.domain.reading import ReadPolicy
from store.engine import WRITES, open_engine
from store.migrate import upgrade
from store.tables import DecisionRow, FindingRow, PatientRow, ReviewCase, ScanRow
from store.unit import Unit

REVIEWERS = 20
GOAL_P99_MS = 100.0
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def filled(path: Path) -> Engine:
    """A record with one flagged case for each reviewer."""
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    writing = engine.execution_options(**{WRITES: True})
    with writing.begin() as connection, Session(connection) as session:
        for n in range(REVIEWERS):
            session.add(PatientRow(id=f"p{n}", nhs_status="02", site="", surname="", forename=""))
            session.flush()
            session.add(
                ScanRow(
                    id=f"n{n}", study_uid=f"1.2.{n}", patient_id=f"p{n}", site="", received_at=NOW
                )
            )
            session.flush()
            session.add(
                ReviewCase(
                    id=f"c{n}",
                    scan_id=f"n{n}",
                    state="waiting",
                    rank=0,
                    worst_grade=3,
                    waiting_since=date(2026, 1, 1),
                    site="",
                    product="",
                )
            )
            session.flush()
            session.add(
                FindingRow(
                    id=f"f{n}",
                    case_id=f"c{n}",
                    place=0,
                    source="AI",
                    state="flagged",
                    level="L1",
                    ai_grade=3,
                )
            )
        session.commit()
    return engine


def reviewer(engine: Engine, n: int) -> Callable[[], None]:
    """Someone who decides on their case, to and fro, once at each call."""
    person = Person(f"r{n}", f"Reader {n}", Role.RADIOLOGIST)
    version = 0

    def decide() -> None:
        nonlocal version
        deed = Decision(Deed.UNSURE) if version % 2 else Decision(Deed.REJECT, code="LIMBUS")
        with Unit(engine, person) as unit:
            act = Act(str(uuid4()), f"c{n}", version, f"f{n}", deed)
            version = findings.decide(unit, act, ReadPolicy())

    return decide


def plain(path: Path, n: int) -> Callable[[], None]:
    """The same by hand: one row inserted and committed as safely."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE IF NOT EXISTS row (n INTEGER, said TEXT)")

    def insert() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO row VALUES (?, ?)", (n, "x" * 400))
        connection.execute("COMMIT")

    return insert


def at_once(deeds: list[Callable[[], None]], rounds: int, together: bool) -> list[float]:
    """Milliseconds of every deed; in rounds let go *together*, or each without a pause."""
    start = Barrier(len(deeds))

    def work(deed: Callable[[], None]) -> list[float]:
        taken = []
        start.wait()
        for _ in range(rounds):
            if together:
                start.wait()
            began = perf_counter()
            deed()
            taken.append((perf_counter() - began) * 1000)
        return taken

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [ms for taken in pool.map(work, deeds) for ms in taken]


def told(name: str, taken: list[float]) -> tuple[float, float]:
    """Print and give p50 and p99."""
    cuts = quantiles(taken, n=100)
    print(f"{name:34} p50 {cuts[49]:7.1f} ms   p99 {cuts[98]:7.1f} ms   worst {max(taken):7.1f} ms")
    return cuts[49], cuts[98]


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=50)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        engine = filled(Path(folder) / "record.db")
        alone = reviewer(engine, 0)
        told("one reviewer alone", at_once([alone], rounds, together=False))
        readers = [alone, *(reviewer(engine, n) for n in range(1, REVIEWERS))]
        mine = told(f"{REVIEWERS} at the same moment", at_once(readers, rounds, together=True))
        told(f"{REVIEWERS} without a pause", at_once(readers, rounds, together=False))
        with Session(engine) as session:
            kept = len(session.exec(select(DecisionRow.act)).all())
        engine.dispose()
        raw = [plain(Path(folder) / "raw.db", n) for n in range(REVIEWERS)]
        theirs = told("raw sqlite3, at the same moment", at_once(raw, rounds, together=True))
        told("raw sqlite3, without a pause", at_once(raw, rounds, together=False))
    wanted = rounds * (2 * REVIEWERS + 1)
    print(f"kept {kept} of {wanted} decisions")
    print(f"ratio to raw: p50 {mine[0] / theirs[0]:.1f}x, p99 {mine[1] / theirs[1]:.1f}x")
    print(f"goal p99 <= {GOAL_P99_MS:g} ms: {'met' if mine[1] <= GOAL_P99_MS else 'missed'}")


if __name__ == "__main__":
    main()
