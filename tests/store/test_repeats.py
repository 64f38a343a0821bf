"""Hidden repeats: as good as a new case to their reader, and nothing at all to everybody else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from asking import given_for, told
from repeating import EVERY, LATER, ahead, bare, closed, own_life, repeat_of, repeated, row
from sqlalchemy import Engine
from store_builders import (
    AUDITOR,
    COORDINATOR,
    LEAD,
    NOW,
    ONE_READER,
    PEOPLE,
    RADIOLOGIST,
    a_case,
    a_flag,
    a_header,
    a_picture,
    a_report,
    a_result,
    an_act,
    arrive,
    close,
    do,
    events,
    judge,
    measured,
    points,
    projection,
    recomputed,
    report,
    say,
    show,
    step,
)

from app.case_json import paint
from store import alerts, audit, cases, claims, history, rates, referrals, worklist
from store._repeats import begin
from store.domain.finding import CaseState, Deed, State
from store.domain.genant import Grade
from store.domain.people import Person, Role
from store.domain.queue import Assigned, Only
from store.domain.reading import DRAWS, ReadPolicy
from store.domain.referral import Policy
from store.domain.refusal import Conflict, NotAllowed
from store.domain.report import ReportStatus
from store.domain.spine import Level
from store.tables import ReviewCase
from store.unit import Reader, Unit
from store.worklist import Filters

OTHERS = (RADIOLOGIST, COORDINATOR, PEOPLE[Role.REALM_CHAIR])
DAY = timedelta(days=1)


def painted(engine: Engine, case: str, person: Person = LEAD) -> dict[str, Any]:
    return paint(show(engine, case, person, LATER), demo=False)


def story(engine: Engine, case: str, person: Person = LEAD) -> list[tuple[str, str]]:
    with Reader(engine, person, LATER) as reader:
        return [(line.who, line.what) for line in history.story(reader, case)]


def test_one_comes_in_front_when_ten_cases_were_closed_and_not_before(engine: Engine) -> None:
    old = closed(engine)
    waiting = a_case(engine)
    for number in range(8):
        closed(engine, LATER + timedelta(minutes=number))
    assert repeat_of(engine, old) is None
    tenth = closed(engine, LATER + timedelta(minutes=9))
    repeat = repeat_of(engine, old)
    assert ahead(engine, tenth) == (repeat, waiting)
    assert ahead(engine, tenth, RADIOLOGIST) == (waiting,)
    assert ahead(engine, str(repeat)) == (waiting,), "the list goes on behind the case before"
    done = events(engine, old)[-1]
    assert (done.deed, done.actor) == ("repeated", "intake")


def looked_at(engine: Engine, old: str) -> None:
    with Unit(engine, LEAD, LATER - DAY) as unit:
        cases.opened(unit, old)


def reopened(engine: Engine, old: str) -> None:
    step(engine, old, Deed.REOPEN, None, RADIOLOGIST, text="look again", now=NOW + DAY)


def urgent(engine: Engine, old: str) -> None:
    reopened(engine, old)
    step(engine, old, Deed.REJECT, code="MALIGNANT", now=NOW + DAY)
    close(engine, old, now=NOW + DAY)


def unaided(engine: Engine, old: str) -> None:
    with Unit(engine, LEAD, NOW) as unit:
        unit.session.get_one(ReviewCase, old).kind = "unaided"


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("why", [looked_at, reopened, urgent, unaided])
def test_some_cases_are_never_repeated(engine: Engine, why: Callable[[Engine, str], None]) -> None:
    old = closed(engine)
    why(engine, old)
    closed(engine, LATER)
    assert repeat_of(engine, old) is None


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize(
    ("now", "policy"),
    [
        (NOW + timedelta(days=27), EVERY),
        (NOW + timedelta(days=183), EVERY),
        (LATER, ONE_READER),
        (LATER, ReadPolicy(doubtful=False, repeat_share=1 / DRAWS)),
    ],
)
def test_nor_what_is_too_new_too_old_or_not_drawn(
    engine: Engine,
    now: datetime,
    policy: ReadPolicy,
) -> None:
    old = closed(engine)
    with Unit(engine, LEAD, NOW) as unit:
        unit.session.get_one(ReviewCase, old).draw = 1
    closed(engine, now, policy)
    assert repeat_of(engine, old) is None


LISTS = [
    (Filters(), True),
    (Filters(open=False), True),
    (Filters(state=CaseState.WAITING), True),
    (Filters(site="RX1", product="Product"), True),
    (Filters(site="RX2"), False),
    (Filters(level=Level.L1), False),
    (Filters(state=CaseState.SECOND_READ), False),
    (Filters(assigned=Assigned.ME), False),
    (Filters(only=Only.SESSION), False),
]


@pytest.mark.usefixtures("often")
def test_it_is_offered_to_its_reader_alone_and_stands_in_no_list(engine: Engine) -> None:
    old = closed(engine)
    last = closed(engine, LATER)
    repeat = repeat_of(engine, old)
    for filters, comes in LISTS:
        assert (repeat in ahead(engine, last, filters=filters)) is comes, filters
        with Reader(engine, LEAD, LATER) as reader:
            listed = {line.key.id for line in worklist.page(reader, filters).lines}
        assert repeat not in listed
    lowered = Person(LEAD.handle, LEAD.name, Role.REALM_CHAIR)
    assert ahead(engine, last, lowered) == ()
    assert ahead(engine, last, now=LATER + timedelta(days=15)) == (), "it lapsed"


@pytest.mark.usefixtures("often")
def test_left_alone_it_waits_and_closed_it_is_gone(lone: Engine) -> None:
    old = closed(lone)
    last = closed(lone, LATER)
    repeat = str(repeat_of(lone, old))
    with Unit(lone, LEAD, LATER) as unit:
        cases.opened(unit, repeat)
    assert ahead(lone, last) == ()
    last = closed(lone, LATER + timedelta(hours=1))
    assert ahead(lone, last) == (repeat,)
    step(lone, repeat, Deed.UNSURE, now=LATER)
    close(lone, repeat, now=LATER)
    assert ahead(lone, last) == ()
    with Reader(lone, LEAD, LATER + timedelta(hours=1)) as reader:
        recent = worklist.page(reader, Filters(only=Only.SESSION)).lines
    assert old not in {line.key.id for line in recent}
    at_night = LATER + timedelta(hours=13)
    with pytest.raises(NotAllowed, match="This case is not here"):
        show(lone, repeat, LEAD, at_night)
    assert show(lone, old, LEAD, at_night).state is CaseState.CLOSED


@pytest.mark.usefixtures("often")
def test_a_case_opened_again_is_not_offered_as_its_repeat(lone: Engine) -> None:
    old = closed(lone)
    last = closed(lone, LATER)
    step(lone, old, Deed.REOPEN, None, RADIOLOGIST, text="look again", now=LATER)
    assert repeat_of(lone, old) not in ahead(lone, last)


SCRIPTS: list[list[tuple[Deed, int | None, dict[str, Any]]]] = [
    [
        (Deed.MEASURE, None, {"level": Level.L1, "points": points(18, 20, 25)}),
        (Deed.RENUMBER, None, {"shift": 1}),
        (Deed.RENUMBER, None, {"shift": -1}),
        (Deed.CONFIRM, 0, {"grade": Grade.MODERATE}),
        (Deed.DESCRIBE, 0, {"comment": "seen"}),
        (Deed.ADD, None, {"level": Level.T12, "grade": Grade.SEVERE}),
        (Deed.REPORT, None, {"status": ReportStatus.NOT_MENTIONED}),
        (Deed.CLOSE, None, {"seconds": 40, "text": "clear"}),
        (Deed.UNDO, None, {}),
        (Deed.CLOSE, None, {}),
        (Deed.REPORT, None, {"status": ReportStatus.KNOWN_PRIOR}),
        (Deed.REOPEN, None, {"text": "the wrong level"}),
        (Deed.REJECT, 0, {"code": "LIMBUS"}),
        (Deed.CLOSE, None, {}),
    ],
    [(Deed.UNSURE, 0, {}), (Deed.CLOSE, None, {}), (Deed.UNDO, None, {}), (Deed.CLOSE, None, {})],
    [(Deed.CONFIRM, 0, {"grade": Grade.SEVERE}), (Deed.OPINION, None, {"text": "is it?"})],
    [(Deed.UNREADABLE, None, {"text": "metal"}), (Deed.UNDO, None, {})],
    [
        (Deed.WITHDRAW, None, {"text": "a phantom"}),
        (Deed.REOPEN, None, {"text": "none"}),
        (Deed.WITHDRAW, None, {"text": "yes"}),
        (Deed.UNDO, None, {}),
    ],
    [
        (Deed.REJECT, 0, {"code": "MALIGNANT"}),
        (Deed.TOLD, None, {"told": "Dr Who by telephone"}),
        (Deed.CLOSE, None, {}),
    ],
]


def same_step(
    engine: Engine, case: str, deed: Deed, place: int | None, said: dict[str, Any]
) -> int:
    shown = show(engine, case, LEAD, LATER)
    if deed is Deed.TOLD:
        said = {**said, "alert": shown.alerts[0].id}
    finding = shown.findings[place].id if place is not None else None
    act = an_act(case, shown.version, deed, finding, shown.scan.stack or "", **said)
    return do(engine, act, LEAD, LATER)


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script[-1][0].value)
def test_nothing_tells_its_reader_and_nothing_of_it_reaches_the_case(
    lone: Engine, script: list[tuple[Deed, int | None, dict[str, Any]]]
) -> None:
    engine = lone
    headers = [a_header(), a_header()]
    old, fresh = (a_case(engine, a_flag(Level.L1), header=header) for header in headers)
    for header in headers:
        report(engine, a_report(header, "Lungs clear."))
    measured(engine, old, Level.L1, 13.0, 20.0, 25.0)
    step(engine, old, Deed.RENUMBER, None, shift=1)
    step(engine, old, Deed.CONFIRM, grade=Grade.SEVERE, text="certain")
    judge(engine, old)
    close(engine, old, text="plain")
    with Unit(engine, COORDINATOR, NOW + DAY) as unit:
        referrals.export(unit, "5e4d2d12-0000-4000-8000-000000000001", Policy())
    repeat = repeated(engine, old)
    before = own_life(engine, old)
    for step_of in [None, *script]:
        if step_of is not None:
            assert same_step(engine, repeat, *step_of) == same_step(engine, fresh, *step_of)
        assert bare(painted(engine, repeat)) == bare(painted(engine, fresh))
        assert story(engine, repeat) == story(engine, fresh)
        assert own_life(engine, old) == before
        assert projection(engine, old) == recomputed(engine, old)
    (scan,) = painted(engine, repeat)["timeline"]["scans"]
    assert scan["case"] == repeat
    assert audit.verify(engine).faults == ()


@pytest.mark.usefixtures("often")
def test_no_answer_to_anybody_is_other_for_what_happens_in_it(lone: Engine) -> None:
    old = closed(lone)
    fresh = closed(lone, LATER, ONE_READER)

    def answers() -> dict[str, dict[str, str]]:
        everybody = (*OTHERS, AUDITOR, LEAD)
        asked = {one.name: told(lone, one, given_for(old, one), LATER) for one in everybody}
        for one in asked.values():
            for name in [name for name in one if name.startswith(("store.trail", "store.staff"))]:
                del one[name]
        return asked

    before, before_steps = answers(), show(lone, fresh).version
    step(lone, fresh, Deed.REOPEN, None, text="to close it again", now=LATER)
    close(lone, fresh, now=LATER, policy=EVERY)
    repeat = str(repeat_of(lone, old))
    with Unit(lone, LEAD, LATER) as unit:
        claims.take(unit, repeat)
    step(lone, repeat, Deed.REJECT, code="LIMBUS", now=LATER)
    judge(lone, repeat, now=LATER)
    after = answers()
    # The list of the reader's own next cases is where it comes from.
    listed = [one[LEAD.name].pop("store.worklist.following") for one in (before, after)]
    assert listed[1].split() == [repeat, *listed[0].split()]
    # Triage counts the steps of the fresh case, which was opened and closed once more.
    rooms = [[one[n].pop("store.triage.room", "").split() for n in one] for one in (before, after)]
    pairs = [pair for b, a in zip(*rooms, strict=True) for pair in zip(b, a, strict=True)]
    steps = before_steps, show(lone, fresh).version
    assert {(b, a) for b, a in pairs if b != a} == {(f"{steps[0]}", f"{steps[1]}")}
    assert after == before
    close(lone, repeat, now=LATER)
    assert answers()[RADIOLOGIST.name] == before[RADIOLOGIST.name]
    for person in (*OTHERS, Person("t.third", "Thea Third", Role.METABOLIC_LEAD)):
        with pytest.raises(NotAllowed, match="This case is not here"):
            show(lone, repeat, person, LATER)
        with Reader(lone, person, LATER) as reader:
            assert cases.stack_of(reader, repeat) is None
            assert cases.stacks_of(reader, repeat) == frozenset()
    with pytest.raises(NotAllowed, match="not here"):
        do(lone, an_act(repeat, 3, Deed.REOPEN, text="x"), RADIOLOGIST, LATER)


@pytest.mark.usefixtures("often")
def test_the_trail_keeps_what_is_said_in_it_back_until_it_is_closed(engine: Engine) -> None:
    old = closed(engine)
    repeat = repeated(engine, old)
    step(engine, repeat, Deed.REJECT, code="LIMBUS", now=LATER)

    def details() -> str:
        from store import trail

        with Reader(engine, AUDITOR, LATER) as reader:
            return " ".join(line.detail for line in trail.page(reader, entity=repeat))

    assert "LIMBUS" not in details()
    assert old not in details()
    close(engine, repeat, now=LATER)
    assert "LIMBUS" in details()
    assert old in details()


@pytest.mark.usefixtures("often")
def test_what_is_urgent_in_it_is_urgent(engine: Engine) -> None:
    old = closed(engine)
    repeat = repeated(engine, old)
    step(engine, repeat, Deed.REJECT, code="MALIGNANT", now=LATER)
    step(engine, repeat, Deed.UNDO, None, now=LATER)
    assert row(engine, old)["open_alerts"] == 0
    step(engine, repeat, Deed.REJECT, code="MALIGNANT", now=LATER)
    assert row(engine, old)["open_alerts"] == 1

    def listed(person: Person) -> list[str]:
        with Reader(engine, person, LATER) as reader:
            return [one.alert.case for one in alerts.alerts(reader) if not one.alert.told]

    assert listed(COORDINATOR) == listed(RADIOLOGIST) == [old]
    assert listed(LEAD) == [repeat]
    close(engine, repeat, now=LATER)
    assert not [one for one in events(engine, old) if one.reading == 10 and "case" in one.after]
    judge(engine, old, now=LATER, person=RADIOLOGIST)
    assert row(engine, old)["open_alerts"] == 1, "nothing of the case takes it away"
    assert projection(engine, old) == recomputed(engine, old)
    (alert,) = show(engine, old, COORDINATOR, LATER).alerts
    with Unit(engine, COORDINATOR, LATER) as unit:
        alerts.tell(unit, alert.id, "oncology, by telephone")
    assert row(engine, old)["open_alerts"] == 0
    assert any("oncology" in words for _, words in story(engine, old, COORDINATOR))


@pytest.mark.usefixtures("often")
def test_who_holds_it_is_nothing_to_who_holds_the_case(lone: Engine) -> None:
    old = closed(lone)
    repeat = repeated(lone, old)
    with Unit(lone, LEAD, LATER) as unit:
        claims.take(unit, repeat)
    step(lone, old, Deed.REOPEN, None, RADIOLOGIST, text="again", now=LATER)
    with Unit(lone, RADIOLOGIST, LATER) as unit:
        claims.take(unit, old)
    with Reader(lone, LEAD, LATER) as reader:
        mine, theirs = claims.standing(reader, repeat), claims.standing(reader, old)
    assert (mine and mine.by, theirs and theirs.by) == (LEAD.name, RADIOLOGIST.name)
    step(lone, repeat, Deed.UNSURE, now=LATER)
    with Unit(lone, LEAD, LATER) as unit, pytest.raises(NotAllowed, match="Nobody else works"):
        claims.break_with_reason(unit, repeat, "mine")
    close(lone, repeat, now=LATER)
    assert show(lone, repeat, LEAD, LATER).claim is None


@pytest.mark.usefixtures("often")
def test_two_tabs_on_it_meet_as_on_any_case_and_a_step_sent_twice_is_one(lone: Engine) -> None:
    old = closed(lone)
    repeat = repeated(lone, old)
    finding = show(lone, repeat, LEAD, LATER).findings[0].id
    act = an_act(repeat, 0, Deed.UNSURE, finding)
    assert do(lone, act, LEAD, LATER) == 1
    assert do(lone, act, LEAD, LATER + DAY) == 1
    with pytest.raises(Conflict, match=f"{LEAD.name} changed this case on"):
        do(lone, an_act(repeat, 0, Deed.CONFIRM, finding), LEAD, LATER)
    step(lone, old, Deed.REOPEN, None, text="look again", now=LATER)
    astray = an_act(old, row(lone, old)["version"], Deed.CONFIRM, finding)
    with pytest.raises(NotAllowed, match="not part of the case on the screen"):
        do(lone, astray, LEAD, LATER)
    with pytest.raises(NotAllowed, match="recorded for another case"):
        do(lone, replace(act, case=old), LEAD, LATER)


@pytest.mark.usefixtures("often")
def test_what_arrives_meanwhile_opens_the_case_and_leaves_the_repeat(engine: Engine) -> None:
    header = a_header()
    old = a_case(engine, a_flag(Level.L1), header=header)
    report(engine, a_report(header, "Lungs clear."))
    step(engine, old, Deed.CONFIRM, now=NOW, grade=Grade.MODERATE)
    judge(engine, old, now=NOW)
    close(engine, old, now=NOW)
    repeat = repeated(engine, old)
    judge(engine, repeat, ReportStatus.KNOWN_PRIOR, now=LATER)
    report(engine, a_report(header, "Lungs clear. Old L1 fracture."), LATER)
    say(engine, a_result(header, a_flag(Level.T9), product="Other"), LATER)
    assert (show(engine, old).state, show(engine, old).report.changed) == (CaseState.WAITING, True)
    shown = show(engine, repeat, LEAD, LATER)
    assert [found.level for found in shown.findings] == [Level.L1]
    assert (shown.version, shown.report.changed) == (1, False)
    assert shown.report.status is ReportStatus.KNOWN_PRIOR
    judge(engine, repeat, ReportStatus.REPORTED_FULL, now=LATER)
    assert show(engine, old).report.changed, "nobody has judged the new text yet"
    step(engine, repeat, Deed.UNSURE, now=LATER)
    close(engine, repeat, now=LATER)
    assert show(engine, old).findings[0].state is State.CONFIRMED
    assert projection(engine, old) == recomputed(engine, old)


@pytest.mark.usefixtures("often")
def test_its_timeline_is_that_of_the_first_reading(lone: Engine) -> None:
    header = a_header()
    old = a_case(lone, a_flag(Level.L1), header=header)
    step(lone, old, Deed.CONFIRM, now=NOW, grade=Grade.MODERATE)
    close(lone, old, now=NOW)
    after = a_header(patient=header.patient, scanned=date(2026, 11, 20))
    arrive(lone, after, a_picture(), NOW + DAY)
    repeat = repeated(lone, old)
    assert len(show(lone, old, LEAD, LATER).timeline.scans) == 2
    assert [one.case for one in show(lone, repeat, LEAD, LATER).timeline.scans] == [repeat]


def test_the_pairs_say_whether_a_reader_agrees_with_themselves_and_not_who(engine: Engine) -> None:
    same, other = closed(engine), closed(engine)
    names = []
    for case in (same, other):
        with Unit(engine, LEAD, LATER) as unit:
            begin(unit, unit.session.get_one(ReviewCase, case))
        named = str(repeat_of(engine, case))
        names.append(named)
        grade = Grade.MODERATE if case == same else Grade.SEVERE
        step(engine, named, Deed.CONFIRM, now=LATER, grade=grade)
        close(engine, named, now=LATER)
    for hours, many in ((11, 0), (13, 2)):
        with Reader(engine, AUDITOR, LATER + timedelta(hours=hours)) as reader:
            pairs = rates.repeats(reader)
        assert len(pairs) == many
    assert sorted(pair.agrees for pair in pairs) == [False, True]
    assert {pair.apart for pair in pairs} == {(), (Level.L1,)}
    assert {pair.days for pair in pairs} == {30}
    for name in (LEAD.handle, LEAD.name, same, other, *names):
        assert name not in repr(pairs)
    step(engine, other, Deed.REOPEN, None, RADIOLOGIST, text="x", now=LATER)
    with Reader(engine, AUDITOR, LATER + DAY) as reader:
        assert len(rates.repeats(reader)) == 1
        assert rates.repeats(reader, site="RX9") == ()
