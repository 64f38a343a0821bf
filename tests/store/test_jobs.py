"""The queue on both databases: nothing lost, nothing doubled, and only its owner finishes."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from store_builders import ADMIN, LEAD, NOW

from store import audit, jobs
from store._jobs import enqueue, finish
from store.domain.job import KEPT, LEASE, MOST_TRIES, LeaseLost, State, pause
from store.domain.people import INTAKE
from store.domain.refusal import NotAllowed
from store.jobs import Job, Jobs
from store.tables import JobRow, TrailRow
from store.unit import Reader, Unit

AFTER = NOW + LEASE + timedelta(seconds=1)


def put(engine: Engine, key: str, rank: int = 0) -> str:
    with Unit(engine, INTAKE, NOW) as unit:
        return enqueue(unit, "prepare", key, {"series": key}, rank)


def finished(engine: Engine, job: Job) -> None:
    with Unit(engine, INTAKE, NOW) as unit:
        finish(unit, job.id, job.owner)


def failed(engine: Engine, job: Job, now: object = NOW) -> State:
    with Unit(engine, INTAKE, now) as unit:  # type: ignore[arg-type]  # a moment
        return jobs.fail(unit, job, "It needed too much memory.")


def rows(engine: Engine) -> list[JobRow]:
    with Session(engine) as session:
        return list(session.exec(select(JobRow).order_by(col(JobRow.id))))


def standing(engine: Engine) -> jobs.Standing:
    with Reader(engine, ADMIN, NOW) as reader:
        return jobs.standing(reader)


class _PowerCutError(Exception):
    pass


def test_the_same_work_queued_a_hundred_times_is_one_job(engine: Engine) -> None:
    ids = {put(engine, "one")}
    for _ in range(3):
        with Unit(engine, INTAKE, NOW) as unit:
            ids |= {enqueue(unit, "prepare", "one", {}) for _ in range(33)}
    assert len(ids) == 1
    assert len(rows(engine)) == 1


def test_a_unit_that_is_rolled_back_leaves_no_job(engine: Engine) -> None:
    def cut_off() -> None:
        with Unit(engine, INTAKE, NOW) as unit:
            enqueue(unit, "prepare", "one", {})
            raise _PowerCutError

    with pytest.raises(_PowerCutError):
        cut_off()
    assert rows(engine) == []
    assert Jobs(engine, INTAKE).take("w") is None


def test_the_most_urgent_goes_first_and_each_to_one_worker(engine: Engine) -> None:
    late, urgent = put(engine, "late", 9), put(engine, "urgent", 1)
    queue = Jobs(engine, INTAKE)
    one, two = queue.take("a", NOW), queue.take("b", NOW)
    assert one is not None
    assert two is not None
    assert (one.id, two.id) == (urgent, late)
    assert one.about == {"series": "urgent"}
    assert queue.take("c", NOW) is None


def test_a_silent_worker_loses_its_job_and_can_finish_it_no_more(engine: Engine) -> None:
    put(engine, "one")
    queue = Jobs(engine, INTAKE)
    first = queue.take("a", NOW)
    assert first is not None
    assert queue.renew(first, NOW + LEASE / 2)
    assert queue.take("b", NOW + LEASE) is None, "it gave a sign of life"
    second = queue.take("b", NOW + 2 * LEASE)
    assert second is not None
    assert (second.id, second.tries) == (first.id, 2)
    assert not queue.renew(first, NOW + 2 * LEASE)
    with pytest.raises(LeaseLost):
        finished(engine, first)
    with pytest.raises(LeaseLost):
        failed(engine, first)
    queue.leave("a")
    finished(engine, second)
    assert [row.state for row in rows(engine)] == [State.DONE]
    with pytest.raises(LeaseLost):
        finished(engine, second)


def test_what_was_done_with_a_lost_lease_is_rolled_back(engine: Engine) -> None:
    put(engine, "one")
    queue = Jobs(engine, INTAKE)
    first = queue.take("a", NOW)
    assert first is not None
    queue.take("b", AFTER)

    def late() -> None:
        with Unit(engine, INTAKE, AFTER) as unit:
            unit.tell("series.prepared", "r_1")
            finish(unit, first.id, first.owner)

    with pytest.raises(LeaseLost):
        late()
    assert audit.verify(engine).lines == 0


def test_a_clock_that_is_set_back_keeps_no_job_from_its_next_worker(engine: Engine) -> None:
    put(engine, "one")
    put(engine, "two")
    queue = Jobs(engine, INTAKE)
    running, other = queue.take("a", NOW), queue.take("a", NOW)
    assert running is not None
    assert other is not None
    failed(engine, other)
    an_hour_ago = NOW - timedelta(hours=1)
    taken = [queue.take("b", an_hour_ago) for _ in range(2)]
    assert {job.id for job in taken if job} == {running.id, other.id}


def test_a_job_that_is_given_back_was_never_tried(engine: Engine) -> None:
    put(engine, "one")
    queue = Jobs(engine, INTAKE)
    job = queue.take("a", NOW)
    assert job is not None
    queue.leave("b")
    assert queue.take("b", NOW) is None, "another worker left, not this one"
    queue.leave("a")
    again = queue.take("b", NOW)
    assert again is not None
    assert again.tries == 1


def test_a_poison_dies_at_the_fifth_failure_and_an_administrator_may_wake_it(
    engine: Engine,
) -> None:
    poison = put(engine, "poison")
    queue, now = Jobs(engine, INTAKE), NOW
    for tries in range(1, MOST_TRIES + 1):
        job = queue.take("a", now)
        assert job is not None
        assert job.tries == tries
        last = failed(engine, job, now)
        assert queue.take("a", now) is None, "it waits before it is tried again"
        now += pause(tries)
    assert last is State.DEAD
    put(engine, "sound")
    sound = queue.take("a", now)
    assert sound is not None
    finished(engine, sound)
    seen = standing(engine)
    assert (seen.dead_count, seen.done, seen.waiting) == (1, 1, 0)
    assert [one.id for one in seen.dead] == [poison]
    assert seen.failures == (("It needed too much memory.", 1),)
    with pytest.raises(NotAllowed, match="may not"), Unit(engine, LEAD, now) as unit:
        jobs.retry(unit, poison, "more memory")
    with pytest.raises(NotAllowed, match="Say why"), Unit(engine, ADMIN, now) as unit:
        jobs.retry(unit, poison, "  ")
    with Unit(engine, ADMIN, now) as unit:
        jobs.retry(unit, poison, "The machine has more memory now.")
    woken = queue.take("a", now)
    assert woken is not None
    assert (woken.id, woken.tries) == (poison, 1)
    with pytest.raises(NotAllowed, match="not dead"), Unit(engine, ADMIN, now) as unit:
        jobs.retry(unit, poison, "again")


def test_nobody_but_the_intake_takes_from_the_queue(engine: Engine) -> None:
    with pytest.raises(NotAllowed):
        Jobs(engine, LEAD)


def test_of_many_workers_at_once_each_job_goes_to_one(engine: Engine) -> None:
    for number in range(20):
        put(engine, f"{number}")
    queue, done, guard = Jobs(engine, INTAKE), Counter[str](), threading.Lock()

    def work(name: str) -> None:
        while (job := queue.take(name, NOW)) is not None:
            finished(engine, job)
            with guard:
                done[job.id] += 1

    workers = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert len(done) == 20
    assert set(done.values()) == {1}


def test_jobs_done_long_ago_go_and_the_trail_keeps_their_number(engine: Engine) -> None:
    queue = Jobs(engine, INTAKE)
    for key in ("old", "other"):
        put(engine, key)
        job = queue.take("w", NOW)
        assert job
        finished(engine, job)
    put(engine, "waits")
    assert queue.prune(NOW + KEPT) == 0
    assert queue.prune(NOW + KEPT + timedelta(seconds=1)) == 2
    assert [row.key for row in rows(engine)] == ["waits"]
    with Session(engine) as session:
        told = session.exec(select(TrailRow).where(col(TrailRow.action) == "jobs.pruned")).one()
    assert '"jobs":2' in told.detail.replace(" ", "")
    assert queue.prune(NOW + 2 * KEPT) == 0
