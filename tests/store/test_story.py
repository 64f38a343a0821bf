"""What a case's story tells beside the steps: who took it over, and who was told elsewhere."""

from datetime import timedelta

from sqlalchemy import Engine
from store_builders import (
    COORDINATOR,
    LEAD,
    NOW,
    RADIOLOGIST,
    a_case,
    close,
    show,
    step,
)

from store import alerts, claims, history
from store.domain.finding import CaseState, Deed
from store.domain.people import Person, Role
from store.unit import Reader, Unit

THIRD = Person("t.third", "Thea Third", Role.RADIOLOGIST)
HOUR = timedelta(hours=1)


def story(engine: Engine, case: str, person: Person) -> list[tuple[str, str]]:
    with Reader(engine, person, NOW + 3 * HOUR) as reader:
        return [(line.who, line.what) for line in history.story(reader, case)]


def test_a_case_taken_over_says_from_whom_and_why_once_nothing_is_blind(lone: Engine) -> None:
    case = a_case(lone)
    with Unit(lone, RADIOLOGIST, NOW) as unit:
        claims.take(unit, case)
    with Unit(lone, LEAD, NOW) as unit:
        claims.break_with_reason(unit, case, "gone home")
    taken = (LEAD.name, f"Took the case over from {RADIOLOGIST.name} (“gone home”).")
    assert taken in story(lone, case, COORDINATOR)
    step(lone, case, Deed.UNSURE)
    close(lone, case)
    assert show(lone, case).state is CaseState.SECOND_READ
    own = (LEAD.name, "Took the case over from a reader (“gone home”).")
    assert own in story(lone, case, LEAD)
    for person in (COORDINATOR, THIRD):
        assert "gone home" not in str(story(lone, case, person))
    step(lone, case, Deed.UNREADABLE, None, THIRD, text="metal")
    step(lone, case, Deed.REJECT, 0, Person("f.four", "Fay Four", Role.RADIOLOGIST), code="LIMBUS")
    close(lone, case, Person("f.four", "Fay Four", Role.RADIOLOGIST), text="a limbus")
    assert [line for line in story(lone, case, COORDINATOR) if "Took" in line[1]] == [taken]


def test_who_was_told_on_the_screen_of_alerts_is_in_the_story(lone: Engine) -> None:
    case = a_case(lone)
    step(lone, case, Deed.REJECT, code="MALIGNANT")
    (alert,) = show(lone, case).alerts
    with Unit(lone, COORDINATOR, NOW + 2 * HOUR) as unit:
        alerts.tell(unit, alert.id, "oncology by telephone")
    lines = story(lone, case, LEAD)
    assert lines[-1][0] == COORDINATOR.name
    assert "oncology by telephone" in lines[-1][1]
    step(lone, case, Deed.OPINION, None, text="is it?")
    assert "oncology" not in str(story(lone, case, RADIOLOGIST))
    assert "oncology" in str(story(lone, case, COORDINATOR))
