"""Copies are counted where people look; a study that was folded wrongly is parted again."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from store_builders import (
    COORDINATOR,
    LEAD,
    NOW,
    RADIOLOGIST,
    a_case,
    a_flag,
    a_header,
    a_picture,
    a_report,
    a_result,
    arrive,
    projection,
    recomputed,
    report,
    say,
    second_series,
    show,
    step,
)

from store import arrivals, foldings, history
from store.domain.arrival import Fate, SeriesHeader
from store.domain.finding import Deed
from store.domain.people import INTAKE
from store.domain.refusal import NotAllowed
from store.domain.spine import Level
from store.tables import ReviewCase
from store.unit import Reader, Unit


def story(engine: Engine, case: str) -> list[str]:
    with Reader(engine, LEAD) as reader:
        return [line.what for line in history.story(reader, case)]


def folded(engine: Engine) -> tuple[foldings.Folded, ...]:
    with Reader(engine, COORDINATOR) as reader:
        return foldings.folded(reader)


def part(engine: Engine, key: str, words: str = "Another examination.") -> str:
    with Unit(engine, COORDINATOR, NOW) as unit:
        return foldings.part(unit, key, words)


def another(header: SeriesHeader) -> SeriesHeader:
    """A second study of the same patient and day that carries no accession number."""
    other = second_series(header, accession="", frame_uid="1.2.9", exam="CT abdomen")
    return replace(other, study_uid=f"{header.study_uid}.7")


def test_a_case_says_how_often_its_scan_came(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header)
    assert story(engine, case)[0] == "The scan arrived."
    for _ in range(2):
        arrive(engine, header)
    with Unit(engine, INTAKE, NOW) as unit:
        # A copy in the same delivery.
        arrivals.refuse(unit, "series", header.digest, Fate.DUPLICATE, "A copy.")
    assert story(engine, case)[0] == "The scan arrived; it came 4 times."


def test_a_folded_study_is_told_of_and_becomes_an_item_of_its_own(engine: Engine) -> None:
    header = a_header()
    case = a_case(engine, header=header)
    step(engine, case, Deed.CONFIRM)
    other = another(header)
    picture = a_picture()
    arrive(engine, other, picture)
    say(engine, a_result(other, a_flag(Level.T9)))
    report(engine, a_report(other, "of the other"))
    before = projection(engine, case)
    assert "A study was taken for the same examination by its day: CT abdomen." in story(
        engine, case
    )
    (one,) = folded(engine)
    assert (one.why, one.exam) == ("day", "CT abdomen")
    with pytest.raises(NotAllowed):
        part(engine, one.key, " ")
    assert part(engine, one.key).startswith("It is an item of its own now, with a case")
    assert folded(engine) == ()
    with Session(engine) as session:
        (new,) = {row.id for row in session.query(ReviewCase)} - {case}
    shown = show(engine, new)
    assert (shown.scan.stack, shown.scan.exam) == (picture.stack, "CT abdomen")
    assert [found.level for found in shown.findings] == [Level.T9]
    assert shown.report.text == "of the other"
    assert show(engine, case).report.text is None
    after = projection(engine, case)
    assert {k: v for k, v in after.items() if k != "case"} == {
        k: v for k, v in before.items() if k != "case"
    }
    for each in (case, new):
        assert projection(engine, each) == recomputed(engine, each)
    assert arrive(engine, other).fate is Fate.DUPLICATE
    with pytest.raises(NotAllowed):
        part(engine, one.key)


def test_a_radiologist_does_not_part_studies(engine: Engine) -> None:
    with Unit(engine, RADIOLOGIST, NOW) as unit, pytest.raises(NotAllowed):
        foldings.part(unit, "1.2", "because")
