"""A series that grows after it was accepted: told once, its case open again, nothing lost."""

import pytest
from growing import came, grow, grown, made, taken
from sqlalchemy import Engine, func, select
from sqlmodel import Session
from store_builders import (
    COORDINATOR,
    INTACT,
    LEAD,
    NOW,
    a_case,
    a_header,
    a_picture,
    arrive,
    close,
    events,
    ready,
    show,
    step,
)

from store import arrivals, cases, growths, held, history, preparing, referrals
from store.domain.arrival import Fate, SeriesHeader, Work
from store.domain.finding import CaseState, Deed
from store.domain.people import INTAKE
from store.domain.referral import Policy
from store.domain.spine import Level
from store.growths import MovedOn
from store.tables import GrowthRow, SeriesRow
from store.unit import Reader, Unit


def told(engine: Engine, case: str) -> list[str]:
    with Reader(engine, LEAD) as reader:
        return [line.what for line in history.story(reader, case)]


def held_now(engine: Engine) -> tuple[held.Held, ...]:
    with Reader(engine, LEAD) as reader:
        return held.open_ones(reader)


def known(engine: Engine, header: SeriesHeader) -> arrivals.Known:
    with Reader(engine, INTAKE) as reader:
        found = arrivals.known(reader, header.series_uid)
    assert found
    return found


def test_a_closed_case_is_open_again_with_a_note_once_the_larger_picture_is_made(
    engine: Engine,
) -> None:
    header, first = a_header(instances=40), a_picture()
    case = a_case(engine, header=header, picture=first)
    step(engine, case, Deed.CONFIRM)
    close(engine, case)
    whole = grown(header, 56)
    said = came(engine, header, whole)
    assert (said.fate, said.reason) == (Fate.ACCEPTED, "It grew from 40 to 96 slices.")
    assert (show(engine, case).state, show(engine, case).scan.stack) == (
        CaseState.CLOSED,
        first.stack,
    )
    larger = a_picture(INTACT)
    made(engine, taken(engine, whole), larger)
    shown = show(engine, case)
    assert (shown.state, shown.scan.stack, len(shown.findings)) == (
        CaseState.WAITING,
        larger.stack,
        1,
    )
    assert told(engine, case)[-1] == (
        "More of the scan came: 96 slices instead of 40; the case is open again."
    )
    assert events(engine, case)[-1].stack == larger.stack
    assert [(one.stack, one.slices) for one in shown.pictures] == [
        (larger.stack, 96),
        (first.stack, 40),
    ]
    with Reader(engine, COORDINATOR) as reader:
        assert cases.stacks_of(reader, case) == {larger.stack, first.stack}
    assert shown.spine.machine[Level.L1].heights == INTACT[Level.L1]
    with Session(engine) as session:
        (before,) = session.execute(select(GrowthRow)).scalars()
        assert (before.digest, before.instances, before.stack) == (header.digest, 40, first.stack)
        assert before.measured["L1"] == [16.0, 20.0, 25.0]


def test_an_open_case_keeps_its_decisions_and_says_on_which_picture_they_were_made(
    engine: Engine,
) -> None:
    header = a_header()
    case = a_case(engine, header=header)
    step(engine, case, Deed.CONFIRM)
    version = show(engine, case).version
    grow(engine, header)
    shown = show(engine, case)
    assert shown.version > version
    assert shown.findings[0].state == "confirmed"
    assert shown.elsewhere
    assert shown.elsewhere.later
    assert told(engine, case)[-1] == "More of the scan came: 310 slices instead of 300."


def test_a_referral_stays_and_a_person_is_asked_to_look(engine: Engine) -> None:
    header = a_header()
    case = ready(engine, header)
    with Unit(engine, COORDINATOR) as unit:
        batch = referrals.export(unit, "5f0c2f0e-0000-4000-8000-000000000009", Policy())
    assert batch
    grow(engine, header)
    shown = show(engine, case)
    assert shown.state is CaseState.CLOSED
    assert shown.referred_on
    assert "More of the scan came: 310 slices instead of 300." in told(engine, case)
    (one,) = held_now(engine)
    assert "grew from 300 to 310 slices after its patient was referred" in one.reason
    with Unit(engine, LEAD) as unit:
        assert held.release(unit, one.id, "looked") == "It is noted that somebody looked."


def test_a_picture_of_the_series_as_it_was_never_takes_the_place_of_the_larger_one(
    engine: Engine,
) -> None:
    header = a_header()
    work = Work("a", {"overlays": [], "known": False, "pipeline": "2"})
    arrive(engine, header, arrivals.Picture(None, {}, {}, work=work))
    early = taken(engine, header)
    whole = grown(header)
    came(engine, header, whole)
    larger = a_picture()
    made(engine, taken(engine, whole), larger)
    made(engine, early, a_picture())
    with Session(engine) as session:
        assert session.execute(select(SeriesRow.stack)).scalar_one() == larger.stack


def test_a_job_that_nobody_began_becomes_that_of_the_larger_series(engine: Engine) -> None:
    header = a_header()
    work = Work("a", {"overlays": [], "known": False, "pipeline": "2"})
    arrive(engine, header, arrivals.Picture(None, {}, {}, work=work))
    before = known(engine, header).job
    whole = grown(header)
    came(engine, header, whole)
    assert known(engine, header).job == before
    assert taken(engine, whole).about["digest"] == whole.digest


def test_where_no_picture_of_the_whole_can_be_made_the_one_before_stays_and_is_told_of(
    engine: Engine,
) -> None:
    header, first = a_header(), a_picture()
    case = a_case(engine, header=header, picture=first)
    whole = grown(header)
    came(engine, header, whole)
    job = taken(engine, whole)
    with Unit(engine, INTAKE, NOW) as unit:
        preparing.unpicturable(unit, job, "A slice cannot be decoded.")
    assert show(engine, case).scan.stack == first.stack
    assert told(engine, case)[-1].endswith("the one before stays (A slice cannot be decoded).")


def test_slices_laid_upon_a_series_that_moved_on_are_laid_anew(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    came(engine, header, grown(header))
    with pytest.raises(MovedOn):
        came(engine, header, grown(header, 20))
    assert known(engine, header).earlier == (header.digest,)
    with Session(engine) as session:
        assert session.execute(select(func.count()).select_from(GrowthRow)).scalar_one() == 1


def test_what_cannot_be_joined_is_kept_and_takes_the_place_only_where_a_person_says_so(
    engine: Engine,
) -> None:
    header = a_header()
    case = a_case(engine, header=header)
    other = grown(header)
    work = Work("b", {"overlays": [], "known": False, "pipeline": "2"})
    for _ in range(2):
        with Unit(engine, INTAKE, NOW) as unit:
            said = growths.keep_apart(unit, header.digest, other, "Other pixels.", work)
        assert said.fate is Fate.HELD
    (one,) = held_now(engine)
    assert one.reason == "Other pixels."
    assert known(engine, header).digest == header.digest
    with Unit(engine, LEAD, NOW) as unit:
        held.release(unit, one.id, "the first was a test")
    made(engine, taken(engine, other), a_picture())
    assert known(engine, header).digest == other.digest
    assert any("More of the scan came" in line for line in told(engine, case))
