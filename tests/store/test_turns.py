from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy import Engine
from store_builders import LEAD, NOW

from store import cases
from store._turns import Turns
from store.unit import Unit


def test_writers_are_served_in_the_order_they_came() -> None:
    turns, served = Turns(), []
    assert turns.take(0.0)

    def write(number: int) -> None:
        assert turns.take(5.0)
        served.append(number)
        turns.give()

    with ThreadPoolExecutor(5) as pool:
        for number in range(5):
            pool.submit(write, number)
            sleep(0.02)
        turns.give()
    assert served == [0, 1, 2, 3, 4]
    assert turns.take(0.0), "the line is empty again"


def test_whoever_loses_patience_leaves_the_line() -> None:
    turns = Turns()
    assert turns.take(0.0)
    assert not turns.take(0.01)
    turns.give()
    assert turns.take(0.0)


def test_never_two_have_the_turn() -> None:
    turns, start = Turns(), Barrier(8)
    inside = most = 0

    def write() -> None:
        nonlocal inside, most
        start.wait()
        for _ in range(200):
            assert turns.take(10.0)
            inside += 1
            most = max(most, inside)
            inside -= 1
            turns.give()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(write) for _ in range(8)]:
            done.result()
    assert (inside, most) == (0, 1)


def test_a_unit_that_fails_passes_its_turn_on(engine: Engine) -> None:
    def fails() -> None:
        with Unit(engine, LEAD, NOW) as unit:
            cases.opened(unit, "c_1")
            msg = "the power went"
            raise OSError(msg)

    for _ in range(2):
        with pytest.raises(OSError, match="the power went"):
            fails()
    with Unit(engine, LEAD, NOW) as unit:
        cases.opened(unit, "c_1")
