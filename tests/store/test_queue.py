"""Several people on one queue: every case is decided once, and nobody decides in vain."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col
from store_builders import (
    NOW,
    ONE_READER,
    a_flag,
    a_header,
    a_picture,
    a_result,
    an_act,
    events,
    projection,
    recomputed,
    show,
)
from test_racing import at_once

from store import arrivals, audit, claims, findings, worklist
from store.domain.finding import Deed
from store.domain.people import INTAKE, Person, Role
from store.domain.refusal import Conflict, NotAllowed
from store.tables import DecisionRow, ReviewCase
from store.unit import Reader, Unit
from store.worklist import Filters

SOON = NOW + timedelta(hours=1)


def a_queue(engine: Engine, length: int) -> list[str]:
    """So many flagged scans, received in one go."""
    found = []
    with Unit(engine, INTAKE, NOW) as unit:
        for _ in range(length):
            header = a_header()
            arrivals.receive_series(unit, header, a_picture())
            found.append(arrivals.receive_result(unit, a_result(header, a_flag())).case or "")
    return found


@dataclass
class Working:
    """One person going through the queue until it gives nothing more.

    Attributes:
        came_late: Cases that somebody else took, or closed, in the same moment.
        in_vain: Decisions that were refused.
    """

    engine: Engine
    person: Person
    decided: list[str] = field(default_factory=list)
    came_late: int = 0
    in_vain: int = 0

    def __call__(self) -> "Working":
        here = self._first()
        while here:
            if self._take(here):
                self._decide(here)
            here = self._next(here)
        return self

    def _first(self) -> str | None:
        with Reader(self.engine, self.person, SOON) as reader:
            lines = worklist.page(reader, Filters()).lines
        return lines[0].key.id if lines else None

    def _next(self, here: str) -> str | None:
        with Reader(self.engine, self.person, SOON) as reader:
            return next(iter(worklist.following(reader, here, Filters(), 1)), None)

    def _take(self, case: str) -> bool:
        try:
            with Unit(self.engine, self.person, SOON) as unit:
                claims.take(unit, case)
        except NotAllowed:
            self.came_late += 1
            return False
        return True

    def _decide(self, case: str) -> None:
        shown = show(self.engine, case, self.person)
        deeds = ((Deed.CONFIRM, shown.findings[0].id), (Deed.CLOSE, None))
        try:
            for step, (deed, finding) in enumerate(deeds):
                act = an_act(case, shown.version + step, deed, finding)
                with Unit(self.engine, self.person, SOON) as unit:
                    findings.decide(unit, act, ONE_READER)
        except Conflict:
            self.in_vain += 1
            return
        self.decided.append(case)


@pytest.mark.parametrize(("people", "length"), [(2, 500), (10, 80)])
def test_people_on_one_queue_decide_every_case_once_and_none_in_vain(
    engine: Engine, people: int, length: int
) -> None:
    queue = a_queue(engine, length)
    staff = [Person(f"r.{n}", f"Reader {n}", Role.RADIOLOGIST) for n in range(people)]
    done = at_once(*[Working(engine, person) for person in staff])
    workers = [worker for worker in done if isinstance(worker, Working)]
    assert len(workers) == people, done
    assert sorted(case for worker in workers for case in worker.decided) == sorted(queue)
    assert sum(worker.in_vain for worker in workers) == 0
    assert all(worker.decided for worker in workers), "all of them had work"
    with Session(engine) as session:
        deeds = Counter(session.execute(select(col(DecisionRow.case_id), col(DecisionRow.deed))))
        states = set(session.execute(select(col(ReviewCase.state))).scalars())
    assert deeds == Counter({(case, deed): 1 for case in queue for deed in ("confirm", "close")})
    assert states == {"closed"}
    assert audit.verify(engine).faults == ()
    for case in queue[:5]:
        assert projection(engine, case) == recomputed(engine, case)
        assert len(events(engine, case)) == 2
