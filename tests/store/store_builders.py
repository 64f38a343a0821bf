"""An invented world for the tests of the record: people, scans, results, reports and deeds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, select
from sqlmodel import Session, SQLModel, col

from store import arrivals, cases, findings, reports, triage
from store._changes import _row, world
from store._remeasured import remeasured_on
from store.domain.arrival import AiFinding, AiResult, Ending, RadiologyReport, SeriesHeader
from store.domain.finding import Act, Decision, Deed
from store.domain.identity import NhsNumber, NhsNumberStatus, Patient, UnusableNhsNumber
from store.domain.morphometry import Heights
from store.domain.people import INTAKE, Person, Role
from store.domain.reading import REPEAT, ReadPolicy
from store.domain.referral import Policy
from store.domain.report import Recommendation, ReportStatus
from store.domain.spine import Level
from store.domain.triage import Step
from store.tables import AlertRow, DecisionRow, FindingRow, ReadingRow, ReviewCase, ScanRow
from store.unit import Reader, Unit

NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
LEAD = Person("a.lead", "Ada Lead", Role.METABOLIC_LEAD)
RADIOLOGIST = Person("r.reader", "Rae Reader", Role.RADIOLOGIST)
COORDINATOR = Person("f.coord", "Fran Coordinator", Role.FLS_COORD)
AUDITOR = Person("u.audit", "Uma Audit", Role.AUDIT_LEAD)
ADMIN = Person("s.admin", "Sam Admin", Role.ADMIN)
PEOPLE: dict[Role, Person] = {
    Role.METABOLIC_LEAD: LEAD,
    Role.RADIOLOGIST: RADIOLOGIST,
    Role.REALM_CHAIR: Person("c.chair", "Cam Chair", Role.REALM_CHAIR),
    Role.FLS_COORD: COORDINATOR,
    Role.AUDIT_LEAD: AUDITOR,
    Role.CSO: Person("o.safety", "Oli Safety", Role.CSO),
    Role.ADMIN: ADMIN,
    Role.SYSTEM: INTAKE,
}

_SERIAL = count(1)


def digest(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()


def nhs_numbers() -> Iterator[NhsNumber]:
    """Numbers of the range that is never issued."""
    for serial in count(1):
        for check in range(10):
            try:
                yield NhsNumber(f"999{serial:06}{check}")
            except UnusableNhsNumber:
                continue


_NUMBERS = nhs_numbers()


def a_patient(**changes: object) -> Patient:
    serial = next(_SERIAL)
    values: dict[str, Any] = {
        "nhs_number": next(_NUMBERS),
        "nhs_status": NhsNumberStatus.NOT_TRACED,
        "hospital_number": f"H{serial:06}",
        "surname": "DEMO",
        "forename": f"Ann{serial}",
        "born": date(1950, 2, 1),
        "sex": "F",
    }
    return Patient(**{**values, **changes})


def a_header(**changes: object) -> SeriesHeader:
    serial = next(_SERIAL)
    values: dict[str, Any] = {
        "study_uid": f"1.2.3.{serial}",
        "series_uid": f"1.2.3.{serial}.1",
        "frame_uid": f"1.2.3.{serial}.9",
        "digest": digest("series", serial),
        "patient": changes.pop("patient", None) or a_patient(),
        "scanned": date(2026, 10, 3),
        "accession": f"ACC{serial:07}",
        "site": "RX1",
        "modality": "CT",
        "exam": "CT chest",
        "series_description": "chest bone",
        "manufacturer": "GE",
        "model": "LightSpeed",
        "kernel": "BONE",
        "instances": 300,
    }
    return SeriesHeader(**{**values, **changes})


def second_series(header: SeriesHeader, **changes: object) -> SeriesHeader:
    serial = next(_SERIAL)
    values = {"series_uid": f"1.2.3.{serial}.2", "digest": digest("series", serial), **changes}
    return replace(header, **values)


INTACT = {
    Level.T11: Heights(22.0, 22.0, 23.0),
    Level.T12: Heights(23.0, 23.0, 24.0),
    Level.L1: Heights(24.0, 24.0, 25.0),
    Level.L2: Heights(25.0, 25.0, 26.0),
    Level.L3: Heights(26.0, 26.0, 26.5),
}
WEDGED = {**INTACT, Level.L1: Heights(16.0, 20.0, 25.0)}
"""L1 has lost a third in front: a moderate wedge by our own measurement."""


def a_picture(heights: dict[Level, Heights] | None = None, **changes: object) -> arrivals.Picture:
    values: dict[str, Any] = {
        "stack": digest("stack", next(_SERIAL)),
        "heights": WEDGED if heights is None else heights,
        "unmeasured": {Level.L4: "cut by the edge of the scan"},
        "mask_digest": digest("mask", next(_SERIAL)),
    }
    return arrivals.Picture(**{**values, **changes})


def a_flag(level: Level | None = Level.L1, **changes: object) -> AiFinding:
    return AiFinding(level, **{"loss": 0.32, "formula": "1 − min(Ha, Hm)/Hp", **changes})


def a_result(header: SeriesHeader | None, *flags: AiFinding, **changes: object) -> AiResult:
    values: dict[str, Any] = {
        "product": "Product",
        "version": "1.2",
        "ending": Ending.POSITIVE,
        "findings": flags,
        "format": "JSON",
        "digest": digest("result", next(_SERIAL)),
        "study_uid": header.study_uid if header else "",
        "threshold_rule": "loss > 20 %",
    }
    return AiResult(**{**values, **changes})


def a_report(header: SeriesHeader | None, text: str, **changes: object) -> RadiologyReport:
    values: dict[str, Any] = {
        "text": text,
        "digest": digest("report", next(_SERIAL)),
        "study_uid": header.study_uid if header else "",
    }
    return RadiologyReport(**{**values, **changes})


def arrive(
    engine: Engine,
    header: SeriesHeader,
    picture: arrivals.Picture | None = None,
    now: datetime = NOW,
) -> arrivals.Outcome:
    with Unit(engine, INTAKE, now) as unit:
        return arrivals.receive_series(unit, header, picture or a_picture())


def say(engine: Engine, result: AiResult, now: datetime = NOW) -> arrivals.Outcome:
    with Unit(engine, INTAKE, now) as unit:
        return arrivals.receive_result(unit, result)


def report(engine: Engine, text: RadiologyReport, now: datetime = NOW) -> arrivals.Outcome:
    with Unit(engine, INTAKE, now) as unit:
        return reports.receive(unit, text)


def a_case(
    engine: Engine,
    *flags: AiFinding,
    header: SeriesHeader | None = None,
    picture: arrivals.Picture | None = None,
) -> str:
    """The id of a new case: one scan, one result with *flags*."""
    header = header or a_header()
    arrive(engine, header, picture)
    case = say(engine, a_result(header, *(flags or (a_flag(),)))).case
    assert case is not None
    return case


def show(
    engine: Engine, case: str, person: Person = LEAD, now: datetime | None = None
) -> cases.Case:
    with Reader(engine, person, now) as reader:
        return cases.case(reader, case)


def an_act(
    case: str,
    version: int,
    deed: Deed,
    finding: str | None = None,
    stack: str = "",
    **decision: object,
) -> Act:
    return Act(str(uuid4()), case, version, finding, Decision(deed, **decision), stack)


def points(front: float, middle: float, back: float) -> tuple[tuple[float, float], ...]:
    """Six points of a vertebra with these heights in mm, as a person places them."""
    places = zip((-15.0, 0.0, 15.0), (front, middle, back), strict=True)
    return tuple((x, y) for x, height in places for y in (-height / 2, height / 2))


ONE_READER = ReadPolicy(share=0.0, doubtful=False)
"""Only what a reader is unsure of, or asks for, is read twice."""
ALWAYS_TWICE = ReadPolicy(share=1.0)


def do(
    engine: Engine,
    act: Act,
    person: Person = LEAD,
    now: datetime = NOW + timedelta(hours=1),
    policy: ReadPolicy = ONE_READER,
) -> int:
    with Unit(engine, person, now) as unit:
        return findings.decide(unit, act, policy)


def measured(
    engine: Engine,
    case: str,
    level: Level,
    *heights: float,
    stack: str | None = None,
    person: Person = LEAD,
    now: datetime = NOW + timedelta(hours=1),
) -> int:
    """Measure *level* of *case* on the picture it shows; the new version."""
    shown = show(engine, case, person, now)
    made = {"level": level, "points": points(*heights)}
    stack = stack or shown.scan.stack or ""
    return do(engine, an_act(case, shown.version, Deed.MEASURE, None, stack, **made), person, now)


def step(
    engine: Engine,
    case: str,
    deed: Deed,
    place: int | None = 0,
    person: Person = LEAD,
    now: datetime = NOW + timedelta(hours=1),
    policy: ReadPolicy = ONE_READER,
    **decision: object,
) -> int:
    """Do *deed* to the finding at *place* of *case* as *person* sees it now."""
    shown = show(engine, case, person, now)
    finding = shown.findings[place].id if place is not None else None
    act = an_act(case, shown.version, deed, finding, **decision)
    return do(engine, act, person, now, policy)


def close(engine: Engine, case: str, person: Person = LEAD, **more: object) -> int:
    """Close the reading that *person* has of *case*; the new version."""
    return step(engine, case, Deed.CLOSE, None, person, **more)  # type: ignore[arg-type]  # named


def judge(
    engine: Engine, case: str, status: ReportStatus = ReportStatus.NOT_MENTIONED, **more: object
) -> int:
    more.setdefault("recommendation", Recommendation.NONE)
    return step(engine, case, Deed.REPORT, None, status=status, **more)


def ready(engine: Engine, header: SeriesHeader | None = None) -> str:
    """The id of a case whose patient is ready for the FLS."""
    case = a_case(engine, header=header)
    step(engine, case, Deed.CONFIRM)
    judge(engine, case)
    close(engine, case)
    return case


def triaged(
    engine: Engine,
    case: str,
    step: Step,
    person: Person = COORDINATOR,
    policy: Policy | None = None,
    **more: object,
) -> int:
    """Do *step* to the patient of *case* as *person* sees them now: the act's number."""
    policy = policy or Policy()
    with Session(engine) as session:
        patient = session.get_one(ScanRow, session.get_one(ReviewCase, case).scan_id).patient_id
    with Reader(engine, person, NOW) as reader:
        shown = triage.one(reader, patient, policy)
    version = shown.version if shown else ""
    values: dict[str, Any] = {"act": str(uuid4()), "version": version, "answered": (), **more}
    with Unit(engine, person, NOW) as unit:
        return triage.act(unit, triage.Asked(patient=patient, step=step, **values), policy)


def projection(engine: Engine, case: str) -> dict[str, Any]:
    """What the tables say of a case, its readings, findings and measurements now."""
    with Session(engine) as session:
        row = session.get_one(ReviewCase, case)
        rows = {name: values for name, values in world(session, row).items() if values}
        return {**rows, "measured": _by_people(session, row)}


def _by_people(session: Session, case: ReviewCase) -> dict[int, dict[str, list[float]]]:
    return {
        number: {
            level.value: list(one.heights.three)
            for level, one in remeasured_on(session, case.id, number).items()
        }
        for number in (1, 2, REPEAT)
    }


def events(engine: Engine, case: str) -> list[DecisionRow]:
    with Session(engine) as session:
        rows = session.execute(
            select(DecisionRow)
            .where(col(DecisionRow.case_id) == case)
            .order_by(col(DecisionRow.version))
        )
        return list(rows.scalars())


def recomputed(engine: Engine, case: str) -> dict[str, Any]:
    """What the events alone say of a case: as it came, then each deed in order."""
    rows: dict[str, Any] = {"case": _CASE_AS_IT_CAME, "readings/1": _READING_AS_IT_COMES | {}}
    done = events(engine, case)
    made = {name for event in done for name, row in event.before.items() if row is None}
    with Session(engine) as session:
        found = session.execute(select(FindingRow).where(col(FindingRow.case_id) == case)).scalars()
        for row in found:
            if f"findings/{row.id}" not in made:
                rows[f"findings/{row.id}"] = _finding_as_it_came(row)
    measured: dict[int, dict[str, list[float]]] = {1: {}, 2: {}, 3: {}, REPEAT: {}}
    for event in done:
        if "heights_mm" in event.after:
            by_level = measured[event.reading]
            by_level[event.after["level"]] = event.after["heights_mm"]
        for name, change in event.after.items():
            if name.partition("/")[0] in _EMPTY:
                rows[name] = _changed(name, rows.get(name), change)
    measured.pop(3)  # an adjudicator's own: what stands there also stands on the other two
    kept = {number: {k: mm for k, mm in m.items() if mm} for number, m in measured.items()}
    alerts = [row for name, row in rows.items() if name.startswith("alerts/") and row]
    # Raised in a repeat, an alert is counted at once, and no event of the case tells of it.
    untold = sum(not row["withdrawn_at"] and not row["told_at"] for row in alerts)
    rows["case"] = {**rows["case"], "open_alerts": untold}
    return {**{name: row for name, row in rows.items() if row}, "measured": kept}


def _changed(name: str, row: dict[str, Any] | None, change: dict[str, Any] | None) -> object:
    if change is None:
        return None
    return {**(_EMPTY[name.partition("/")[0]] if row is None else row), **change}


def _empty(row: SQLModel) -> dict[str, Any]:
    return dict(_row(row))


_CASE_AS_IT_CAME = _empty(
    ReviewCase(
        id="",
        scan_id="",
        state="waiting",
        rank=0,
        worst_grade=0,
        waiting_since=NOW.date(),
        site="",
        product="",
    )
)
_READING_AS_IT_COMES = _empty(ReadingRow(case_id="", number=1, kind="first"))
_EMPTY = {
    "case": _CASE_AS_IT_CAME,
    "readings": _READING_AS_IT_COMES,
    "findings": _empty(FindingRow(id="", case_id="", place=0, source="AI", state="flagged")),
    "alerts": _empty(
        AlertRow(
            id="",
            case_id="",
            reading=1,
            finding_id="",
            kind="",
            raised_by="",
            raised_name="",
            raised_at=NOW,
        )
    ),
}


def _finding_as_it_came(row: FindingRow) -> dict[str, Any]:
    came = {name: getattr(row, name) for name in ("reading", "place", "source", *_AI)}
    return {**_EMPTY["findings"], **came, "level": row.ai_level}


_AI = ("ai_level", "ai_loss", "ai_grade", "ai_formula")


def scan_of(engine: Engine, header: SeriesHeader) -> ScanRow | None:
    with Session(engine) as session:
        return session.execute(
            select(ScanRow).where(col(ScanRow.study_uid) == header.study_uid)
        ).scalar_one_or_none()
