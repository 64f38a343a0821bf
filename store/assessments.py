"""Assessments of closed cases for the PACS: frozen once a closing, sent, and noted as sent."""

from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import select
from sqlmodel import Session, col

from store._assessing import AssessmentRow
from store._pictures import shown_series
from store._readings import findings_of
from store.domain.arrival import Ending
from store.domain.assessment import Assessed, Assessment, Ruling, Tracked, rulings
from store.domain.finding import ENDS, CaseState, Source, State
from store.domain.genant import Grade
from store.domain.people import Permission, Role
from store.domain.reading import CaseKind
from store.domain.refusal import NotAllowed
from store.domain.spine import Level
from store.guard import change, question
from store.tables import DecisionRow, FindingRow, ResultRow, ReviewCase
from store.unit import Reader, Unit


@question(Permission.SEND)
def due(reader: Reader) -> tuple[str, ...]:
    """Closed cases with something to say that was not sent yet, the longest closed first.

    Never those that were first read without the AI's answer, nor those of who opted out.
    """
    sent = select(col(AssessmentRow.id)).where(
        col(AssessmentRow.case_id) == col(ReviewCase.id),
        col(AssessmentRow.closed_at) == col(ReviewCase.closed_at),
        col(AssessmentRow.sent_at).is_not(None),
    )
    said = select(col(FindingRow.id)).where(
        col(FindingRow.case_id) == col(ReviewCase.id),
        col(FindingRow.reading) == col(ReviewCase.reading),
        col(FindingRow.state) != State.WITHDRAWN.value,
    )
    found = reader.session.execute(
        select(col(ReviewCase.id))
        .where(
            col(ReviewCase.state) == CaseState.CLOSED.value,
            col(ReviewCase.kind) == CaseKind.FLAG.value,
            col(ReviewCase.opted_out).is_(False),
            said.exists(),
            ~sent.exists(),
        )
        .order_by(col(ReviewCase.closed_at), col(ReviewCase.id))
    )
    return tuple(found.scalars())


@change(Permission.SEND)
def freeze(unit: Unit, case_id: str) -> Assessment:
    """What is to be sent of a closed case; the same however often it is asked of one closing.

    Raises:
        NotAllowed: there is nothing to send of it, or its pictures are not here.
    """
    case = unit.session.get(ReviewCase, case_id)
    if case is None or case.closed_at is None or case_id not in due(unit):
        msg = "Nothing of this case is to be sent as it stands now. It is left out."
        raise NotAllowed(msg)
    row = unit.session.execute(
        select(AssessmentRow).where(
            col(AssessmentRow.case_id) == case_id, col(AssessmentRow.closed_at) == case.closed_at
        )
    ).scalar_one_or_none()
    if row is None:
        row = AssessmentRow(
            id=uuid4().hex,
            case_id=case_id,
            closed_at=case.closed_at,
            said=_said(unit.session, case),
            made_at=unit.now,
        )
        unit.session.add(row)
        unit.session.flush()
    unit.tell("assessment.made", case_id, object=row.id)
    return _assessment(row)


@change(Permission.SEND)
def sent(unit: Unit, uid: str, to: str, sha256: str) -> None:
    """Note that the object *uid* is in the PACS that the settings name *to*."""
    row = unit.session.get_one(AssessmentRow, UUID(int=int(uid.removeprefix("2.25."))).hex)
    if row.sent_at is None:
        row.sent_at, row.sent_to, row.sha256 = unit.now, to, sha256
        unit.session.add(row)
    unit.tell("assessment.sent", row.case_id, object=row.id, sha256=sha256, to=to)


def _said(session: Session, case: ReviewCase) -> dict[str, Any]:
    """What there is to say of *case* now, as plain JSON."""
    shown = shown_series(session, case.scan_id)
    if shown is None:
        msg = "The scan of this case has no series here. Take it in again, then send."
        raise NotAllowed(msg)
    role = session.execute(
        select(col(DecisionRow.role))
        .where(
            col(DecisionRow.case_id) == case.id,
            col(DecisionRow.deed).in_([deed.value for deed in ENDS]),
        )
        .order_by(col(DecisionRow.version).desc())
        .limit(1)
    ).scalar_one()
    earlier = session.execute(
        select(col(AssessmentRow.id))
        .where(col(AssessmentRow.case_id) == case.id, col(AssessmentRow.sent_at).is_not(None))
        .order_by(col(AssessmentRow.closed_at))
    ).scalars()
    flags = _flags(session, case.scan_id)
    rows = findings_of(session, case.id, case.reading)
    return {
        "series": shown.digest,
        "site": case.site,
        "role": Role(role).words,
        "before": list(earlier),
        "found": [_plain(row, flags) for row in rows if row.state != State.WITHDRAWN],
    }


def _plain(row: FindingRow, flags: dict[str | None, list[dict[str, str]]]) -> dict[str, Any]:
    level, meant = (Level(one) if one else None for one in (row.level, row.ai_level))
    grade, given = (Grade(one) if one else None for one in (row.grade, row.ai_grade))
    source, state = Source(row.source), State(row.state)
    return {
        "id": row.id.removeprefix("f_"),
        "level": row.level,
        "grade": row.grade if state is State.CONFIRMED else None,
        "rulings": rulings(state, source, (meant, level), (given, grade)),
        "code": row.code if state is State.REJECTED else "",
        "flags": flags.get(row.ai_level, []) if source is Source.AI else [],
    }


def _flags(session: Session, scan_id: str) -> dict[str | None, list[dict[str, str]]]:
    """Every flag of every product on a scan, by the level it named."""
    rows = session.execute(
        select(ResultRow)
        .where(col(ResultRow.scan_id) == scan_id, col(ResultRow.ending) == Ending.POSITIVE.value)
        .order_by(col(ResultRow.received_at), col(ResultRow.digest))
    ).scalars()
    found: dict[str | None, list[dict[str, str]]] = {}
    for row in rows:
        for flag in row.findings or [{"level": None}]:
            one = {
                "product": row.product,
                "version": row.version,
                "uid": flag.get("tracking_uid", ""),
                "name": flag.get("tracking_id", ""),
            }
            same = found.setdefault(flag["level"], [])
            if one not in same:
                same.append(one)
    return found


def _assessment(row: AssessmentRow) -> Assessment:
    said = row.said
    uid, series_uid = _uids(row.id)
    return Assessment(
        uid=uid,
        series_uid=series_uid,
        series=said["series"],
        site=said["site"],
        role=said["role"],
        closed_at=row.closed_at,
        found=tuple(
            Assessed(
                uid=_uid(UUID(one["id"])),
                level=Level(one["level"]) if one["level"] else None,
                grade=Grade(one["grade"]) if one["grade"] else None,
                rulings=tuple(Ruling(word) for word in one["rulings"]),
                code=one["code"],
                flags=tuple(Tracked(**flag) for flag in one["flags"]),
            )
            for one in said["found"]
        ),
        before=tuple((series, own) for own, series in map(_uids, said["before"])),
    )


def _uids(id_: str) -> tuple[str, str]:
    """The UIDs of an object and of the series it lies in. Random, so they tell of nobody."""
    own = UUID(id_)
    return _uid(own), _uid(uuid5(own, "series"))


def _uid(name: UUID) -> str:
    """Source: DICOM PS3.5 annex B.2."""
    return f"2.25.{name.int}"
