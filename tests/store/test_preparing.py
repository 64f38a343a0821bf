"""A picture takes effect at once or not at all, and until then nobody is sent to look for it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from store_builders import (
    ADMIN,
    LEAD,
    NOW,
    WEDGED,
    a_flag,
    a_header,
    a_picture,
    a_result,
    arrive,
    say,
    second_series,
    show,
)

from store import audit, jobs, preparing, worklist
from store.arrivals import Outcome
from store.domain.arrival import Fate, Picture, SeriesHeader, Work
from store.domain.genant import Grade
from store.domain.job import LEASE, MOST_TRIES, LeaseLost, State
from store.domain.people import INTAKE
from store.domain.queue import Filters
from store.domain.spine import Level
from store.jobs import Job, Jobs
from store.preparing import NotDrawn
from store.tables import ReceiptRow, ReviewCase, SeriesRow
from store.unit import Reader, Unit


def to_come(key: str = "k") -> Picture:
    return Picture(None, {}, {}, work=Work(key, {"overlays": []}))


def arrived(engine: Engine, **changes: object) -> SeriesHeader:
    """The header of a scan whose picture is still to be made."""
    header = a_header(**changes)
    assert arrive(engine, header, to_come()).fate is Fate.ACCEPTED
    return header


def taken(engine: Engine) -> Job:
    job = Jobs(engine, INTAKE).take("w", NOW)
    assert job is not None
    return job


def drawn(engine: Engine, job: Job, picture: Picture | None = None, *held: NotDrawn) -> Outcome:
    with Unit(engine, INTAKE, NOW) as unit:
        return preparing.pictured(unit, job, picture or a_picture(), held)


def refused(engine: Engine, job: Job) -> Outcome:
    with Unit(engine, INTAKE, NOW) as unit:
        return preparing.unpicturable(unit, job, "No bone was found.")


def cases(engine: Engine) -> int:
    with Session(engine) as session:
        return len(session.exec(select(ReviewCase)).all())


def test_what_the_ai_said_waits_for_the_picture_and_then_makes_the_case(engine: Engine) -> None:
    header = arrived(engine)
    assert say(engine, a_result(header, a_flag(Level.L1))).fate is Fate.ACCEPTED
    assert cases(engine) == 0
    done = drawn(engine, taken(engine), a_picture(WEDGED), NotDrawn("mask", "ab" * 32, "Turned."))
    assert done.case is not None
    shown = show(engine, done.case)
    assert shown.scan.stack is not None
    assert [one.ai_level for one in shown.findings] == [Level.L1]
    assert shown.spine.machine[Level.L1].grade is Grade.MODERATE
    with Session(engine) as session:
        held = session.exec(select(ReceiptRow).where(ReceiptRow.fate == "held")).all()
    assert [(one.kind, one.reason) for one in held] == [("mask", "Turned.")]


def test_a_lost_lease_leaves_no_trace_of_what_was_made(engine: Engine) -> None:
    header = arrived(engine)
    say(engine, a_result(header, a_flag()))
    late = taken(engine)
    other = Jobs(engine, INTAKE).take("b", NOW + LEASE + timedelta(seconds=1))
    assert other is not None
    before = audit.verify(engine).head
    for act in (drawn, refused):
        with pytest.raises(LeaseLost):
            act(engine, late)
    with Unit(engine, INTAKE, NOW) as unit, pytest.raises(LeaseLost):
        preparing.failed(unit, late, "It took too long.")
    assert audit.verify(engine).head == before
    assert cases(engine) == 0
    drawn(engine, other)
    assert cases(engine) == 1


def test_the_graver_flag_is_pictured_first_and_then_the_newer_scan(engine: Engine) -> None:
    old, new = (arrived(engine, scanned=date(year, 5, 5)) for year in (2019, 2026))
    grave = arrived(engine, scanned=date(2018, 5, 5))
    say(engine, a_result(grave, a_flag(loss=0.5)))
    with Session(engine) as session:
        uids = {row.id: row.series_uid for row in session.exec(select(SeriesRow))}
    order = [uids[taken(engine).about["series"]] for _ in range(3)]
    assert order == [one.series_uid for one in (grave, new, old)]


def test_a_flag_waits_while_any_picture_is_on_its_way_and_no_longer(engine: Engine) -> None:
    header = arrived(engine)
    arrive(engine, second_series(header), to_come())
    say(engine, a_result(header, a_flag()))
    assert refused(engine, taken(engine)).fate is Fate.REFUSED
    assert cases(engine) == 0
    assert drawn(engine, taken(engine)).case is not None


def test_a_scan_that_cannot_be_pictured_is_still_seen(engine: Engine) -> None:
    header = arrived(engine)
    say(engine, a_result(header, a_flag()))
    case = refused(engine, taken(engine)).case
    assert case is not None
    assert show(engine, case).scan.no_stack == "No bone was found."
    again = arrive(engine, header, Picture(None, {}, {}))
    assert (again.fate, again.reason) == (Fate.REFUSED, "No bone was found.")


def test_a_mask_after_the_picture_changes_it_for_whoever_has_it_open(engine: Engine) -> None:
    header = arrived(engine)
    say(engine, a_result(header, a_flag()))
    plain = a_picture({}, unmeasured={}, mask_digest="")
    case = drawn(engine, taken(engine), plain).case
    assert case is not None
    before = show(engine, case)
    assert arrive(engine, header, to_come("with a mask")).fate is Fate.DUPLICATE
    assert drawn(engine, taken(engine), a_picture(WEDGED)).reason == (
        "Known series; the mask is new."
    )
    now = show(engine, case)
    assert now.version == before.version + 1
    assert Level.L1 in now.spine.machine
    # The same without a mask, made by a worker that was slow, takes nothing away.
    arrive(engine, header, to_come("without"))
    drawn(engine, taken(engine), plain)
    assert show(engine, case).scan.stack == now.scan.stack


def test_the_worklist_says_that_a_picture_failed_and_that_it_is_made_again(engine: Engine) -> None:
    header = arrived(engine)
    say(engine, a_result(header, a_flag()))
    now = NOW
    for _ in range(MOST_TRIES):
        job = Jobs(engine, INTAKE).take("w", now)
        assert job is not None
        with Unit(engine, INTAKE, now) as unit:
            preparing.failed(unit, job, "It took too long.")
        now += timedelta(hours=1)
    assert listed(engine) == [State.DEAD]
    with Unit(engine, ADMIN, now) as unit:
        jobs.retry(unit, job.id, "The limit was too low.")
    assert listed(engine) == [State.WAITING]
    drawn(engine, taken(engine))
    assert listed(engine) == [None]


def listed(engine: Engine) -> list[State | None]:
    """How the making of the picture of each case in the worklist stands."""
    with Reader(engine, LEAD) as reader:
        return [line.picture for line in worklist.page(reader, Filters()).lines]
