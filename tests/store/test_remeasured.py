"""A person's measurement: kept beside the machine's, used in place of it, never lost or changed."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import Session, col
from store_builders import (
    COORDINATOR,
    LEAD,
    NOW,
    RADIOLOGIST,
    a_case,
    a_flag,
    a_header,
    an_act,
    close,
    do,
    events,
    judge,
    measured,
    points,
    projection,
    ready,
    recomputed,
    show,
    step,
)
from test_racing import at_once

from store import audit, referrals
from store.domain.finding import Act, CaseState, Deed, State
from store.domain.genant import FractureType, Grade
from store.domain.morphometry import Heights
from store.domain.referral import Policy
from store.domain.refusal import Conflict, NotAllowed
from store.domain.spine import Level
from store.tables import RemeasurementRow, TrailRow
from store.unit import Reader, Unit


def measurement(engine: Engine, case: str, level: Level = Level.L1, **changes: object) -> Act:
    shown = show(engine, case)
    values = {"level": level, "points": points(24.0, 24.0, 25.0), **changes}
    stack = str(values.pop("stack", shown.scan.stack))
    return an_act(case, shown.version, Deed.MEASURE, None, stack, **values)


def rows(engine: Engine) -> int:
    with Session(engine) as session:
        return int(session.execute(select(func.count()).select_from(RemeasurementRow)).scalar_one())


def test_a_measurement_stands_beside_the_machines_with_who_and_when(engine: Engine) -> None:
    case = a_case(engine)
    machine = show(engine, case).spine.machine
    assert measured(engine, case, Level.L1, 24.0, 24.0, 25.0, person=RADIOLOGIST) == 1
    spine = show(engine, case).spine
    assert spine.machine == machine
    one = spine.people[Level.L1]
    assert (one.heights, one.by, one.at) == (
        Heights(24.0, 24.0, 25.0),
        RADIOLOGIST.name,
        NOW + timedelta(hours=1),
    )
    assert one.points == points(24.0, 24.0, 25.0)
    assert one.stack == show(engine, case).scan.stack


def test_the_persons_heights_stand_in_for_the_machines_in_what_is_proposed(engine: Engine) -> None:
    case = a_case(engine, a_flag(loss=None))
    offered = show(engine, case).findings[0].offered
    assert offered is not None
    assert offered.grade is Grade.MODERATE
    measured(engine, case, Level.L1, 13.0, 20.0, 25.0)
    again = show(engine, case).findings[0].offered
    assert again is not None
    assert (again.grade, again.shape) == (Grade.SEVERE, FractureType.WEDGE)
    step(engine, case, Deed.CONFIRM)
    assert show(engine, case).findings[0].grade is Grade.SEVERE


def test_a_vertebra_a_person_found_intact_offers_no_grade(engine: Engine) -> None:
    case = a_case(engine, a_flag(loss=None))
    measured(engine, case, Level.L1, 24.0, 24.0, 25.0)
    assert show(engine, case).findings[0].offered is None
    assert show(engine, case).spine.machine[Level.L1].grade is Grade.MODERATE


def test_a_neighbour_that_a_person_measured_moves_the_reference_of_the_others(
    engine: Engine,
) -> None:
    case = a_case(engine)
    before = show(engine, case).spine
    measured(engine, case, Level.L2, 27.0, 27.0, 28.0)
    after = show(engine, case).spine
    assert after.used[Level.L1].loss > before.used[Level.L1].loss  # type: ignore[operator]
    assert after.machine == before.machine


def test_a_measurement_moves_neither_a_finding_nor_the_case(engine: Engine) -> None:
    case = a_case(engine)
    before = projection(engine, case)
    measured(engine, case, Level.L1, 24.0, 24.0, 25.0)
    after = projection(engine, case)
    apart = {name for name in after if after[name] != before[name]}
    assert apart == {"measured", "readings/1"}, "nothing but whose reading it is"
    step(engine, case, Deed.REJECT, code="LIMBUS")
    measured(engine, case, Level.L1, 23.0, 24.0, 25.0)
    assert show(engine, case).state is CaseState.WAITING
    assert show(engine, case).findings[0].state is State.REJECTED


def test_the_newest_measurement_that_nobody_took_back_counts(engine: Engine) -> None:
    case = a_case(engine)
    for front in (20.0, 21.0):
        measured(engine, case, Level.L1, front, 24.0, 25.0)
    assert show(engine, case).spine.people[Level.L1].heights.anterior_mm == 21.0
    step(engine, case, Deed.UNDO, None)
    assert show(engine, case).spine.people[Level.L1].heights.anterior_mm == 20.0
    step(engine, case, Deed.UNDO, None)
    assert show(engine, case).spine.people == {}
    assert show(engine, case).spine.used == show(engine, case).spine.machine
    assert rows(engine) == 2, "nothing is removed"
    assert projection(engine, case) == recomputed(engine, case)


def test_undoing_a_measurement_leaves_the_judge_of_the_report_alone(engine: Engine) -> None:
    case = a_case(engine)
    judge(engine, case, person=LEAD, now=NOW + timedelta(hours=2))
    measured(engine, case, Level.L1, 24.0, 24.0, 25.0, person=RADIOLOGIST)
    step(engine, case, Deed.UNDO, None, person=RADIOLOGIST)
    assert show(engine, case).report.judged_by == LEAD.name


def test_undoing_a_judgement_after_a_measurement_names_the_former_judge(engine: Engine) -> None:
    case = a_case(engine)
    measured(engine, case, Level.L1, 24.0, 24.0, 25.0, person=RADIOLOGIST)
    judge(engine, case)
    step(engine, case, Deed.UNDO, None)
    assert show(engine, case).report.judged_by == ""


def test_the_same_measurement_sent_again_is_one(engine: Engine) -> None:
    case = a_case(engine)
    act = measurement(engine, case)
    assert at_once(*[lambda: do(engine, act)] * 6) == [1] * 6
    assert (rows(engine), len(events(engine, case))) == (1, 1)


def test_of_two_people_who_measure_one_version_one_meets_a_conflict(engine: Engine) -> None:
    case = a_case(engine)
    first, second = measurement(engine, case), measurement(engine, case, Level.L2)
    answers = at_once(lambda: do(engine, first, LEAD), lambda: do(engine, second, RADIOLOGIST))
    assert {type(answer) for answer in answers} == {int, Conflict}
    assert rows(engine) == show(engine, case).version == 1


NONSENSE = [
    ({"points": points(1.0, 24.0, 25.0)}, "between 2 and 60 mm, got 1"),
    ({"points": points(24.0, 24.0, 25.0)[:4]}, "Six points"),
    ({"points": tuple((x, -y) for x, y in points(24.0, 24.0, 25.0))}, "below the lower one"),
    ({"points": tuple((-x, y) for x, y in points(24.0, 24.0, 25.0))}, "from front to back"),
    ({"points": tuple((x + 90.0, y) for x, y in points(24.0, 24.0, 25.0))}, "within 60 mm"),
    ({"points": ((float("nan"), 0.0), *points(24.0, 24.0, 25.0)[1:])}, "within 60 mm"),
    ({"level": None}, "of one of T1 to T13 or L1 to L6"),
    ({"level": Level.S1}, "of one of T1 to T13 or L1 to L6"),
    ({"level": Level.L4}, r"L4 has no plane of its own on this picture \(cut by the edge"),
    ({"level": Level.T5}, "T5 has no plane of its own on this picture, so"),
    ({"stack": ""}, "not one of this case"),
    ({"stack": "ab" * 32}, "not one of this case"),
]


@pytest.mark.parametrize(("changes", "words"), NONSENSE)
def test_nonsense_is_refused_in_a_sentence_and_leaves_no_trace(
    engine: Engine, changes: dict[str, object], words: str
) -> None:
    case = a_case(engine)
    with pytest.raises(NotAllowed, match=words):
        do(engine, measurement(engine, case, **changes))  # type: ignore[arg-type]
    assert (rows(engine), show(engine, case).version, events(engine, case)) == (0, 0, [])


def test_a_measurement_on_the_picture_of_another_case_is_refused(engine: Engine) -> None:
    case, other = a_case(engine), a_case(engine)
    theirs = show(engine, other).scan.stack
    for deed in (Deed.MEASURE, Deed.UNSURE):
        act = measurement(engine, case, stack=theirs)
        act = replace(act, decision=replace(act.decision, deed=deed))
        with pytest.raises(NotAllowed, match="not one of this case"):
            do(engine, act)
    assert rows(engine) == 0


def test_a_decision_keeps_the_name_of_the_picture_it_was_made_on(engine: Engine) -> None:
    case = a_case(engine)
    shown = show(engine, case)
    stack = shown.scan.stack or ""
    do(engine, an_act(case, 0, Deed.UNSURE, shown.findings[0].id, stack))
    step(engine, case, Deed.CONFIRM)
    assert [event.stack for event in events(engine, case)] == [stack, ""]


def test_only_those_who_review_measure(engine: Engine) -> None:
    case = a_case(engine)
    with pytest.raises(NotAllowed, match="may not review findings"):
        do(engine, measurement(engine, case), COORDINATOR)


def test_a_referred_case_is_measured_anew_only_once_it_is_open_again(engine: Engine) -> None:
    case = ready(engine)
    act = measurement(engine, case)
    with Unit(engine, COORDINATOR, NOW + timedelta(hours=5)) as unit:
        referrals.export(unit, str(uuid4()), Policy())
    with pytest.raises(NotAllowed, match="This case is closed"):
        do(engine, act)


def test_the_loss_that_is_handed_over_is_the_persons_and_says_so(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header)
    measured(engine, case, Level.L1, 13.0, 20.0, 25.0)
    step(engine, case, Deed.CONFIRM)
    judge(engine, case)
    close(engine, case)
    loss = show(engine, case).spine.used[Level.L1].loss
    with Unit(engine, COORDINATOR, NOW + timedelta(hours=5)) as unit:
        batch = referrals.export(unit, str(uuid4()), Policy())
    with Reader(engine, COORDINATOR) as reader:
        (fracture,) = referrals.batch(reader, batch).referrals[0].facts.fractures
    assert (fracture.loss, fracture.by_person) == (loss, True)
    assert loss != show(engine, case).spine.machine[Level.L1].loss


def test_the_trail_tells_of_a_measurement_its_heights_and_no_name(engine: Engine) -> None:
    case = a_case(engine)
    measured(engine, case, Level.L1, 24.0, 24.0, 25.0)
    measured(engine, case, Level.L1, 23.0, 24.0, 25.0)
    with Session(engine) as session:
        lines = session.execute(
            select(TrailRow)
            .where(col(TrailRow.action) == "case.decided")
            .order_by(col(TrailRow.seq))
        ).scalars()
        said = [json.loads(line.detail) for line in lines]
    assert [(one["deed"], one["before"], one["after"]) for one in said] == [
        ("measure", {"level": "L1", "shown": "L1", "heights_mm": None},
         {"level": "L1", "shown": "L1", "heights_mm": [24.0, 24.0, 25.0]}),
        ("measure", {"level": "L1", "shown": "L1", "heights_mm": [24.0, 24.0, 25.0]},
         {"level": "L1", "shown": "L1", "heights_mm": [23.0, 24.0, 25.0]}),
    ]  # fmt: skip
    assert audit.verify(engine).faults == ()
