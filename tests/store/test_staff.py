from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from store_builders import LEAD, NOW, RADIOLOGIST

from store import staff
from store.domain.people import INTAKE, Person, Role
from store.domain.refusal import NotAllowed
from store.engine import WRITES
from store.tables import SignInRow, StaffRow, TrailRow
from store.unit import Reader, Unit


def enrol(engine: Engine, *people: Person) -> None:
    for person in people:
        with Unit(engine, INTAKE, NOW) as unit:
            staff.enrol(unit, person)


def sign_in(engine: Engine, person: Person = LEAD, now: datetime = NOW) -> str:
    with Unit(engine, INTAKE, now) as unit:
        return staff.sign_in(unit, person.handle)


def who(engine: Engine, secret: str, after: timedelta = timedelta()) -> Person | None:
    with Reader(engine, INTAKE) as reader:
        found = staff.signed_in(reader, secret, NOW + after)
        return found.person if found else None


def stay(engine: Engine, secret: str, after: timedelta, person: Person = LEAD) -> None:
    with Reader(engine, INTAKE) as reader:
        found = staff.signed_in(reader, secret, NOW)
    assert found is not None
    with Unit(engine, person, NOW + after) as unit:
        staff.stay(unit, found.digest)


def test_a_secret_opens_the_session_of_whoever_signed_in(engine: Engine) -> None:
    enrol(engine, LEAD, RADIOLOGIST)
    mine, other = sign_in(engine), sign_in(engine, RADIOLOGIST)
    assert who(engine, mine) == LEAD
    assert who(engine, other) == RADIOLOGIST
    assert who(engine, mine + "x") is None
    assert who(engine, "") is None


def test_the_record_keeps_no_secret(engine: Engine) -> None:
    enrol(engine, LEAD)
    secret = sign_in(engine)
    with Session(engine) as session:
        kept = session.exec(select(SignInRow)).one()
        told = [line.model_dump_json() for line in session.exec(select(TrailRow))]
    assert secret not in kept.model_dump_json()
    assert not [line for line in told if secret in line or kept.digest in line]


def test_nobody_unknown_may_sign_in(engine: Engine) -> None:
    with pytest.raises(NotAllowed, match="Nobody of that name may sign in"):
        sign_in(engine)


def test_an_idle_session_is_over_after_an_hour(engine: Engine) -> None:
    enrol(engine, LEAD)
    secret = sign_in(engine)
    assert who(engine, secret, staff.IDLE) == LEAD
    assert who(engine, secret, staff.IDLE + timedelta(seconds=1)) is None
    stay(engine, secret, timedelta(minutes=50))
    assert who(engine, secret, staff.IDLE + timedelta(seconds=1)) == LEAD


def test_no_session_outlives_twelve_hours(engine: Engine) -> None:
    enrol(engine, LEAD)
    secret = sign_in(engine)
    for minutes in range(30, 12 * 60, 30):
        stay(engine, secret, timedelta(minutes=minutes))
    assert who(engine, secret, staff.LONGEST) == LEAD
    assert who(engine, secret, staff.LONGEST + timedelta(seconds=1)) is None


def test_a_session_that_went_idle_cannot_be_brought_back(engine: Engine) -> None:
    enrol(engine, LEAD)
    secret = sign_in(engine)
    late = staff.IDLE + timedelta(minutes=1)
    stay(engine, secret, late)
    assert who(engine, secret, late) is None


def test_nobody_keeps_the_session_of_another_open(engine: Engine) -> None:
    enrol(engine, LEAD, RADIOLOGIST)
    secret = sign_in(engine)
    stay(engine, secret, timedelta(minutes=50), RADIOLOGIST)
    assert who(engine, secret, staff.IDLE + timedelta(minutes=1)) is None


def test_signing_out_ends_every_session_of_the_person_and_of_nobody_else(engine: Engine) -> None:
    enrol(engine, LEAD, RADIOLOGIST)
    mine = [sign_in(engine) for _ in range(3)]
    other = sign_in(engine, RADIOLOGIST)
    with Unit(engine, LEAD, NOW) as unit:
        staff.sign_out(unit)
    assert [who(engine, secret) for secret in mine] == [None] * 3
    assert who(engine, other) == RADIOLOGIST
    assert who(engine, sign_in(engine)) == LEAD


def deactivate(engine: Engine) -> None:
    with (
        engine.execution_options(**{WRITES: True}).connect() as connection,
        Session(connection) as session,
    ):
        session.exec(
            select(StaffRow).where(col(StaffRow.handle) == LEAD.handle)
        ).one().active = False
        session.commit()


def test_someone_deactivated_is_out_at_once_and_cannot_come_back(engine: Engine) -> None:
    enrol(engine, LEAD, RADIOLOGIST)
    secret = sign_in(engine)
    deactivate(engine)
    assert who(engine, secret) is None
    with pytest.raises(NotAllowed, match="may sign in"):
        sign_in(engine)
    with Reader(engine, INTAKE) as reader:
        assert staff.everyone(reader) == (RADIOLOGIST,)


def test_a_new_role_counts_from_the_next_request_on(engine: Engine) -> None:
    enrol(engine, LEAD)
    secret = sign_in(engine)
    moved = Person(LEAD.handle, "Ada Moved", Role.AUDIT_LEAD)
    enrol(engine, moved)
    assert who(engine, secret) == moved
