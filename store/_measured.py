"""What was measured of a spine, by the machine and by people, and what it suggests."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from store._numbered import Named, named
from store._pictures import shown_series
from store._remeasured import Remeasured, remeasured_on
from store.domain.morphometry import Assessment, Heights, assess
from store.domain.spine import Level
from store.tables import MeasurementRow, ReadingRow, ReviewCase, SeriesRow


@dataclass(frozen=True, slots=True)
class Spine:
    """The vertebrae of one case, under the names that are shown.

    Attributes:
        machine: What the machine's heights suggest, untouched by anybody.
        people: What people measured, where they did.
        used: What suggestions rest on: a person's heights where there are any, else the
            machine's, compared with neighbours chosen alike.
        unmeasured: Why the machine measured another level not.
        names: Which name is shown for each of the machine's.
    """

    machine: dict[Level, Assessment]
    people: dict[Level, Remeasured]
    used: dict[Level, Assessment]
    unmeasured: dict[Level, str]
    names: Named


def spine_on(
    session: Session, case: ReviewCase, reading: ReadingRow, shown: SeriesRow | None = None
) -> Spine:
    """What was measured for *case*: by the machine on the *shown* series, by people on any.

    Of people, what was measured in *reading*.
    """
    series = shown or shown_series(session, case.scan_id)
    names = named(session, case, reading)
    measured, missed = _by_machine(session, series)
    heights, unmeasured = names.rename(measured), names.rename(missed)
    people = names.rename(remeasured_on(session, case.id, reading.number))
    machine = assess(heights, names.order)
    theirs = {level: one.heights for level, one in people.items()}
    used = assess({**heights, **theirs}, names.order) if theirs else machine
    return Spine(machine, people, used, unmeasured, names)


def _by_machine(
    session: Session, series: SeriesRow | None
) -> tuple[dict[Level, Heights], dict[Level, str]]:
    heights: dict[Level, Heights] = {}
    unmeasured: dict[Level, str] = {}
    if series is None:
        return heights, unmeasured
    rows = session.execute(
        select(MeasurementRow).where(col(MeasurementRow.series_id) == series.id)
    ).scalars()
    for row in rows:
        a, m, p = row.anterior_mm, row.middle_mm, row.posterior_mm
        if a is not None and m is not None and p is not None:
            heights[Level(row.level)] = Heights(a, m, p)
        else:
            unmeasured[Level(row.level)] = row.unmeasured
    return heights, unmeasured
