"""What the FLS answers is taken in once, by a person, and every confirmed patient has a place."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlmodel import Session, col
from store_builders import COORDINATOR, NOW, a_case, a_header, a_patient, close, ready, step

from store import opt_outs, outcomes, referrals, standings
from store.domain.finding import Deed
from store.domain.loop import Patience, Position, Stage, kpi3, kpi4, place, stage_of
from store.domain.outcome import Answer, Fate, Outcome, Returned, whom
from store.domain.referral import Policy
from store.domain.refusal import Conflict, NotAllowed
from store.tables import AnswerRow, ReviewCase
from store.unit import Reader, Unit

ACCEPTED = Answer(Outcome.ACCEPTED, date(2026, 12, 3))
TODAY = NOW.date()


@pytest.fixture
def engine(lone: Engine) -> Engine:
    """On SQLite alone: nothing here depends on the database."""
    return lone


def export(engine: Engine) -> referrals.Batch:
    with Unit(engine, COORDINATOR, NOW) as unit:
        batch = referrals.export(unit, str(uuid4()), Policy())
    with Reader(engine, COORDINATOR) as reader:
        return referrals.batch(reader, batch)


def filled(batch: referrals.Batch, *answers: Answer | None) -> list[Returned]:
    return [
        Returned(f"row {n}", one.number, batch.id[:12], whom(one.facts.patient), answer)
        for n, (one, answer) in enumerate(zip(batch.referrals, answers, strict=False))
    ]


def seen(engine: Engine, rows: list[Returned], batch: referrals.Batch) -> outcomes.Preview:
    with Reader(engine, COORDINATOR) as reader:
        return outcomes.preview(reader, rows, [batch.id[:12]])


def accept(
    engine: Engine, rows: list[Returned], batch: referrals.Batch, act: str = "", **more: object
) -> dict[str, int]:
    mark = seen(engine, rows, batch).mark
    with Unit(engine, COORDINATOR, NOW) as unit:
        return outcomes.accept(
            unit, act or str(uuid4()), "ab" * 32, rows, [batch.id[:12]], mark, **more
        )  # type: ignore[arg-type]  # named


def answers(engine: Engine) -> list[tuple[str, bool]]:
    with Reader(engine, COORDINATOR) as reader:
        return [(one.answer.outcome.value, one.stands) for one in outcomes.history(reader)]


def test_a_file_is_taken_in_once_and_the_rows_it_left_out_are_named(engine: Engine) -> None:
    for _ in range(3):
        ready(engine)
    batch = export(engine)
    rows = filled(batch, ACCEPTED, None)
    before = seen(engine, rows, batch)
    assert before.counts == {Fate.TAKE: 1, Fate.UNANSWERED: 1}
    assert before.absent == (batch.referrals[2].number,)
    assert answers(engine) == [], "looking writes nothing"
    accept(engine, rows, batch, "a1")
    accept(engine, rows, batch, "a1")
    assert answers(engine) == [("accepted", True)]
    again = seen(engine, rows, batch)
    assert again.counts == {Fate.UNCHANGED: 1, Fate.UNANSWERED: 1}
    accept(engine, rows, batch)
    assert answers(engine) == [("accepted", True)], "the same file twice does nothing"


def test_what_a_person_takes_back_is_not_taken_in_again_by_itself(engine: Engine) -> None:
    ready(engine)
    batch = export(engine)
    rows = filled(batch, ACCEPTED)
    accept(engine, rows, batch)
    with Reader(engine, COORDINATOR) as reader:
        (given_,) = outcomes.history(reader)
    with Unit(engine, COORDINATOR, NOW) as unit:
        outcomes.take_back(unit, given_.id, "of the patient in the row below")
    assert answers(engine) == [("accepted", False)]
    with pytest.raises(NotAllowed, match="does not stand"), Unit(engine, COORDINATOR, NOW) as unit:
        outcomes.take_back(unit, given_.id, "once more")
    assert seen(engine, rows, batch).counts == {Fate.CHANGED: 1}
    accept(engine, rows, batch)
    assert answers(engine) == [("accepted", False)]
    accept(engine, rows, batch, ticked=["row 0"])
    assert answers(engine) == [("accepted", True), ("accepted", False)]


def test_what_was_seen_is_what_is_accepted(engine: Engine) -> None:
    ready(engine)
    batch = export(engine)
    rows = filled(batch, ACCEPTED)
    old = seen(engine, rows, batch).mark
    accept(engine, filled(batch, Answer(Outcome.DIED, date(2026, 12, 4))), batch)
    with pytest.raises(Conflict, match="changed while"), Unit(engine, COORDINATOR, NOW) as unit:
        outcomes.accept(unit, "a2", "cd" * 32, rows, [batch.id[:12]], old)
    assert seen(engine, rows, batch).counts == {Fate.CHANGED: 1}


def test_every_confirmed_case_is_in_one_place(engine: Engine) -> None:
    answered, silent, gone = (ready(engine) for _ in range(3))
    batch = export(engine)
    by_case = {one.facts.patient.hospital_number: one for one in batch.referrals}
    assert len(by_case) == 3
    first = filled(batch, ACCEPTED)
    accept(engine, first, batch)
    out = a_patient()
    opted = ready(engine, a_header(patient=out))
    assert out.nhs_number is not None
    with Unit(engine, COORDINATOR, NOW) as unit:
        opt_outs.add(unit, out.nhs_number.digits, TODAY, "by letter", "letter")
    young = ready(engine, a_header(patient=a_patient(born=date(1999, 1, 1))))
    unjudged = a_case(engine, header=a_header(scanned=date(2026, 8, 1)))
    step(engine, unjudged, Deed.CONFIRM)
    close(engine, unjudged)
    free = ready(engine)
    with Reader(engine, COORDINATOR, NOW + timedelta(days=1)) as reader:
        found = standings.standings(reader, Policy())
        late = standings.standings(reader, Policy(), Patience(reply_days=0, ready_days=0))
    places = {case: one.place for one in found for case in one.cases}
    with Session(engine) as session:
        confirmed = set(
            session.execute(
                select(col(ReviewCase.id)).where(col(ReviewCase.fragility) > 0)
            ).scalars()
        )
    assert sorted(places) == sorted(confirmed), "nobody twice, and nobody nowhere"
    stages = {case: one.stage for case, one in places.items()}
    assert sorted(stages[case] for case in (answered, silent, gone)) == [
        Stage.ANSWERED,
        Stage.SENT,
        Stage.SENT,
    ]
    assert (stages[opted], stages[young]) == (Stage.EXCLUDED, Stage.EXCLUDED)
    assert (stages[unjudged], stages[free]) == (Stage.HELD, Stage.READY)
    lost = {case: one.place.lost for one in found for case in one.cases if one.place.lost}
    absent = {"left out of the file that came back on 22/11/2026"}
    assert {lost.pop(case, "") for case in (answered, silent, gone)} == {"", *absent}
    assert lost == {unjudged: "held, and the 90 days are over"}
    assert "ready, and not exported for 1 days" in {one.place.lost for one in late}


POSITIONS = st.builds(
    Position,
    index_date=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 1)),
    confirmed_on=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 1)),
    against=st.lists(st.just("has died"), max_size=1).map(tuple),
    waits=st.lists(st.just("no report"), max_size=1).map(tuple),
    sent_on=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 1)),
    answer=st.none() | st.builds(Answer, st.sampled_from(Outcome), st.none() | st.just(TODAY)),
    known=st.booleans(),
)


@given(POSITIONS)
def test_every_position_is_one_stage_that_says_itself(at: Position) -> None:
    found = place(at, TODAY, Patience())
    assert found.stage is stage_of(at)
    assert found.words
    assert not (found.stage in (Stage.ANSWERED, Stage.EXCLUDED) and found.lost)


@given(st.lists(POSITIONS, max_size=12))
def test_the_90_days_are_counted_of_those_who_could_be_seen(all_of: list[Position]) -> None:
    rate = kpi4(all_of, TODAY)
    assert 0 <= rate.numerator <= rate.denominator <= len(all_of)


def test_kpi4_counts_the_day_of_the_answer_against_the_day_of_the_scan() -> None:
    scan = date(2026, 3, 1)
    seen_ = [Answer(Outcome.ACCEPTED, scan + timedelta(days=days)) for days in (90, 91)]
    rows = [Position(index_date=scan, answer=one) for one in seen_]
    rows += [Position(index_date=scan), Position(index_date=scan, answer=Answer(Outcome.DIED))]
    rows += [Position(index_date=TODAY)]
    assert kpi4(rows, TODAY).numerator == 1
    assert kpi4(rows, TODAY).denominator == 3
    assert kpi3(rows, 40).numerator == 2


def test_the_answers_outlive_the_one_who_gave_them(engine: Engine) -> None:
    ready(engine)
    batch = export(engine)
    accept(engine, filled(batch, ACCEPTED), batch)
    with Session(engine) as session:
        (row,) = session.execute(select(AnswerRow)).scalars()
        row.outcome = "died"
        with pytest.raises(Exception, match="append-only"):
            session.flush()
