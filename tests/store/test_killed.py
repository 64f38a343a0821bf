"""A writer killed at any moment: what was acknowledged is there, and nothing is half there."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from store_builders import a_case, a_flag, events, projection, recomputed, show

from store import audit
from store.domain.spine import Level
from store.engine import open_engine
from store.tables import DecisionRow

WRITER = """
import sys
from uuid import uuid4
from store import findings
from store.domain.finding import Act, Decision, Deed
from store.domain.genant import Grade
from store.domain.people import Person, Role
from store.domain.reading import ReadPolicy
from store.domain.spine import Level
from store.engine import open_engine
from store.unit import Unit

address, *given = sys.argv[1:]
stacks = dict(each.split("=") for each in given)
cases = list(stacks)
engine = open_engine(address)
person = Person("a.lead", "Ada Lead", Role.METABOLIC_LEAD)
versions = dict.fromkeys(cases, 0)
points = ((-15, -12), (-15, 12), (0, -12), (0, 12), (15, -12), (15, 12))
turn = (
    Decision(Deed.ADD, level=Level.T5, grade=Grade.MILD),
    Decision(Deed.UNDO),
    Decision(Deed.MEASURE, level=Level.L2, points=points),
    Decision(Deed.OPINION, text="look at the wall"),
    Decision(Deed.UNDO),
    Decision(Deed.WITHDRAW, text="a phantom"),
    Decision(Deed.REOPEN, text="a patient after all"),
)
print("ready", flush=True)
while True:
    for case in cases:
        act = str(uuid4())
        decision = turn[versions[case] % len(turn)]
        with Unit(engine, person) as unit:
            versions[case] = findings.decide(
                unit, Act(act, case, versions[case], None, decision, stacks[case]), ReadPolicy()
            )
        print(act, flush=True)
"""


@pytest.fixture
def engine(tmp_path: Path, sqlite_template: Path) -> Engine:
    path = tmp_path / "record.db"
    path.write_bytes(sqlite_template.read_bytes())
    return open_engine(f"sqlite:///{path}")


@pytest.mark.parametrize("seed", range(6))
def test_every_acknowledged_act_outlives_a_kill(engine: Engine, seed: int) -> None:
    found = [a_case(engine, a_flag(Level.L1)) for _ in range(3)]
    given = [f"{case}={show(engine, case).scan.stack}" for case in found]
    address = engine.url.render_as_string()
    engine.dispose()
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, address, *given], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    # The clock starts with the first act: on a busy machine that alone may take a second.
    acknowledged = [writer.stdout.readline().strip()]
    time.sleep(random.Random(seed).uniform(0.05, 0.6))
    writer.kill()
    acknowledged += writer.stdout.read().split()
    writer.stdout.close()
    writer.wait()
    with Session(engine) as session:
        kept = list(session.exec(select(col(DecisionRow.act))))
    assert all(acknowledged), "the writer ended before it wrote anything"
    assert set(acknowledged) <= set(kept)
    assert len(kept) - len(acknowledged) <= 1, "at most the act in hand is kept unacknowledged"
    for case in found:
        assert projection(engine, case) == recomputed(engine, case)
        assert show(engine, case).version == len(events(engine, case))
        assert [event.version for event in events(engine, case)] == list(
            range(1, len(events(engine, case)) + 1)
        )
    assert audit.verify(engine).faults == ()
    engine.dispose()
