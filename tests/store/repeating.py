"""Builds repeats: a case that its reader closed long ago, and one more that they close now."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlmodel import Session, col
from store_builders import LEAD, NOW, a_case, a_flag, close, projection, step

from store import worklist
from store.domain.finding import Deed
from store.domain.genant import Grade
from store.domain.people import Person
from store.domain.reading import ReadPolicy
from store.domain.spine import Level
from store.tables import RepeatRow, ReviewCase
from store.unit import Reader
from store.worklist import Filters

LATER = NOW + timedelta(days=30)
EVERY = ReadPolicy(share=0.0, doubtful=False, repeat_share=1.0)
_NAMES = {"case", "patient", "accession", "stack", "series", "id", "finding", "against"}


def closed(engine: Engine, now: datetime = NOW, policy: ReadPolicy = EVERY) -> str:
    """A case that the lead read and closed at *now*: one flag, a moderate fracture."""
    case = a_case(engine, a_flag(Level.L1))
    step(engine, case, Deed.CONFIRM, now=now, grade=Grade.MODERATE)
    close(engine, case, now=now, policy=policy)
    return case


def repeat_of(engine: Engine, case: str) -> str | None:
    """What the repeat of *case* is called, if there is one."""
    with Session(engine) as session:
        named = select(col(RepeatRow.id)).where(col(RepeatRow.case_id) == case)
        return session.execute(named).scalar_one_or_none()


def repeated(engine: Engine, case: str, now: datetime = LATER) -> str:
    """The repeat of *case*, made as the lead closes another one at *now*."""
    closed(engine, now)
    named = repeat_of(engine, case)
    assert named is not None
    return named


def ahead(
    engine: Engine,
    after: str,
    person: Person = LEAD,
    now: datetime = LATER,
    filters: Filters | None = None,
) -> tuple[str, ...]:
    with Reader(engine, person, now) as reader:
        return worklist.following(reader, after, filters or Filters())


def row(engine: Engine, case: str) -> dict[str, Any]:
    """Every column of a case."""
    with Session(engine) as session:
        return session.get_one(ReviewCase, case).model_dump()


def own_life(engine: Engine, old: str) -> dict[str, Any]:
    """All that the tables say of a case, without its repeat and the count of open alerts."""
    rows = projection(engine, old)
    rows["measured"].pop(10, None)
    mine = {n: one for n, one in rows.items() if n != "readings/10" and one.get("reading") != 10}
    return {**mine, "case": {**row(engine, old), "open_alerts": 0}}


def bare(value: Any) -> Any:  # noqa: ANN401 - JSON
    """*value* without what names a scan, its picture, or a row."""
    if isinstance(value, dict):
        return {name: bare(each) for name, each in value.items() if name not in _NAMES}
    return [bare(each) for each in value] if isinstance(value, list) else value
