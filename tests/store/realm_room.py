"""A department with decided cases and a meeting, for the tests of REALM."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from store_builders import (
    INTAKE,
    LEAD,
    NOW,
    PEOPLE,
    RADIOLOGIST,
    a_case,
    a_flag,
    a_header,
    a_patient,
    a_report,
    close,
    judge,
    report,
    step,
)

from store import identities, meetings, realm, staff, votes
from store.domain.finding import Deed
from store.domain.genant import Grade
from store.domain.people import Person, Role
from store.domain.realm import CaseRecord
from store.domain.report import Recommendation, ReportStatus
from store.sealed import Seal
from store.unit import Reader, Unit

CHAIR = PEOPLE[Role.REALM_CHAIR]
SECOND = Person("r.second", "Sal Second", Role.RADIOLOGIST)
THIRD = Person("r.third", "Tam Third", Role.RADIOLOGIST)
SEAL = Seal(Seal.new_key())
DAY = date(2026, 12, 1)
SINCE, UNTIL = date(2026, 1, 1), date(2026, 11, 30)
EXCERPT = "Lungs clear. No bony abnormality."
QUESTION = "Cough."


def decided(
    engine: Engine,
    status: ReportStatus = ReportStatus.NOT_MENTIONED,
    grade: Grade = Grade.MODERATE,
    advice: Recommendation = Recommendation.NONE,
    said: str = "",
    **patient: object,
) -> str:
    """The id of a closed case with one confirmed fracture and a judged report."""
    header = a_header(patient=a_patient(**patient))
    case = a_case(engine, a_flag(), header=header)
    if said:
        report(engine, a_report(header, said))
    step(engine, case, Deed.CONFIRM, grade=grade)
    judge(engine, case, status, recommendation=advice)
    close(engine, case)
    return case


def do(engine: Engine, change: Any, *args: Any, by: Person = CHAIR, **kw: Any) -> Any:  # noqa: ANN401 - any door
    """What *change* gives, done by *by*; *now* may say when."""
    now: datetime = kw.pop("now", NOW + timedelta(days=1))
    with Unit(engine, by, now) as unit:
        return change(unit, *args, **kw)


def ask(engine: Engine, question: Any, *args: Any, by: Person = CHAIR, **kw: Any) -> Any:  # noqa: ANN401 - any door
    """The answer that *by* gets; *now* may say when."""
    now: datetime = kw.pop("now", NOW + timedelta(days=1))
    with Reader(engine, by, now) as reader:
        return question(reader, *args, **kw)


def enrol(engine: Engine) -> None:
    for person in (LEAD, RADIOLOGIST, SECOND, THIRD, CHAIR):
        do(engine, staff.enrol, person, by=INTAKE)


def planned(engine: Engine, day: date = DAY) -> str:
    return str(do(engine, meetings.plan, day, SINCE, UNTIL))


def sampled(engine: Engine, wanted: int = 5) -> str:
    """The id of a planned meeting whose sample was drawn."""
    meeting = planned(engine)
    do(engine, meetings.draw, meeting, SEAL, wanted)
    return meeting


def agenda(engine: Engine, meeting: str) -> tuple[CaseRecord, ...]:
    found: tuple[CaseRecord, ...] = ask(engine, realm.agenda, meeting)
    return found


def released(engine: Engine, case_no: str, question: str = QUESTION, text: str = EXCERPT) -> None:
    do(engine, realm.release, case_no, question, text, SEAL)


def shown(engine: Engine, case_no: str) -> None:
    """Release a case, note that its radiologist was told, and open it for votes."""
    released(engine, case_no)
    do(engine, identities.told, case_no, NOW.date())
    do(engine, votes.begin, case_no)
