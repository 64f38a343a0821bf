"""Several reconstructions of one scan: the best first, the others reachable, no silent change."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlmodel import Session, col
from store_builders import (
    COORDINATOR,
    INTACT,
    LEAD,
    NOW,
    RADIOLOGIST,
    WEDGED,
    a_case,
    a_header,
    a_picture,
    an_act,
    arrive,
    do,
    judge,
    measured,
    second_series,
    show,
    step,
)

from store import arrivals, cases
from store.domain.arrival import SeriesHeader
from store.domain.finding import Deed
from store.domain.reconstruction import Reconstruction, order
from store.domain.refusal import Conflict
from store.domain.spine import Level
from store.tables import SeriesRow, TrailRow
from store.unit import Reader

THIN = Reconstruction(400, 1.0, 1.0, 399.0, "B30f", image_type=("ORIGINAL", "PRIMARY", "AXIAL"))
THICK = Reconstruction(80, 5.0, 5.0, 395.0, "B30f")


def plain(facts: Reconstruction | None, **changes: object) -> arrivals.Picture:
    """A picture that nothing was measured on."""
    values = {"unmeasured": {}, "mask_digest": "", "facts": facts, **changes}
    return a_picture({}, **values)


def another(
    engine: Engine, header: SeriesHeader, picture: arrivals.Picture, minutes: int = 0
) -> str:
    """A further reconstruction arrives, by default long before anybody decides."""
    facts = picture.facts
    kernel, slices = (facts.kernel, facts.slices) if facts else ("", 100)
    later = NOW.replace(minute=minutes)
    arrive(engine, second_series(header, kernel=kernel, instances=slices), picture, later)
    return picture.stack or ""


def decided_on_shown(engine: Engine, case: str) -> None:
    shown = show(engine, case)
    stack = shown.scan.stack or ""
    do(engine, an_act(case, shown.version, Deed.UNSURE, shown.findings[0].id, stack), now=NOW)


def stacks(engine: Engine, case: str) -> list[str]:
    return [one.stack for one in show(engine, case).pictures]


def test_the_best_for_the_spine_is_shown_and_the_others_say_why_not(engine: Engine) -> None:
    header = a_header(instances=80)
    first = plain(THICK)
    case = a_case(engine, header=header, picture=first)
    thin = another(engine, header, plain(THIN))
    shown = show(engine, case)
    assert shown.scan.stack == thin
    assert [(one.stack, one.why) for one in shown.pictures] == [
        (thin, ""),
        (first.stack, "slices of 5.00 mm where 1.00 mm are to be had"),
    ]
    with Reader(engine, COORDINATOR) as reader:
        assert cases.stack_of(reader, case) == thin
        assert cases.stacks_of(reader, case) == {thin, first.stack}
        assert cases.stacks_of(reader, "c_none") == frozenset()


def test_what_a_series_is_made_of_is_kept_as_it_came(engine: Engine) -> None:
    facts = Reconstruction(
        300, 0.8, 1.0, 239.2, "Br40", image_type=("DERIVED", "AXIAL"), lossy="JPEG", tilt_degrees=12
    )
    header = a_header(instances=300, kernel="Br40", series_description="")
    case = a_case(engine, header=header, picture=plain(facts))
    assert show(engine, case).pictures[0].facts == facts


def test_the_series_that_the_ai_measured_on_stays_first(engine: Engine) -> None:
    header = a_header()
    picture = a_picture(WEDGED, facts=THICK)
    case = a_case(engine, header=header, picture=picture)
    another(engine, header, plain(THIN))
    shown = show(engine, case)
    assert shown.scan.stack == picture.stack
    assert shown.pictures[1].why == "the AI measured on another"
    assert Level.L1 in shown.spine.machine


@pytest.mark.parametrize("masked", [False, True])
def test_a_series_of_which_nothing_was_recorded_comes_first_only_with_a_mask(
    engine: Engine, masked: bool
) -> None:
    header = a_header()
    old = a_picture(WEDGED) if masked else plain(None)
    case = a_case(engine, header=header, picture=old)
    thin = another(engine, header, plain(THIN))
    wanted = [old.stack, thin] if masked else [thin, old.stack]
    assert stacks(engine, case) == wanted
    whys = [one.why for one in show(engine, case).pictures]
    assert whys[0] == ""
    assert whys[1].startswith("the AI measured" if masked else "what it is made of was not")


def test_a_series_without_a_picture_is_not_offered(engine: Engine) -> None:
    header = a_header()
    refused = plain(None, stack=None, refusal="Slices are missing.")
    case = a_case(engine, header=header, picture=refused)
    assert (show(engine, case).scan.stack, stacks(engine, case)) == (None, [])
    assert show(engine, case).scan.no_stack == "Slices are missing."
    thin = another(engine, header, plain(THIN))
    assert stacks(engine, case) == [thin]


def test_a_better_picture_after_a_decision_is_said_with_whose_it_was(engine: Engine) -> None:
    header = a_header()
    first = plain(THICK)
    case = a_case(engine, header=header, picture=first)
    decided_on_shown(engine, case)
    assert show(engine, case).elsewhere is None
    another(engine, header, plain(THIN), minutes=30)
    told = show(engine, case).elsewhere
    assert told is not None
    assert (told.stack, told.by, told.at, told.later) == (first.stack, LEAD.name, NOW, True)
    step(engine, case, Deed.UNDO, None)
    assert show(engine, case).elsewhere is None, "nothing that stands was decided on another"


def test_a_worse_picture_after_a_decision_changes_nothing(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header, picture=plain(THIN))
    decided_on_shown(engine, case)
    before = show(engine, case)
    another(engine, header, plain(THICK), minutes=30)
    after = show(engine, case)
    assert (after.scan.stack, after.version, after.elsewhere) == (
        before.scan.stack,
        before.version,
        None,
    )


def test_a_decision_on_a_chosen_reconstruction_names_it(engine: Engine) -> None:
    header = a_header()
    first = plain(THICK)
    case = a_case(engine, header=header, picture=first)
    another(engine, header, plain(THIN))
    shown = show(engine, case)
    act = an_act(case, shown.version, Deed.UNSURE, shown.findings[0].id, first.stack or "")
    do(engine, act, now=NOW.replace(hour=20))
    told = show(engine, case).elsewhere
    assert told is not None
    assert (told.stack, told.later) == (first.stack, False)
    judge(engine, case, now=NOW.replace(hour=21))
    assert show(engine, case).elsewhere == told, "the report is not judged by the picture"


def test_a_step_that_named_no_picture_is_told_from_a_later_one_by_its_time(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header, picture=plain(THICK))
    step(engine, case, Deed.UNSURE, now=NOW)
    assert show(engine, case).elsewhere is None
    another(engine, header, plain(THIN), minutes=30)
    told = show(engine, case).elsewhere
    assert told is not None
    assert (told.stack, told.later) == ("", True)


def test_whoever_had_the_former_picture_on_the_screen_meets_a_conflict(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header, picture=plain(THICK))
    shown = show(engine, case)
    another(engine, header, plain(THIN))
    stale = an_act(case, shown.version, Deed.CONFIRM, shown.findings[0].id)
    with pytest.raises(Conflict, match="A new picture or AI result changed this case"):
        do(engine, stale, RADIOLOGIST)
    with Session(engine) as session:
        lines = select(func.count()).where(col(TrailRow.action) == "case.picture_changed")
        assert session.execute(lines).scalar_one() == 1


def test_a_mask_that_comes_while_a_case_is_open_is_a_new_picture_too(engine: Engine) -> None:
    header = a_header()
    former = plain(THIN)
    case = a_case(engine, header=header, picture=former)
    version = show(engine, case).version
    decided_on_shown(engine, case)
    arrive(engine, header, a_picture(WEDGED, facts=THIN), NOW.replace(minute=30))
    shown = show(engine, case)
    assert shown.version == version + 2
    assert shown.elsewhere is not None
    assert (shown.elsewhere.stack, shown.elsewhere.later) == (former.stack, True)
    assert former.stack not in stacks(engine, case)
    arrive(engine, header, a_picture(INTACT, facts=THIN))
    assert show(engine, case).version == version + 2, "a copy changes nothing"


def test_a_person_may_measure_on_any_picture_of_the_scan(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header, picture=a_picture(WEDGED, facts=THIN))
    other = a_picture({Level.L1: WEDGED[Level.L1]}, facts=THICK)
    another(engine, header, other)
    measured(engine, case, Level.L1, 24.0, 24.0, 25.0, stack=other.stack)
    one = show(engine, case).spine.people[Level.L1]
    assert (one.stack, one.heights.anterior_mm) == (other.stack, 24.0)


FACTS = st.builds(
    Reconstruction,
    slices=st.integers(30, 900),
    step_mm=st.sampled_from([0.5, 0.8, 1.0, 2.5, 5.0]),
    thickness_mm=st.sampled_from([None, 1.0, 5.0]),
    cover_mm=st.sampled_from([90.0, 240.0, 402.5]),
    kernel=st.sampled_from(["", "B30f", "B70f", "LUNG"]),
    image_type=st.sampled_from([(), ("ORIGINAL", "PRIMARY"), ("DERIVED", "MIP")]),
    lossy=st.sampled_from(["", "JPEG 2000"]),
    tilt_degrees=st.sampled_from([0.0, 15.0]),
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(found=st.lists(FACTS, min_size=1, max_size=4))
def test_the_record_shows_what_the_rule_puts_first(
    engine: Engine, found: list[Reconstruction]
) -> None:
    header = a_header(instances=found[0].slices, kernel=found[0].kernel)
    case = a_case(engine, header=header, picture=plain(found[0]))
    for facts in found[1:]:
        another(engine, header, plain(facts))
    shown = show(engine, case)
    kept = [one.facts for one in shown.pictures]
    best = order([one for one in kept if one])
    assert [place.number for place in best] == list(range(len(found)))
    assert [one.why for one in shown.pictures] == ["", *(place.why for place in best[1:])]
    assert shown.scan.stack == shown.pictures[0].stack
    with Session(engine) as session:
        rows = select(func.count()).select_from(SeriesRow)
        assert session.execute(rows).scalar_one() >= len(found)
