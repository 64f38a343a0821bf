"""What the record knows of how things come, on both databases."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from store_builders import ADMIN, a_case

from store import health
from store._receipts import Outcome, receipt
from store.domain.arrival import Fate
from store.domain.people import INTAKE
from store.domain.rhythm import HOUR, WEEK, Pulse
from store.unit import Reader, Unit

NOW = datetime(2026, 11, 23, 15, 20, tzinfo=UTC)
"""A Monday."""


def came(engine: Engine, source: str, at: datetime, kind: str = "series") -> None:
    with Unit(engine, INTAKE, at) as unit:
        receipt(unit, kind, "d" * 64, Outcome(Fate.DUPLICATE), None, source)


def ways(engine: Engine, now: datetime = NOW) -> dict[tuple[str, str], health.Way]:
    with Reader(engine, ADMIN, now) as reader:
        return {(way.source, way.kind): way for way in health.ways(reader)}


def test_a_source_that_fell_silent_is_told_from_one_that_goes_on(engine: Engine) -> None:
    for week in range(1, 6):
        for hour in (*range(2, 7), 24):
            came(engine, "ct", NOW - WEEK * week - HOUR * hour)
            came(engine, "mllp", NOW - WEEK * week - HOUR * hour, "report")
    came(engine, "ct", NOW - HOUR * 24)
    came(engine, "mllp", NOW - HOUR * 24, "report")
    came(engine, "mllp", NOW - timedelta(minutes=30), "report")
    found = ways(engine)
    assert found["ct", "series"].rhythm.pulse is Pulse.SILENT
    assert found["mllp", "report"].rhythm.pulse is Pulse.USUAL
    assert sum(count for _, count in found["ct", "series"].hours) == 31
    assert found["ct", "series"].hours[-1] == (datetime(2026, 11, 22, 15, tzinfo=UTC), 1)


def test_what_came_once_long_ago_is_still_named(engine: Engine) -> None:
    came(engine, "old", NOW - WEEK * 30)
    way = ways(engine)["old", "series"]
    assert way.hours == ()
    assert way.rhythm.last == (NOW - WEEK * 30).replace(minute=0)


def test_what_waits_for_people_is_counted_with_the_moment_since_when(engine: Engine) -> None:
    a_case(engine)
    with Reader(engine, ADMIN, NOW) as reader:
        cases, held = health.for_people(reader)
        faults = health.faults(reader)
    assert cases.count == 1
    assert cases.oldest is not None
    assert cases.oldest.tzinfo is not None
    assert (held.count, held.oldest, faults) == (0, None, ())
