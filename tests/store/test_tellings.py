"""Who was told, put right: nothing noted before is lost, and nobody overwrites anybody unseen."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session
from store_builders import COORDINATOR, LEAD, NOW, RADIOLOGIST, a_case, close, show, step

from store import alerts
from store._tellings import tellings_on
from store.domain.finding import CaseState, Deed
from store.domain.people import Person
from store.domain.refusal import Conflict, NotAllowed
from store.engine import WRITES
from store.tables import ReviewCase, TellingRow, TrailRow
from store.unit import Reader, Unit

LATER = NOW + timedelta(hours=2)
FIRST, SECOND = "Dr Xanthippe by phone", "Dr Ypsilon by phone"


def an_alert(engine: Engine) -> tuple[str, str]:
    """A case with an alert, and the alert of which somebody was told."""
    case = a_case(engine)
    step(engine, case, Deed.REJECT, code="MALIGNANT")
    alert = show(engine, case).alerts[0].id
    with Unit(engine, LEAD, LATER) as unit:
        alerts.tell(unit, alert, FIRST)
    return case, alert


def correct(
    engine: Engine,
    alert: str,
    told: str = SECOND,
    seen: str = FIRST,
    why: str = "the wrong name",
    person: Person = COORDINATOR,
) -> None:
    with Unit(engine, person, LATER + timedelta(minutes=5)) as unit:
        alerts.correct(unit, alert, seen, told, LATER, why)


def only(engine: Engine, person: Person = LEAD) -> alerts.Line:
    with Reader(engine, person, LATER) as reader:
        (line,) = alerts.alerts(reader)
    return line


def test_a_correction_keeps_both_and_says_why(engine: Engine) -> None:
    case, alert = an_alert(engine)
    correct(engine, alert)
    line = only(engine)
    assert (line.alert.told, line.alert.told_by) == (SECOND, COORDINATOR.name)
    first, second = line.noted
    assert (first.told, first.by, first.was) == (FIRST, LEAD.name, "")
    assert (second.told, second.was, second.was_by) == (SECOND, FIRST, LEAD.name)
    assert FIRST in second.words
    assert SECOND in second.words
    assert "the wrong name" in second.words
    with Session(engine) as session:
        assert tellings_on(session, session.get_one(ReviewCase, case), LEAD) == line.noted
        lines = session.execute(select(TrailRow)).scalars().all()
    assert lines[-1].action == "alert.corrected"
    assert not any("Xanthippe" in one.detail or "wrong name" in one.detail for one in lines)


def test_where_nobody_was_told_after_all_the_alert_is_open_again(engine: Engine) -> None:
    case, alert = an_alert(engine)
    correct(engine, alert, told=" ", why="noted on the wrong alert")
    assert (only(engine).alert.told_at, show(engine, case).alerts[0].told) == (None, "")
    with Reader(engine, LEAD) as reader:
        assert alerts.open_count(reader) == 1
    with Session(engine) as session:
        assert session.get_one(ReviewCase, case).open_alerts == 1
    with Unit(engine, LEAD, LATER + timedelta(hours=1)) as unit:
        alerts.tell(unit, alert, SECOND)
    assert [one.told for one in only(engine).noted] == [FIRST, "", SECOND]


def test_what_was_noted_in_the_room_is_put_right_too(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.REJECT, code="MALIGNANT")
    alert = show(engine, case).alerts[0].id
    step(engine, case, Deed.TOLD, None, alert=alert, told=FIRST)
    correct(engine, alert)
    assert [(one.was, one.told) for one in only(engine).noted] == [(FIRST, SECOND)]
    step(engine, case, Deed.UNDO, None)
    assert only(engine).alert.told_at is None
    assert [one.told for one in only(engine).noted] == [SECOND]


def test_a_correction_that_cannot_be_right_is_refused(engine: Engine) -> None:
    _, alert = an_alert(engine)
    with pytest.raises(NotAllowed, match="Say why"):
        correct(engine, alert, why=" ")
    with pytest.raises(Conflict, match="changed this meanwhile"):
        correct(engine, alert, seen="Dr Zeta")
    with pytest.raises(NotAllowed, match="what was noted before"):
        correct(engine, alert, told=FIRST)
    with pytest.raises(NotAllowed, match="not here"):
        correct(engine, "a_none")
    correct(engine, alert, told="")
    with pytest.raises(NotAllowed, match="Nobody was noted"):
        correct(engine, alert, seen="")
    assert len(only(engine).noted) == 2, "what is refused is not kept"


def test_a_blind_reader_learns_of_no_correction(engine: Engine) -> None:
    case, alert = an_alert(engine)
    step(engine, case, Deed.OPINION, None, text="metastasis or not?")
    assert show(engine, case).state is CaseState.SECOND_READ
    with pytest.raises(NotAllowed, match="not here"):
        correct(engine, alert, person=RADIOLOGIST)
    correct(engine, alert)
    with Session(engine) as session:
        row = session.get_one(ReviewCase, case)
        assert tellings_on(session, row, RADIOLOGIST) == ()
        assert len(tellings_on(session, row, LEAD)) == 2
    step(engine, case, Deed.REJECT, 0, RADIOLOGIST, code="DEGEN")
    close(engine, case, RADIOLOGIST)
    with Session(engine) as session:
        row = session.get_one(ReviewCase, case)
        assert row.state == CaseState.ADJUDICATION
        assert {one.by for one in tellings_on(session, row, RADIOLOGIST)} == {""}


def test_the_database_itself_keeps_every_note(engine: Engine) -> None:
    an_alert(engine)
    for deed in ("UPDATE telling SET told = 'x'", "DELETE FROM telling"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            Session(engine.execution_options(**{WRITES: True})) as session,
        ):
            session.execute(text(deed))
    with Session(engine) as session:
        assert len(session.execute(select(TellingRow)).all()) == 1
