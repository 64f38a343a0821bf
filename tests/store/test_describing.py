"""Describing a vertebra and numbering a spine over the real record."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from store_builders import (
    LEAD,
    NOW,
    RADIOLOGIST,
    WEDGED,
    a_case,
    a_flag,
    a_header,
    a_patient,
    a_picture,
    a_result,
    close,
    measured,
    projection,
    recomputed,
    say,
    show,
    step,
)

from store.domain.describe import Acuity, EndPlate, Novelty, Unstable
from store.domain.finding import CaseState, Deed
from store.domain.genant import Grade
from store.domain.morphometry import Heights
from store.domain.numbering import Confidence, CountFrom, Variant
from store.domain.refusal import NotAllowed
from store.domain.spine import Level
from store.history import story
from store.unit import Reader

T11, T12, T13, L1, L2, L3, L4, L5 = (
    Level(name) for name in ("T11", "T12", "T13", "L1", "L2", "L3", "L4", "L5")
)


def test_a_vertebra_is_described_part_by_part(engine: Engine) -> None:
    case = a_case(engine)
    assert show(engine, case).findings[0].acuity is Acuity.INDETERMINATE
    step(engine, case, Deed.DESCRIBE, endplate=EndPlate.YES, acuity=Acuity.ACUTE)
    step(engine, case, Deed.DESCRIBE, comment="  band of sclerosis ")
    step(engine, case, Deed.DESCRIBE, novelty=Novelty.NEW, against="2026-01-05")
    found = show(engine, case).findings[0]
    assert (found.endplate, found.acuity, found.comment) == (
        EndPlate.YES,
        Acuity.ACUTE,
        "band of sclerosis",
    )
    assert (found.novelty, found.against, found.against_day) == (
        Novelty.NEW,
        "2026-01-05",
        date(2026, 1, 5),
    )
    assert found.decided_by == "", "a description is no decision"
    assert projection(engine, case) == recomputed(engine, case)


def test_undo_takes_a_description_back_whole(engine: Engine) -> None:
    case = a_case(engine)
    before = show(engine, case).findings
    step(
        engine,
        case,
        Deed.DESCRIBE,
        endplate=EndPlate.NO,
        acuity=Acuity.CHRONIC,
        unstable=(Unstable.CANAL, Unstable.RETROPULSION),
        novelty=Novelty.NO_PRIOR,
        comment="old",
    )
    step(engine, case, Deed.UNDO, None)
    assert show(engine, case).findings == before


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Nothing is said"),
        ({"novelty": Novelty.WORSE}, "said against an earlier scan"),
        ({"novelty": Novelty.NO_PRIOR, "against": "2026-01-05"}, "names none"),
        ({"novelty": Novelty.NEW, "against": "2026-12-24"}, "is later than this one"),
        ({"novelty": Novelty.NEW, "against": "c_elsewhere"}, "no other scan of this patient"),
        ({"comment": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_what_cannot_be_so_is_refused_and_nothing_changes(
    engine: Engine, said: dict[str, Any], words: str
) -> None:
    case = a_case(engine)
    before = projection(engine, case)
    with pytest.raises(NotAllowed, match=words):
        step(engine, case, Deed.DESCRIBE, **said)
    assert projection(engine, case) == before


def test_a_fracture_is_compared_with_another_scan_of_the_same_patient_alone(
    engine: Engine,
) -> None:
    patient = a_patient()
    old = a_case(engine, header=a_header(patient=patient, scanned=date(2025, 5, 6)))
    new = a_case(engine, header=a_header(patient=patient))
    stranger = a_case(engine)
    step(engine, new, Deed.DESCRIBE, novelty=Novelty.UNCHANGED, against=old)
    assert show(engine, new).findings[0].against_day == date(2025, 5, 6)
    for against in (stranger, new):
        with pytest.raises(NotAllowed, match="no other scan of this patient"):
            step(engine, new, Deed.DESCRIBE, novelty=Novelty.UNCHANGED, against=against)
    with pytest.raises(NotAllowed, match="is later than this one"):
        step(engine, old, Deed.DESCRIBE, novelty=Novelty.UNCHANGED, against=new)


def test_no_earlier_scan_forgets_the_one_that_was_named(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.DESCRIBE, novelty=Novelty.NEW, against="2026-01-05")
    step(engine, case, Deed.DESCRIBE, novelty=Novelty.NO_PRIOR)
    assert show(engine, case).findings[0].against == ""


def test_the_story_of_a_case_says_what_was_described_numbered_and_told(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.DESCRIBE, endplate=EndPlate.YES, novelty=Novelty.NO_PRIOR, comment="x")
    step(engine, case, Deed.RENUMBER, None, shift=1, count_from=CountFrom.SACRUM)
    measured(engine, case, L2, 15.0, 19.0, 25.0)
    step(engine, case, Deed.REJECT, code="INFECTION")
    alert = show(engine, case).alerts[0].id
    step(engine, case, Deed.TOLD, None, alert=alert, told="Dr X by phone")
    with Reader(engine, LEAD) as reader:
        said = [line.what for line in story(reader, case)]
    assert "Described L1: end-plate broken, no earlier scan, “x”." in said
    assert "Counted from the sacrum; labels moved down by 1." in said
    assert "Measured L2: 15.0 / 19.0 / 25.0 mm." in said
    assert "Noted who was told of an urgent alert: Dr X by phone." in said


def levels(engine: Engine, case: str) -> list[Level | None]:
    return [found.level for found in show(engine, case).findings]


def test_all_labels_move_at_once_and_back_again(engine: Engine) -> None:
    case = a_case(engine, a_flag(L1), a_flag(T12), a_flag(None))
    step(engine, case, Deed.CONFIRM)
    measured(engine, case, L1, 15.0, 19.0, 25.0)
    was, before = projection(engine, case), show(engine, case)
    step(engine, case, Deed.RENUMBER, None, shift=1, count_from=CountFrom.SACRUM)
    shown = show(engine, case)
    assert levels(engine, case) == [L2, L1, None]
    assert {found.ai_level for found in shown.findings} == {L1, T12, None}
    assert set(shown.spine.machine) == {T12, L1, L2, L3, L4}
    assert shown.spine.unmeasured.keys() == {L5}
    assert shown.spine.people.keys() == {L2}
    assert shown.spine.used[L2].heights == before.spine.used[L1].heights
    assert (shown.numbering.shift, shown.numbering.count_from) == (1, CountFrom.SACRUM)
    step(engine, case, Deed.UNDO, None)
    assert projection(engine, case) == was
    assert levels(engine, case) == [L1, T12, None]
    assert show(engine, case).spine == before.spine
    assert projection(engine, case) == recomputed(engine, case)


def test_up_and_down_again_leaves_every_label_where_it_was(engine: Engine) -> None:
    case = a_case(engine, a_flag(L1), a_flag(T11))
    before = show(engine, case).spine
    step(engine, case, Deed.RENUMBER, None, shift=-1)
    assert levels(engine, case) == [T12, Level.T10]
    step(engine, case, Deed.RENUMBER, None, shift=1)
    assert levels(engine, case) == [L1, T11]
    assert show(engine, case).spine == before


def test_a_finding_that_would_fall_off_is_refused_and_nothing_moves(engine: Engine) -> None:
    case = a_case(engine, a_flag(L5, grade=Grade.MILD), a_flag(T12))
    before = projection(engine, case)
    with pytest.raises(NotAllowed, match=r"L5 would become S1.*Relabel or reject it first"):
        step(engine, case, Deed.RENUMBER, None, shift=1)
    assert projection(engine, case) == before
    step(engine, case, Deed.REJECT, code="SEG_ERROR")
    step(engine, case, Deed.RENUMBER, None, shift=1)
    assert levels(engine, case) == [Level.S1, L1]
    with pytest.raises(NotAllowed, match="T1 to T13 or L1 to L6"):
        step(engine, case, Deed.CONFIRM, grade=Grade.MILD)


def test_thirteen_ribs_make_a_t13_and_eleven_leave_no_t12(engine: Engine) -> None:
    case = a_case(engine, a_flag(L1))
    step(engine, case, Deed.RENUMBER, None, variant=Variant.RIBS_13)
    assert levels(engine, case) == [T13]
    assert T13 in show(engine, case).spine.used
    step(engine, case, Deed.RENUMBER, None, variant=Variant.RIBS_11, shift=-1)
    shown = show(engine, case)
    assert levels(engine, case) == [L1]
    assert T12 not in shown.spine.used
    assert T11 in shown.spine.used
    with pytest.raises(NotAllowed, match="11 rib pairs, so it has no T12"):
        step(engine, case, Deed.RELABEL, level=T12)


def test_a_measurement_is_kept_for_the_vertebra_whatever_it_is_called(engine: Engine) -> None:
    case = a_case(engine)
    step(engine, case, Deed.RENUMBER, None, shift=1)
    measured(engine, case, L2, 15.0, 19.0, 25.0)
    assert show(engine, case).spine.people.keys() == {L2}
    with pytest.raises(NotAllowed, match="T11 has no plane of its own"):
        measured(engine, case, T11, 15.0, 19.0, 25.0)
    step(engine, case, Deed.RENUMBER, None, shift=-1)
    assert show(engine, case).spine.people.keys() == {L1}


def test_a_t13_of_the_machine_stands_until_somebody_says_there_is_none(engine: Engine) -> None:
    spine = {**WEDGED, T13: Heights(23.5, 23.5, 24.5)}
    case = a_case(engine, a_flag(L1), picture=a_picture(spine))
    assert T13 in show(engine, case).spine.used
    step(engine, case, Deed.RENUMBER, None, variant=Variant.NONE, count_from=CountFrom.C2)
    assert levels(engine, case) == [L2]
    assert T13 not in show(engine, case).spine.used


def test_a_flag_that_comes_later_gets_the_name_that_is_shown(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header)
    step(engine, case, Deed.RENUMBER, None, shift=1)
    say(engine, a_result(header, a_flag(T11), product="Other"), NOW + timedelta(hours=3))
    assert sorted(level.value for level in levels(engine, case) if level) == ["L2", "T12"]


def test_a_count_by_nobody_is_not_certain(engine: Engine) -> None:
    case = a_case(engine)
    with pytest.raises(NotAllowed, match="not certain"):
        step(engine, case, Deed.RENUMBER, None, confidence=Confidence.CERTAIN)
    assert show(engine, case).numbering.approximate
    certain = {"confidence": Confidence.CERTAIN, "count_from": CountFrom.C2}
    step(engine, case, Deed.RENUMBER, None, **certain)
    assert not show(engine, case).numbering.approximate


def test_a_second_reader_counts_for_themselves(engine: Engine) -> None:
    case = a_case(engine, a_flag(L1))
    step(engine, case, Deed.RENUMBER, None, shift=1, count_from=CountFrom.SACRUM)
    step(engine, case, Deed.DESCRIBE, comment="mine", endplate=EndPlate.YES)
    step(engine, case, Deed.UNSURE)
    close(engine, case)
    theirs = show(engine, case, RADIOLOGIST)
    assert theirs.state is CaseState.SECOND_READ
    assert [found.level for found in theirs.findings] == [L1]
    assert (theirs.findings[0].comment, theirs.findings[0].endplate) == ("", None)
    assert (theirs.numbering.shift, theirs.numbering.count_from) == (0, None)
    assert set(theirs.spine.machine) == set(WEDGED)
    assert show(engine, case).numbering.shift == 1


STEPS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"shift": st.sampled_from([-1, 1])}),
        st.fixed_dictionaries({"variant": st.sampled_from(Variant)}),
        st.fixed_dictionaries(
            {"count_from": st.sampled_from(CountFrom), "confidence": st.just(Confidence.DOUBT)}
        ),
        st.none(),
    ),
    max_size=8,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_whatever_was_numbered_the_events_give_it_again_and_undo_leads_back(
    engine: Engine, steps: list[dict[str, Any] | None]
) -> None:
    case = a_case(engine, a_flag(L1), a_flag(Level.T9))
    first, done = projection(engine, case), 0
    for said in steps:
        try:
            if said is None:
                step(engine, case, Deed.UNDO, None)
                done -= 1
            else:
                step(engine, case, Deed.RENUMBER, None, LEAD, **said)
                done += 1
        except NotAllowed:
            continue
        assert projection(engine, case) == recomputed(engine, case)
        spine = show(engine, case).spine
        heights = [spine.machine[level].heights for level in spine.machine]
        assert heights == list(WEDGED.values()), "from head to foot, whatever they are called"
    for _ in range(done):
        step(engine, case, Deed.UNDO, None)
    assert projection(engine, case) == first
