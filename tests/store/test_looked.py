"""Whoever saw a first reading while it was made is no blind second reader of it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from store_builders import ALWAYS_TWICE, LEAD, NOW, RADIOLOGIST, a_case, close, show, step

from store import cases, claims
from store.domain.finding import CaseState, Deed
from store.domain.genant import Grade
from store.domain.people import Person, Role
from store.domain.refusal import NotAllowed
from store.unit import Unit

THIRD = Person("t.third", "Thea Third", Role.RADIOLOGIST)
BEFORE, BEGUN, LOOKED, ENDED, AFTER = (NOW + timedelta(minutes=10 * n) for n in range(5))


@pytest.mark.parametrize(
    ("when", "barred"), [((BEFORE,), False), ((LOOKED,), True), ((AFTER,), False)]
)
def test_a_look_bars_from_the_second_reading_only_while_the_first_was_made(
    engine: Engine, when: tuple[object], barred: bool
) -> None:
    case = a_case(engine)
    for at in (BEFORE, BEGUN, LOOKED, ENDED, AFTER):
        if at in when:
            with Unit(engine, RADIOLOGIST, at) as unit:
                cases.opened(unit, case)
        if at == BEGUN:
            step(engine, case, Deed.CONFIRM, now=at, grade=Grade.MODERATE)
        if at == ENDED:
            close(engine, case, now=at, policy=ALWAYS_TWICE)
    assert bool(show(engine, case, RADIOLOGIST).barred) is barred
    assert show(engine, case, THIRD).barred == ""
    if barred:
        with pytest.raises(NotAllowed, match="You looked at this case while it was read"):
            step(engine, case, Deed.UNSURE, 0, RADIOLOGIST)


def test_so_does_a_claim_and_not_from_an_adjudication(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.CONFIRM, now=BEGUN, grade=Grade.MODERATE)
    with Unit(engine, RADIOLOGIST, LOOKED) as unit:
        claims.take(unit, case)
        claims.release(unit, case)
    close(engine, case, now=ENDED, policy=ALWAYS_TWICE)
    with Unit(engine, RADIOLOGIST, AFTER) as unit, pytest.raises(NotAllowed, match="You looked"):
        claims.take(unit, case)
    step(engine, case, Deed.REJECT, 0, THIRD, now=AFTER, code="LIMBUS")
    close(engine, case, THIRD, now=AFTER)
    # Whoever adjudicates is shown both readings anyway.
    assert show(engine, case, RADIOLOGIST).state is CaseState.ADJUDICATION
    assert show(engine, case, RADIOLOGIST).barred == ""
    assert show(engine, case, LEAD).barred
