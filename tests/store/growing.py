"""Slices that come after their series was accepted, entered without any file."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlmodel import Session, col
from store_builders import NOW, a_picture, digest

from store import growths, preparing
from store.arrivals import Outcome, Picture
from store.domain.arrival import SeriesHeader, Work
from store.domain.people import INTAKE
from store.jobs import Job, Jobs
from store.tables import SeriesRow
from store.unit import Unit

LATE = NOW + timedelta(hours=2)
"""After what the builders let people decide."""


def grown(header: SeriesHeader, by: int = 10) -> SeriesHeader:
    """*header* once *by* further slices are part of its series."""
    more = header.instances + by
    return replace(header, digest=digest(header.digest, more), instances=more)


def came(
    engine: Engine, header: SeriesHeader, whole: SeriesHeader, now: datetime = LATE
) -> Outcome:
    """The slices between *header* and *whole* come; the picture of the whole is to be made."""
    with Unit(engine, INTAKE, now) as unit:
        work = Work(whole.digest, {"overlays": [], "known": False, "pipeline": "2"})
        return growths.grow(unit, header.digest, whole, work)


def taken(engine: Engine, header: SeriesHeader, now: datetime = LATE) -> Job:
    """The job that makes the picture of *header*, in the hands of a worker."""
    with Session(engine) as session:
        job = session.execute(
            select(col(SeriesRow.job)).where(col(SeriesRow.series_uid) == header.series_uid)
        ).scalar_one()
    found = Jobs(engine, INTAKE).take("w", now, [job])
    assert found
    return found


def made(engine: Engine, job: Job, picture: Picture | None = None, now: datetime = LATE) -> Outcome:
    """*job* comes to its end with *picture*."""
    with Unit(engine, INTAKE, now) as unit:
        return preparing.pictured(unit, job, picture or a_picture())


def grow(
    engine: Engine, header: SeriesHeader, picture: Picture | None = None, now: datetime = LATE
) -> SeriesHeader:
    """The header of the series once it grew by ten slices, with a picture of all of them."""
    whole = grown(header)
    came(engine, header, whole, now)
    made(engine, taken(engine, whole, now), picture, now)
    return whole
