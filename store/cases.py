"""One case as the review room paints it: patient, scan, findings, measurements and report."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from store._alerts import alerts_on
from store._answers import answers_on
from store._case import Case as Case
from store._case import Closed, Reading, Scan
from store._case import Finding as Finding
from store._case import Version as Version
from store._claimed import SOMEBODY, held
from store._measured import Spine, spine_on
from store._pictures import Pictured as Pictured
from store._pictures import elsewhere, pictures_on, shown_series
from store._previewed import previews_on
from store._prior import prior_day
from store._readings import NOBODY, Seen, seen, shown_findings, undecided, versions
from store._repeats import case_named, find_case, first_end
from store._reported import report_of
from store._scans import Stands
from store._timeline import ScanSeen as ScanSeen
from store._timeline import Timeline as Timeline
from store._timeline import Vertebra as Vertebra
from store._timeline import timeline_of
from store.domain.describe import Acuity, EndPlate, Novelty, unstable_of
from store.domain.finding import CaseState, Source, State, propose
from store.domain.genant import FractureType, Grade
from store.domain.identity import NhsNumber, NhsNumberStatus, Patient
from store.domain.people import Permission, Person
from store.domain.reading import NUMBERS, Kind, Outcome
from store.domain.spine import Level
from store.guard import change, question
from store.tables import (
    FindingRow,
    GrowthRow,
    PatientRow,
    ReadingRow,
    ReferralRow,
    ResultRow,
    ReviewCase,
    ScanRow,
    SeriesRow,
)
from store.unit import Reader, Unit

_OTHER = aliased(ScanRow)


@question(Permission.READ_CASES)
def case(reader: Reader, case_id: str) -> Case:
    """The case *case_id* as it stands.

    Raises:
        NotAllowed: there is no such case, or its patient has opted out.
    """
    session = reader.session
    row, repeat = case_named(reader, case_id)
    scan = session.get_one(ScanRow, row.scan_id)
    shown, pictures = pictures_on(session, scan.id)
    view = seen(session, row, reader.person, repeat)
    reading = view.reading
    spine = spine_on(session, row, NOBODY if view.bare else reading, shown)
    if view.open:
        spine = _nameless(spine, reader.person)
    findings = shown_findings(session, view)
    both = versions(session, row) if view.open and view.state is CaseState.ADJUDICATION else {}
    painted = tuple(_finding(session, found, spine, both) for found in findings)
    sent = session.execute(
        select(col(ReferralRow.at)).where(
            col(ReferralRow.case_id) == case_id, col(ReferralRow.withdrawn_at).is_(None)
        )
    ).scalar_one_or_none()
    heights = {level: size.heights for level, size in spine.used.items()}
    stands = [one for found in painted if (one := _stands(found)) is not None]
    then = first_end(session, repeat) if repeat else None
    told = timeline_of(session, scan, stands, heights, shown.stack if shown else None, then)
    return Case(
        id=case_id,
        version=(repeat or row).version,
        state=view.state,
        patient=patient_of(session.get_one(PatientRow, scan.patient_id)),
        scan=_scan(scan, shown),
        products=() if view.unaided else _products(session, scan.id),
        answers=() if view.unaided else answers_on(session, scan.id),
        previews=() if view.unaided else previews_on(session, scan.id),
        findings=painted,
        spine=spine,
        pictures=pictures,
        elsewhere=None if view.bare else elsewhere(session, row.id, reading.number, shown),
        report=report_of(
            session,
            row,
            NOBODY if view.bare else reading,
            changed=row.report_changed and not view.open and repeat is None,
        ),
        referred_on=sent.date() if sent else None,
        reading=_reading(view),
        barred=view.barred,
        may=view.may,
        undecided=undecided(findings),
        closed=_closed(reading) if not view.bare else None,
        numbering=spine.names.numbering,
        alerts=alerts_on(session, row, reader.person, repeat),
        claim=held(session, row, reader.person, reader.now, repeat),
        timeline=_called(told, case_id, view.state),
    )


@question(Permission.READ_CASES)
def stack_of(reader: Reader, case_id: str) -> str | None:
    """The name of the first picture of a case; None where it has none."""
    found = find_case(reader, case_id)
    there = found is not None and not found[0].opted_out
    series = shown_series(reader.session, found[0].scan_id) if found and there else None
    return series.stack if series else None


@question(Permission.READ_CASES)
def stacks_of(reader: Reader, case_id: str) -> frozenset[str]:
    """The names of all pictures of a case, and of the other scans of its patient."""
    named = find_case(reader, case_id)
    found = reader.session.execute(
        select(col(SeriesRow.stack), col(GrowthRow.stack))
        .join(_OTHER, col(_OTHER.id) == col(SeriesRow.scan_id))
        .join(ScanRow, col(ScanRow.patient_id) == col(_OTHER.patient_id))
        .join(ReviewCase, col(ReviewCase.scan_id) == col(ScanRow.id))
        .outerjoin(GrowthRow, col(GrowthRow.series_id) == col(SeriesRow.id))
        .where(
            col(ReviewCase.id) == (named[0].id if named else case_id),
            col(ReviewCase.opted_out).is_(False),
        )
    )
    return frozenset(stack for both in found for stack in both if stack)


@change(Permission.READ_CASES)
def opened(unit: Unit, case_id: str) -> None:
    """Note that the person looked at a case."""
    found = find_case(unit, case_id)
    if found is not None and found[1] is not None:
        found[1].looked_at = unit.now
    unit.tell("case.opened", case_id)


def patient_of(row: PatientRow) -> Patient:
    """The patient that *row* records."""
    return Patient(
        nhs_number=NhsNumber(row.nhs_number) if row.nhs_number else None,
        nhs_status=NhsNumberStatus(row.nhs_status),
        hospital_number=row.hospital_number or "",
        surname=row.surname,
        forename=row.forename,
        title=row.title,
        born=row.born,
        sex=row.sex,
        sex_system=row.sex_system,
        postcode=row.postcode,
        phone=row.phone,
        gp_practice=row.gp_practice,
        died=row.died,
    )


def _scan(row: ScanRow, series: SeriesRow | None) -> Scan:
    maker = " ".join(filter(None, (series.manufacturer, series.model))) if series else ""
    return Scan(
        scanned=row.scanned,
        exam=row.exam,
        site=row.site,
        accession=row.accession,
        study_uid=row.study_uid,
        maker=maker,
        kernel=series.kernel if series else "",
        stack=series.stack if series else None,
        no_stack=series.refusal if series else "No CT series of this scan has arrived.",
    )


def _products(session: Session, scan_id: str) -> tuple[str, ...]:
    rows = session.execute(
        select(ResultRow)
        .where(col(ResultRow.scan_id) == scan_id)
        .order_by(col(ResultRow.received_at))
    ).scalars()
    said = []
    for row in rows:
        rule = f", flags {row.threshold_rule}" if row.threshold_rule else ""
        said.append(f"{row.product} {row.version}{rule}")
    return tuple(dict.fromkeys(said))


def _nameless(spine: Spine, person: Person) -> Spine:
    """*spine* with the names of others left out; they wait until the case is closed."""
    people = {
        level: one if one.by == person.name else replace(one, by=SOMEBODY)
        for level, one in spine.people.items()
    }
    return replace(spine, people=people)


def _reading(view: Seen) -> Reading:
    """The reading as it is named: a repeat is named as what it repeats."""
    number, kind = view.reading.number, Kind(view.reading.kind)
    if kind is Kind.REPEAT:
        number, kind = NUMBERS[Kind.FIRST], Kind.FIRST
    return Reading(number, kind, view.mine, view.unaided)


def _called(told: Timeline, name: str, state: CaseState) -> Timeline:
    """*told* with this case under the *name* and in the *state* that it is shown under."""
    scans = (replace(one, case=name, state=state) if one.this else one for one in told.scans)
    return replace(told, scans=tuple(scans))


def _closed(reading: ReadingRow) -> Closed | None:
    if reading.closed_at is None or reading.outcome == Outcome.WITHDRAWN:
        return None
    return Closed(reading.reader_name, reading.closed_at, reading.words)


def _finding(
    session: Session,
    row: FindingRow,
    spine: Spine,
    both: Mapping[str | None, tuple[FindingRow | None, ...]],
) -> Finding:
    level = Level(row.level) if row.level else None
    ai_grade = Grade(row.ai_grade) if row.ai_grade is not None else None
    return Finding(
        id=row.id,
        source=Source(row.source),
        state=State(row.state),
        level=level,
        grade=Grade(row.grade) if row.grade else None,
        shape=FractureType(row.shape) if row.shape else None,
        code=row.code,
        text=row.text,
        endplate=EndPlate(row.endplate) if row.endplate else None,
        acuity=Acuity(row.acuity or Acuity.INDETERMINATE),
        unstable=unstable_of(row.unstable),
        novelty=Novelty(row.novelty) if row.novelty else None,
        against=row.against,
        against_day=prior_day(session, row.against),
        comment=row.comment,
        ai_level=Level(row.ai_level) if row.ai_level else None,
        ai_loss=row.ai_loss,
        ai_grade=ai_grade,
        ai_formula=row.ai_formula,
        offered=propose(spine.used.get(level) if level else None, ai_grade, row.ai_loss),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        versions=tuple(_version(one) for one in both.get(row.level, ())),
    )


def _stands(found: Finding) -> Stands | None:
    """*found* for the timeline: its grade, else the one that a confirmation would take."""
    if found.level is None or found.state is State.WITHDRAWN:
        return None
    offered = found.offered.grade if found.offered else None
    return Stands(found.level, found.state, found.grade or offered, found.shape, found.code)


def _version(row: FindingRow | None) -> Version | None:
    if row is None:
        return None
    return Version(
        State(row.state),
        Grade(row.grade) if row.grade else None,
        FractureType(row.shape) if row.shape else None,
        row.code,
    )
