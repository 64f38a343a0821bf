"""An export killed at any moment: a batch is whole or not there, and nobody is sent twice."""

import random
import subprocess
import sys
import time
from collections import Counter
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col
from store_builders import COORDINATOR, NOW, ready

from store import audit, referrals
from store.domain.referral import Policy
from store.tables import BatchRow, ReferralLineRow, ReferralRow, TrailRow
from store.unit import Unit

PATIENTS = 5
WRITER = """
import sys
from datetime import UTC, datetime
from uuid import uuid4
from store import referrals
from store.domain.people import Person, Role
from store.domain.referral import Policy
from store.engine import open_engine
from store.unit import Unit

engine = open_engine(sys.argv[1])
person = Person("f.coord", "Fran Coordinator", Role.FLS_COORD)
now = datetime.fromisoformat(sys.argv[2])
print("ready", flush=True)
for week in range(1, 100):
    with Unit(engine, person, now) as unit:
        batch = referrals.export(unit, str(uuid4()), Policy(per_week=week))
    print(batch, flush=True)
"""


@pytest.mark.parametrize("seed", range(2))
def test_a_killed_export_is_whole_or_not_there(lone: Engine, seed: int) -> None:
    for _ in range(PATIENTS):
        ready(lone)
    address = lone.url.render_as_string()
    lone.dispose()
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, address, NOW.isoformat()], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    time.sleep(random.Random(seed).uniform(0.0, 0.5))
    writer.kill()
    acknowledged = writer.stdout.read().split()
    writer.stdout.close()
    writer.wait()
    with Session(lone) as session:
        kept = set(session.execute(select(col(BatchRow.id))).scalars())
        told = session.execute(
            select(col(TrailRow.entity)).where(col(TrailRow.action) == "batch.exported")
        )
        assert set(acknowledged) <= kept == set(told.scalars())
        assert len(kept - set(acknowledged)) <= 1
    for _ in range(2):
        with Unit(lone, COORDINATOR, NOW) as unit:
            referrals.export(unit, str(uuid4()), Policy())
    with Session(lone) as session:
        sent = list(session.execute(select(col(ReferralRow.open_patient))).scalars())
        lines = Counter(session.execute(select(col(ReferralLineRow.referral_id))).scalars())
    assert len(set(sent)) == len(sent) == PATIENTS
    assert set(lines.values()) == {1}
    assert audit.verify(lone).faults == ()
