"""All scans of a patient by level: what others may tell of them, and what the rule proposes."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from store_builders import (
    COORDINATOR,
    INTACT,
    LEAD,
    NOW,
    RADIOLOGIST,
    a_case,
    a_flag,
    a_header,
    a_patient,
    a_picture,
    a_result,
    arrive,
    close,
    judge,
    measured,
    say,
    scan_of,
    show,
    step,
)

from store import cases, referrals
from store._timeline import Proposal, ScanSeen, timeline_of
from store.domain.arrival import Ending, SeriesHeader
from store.domain.describe import Novelty
from store.domain.finding import CaseState, Deed
from store.domain.genant import Grade
from store.domain.identity import Patient
from store.domain.morphometry import Heights
from store.domain.referral import Policy
from store.domain.spine import Level
from store.tables import ReadingRow
from store.unit import Reader, Unit

FIRST, SECOND = date(2026, 1, 5), date(2026, 10, 3)


def scan(patient: Patient, day: date) -> SeriesHeader:
    return a_header(patient=patient, scanned=day)


def confirmed(engine: Engine, header: SeriesHeader, grade: Grade = Grade.MODERATE) -> str:
    """A closed case with a fracture of L1."""
    case = a_case(engine, header=header)
    step(engine, case, Deed.CONFIRM, grade=grade)
    judge(engine, case)
    close(engine, case)
    assert show(engine, case).state is CaseState.CLOSED
    return case


def scans(engine: Engine, case: str) -> list[ScanSeen]:
    return list(show(engine, case).timeline.scans)


def proposal(engine: Engine, case: str, level: Level = Level.L1) -> Proposal | None:
    return show(engine, case).timeline.proposed.get(level)


def test_a_patient_with_one_scan_has_nothing_earlier(engine: Engine) -> None:
    case = a_case(engine)
    (only,) = scans(engine, case)
    assert (only.this, only.case, only.levels[Level.L1].words) == (True, case, "flagged")
    found = proposal(engine, case)
    assert found is not None
    assert found.change.novelty is Novelty.NO_PRIOR
    assert show(engine, case).timeline.referred is None


def test_a_closed_case_tells_what_was_found_and_an_open_one_does_not(engine: Engine) -> None:
    patient = a_patient()
    now = a_case(engine, header=scan(patient, SECOND))
    before = a_case(engine, header=scan(patient, FIRST))
    step(engine, before, Deed.CONFIRM, grade=Grade.MODERATE)
    old, new = scans(engine, now)
    assert (old.case, old.scanned, old.this, new.this) == (before, FIRST, False, True)
    assert (old.levels[Level.L1].words, old.levels[Level.L1].grade) == ("not read yet", None)
    judge(engine, before)
    close(engine, before)
    seen = scans(engine, now)[0].levels[Level.L1]
    assert (seen.words, seen.grade) == ("confirmed, grade 2 wedge", Grade.MODERATE)
    assert seen.heights == Heights(16.0, 20.0, 25.0)


@pytest.mark.parametrize("person", [LEAD, RADIOLOGIST, COORDINATOR])
def test_everybody_who_reads_cases_sees_the_same_other_scans(
    engine: Engine, person: object
) -> None:
    patient = a_patient()
    confirmed(engine, scan(patient, FIRST))
    now = a_case(engine, header=scan(patient, SECOND))
    assert show(engine, now, person).timeline == show(engine, now).timeline  # type: ignore[arg-type]


def test_a_fracture_that_stood_before_is_unchanged_and_a_graver_one_worse(engine: Engine) -> None:
    patient = a_patient()
    before = confirmed(engine, scan(patient, FIRST))
    now = a_case(engine, header=scan(patient, SECOND))
    found = proposal(engine, now)
    assert found is not None
    assert (found.change.novelty, found.against) == (Novelty.UNCHANGED, before)
    step(engine, now, Deed.CONFIRM, grade=Grade.SEVERE)
    found = proposal(engine, now)
    assert found is not None
    assert found.change.novelty is Novelty.WORSE
    assert found.change.words == "grade 2 → 3; anterior 16.0 → 16.0 mm, 0 %"


def test_a_rejected_flag_was_no_fracture_so_that_one_now_is_new(engine: Engine) -> None:
    patient = a_patient()
    whole = a_picture(INTACT)
    before = a_case(engine, header=scan(patient, FIRST), picture=whole)
    step(engine, before, Deed.REJECT, code="LIMBUS")
    close(engine, before)
    now = a_case(engine, header=scan(patient, SECOND))
    found = proposal(engine, now)
    assert found is not None
    assert found.change.novelty is Novelty.NEW
    assert found.change.words == "grade 0 → 2; anterior 24.0 → 16.0 mm, −33 %"


def test_a_scan_without_a_case_is_compared_by_its_heights_and_named_by_its_day(
    engine: Engine,
) -> None:
    patient = a_patient()
    arrive(engine, scan(patient, FIRST), a_picture(INTACT))
    now = a_case(engine, header=scan(patient, SECOND))
    old = scans(engine, now)[0]
    assert (old.case, old.state, old.levels[Level.L1].words) == ("", None, "no AI answer")
    found = proposal(engine, now)
    assert found is not None
    assert (found.change.novelty, found.against) == (Novelty.NEW, "2026-01-05")


@pytest.mark.parametrize(
    ("ending", "words"), [(Ending.NEGATIVE, "not flagged"), (Ending.FAILED, "AI failed")]
)
def test_a_failed_analysis_is_never_called_a_negative_one(
    engine: Engine, ending: Ending, words: str
) -> None:
    patient = a_patient()
    header = scan(patient, FIRST)
    arrive(engine, header, a_picture(INTACT))
    reason = "Motion." if ending is Ending.FAILED else ""
    say(engine, a_result(header, ending=ending, reason=reason))
    old = scans(engine, a_case(engine, header=scan(patient, SECOND)))[0]
    assert (old.unread, old.levels[Level.L1].words) == (words, words)


def test_slices_too_thick_for_heights_leave_the_grades_alone(engine: Engine) -> None:
    patient = a_patient()
    thick = a_picture({}, unmeasured={Level.L1: "Slices too thick"})
    confirmed(engine, scan(patient, FIRST))
    now = a_case(engine, header=scan(patient, SECOND), picture=thick)
    step(engine, now, Deed.CONFIRM, grade=Grade.SEVERE)
    found = proposal(engine, now)
    assert found is not None
    assert found.change.words == "grade 2 → 3"


def test_a_scan_of_which_nothing_is_known_at_the_level_proposes_nothing(engine: Engine) -> None:
    """It may show the fracture; to call it new would be a guess."""
    patient = a_patient()
    arrive(engine, scan(patient, FIRST), a_picture({}, unmeasured={}, mask_digest=""))
    now = a_case(engine, header=scan(patient, SECOND))
    assert proposal(engine, now) is None


def test_a_scan_of_another_part_of_the_spine_is_no_earlier_scan_of_the_level(
    engine: Engine,
) -> None:
    patient = a_patient()
    chest = {level: size for level, size in INTACT.items() if level.value[0] == "T"}
    arrive(engine, scan(patient, FIRST), a_picture(chest, unmeasured={}))
    now = a_case(engine, header=scan(patient, SECOND))
    found = proposal(engine, now)
    assert found is not None
    assert found.change.novelty is Novelty.NO_PRIOR


def test_a_later_scan_is_shown_and_nothing_is_compared_with_it(engine: Engine) -> None:
    patient = a_patient()
    now = a_case(engine, header=scan(patient, FIRST))
    confirmed(engine, scan(patient, SECOND))
    assert [one.this for one in scans(engine, now)] == [True, False]
    found = proposal(engine, now)
    assert found is not None
    assert found.change.novelty is Novelty.NO_PRIOR


def test_a_rejected_finding_has_no_proposal(engine: Engine) -> None:
    patient = a_patient()
    confirmed(engine, scan(patient, FIRST))
    now = a_case(engine, header=scan(patient, SECOND))
    step(engine, now, Deed.REJECT, code="LIMBUS")
    assert proposal(engine, now) is None


def test_what_a_person_measured_on_an_earlier_scan_goes_before_the_machine(engine: Engine) -> None:
    patient = a_patient()
    before = a_case(engine, header=scan(patient, FIRST))
    measured(engine, before, Level.L1, 22.0, 23.0, 25.0)
    step(engine, before, Deed.REJECT, code="SHORT_VERT")
    close(engine, before)
    now = a_case(engine, header=scan(patient, SECOND))
    found = proposal(engine, now)
    assert found is not None
    assert found.change.words == "grade 0 → 2; anterior 22.0 → 16.0 mm, −27 %"


def test_an_earlier_scan_whose_labels_were_moved_is_compared_by_the_names_shown(
    engine: Engine,
) -> None:
    """The machine's T12 of the earlier scan is the reader's L1."""
    patient = a_patient()
    shifted = {Level.T11: INTACT[Level.T12], Level.T12: Heights(22.0, 23.0, 25.0)}
    before = a_case(
        engine, a_flag(Level.T11), header=scan(patient, FIRST), picture=a_picture(shifted)
    )
    step(engine, before, Deed.REJECT, code="LIMBUS")
    close(engine, before)
    with Unit(engine, LEAD, NOW) as unit:
        unit.session.get_one(ReadingRow, (before, 1)).label_shift = 1
    now = a_case(engine, header=scan(patient, SECOND))
    old = scans(engine, now)[0]
    assert old.labels[Level.T12] is Level.L1
    assert old.levels[Level.L1].heights == Heights(22.0, 23.0, 25.0)
    found = proposal(engine, now)
    assert found is not None
    assert "anterior 22.0 → 16.0 mm" in found.change.words


def test_a_referral_is_seen_on_every_scan_of_the_patient(engine: Engine) -> None:
    patient = a_patient()
    confirmed(engine, scan(patient, FIRST))
    now = a_case(engine, header=scan(patient, SECOND))
    with Unit(engine, COORDINATOR, NOW + timedelta(days=1)) as unit:
        referrals.export(unit, "act", Policy())
    assert show(engine, now).timeline.referred == (date(2026, 11, 23), FIRST)


def test_a_clock_set_back_hides_no_scan(engine: Engine) -> None:
    patient = a_patient()
    confirmed(engine, scan(patient, FIRST))
    now = a_case(engine, header=scan(patient, SECOND))
    with Reader(engine, LEAD, NOW - timedelta(days=3650)) as reader:
        assert cases.case(reader, now).timeline == show(engine, now).timeline


def until(engine: Engine, header: SeriesHeader, moment: datetime) -> list[str]:
    """What the timeline says of L1 on each scan as the record stood then."""
    row = scan_of(engine, header)
    assert row is not None
    with Reader(engine, LEAD) as reader:
        found = timeline_of(reader.session, row, [], {}, None, moment)
    return [one.levels[Level.L1].words for one in found.scans if Level.L1 in one.levels]


def test_the_timeline_can_be_shown_as_the_record_stood(engine: Engine) -> None:
    patient = a_patient()
    header = scan(patient, SECOND)
    a_case(engine, header=header)
    confirmed(engine, scan(patient, FIRST))
    assert until(engine, header, NOW + timedelta(hours=2)) == ["confirmed, grade 2 wedge"]
    assert until(engine, header, NOW + timedelta(minutes=1)) == []


def test_a_tickets_pictures_are_those_of_all_scans_of_the_patient_and_of_nobody_else(
    engine: Engine,
) -> None:
    patient = a_patient()
    before, lone = a_picture(), a_picture(INTACT)
    a_case(engine, header=scan(patient, FIRST), picture=before)
    arrive(engine, scan(patient, date(2025, 1, 1)), lone)
    now = a_case(engine, header=scan(patient, SECOND))
    a_case(engine)
    with Reader(engine, LEAD) as reader:
        found = cases.stacks_of(reader, now)
    assert found == {before.stack, lone.stack, show(engine, now).scan.stack}
