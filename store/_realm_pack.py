"""A meeting as its files show it: only what a person released goes in."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlmodel import col

from store import _register as register_
from store import votes
from store._realm_cases import numbers_of, record_of, rows_of
from store._realm_tables import ActionRow, BallotRow, MeetingRow, PictureRow, RealmCaseRow
from store._register import FLAGGED, JUDGED, KINDS
from store.domain import realm_pack
from store.domain.meeting import Owner
from store.domain.realm import IN_PACK, TOLD, Discrepancy, EventType, Stage
from store.domain.realm_pack import CaseSheet, KeyImage, Pack, Theme
from store.domain.sampling import Why, rule_words
from store.domain.vote import Seen, Tally, WouldReport
from store.unit import Reader

TITLES = {
    Discrepancy.DETECTION: "VCF not mentioned",
    Discrepancy.COMMUNICATION: "VCF not called a fracture, or nothing recommended",
}
OF = "confirmed AI-positive scans of the period whose report was judged"


def pack(reader: Reader, meeting: MeetingRow, department: str, *, demo: bool) -> Pack:
    """The pack of *meeting*, as `store.realm.pack_of` gives it."""
    rows = [
        row
        for row in rows_of(reader.session, meeting.id)
        if Stage(row.stage) in IN_PACK and row.redaction_checked_by
    ]
    return Pack(
        meeting_no=meeting.id,
        held_on=meeting.day,
        department=department,
        period=f"scans made {meeting.since:%d/%m/%Y} to {meeting.until:%d/%m/%Y}",
        made_at=reader.now,
        cases=tuple(_sheet(reader, row) for row in rows),
        themes=_themes(reader, meeting, rows),
        actions=_actions(reader, meeting.id),
        demo=demo,
    )


def _sheet(reader: Reader, row: RealmCaseRow) -> CaseSheet:
    record = record_of(reader.session, row)
    told = record.stage in TOLD
    counted = votes.tally_of(reader.session.get(BallotRow, row.case_no)) if told else None
    return CaseSheet(
        case_no=record.case_no,
        event=record.event.words,
        examination=f"{record.modality} {record.region.words}",
        age_band=record.age_band,
        sex=record.sex,
        question=record.question,
        excerpt=record.excerpt,
        image=_image(reader, row.case_no),
        finding=". ".join(filter(None, (record.finding, record.ai_finding.rstrip(".")))),
        report_said=record.report_said,
        kinds=(record.discrepancy.words,) if record.discrepancy else (),
        causes=tuple(cause.words for cause in record.causes),
        votes=_counts(counted),
        learning_points=record.learning_points,
        outcome=record.outcome.words if record.outcome else "",
        good_spot=record.event is EventType.GOOD_SPOT,
    )


def _image(reader: Reader, case_no: str) -> KeyImage | None:
    kept = reader.session.get(PictureRow, case_no)
    return KeyImage(kept.png, kept.words) if kept else None


def _counts(counted: Tally | None) -> tuple[tuple[str, int], ...]:
    """The votes in words; none where too few voted to show their numbers."""
    if counted is None or not counted.shown:
        return ()
    said = [(Seen(one).words, many) for one, many in counted.seen]
    return (*said, *((WouldReport(one).words, many) for one, many in counted.would_report))


def _themes(reader: Reader, meeting: MeetingRow, rows: Sequence[RealmCaseRow]) -> tuple[Theme, ...]:
    """Each kind of discrepancy of the period as one theme of the department."""
    period = register_.within(meeting.since, meeting.until)
    of = register_.many(reader.session, *period, FLAGGED, JUDGED)
    numbers = numbers_of(meeting)
    rule = rule_words(numbers) if numbers else "No sample was drawn."
    found = []
    for kind, clause in KINDS.items():
        count = register_.many(reader.session, *period, FLAGGED, clause)
        shown = sum(row.discrepancy == kind and not _from_elsewhere(row) for row in rows)
        found.append(Theme(TITLES[kind], count, of, OF, min(shown, count), rule))
    return tuple(found)


def _from_elsewhere(row: RealmCaseRow) -> bool:
    """Whether only a person brought it, so that it may not be of the period at all."""
    return row.whys in ([Why.ADDED.value], [Why.NOMINATED.value])


def _actions(reader: Reader, meeting_id: str) -> tuple[realm_pack.Action, ...]:
    """Those of the meeting, and what of others is not done."""
    rows = reader.session.execute(
        select(ActionRow)
        .where(or_(col(ActionRow.meeting_id) == meeting_id, col(ActionRow.done_on).is_(None)))
        .order_by(col(ActionRow.due), col(ActionRow.id))
    ).scalars()
    return tuple(
        realm_pack.Action(row.text, Owner(row.owner).value, row.due, row.done_on is not None)
        for row in rows
    )
