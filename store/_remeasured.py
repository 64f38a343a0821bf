"""Measurements by people: kept beside the machine's, never in place of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from store._numbered import named
from store.domain.finding import Act, heights_by
from store.domain.morphometry import Heights
from store.domain.reading import NUMBERS, REPEAT, Kind
from store.domain.refusal import NotAllowed
from store.domain.spine import Level
from store.tables import (
    DecisionRow,
    MeasurementRow,
    ReadingRow,
    RemeasurementRow,
    ReviewCase,
    SeriesRow,
)
from store.unit import Unit


@dataclass(frozen=True, slots=True)
class Remeasured:
    """What a person measured of one vertebra.

    Attributes:
        points: Six (x, y) in mm in the vertebra's own plane of the picture *stack*.
    """

    heights: Heights
    points: tuple[tuple[float, float], ...]
    stack: str
    by: str
    at: datetime


def remeasured_on(
    session: Session, case_id: str, reading: int = NUMBERS[Kind.FIRST]
) -> dict[Level, Remeasured]:
    """The newest measurement of each level, in one *reading*, that nobody took back.

    Whoever adjudicates sees what both readers measured, beneath what they measure themselves.
    """
    third = reading == NUMBERS[Kind.ADJUDICATION]
    readings = tuple(n for n in NUMBERS.values() if n != REPEAT) if third else (reading,)
    undone = select(col(DecisionRow.undoes)).where(
        col(DecisionRow.case_id) == case_id, col(DecisionRow.undoes).is_not(None)
    )
    rows = session.execute(
        select(RemeasurementRow, DecisionRow)
        .join(DecisionRow, col(DecisionRow.act) == col(RemeasurementRow.act))
        .where(
            col(RemeasurementRow.case_id) == case_id,
            col(RemeasurementRow.act).not_in(undone),
            col(DecisionRow.reading).in_(readings),
        )
        .order_by(col(DecisionRow.version))
    )
    return {
        Level(row.level): Remeasured(
            heights=Heights(row.anterior_mm, row.middle_mm, row.posterior_mm),
            points=tuple((x, y) for x, y in row.points),
            stack=row.stack,
            by=step.actor_name,
            at=step.at,
        )
        for row, step in rows
    }


def check_stack(session: Session, case: ReviewCase, stack: str) -> SeriesRow:
    """The series that *stack* is the picture of.

    Raises:
        NotAllowed: it is no picture of the case's scan.
    """
    found: SeriesRow | None = session.execute(
        select(SeriesRow).where(
            col(SeriesRow.scan_id) == case.scan_id, col(SeriesRow.stack) == stack
        )
    ).scalar_one_or_none()
    if found is None:
        msg = "The picture on the screen is not one of this case. Reload the page."
        raise NotAllowed(msg)
    return found


def measure(
    session: Session, case: ReviewCase, reading: ReadingRow, act: Act
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a measurement changes, as its event keeps it.

    Raises:
        NotAllowed: the picture is not of the case, or the machine found no plane to measure in.
    """
    shown, series = Level(act.decision.level or ""), check_stack(session, case, act.stack)
    level = named(session, case, reading).machine(shown)
    machine = session.get(MeasurementRow, (series.id, level.value)) if level else None
    if level is None or machine is None or machine.anterior_mm is None:
        why = f" ({machine.unmeasured.rstrip('.')})" if machine and machine.unmeasured else ""
        msg = (
            f"{shown} has no plane of its own on this picture{why}, so nothing can be measured "
            "there. Grade it by eye (key G)."
        )
        raise NotAllowed(msg)
    before = remeasured_on(session, case.id, reading.number).get(level)
    was, now = before.heights if before else None, heights_by(act.decision)
    return _said(level, shown, was), _said(level, shown, now)


def keep(unit: Unit, case: ReviewCase, act: Act, act_id: str, level: str) -> None:
    """Keep the points of *act*, whose decision was added just before.

    *level* is the machine's name of the vertebra, which stays when the spine is numbered anew.
    """
    unit.session.flush()
    front, middle, back = heights_by(act.decision).three
    unit.session.add(
        RemeasurementRow(
            act=act_id,
            case_id=case.id,
            level=level,
            stack=act.stack,
            points=[list(point) for point in act.decision.points],
            anterior_mm=front,
            middle_mm=middle,
            posterior_mm=back,
        )
    )


def _said(level: Level, shown: Level, heights: Heights | None) -> dict[str, Any]:
    """*level* is the machine's name of the vertebra, *shown* the one on the screen."""
    three = [round(mm, 2) for mm in heights.three] if heights else None
    return {"level": level.value, "shown": shown.value, "heights_mm": three}
